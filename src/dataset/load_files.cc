// SPDX-License-Identifier: Apache-2.0
#include "dataset/load_files.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <memory>
#include <span>

#include "base/text.h"
#include "codec/csv.h"
#include "codec/personalize_rows.h"
#include "codec/personalize_schema.h"

namespace matchcue::dataset {

namespace {

using domain::DatasetKind;
using domain::Values;

constexpr std::size_t kChunkBytes = 65'536;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Calls `take` with the file's bytes, chunk by chunk.
template <typename Take>
Result<void> read_file(const std::string& path, const Take& take) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (!file) {
    const std::string message = path + ": " + std::strerror(errno);
    return errno == ENOENT ? not_found("file_not_found", message) : invalid("file_unreadable", message);
  }
  std::vector<char> chunk(kChunkBytes);
  while (true) {
    const std::size_t count = std::fread(chunk.data(), 1, chunk.size(), file.get());
    if (count == 0) break;
    MCUE_TRY_VOID(take(std::string_view(chunk.data(), count)));
  }
  if (std::ferror(file.get()) != 0) return invalid("file_unreadable", path + ": " + std::strerror(errno));
  return {};
}

Result<domain::Schema> load_schema(DatasetKind kind, const std::string& path) {
  if (path.empty()) return codec::builtin_schema(kind);
  std::string text;
  MCUE_TRY_VOID(read_file(path, [&](std::string_view chunk) -> Result<void> {
    text += chunk.substr(0, codec::kSchemaBytesMax + 1);  // more is too long whatever it is
    return {};
  }));
  return codec::parse_schema(kind, text);
}

/// What becomes of a row of good values.
using TakeRow = std::function<Result<void>(Values)>;

/// Hands the rows of one file on, and reports those that are no good.
class FileReader final : private codec::CsvHandler {
 public:
  FileReader(std::string path, domain::Schema schema, LoadReport& report, TakeRow take)
      : path_(std::move(path)), rows_(std::move(schema)), report_(report), take_(std::move(take)) {}

  Result<void> read() {
    codec::CsvReader reader(*this);
    auto outcome = read_file(path_, [&](std::string_view chunk) { return reader.feed(chunk); });
    if (outcome.ok()) outcome = reader.finish();
    if (outcome.ok() || outcome.error().message.starts_with(path_)) return outcome;
    Error error = std::move(outcome).error();
    error.message = path_ + ": " + error.message;
    return error;
  }

 private:
  Result<void> on_header(std::span<const std::string> columns) override { return rows_.take_header(columns); }

  void on_row(std::uint64_t line, std::span<std::string> cells) override {
    ++report_.rows;
    if (const auto taken = take(cells); !taken.ok()) reject(line, taken.error().field, taken.error().message);
  }

  void on_problem(codec::CsvProblem problem) override {
    ++report_.rows;
    reject(problem.line, std::move(problem.column), std::move(problem.reason));
  }

  Result<void> take(std::span<const std::string> cells) {
    MCUE_TRY(Values values, rows_.read(cells));
    return take_(std::move(values));
  }

  void reject(std::uint64_t line, std::string column, std::string reason) {
    ++report_.rejected_rows;
    if (report_.rejects.size() < kRejectsShownMax) {
      report_.rejects.push_back({path_, line, std::move(column), std::move(reason)});
    }
  }

  std::string path_;
  codec::RowReader rows_;
  LoadReport& report_;
  TakeRow take_;
};

Result<void> added(bool is_new, DatasetKind kind) {
  if (is_new) return {};
  return invalid("duplicate_id", "the same id is on an earlier line", std::string(codec::id_column(kind)));
}

/// Brings a row of a table into the builder.
Result<void> add_row(DatasetKind kind, Values values, DatasetBuilder& builder) {
  switch (kind) {
    case DatasetKind::users: {
      MCUE_TRY(const auto viewer, codec::make_viewer_row(std::move(values), {}));
      return added(builder.add_viewer(viewer), kind);
    }
    case DatasetKind::items: {
      MCUE_TRY(const auto item, codec::make_item_row(std::move(values), {}));
      return added(builder.add_item(item), kind);
    }
    case DatasetKind::interactions: {
      std::string shown;
      if (const auto found = values.find("IMPRESSION"); found != values.end()) shown = domain::to_text(found->second);
      MCUE_TRY(const auto interaction, codec::make_interaction_row(std::move(values), {}));
      std::vector<std::string_view> impressions;
      if (!shown.empty()) impressions = split(shown, '|');
      builder.add_interaction(interaction, impressions);
      return {};
    }
  }
  return {};
}

}  // namespace

Result<LoadedDataset> load_dataset_files(const DatasetFiles& files, const InteractionFilter& filter) {
  Schemas schemas;
  MCUE_TRY(schemas.users, load_schema(DatasetKind::users, files.users_schema));
  MCUE_TRY(schemas.items, load_schema(DatasetKind::items, files.items_schema));
  MCUE_TRY(schemas.interactions, load_schema(DatasetKind::interactions, files.interactions_schema));
  DatasetBuilder builder(schemas, filter);
  LoadReport report;
  const auto read = [&](const std::string& path, const domain::Schema& schema) {
    return FileReader(path, schema, report,
                      [&](Values values) { return add_row(schema.kind, std::move(values), builder); })
        .read();
  };
  if (!files.items.empty()) MCUE_TRY_VOID(read(files.items, schemas.items));
  if (!files.users.empty()) MCUE_TRY_VOID(read(files.users, schemas.users));
  for (const std::string& path : files.interactions) MCUE_TRY_VOID(read(path, schemas.interactions));
  MCUE_TRY(Dataset dataset, std::move(builder).build());
  return LoadedDataset{std::move(dataset), std::move(report)};
}

Result<LoadedInteractions> load_interaction_file(const std::string& path, const std::string& schema,
                                                 const InteractionFilter& filter) {
  MCUE_TRY(domain::Schema columns, load_schema(DatasetKind::interactions, schema));
  LoadedInteractions loaded;
  MCUE_TRY_VOID(FileReader(path, std::move(columns), loaded.report, [&](Values values) -> Result<void> {
                  MCUE_TRY(auto interaction, codec::make_interaction_row(std::move(values), {}));
                  if (filter.takes(interaction)) loaded.interactions.push_back(std::move(interaction));
                  return {};
                }).read());
  return loaded;
}

}  // namespace matchcue::dataset
