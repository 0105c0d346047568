// SPDX-License-Identifier: Apache-2.0
//
// import users|items|interactions, sample-data.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>

#include "api/http_client.h"
#include "base/clock.h"
#include "cli/command.h"
#include "cli/import_file.h"
#include "cli/progress_line.h"
#include "engine/importer.h"
#include "simulate/sample_data.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {

namespace {

constexpr std::size_t kRejectsShownMax = 10;

Result<engine::ImportReport> import_somewhere(const ImportFile& file, const Globals& globals,
                                              const OnProgress& progress) {
  store::SqliteOptions options;
  if (!globals.data_dir.empty()) options.directory = globals.data_dir;
  auto store = store::open_sqlite_store(options);
  if (store.ok()) {
    auto report = import_into_store(file, **store, progress);
    (*store)->close();
    return report;
  }
  if (store.error().kind != ErrorKind::conflict) return store.error();
  api::HttpClient client(globals.server);
  return import_through_server(file, client, progress);
}

void print_report(const ImportFile& file, const engine::ImportReport& report) {
  const auto number = [](std::uint64_t n) { return std::to_string(n); };
  std::string text = std::string(to_string(file.kind)) + ": " + number(report.rows) + " rows read, ";
  if (file.dry_run) {
    text += number(report.rows - report.rejected_rows) + " good (dry run: nothing written)";
  } else {
    text += number(report.written.added) + " added, " + number(report.written.replaced) + " replaced, " +
            number(report.written.unchanged) + " unchanged";
  }
  std::printf("%s, %s rejected\n", text.c_str(), number(report.rejected_rows).c_str());
  for (std::size_t i = 0; i < std::min(report.rejects.size(), kRejectsShownMax); ++i) {
    const engine::Reject& reject = report.rejects[i];
    const std::string column = reject.column.empty() ? "" : ", column " + reject.column;
    std::printf("  %s:%s%s, \"%s\": %s\n", file.path.c_str(), number(reject.line).c_str(), column.c_str(),
                reject.value.c_str(), reject.reason.c_str());
  }
  if (report.rejected_rows > kRejectsShownMax) {
    std::printf("  ... and %s more%s\n", number(report.rejected_rows - kRejectsShownMax).c_str(),
                file.rejects_path.empty() ? "; --rejects FILE writes them down" : "");
  }
}

ExitCode run_import(const ImportFile& file, const Globals& globals) {
  std::error_code unknown_size;
  const auto size = std::filesystem::file_size(file.path, unknown_size);
  const SystemClock clock;
  ProgressLine line("import " + std::string(to_string(file.kind)), unknown_size ? 0 : size,
                    progress_style(globals.quiet), clock);
  const auto report =
      import_somewhere(file, globals, [&](std::uint64_t bytes, std::uint64_t rows) { line.update(bytes, rows); });
  line.finish();
  if (!report.ok()) {
    const ExitCode code = fail(globals, report.error());
    return report.error().code == "invalid_schema" ? ExitCode::invalid_config : code;
  }
  if (globals.json) {
    std::printf("%s\n", engine::to_json(*report).c_str());
  } else {
    print_report(file, *report);
  }
  return report->rejected_rows > 0 ? ExitCode::invalid_input : ExitCode::ok;
}

using Write = std::function<Result<void>(const simulate::TextSink&)>;

Result<void> write_file(const std::filesystem::path& path, const Write& write) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  const auto sink = [&](std::string_view text) -> Result<void> {
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file) return unavailable("file_not_written", path.string() + ": " + std::strerror(errno));
    return {};
  };
  MCUE_TRY_VOID(write(sink));
  file.close();
  return sink("");
}

ExitCode run_sample_data(const std::string& directory, const simulate::SampleDataOptions& options,
                         const Globals& globals) {
  const std::filesystem::path folder(directory);
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) return fail(globals, unavailable("file_not_written", directory + ": " + problem.message()));
  const std::initializer_list<std::pair<const char*, Write>> files = {
      {"items.csv", [](const auto& sink) { return sink(simulate::sample_items_csv()); }},
      {"users.csv", [&](const auto& sink) { return write_sample_users(options, sink); }},
      {"interactions.csv", [&](const auto& sink) { return write_sample_interactions(options, sink); }}};
  for (const auto& [name, write] : files) {
    const auto written = write_file(folder / name, write);
    if (!written.ok()) return fail(globals, written.error());
  }
  if (globals.json) {
    std::printf("{\"items\":40,\"users\":%llu,\"interactions\":%llu}\n",
                static_cast<unsigned long long>(options.viewers),
                static_cast<unsigned long long>(options.interactions));
  } else if (!globals.quiet) {
    std::printf("wrote items.csv, users.csv and interactions.csv to %s\n", directory.c_str());
  }
  return ExitCode::ok;
}

void add_import_kind(CLI::App& import, domain::DatasetKind kind, Commands commands) {
  const std::string name(to_string(kind));
  // shared_ptr: the parser's options and the callback both hold it, and CLI11 copies callbacks.
  const auto file = std::make_shared<ImportFile>();
  file->kind = kind;
  CLI::App* command = import.add_subcommand(name, "import " + name + " from a CSV file");
  command->add_option("file", file->path, "CSV file, UTF-8, first row names the columns")->required();
  command->add_option("--schema", file->schema_path, "Avro JSON schema; becomes the schema in force");
  command->add_option("--rejects", file->rejects_path, "write rejected rows to this CSV file");
  command->add_flag("--dry-run", file->dry_run, "check every row, write nothing");
  command->callback([file, commands] {
    commands.action = [file, &globals = commands.globals] { return run_import(*file, globals); };
  });
}

}  // namespace

void add_import_commands(Commands commands) {
  CLI::App* import = commands.app.add_subcommand("import", "import users, items or interactions from CSV");
  import->require_subcommand(1);
  for (const auto kind : {domain::DatasetKind::users, domain::DatasetKind::items, domain::DatasetKind::interactions}) {
    add_import_kind(*import, kind, commands);
  }
  struct SampleData {
    std::string directory;
    simulate::SampleDataOptions options;
  };
  const auto sample = std::make_shared<SampleData>();  // shared_ptr: as in add_import_kind
  CLI::App* command = commands.app.add_subcommand("sample-data", "write users, items and past interactions as CSV");
  command->add_option("directory", sample->directory, "folder to write into; created when missing")->required();
  command->add_option("--viewers", sample->options.viewers, "number of users")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  command->add_option("--interactions", sample->options.interactions, "number of past interactions")
      ->check(CLI::Range(0, 1'000'000'000))
      ->capture_default_str();
  command->add_option("--seed", sample->options.seed, "the same seed gives the same files")->capture_default_str();
  command->callback([sample, commands] {
    commands.action = [sample, &globals = commands.globals] {
      return run_sample_data(sample->directory, sample->options, globals);
    };
  });
}

}  // namespace matchcue::cli
