// SPDX-License-Identifier: Apache-2.0
//
// learn verify: folds the whole log again and compares with what the server kept.
#include <fmt/format.h>

#include <iostream>
#include <limits>
#include <memory>

#include "base/random.h"
#include "cli/command.h"
#include "engine/feedback_fold.h"
#include "scoring/open_sequence_model.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

struct Verification {
  std::uint64_t step = 0;
  std::uint64_t feedback = 0;
  std::uint64_t damaged = 0;
  std::string kept;
  std::string again;
};

Result<Verification> verify(const std::string& directory) {
  MCUE_TRY(const auto reader, store::open_sqlite_reader(directory));
  MCUE_TRY(const auto snapshot, reader->load_learner_snapshot(std::numeric_limits<std::uint64_t>::max()));
  if (!snapshot) {
    return not_found("no_snapshot", "there is no learner's snapshot in " + directory, "data_dir");
  }
  const auto open_model = [&](const std::string& id) { return scoring::find_sequence_model(directory, id); };
  MCUE_TRY(const engine::FeedbackFold again, engine::FeedbackFold::replay(*reader, open_model, snapshot->step));
  return Verification{snapshot->step, again.learner().feedback(), again.damaged(), snapshot->bytes,
                      again.learner().save()};
}

ExitCode run(const Globals& globals) {
  const auto done = verify(globals.data_dir.empty() ? store::SqliteOptions().directory : globals.data_dir);
  if (!done.ok()) return fail(globals, done.error());
  const bool same = done->kept == done->again;
  if (globals.json) {
    std::cout << fmt::format(R"({{"same":{},"step":{},"feedback":{},"damaged":{},"bytes":{},"hash":"{:016x}"}})", same,
                             done->step, done->feedback, done->damaged, done->again.size(), stable_hash(done->again))
              << std::endl;
  } else {
    std::cout << fmt::format(
        "step {}, {} rows of feedback, {} bytes: {}\n", done->step, done->feedback, done->again.size(),
        same ? "folded again from the log, the same bits" : "folded again from the log, NOT the same bits");
    if (done->damaged > 0) std::cout << done->damaged << " rows cite damaged decisions and were left out\n";
    std::cout << std::flush;
  }
  return same ? ExitCode::ok : ExitCode::problems_found;
}

}  // namespace

void add_learn_verify_command(CLI::App& family, Commands commands) {
  family
      .add_subcommand("verify",
                      "fold the log in --data-dir again, from its first row, and compare with the newest "
                      "snapshot, bit for bit")
      ->callback(
          [&action = commands.action, &globals = commands.globals] { action = [&globals] { return run(globals); }; });
}

}  // namespace matchcue::cli
