// SPDX-License-Identifier: Apache-2.0
//
// verify, backup, restore
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "learn/log_learner.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/data_directory.h"
#include "store/sqlite/snapshot_folder.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Arguments {
  std::string directory;
};

std::string data_directory(const Globals& globals) {
  return globals.data_dir.empty() ? store::SqliteOptions().directory : globals.data_dir;
}

/// The learner's snapshots are in its own format, which the store does not know.
void check_snapshots(const std::string& directory, store::Verification& verified) {
  const store::SnapshotFolder folder(store::real_disk(), store::DataPaths(store::real_disk(), directory).snapshots);
  std::uint64_t whole = 0;
  for (std::uint64_t step_max = UINT64_MAX; step_max > 0;) {
    const auto snapshot = folder.load(step_max);
    if (!snapshot.ok()) verified.damage.push_back(snapshot.error().message);
    if (!snapshot.ok() || !*snapshot) break;
    const auto learner = learn::LogLearner::load((*snapshot)->bytes);
    whole += learner.ok() ? 1 : 0;
    if (!learner.ok()) {
      verified.damage.push_back("snapshot of learner step " + std::to_string((*snapshot)->step) + ": " +
                                learner.error().message);
    }
    step_max = (*snapshot)->step == 0 ? 0 : (*snapshot)->step - 1;
  }
  verified.checked.emplace_back("learner snapshots", whole);
}

Json to_json(const store::Verification& verified) {
  Json checked = Json::object();
  for (const auto& [what, count] : verified.checked) checked[what] = count;
  return {{"whole", verified.damage.empty()},
          {"checked", std::move(checked)},
          {"damage", verified.damage},
          {"notes", verified.notes}};
}

void print_readable(const store::Verification& verified) {
  for (const auto& [what, count] : verified.checked) std::cout << count << " " << what << "\n";
  for (const std::string& note : verified.notes) std::cout << "note: " << note << "\n";
  for (const std::string& damage : verified.damage) std::cout << "broken: " << damage << "\n";
  if (verified.damage.empty()) std::cout << "everything is whole" << std::endl;
}

ExitCode verify(const Globals& globals, const Arguments& arguments) {
  const std::string directory = arguments.directory.empty() ? data_directory(globals) : arguments.directory;
  auto verified = store::verify_directory(directory);
  if (!verified.ok()) return fail(globals, verified.error());
  check_snapshots(directory, *verified);
  if (globals.json) {
    std::cout << to_json(*verified).dump() << std::endl;
  } else {
    print_readable(*verified);
  }
  return verified->damage.empty() ? ExitCode::ok : ExitCode::problems_found;
}

ExitCode print_copy(const Globals& globals, const Result<store::BackupSummary>& copied, const std::string& into) {
  if (!copied.ok()) return fail(globals, copied.error());
  if (globals.json) {
    const Json json = {{"directory", into},
                       {"files", copied->files},
                       {"bytes", copied->bytes},
                       {"verification", to_json(copied->verification)}};
    std::cout << json.dump() << std::endl;
  } else {
    std::cout << copied->files << " files, " << copied->bytes << " bytes in " << into << "\n";
    print_readable(copied->verification);
  }
  return ExitCode::ok;
}

ExitCode backup(const Globals& globals, const Arguments& arguments) {
  return print_copy(globals, store::back_up(data_directory(globals), arguments.directory), arguments.directory);
}

ExitCode restore(const Globals& globals, const Arguments& arguments) {
  const auto restored = store::restore(arguments.directory, data_directory(globals));
  const ExitCode code = print_copy(globals, restored, data_directory(globals));
  if (restored.ok() && !globals.json) {
    std::cout << "what came after the backup is not here: revoke tickets and erase viewers again, where that was done "
                 "since\n";
  }
  return code;
}

}  // namespace

void add_storage_commands(Commands commands) {
  const auto arguments = std::make_shared<Arguments>();
  const auto add = [&](const char* name, const char* help, const char* directory_help, auto run) {
    CLI::App* command = commands.app.add_subcommand(name, help);
    command->callback([&action = commands.action, &globals = commands.globals, arguments, run] {
      action = [&globals, arguments, run] { return run(globals, *arguments); };
    });
    return command->add_option("DIR", arguments->directory, directory_help);
  };
  add("verify", "read everything in a data directory that no server has open, and say what is broken",
      "the data directory; without it that of --data-dir", verify);
  add("backup", "copy the data directory, also while a server writes to it, and verify the copy",
      "where to; must be empty or missing", backup)
      ->required();
  add("restore", "verify a backup and copy it into the data directory, which must be empty or missing", "the backup",
      restore)
      ->required();
}

}  // namespace matchcue::cli
