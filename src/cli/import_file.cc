// SPDX-License-Identifier: Apache-2.0
#include "cli/import_file.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "codec/csv.h"
#include "codec/personalize_schema.h"
#include "engine/importer.h"

namespace matchcue::cli {

namespace {

constexpr std::size_t kChunkBytes = 65'536;
constexpr std::size_t kTextFileBytesMax = 1'000'000;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

Result<File> open_file(const std::string& path, const char* mode) {
  File file(std::fopen(path.c_str(), mode));
  if (file) return file;
  const std::string message = path + ": " + std::strerror(errno);
  if (errno == ENOENT && *mode == 'r') return not_found("file_not_found", message);
  return invalid("file_unreadable", message);
}

/// Fills `buffer` as far as the file goes; 0 at its end.
Result<std::size_t> read_some(std::FILE* file, std::span<char> buffer, const std::string& path) {
  const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file);
  if (count == 0 && std::ferror(file) != 0) return invalid("file_unreadable", path + ": " + std::strerror(errno));
  return count;
}

/// rejects.csv: one row per reject, with the file's name in front.
class RejectsFile {
 public:
  static Result<RejectsFile> open(const ImportFile& import) {
    RejectsFile rejects(import.path);
    if (!import.rejects_path.empty()) {
      MCUE_TRY(rejects.file_, open_file(import.rejects_path, "wb"));
      rejects.write({"FILE", "LINE", "COLUMN", "VALUE", "REASON"});
    }
    return rejects;
  }

  void add(const engine::Reject& reject) {
    if (file_) write({source_, std::to_string(reject.line), reject.column, reject.value, reject.reason});
  }

  Result<void> close() {
    if (!file_) return {};
    const bool written = !failed_ && std::fflush(file_.get()) == 0;
    file_.reset();
    if (!written) return unavailable("rejects_not_written", "the rejects could not be written");
    return {};
  }

 private:
  explicit RejectsFile(std::string source) : source_(std::move(source)) {}

  void write(std::initializer_list<std::string_view> cells) {
    std::string row;
    codec::append_csv_row(std::span(cells.begin(), cells.size()), row);
    failed_ = failed_ || std::fwrite(row.data(), 1, row.size(), file_.get()) != row.size();
  }

  std::string source_;
  File file_;
  bool failed_ = false;
};

/// The schema that the file is checked against; one that was given is put into the store, except in a dry run.
Result<domain::Schema> choose_schema(const ImportFile& import, store::Store& store) {
  if (import.schema_path.empty()) {
    MCUE_TRY(const auto stored, store.make_reader()->load_schema(import.kind));
    if (!stored) return codec::builtin_schema(import.kind);
    return codec::parse_schema(import.kind, *stored);
  }
  MCUE_TRY(std::string text, load_text_file(import.schema_path));
  MCUE_TRY(domain::Schema schema, codec::parse_schema(import.kind, text));
  if (!import.dry_run) {
    std::promise<Result<void>> put;
    store.put_schema(import.kind, std::move(text), [&](Result<void> done) { put.set_value(std::move(done)); });
    MCUE_TRY_VOID(put.get_future().get());
  }
  return schema;
}

/// Reads what engine::to_json(ImportReport) wrote.
Result<engine::ImportReport> parse_report(const std::string& text) {
  try {
    const auto json = nlohmann::json::parse(text);
    engine::ImportReport report;
    report.rows = json.at("rows");
    report.rejected_rows = json.at("rejected_rows");
    const auto& written = json.at("written");
    report.written = {written.at("added"), written.at("replaced"), written.at("unchanged"),
                      written.at("catalogue_version")};
    for (const auto& reject : json.at("rejects")) {
      report.rejects.push_back({reject.at("line"), reject.at("column"), reject.at("value"), reject.at("reason")});
    }
    return report;
  } catch (const nlohmann::json::exception& problem) {
    return Error{ErrorKind::internal, "invalid_answer", std::string("the server's answer: ") + problem.what(), {}};
  }
}

}  // namespace

Result<std::string> load_text_file(const std::string& path) {
  MCUE_TRY(const File file, open_file(path, "rb"));
  std::string text(kTextFileBytesMax + 1, '\0');
  MCUE_TRY(const std::size_t count, read_some(file.get(), text, path));
  if (count > kTextFileBytesMax) {
    return Error{ErrorKind::too_large, "too_large", path + " is longer than 1 MB", {}};
  }
  text.resize(count);
  return text;
}

Result<engine::ImportReport> import_into_store(const ImportFile& import, store::Store& store,
                                               const OnProgress& progress) {
  MCUE_TRY(const File file, open_file(import.path, "rb"));
  MCUE_TRY(domain::Schema schema, choose_schema(import, store));
  MCUE_TRY(RejectsFile rejects, RejectsFile::open(import));
  engine::RowSinkTo<store::Store> sink(store);
  engine::ImportOptions options;
  options.schema = std::move(schema);
  options.dry_run = import.dry_run;
  options.on_reject = [&rejects](const engine::Reject& reject) { rejects.add(reject); };
  engine::Importer importer(std::move(options), sink);
  std::vector<char> chunk(kChunkBytes);
  for (std::uint64_t bytes = 0;;) {
    MCUE_TRY(const std::size_t count, read_some(file.get(), chunk, import.path));
    if (count == 0) break;
    MCUE_TRY_VOID(importer.feed(std::string_view(chunk.data(), count)));
    bytes += count;
    progress(bytes, importer.report().rows);
  }
  MCUE_TRY(engine::ImportReport report, importer.finish());
  MCUE_TRY_VOID(rejects.close());
  return report;
}

Result<engine::ImportReport> import_through_server(const ImportFile& import, api::HttpClient& client,
                                                   const OnProgress& progress) {
  MCUE_TRY(const File file, open_file(import.path, "rb"));
  const std::string dataset = "/v1/datasets/" + std::string(to_string(import.kind));
  if (!import.schema_path.empty()) {
    MCUE_TRY(const std::string text, load_text_file(import.schema_path));
    // Checked here too: the explanation and the corrected schema are lines, not a problem document.
    MCUE_TRY(const domain::Schema schema, codec::parse_schema(import.kind, text));
    if (!import.dry_run) {
      MCUE_TRY(const auto put, client.send("PUT", dataset + "/schema", codec::write_schema(schema)));
    }
  }
  MCUE_TRY(RejectsFile rejects, RejectsFile::open(import));
  std::uint64_t bytes = 0;
  const auto source = [&](std::span<char> buffer) -> Result<std::size_t> {
    MCUE_TRY(const std::size_t count, read_some(file.get(), buffer, import.path));
    bytes += count;
    progress(bytes, 0);
    return count;
  };
  const std::string target = dataset + "/imports?dry_run=" + (import.dry_run ? "true" : "false");
  MCUE_TRY(const api::ClientResponse answer, client.upload("POST", target, "text/csv", source));
  MCUE_TRY(engine::ImportReport report, parse_report(answer.body));
  for (const engine::Reject& reject : report.rejects) rejects.add(reject);
  MCUE_TRY_VOID(rejects.close());
  return report;
}

}  // namespace matchcue::cli
