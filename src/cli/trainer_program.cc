// SPDX-License-Identifier: Apache-2.0
#include "cli/trainer_program.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <future>
#include <memory>

#include "base/clock.h"
#include "runtime/child_process.h"
#include "runtime/loop.h"

namespace matchcue::cli {

namespace {

/// As exec wants them; the strings are borrowed.
std::vector<char*> argv_of(std::string& program, std::vector<std::string>& words) {
  std::vector<char*> argv = {program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

}  // namespace

Result<std::string> find_trainer(const std::string& recipe) {
  std::error_code problem;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", problem);
  std::string trainer = (self.parent_path() / kTrainer).string();
  if (!problem && std::filesystem::exists(trainer, problem)) return trainer;
  return Error{
      ErrorKind::unsupported,
      "trainer_missing",
      fmt::format("recipe {} is trained by {}, which is not there: {}. It needs libtorch-dev and libopenblas0-pthread; "
                  "then build the target {}. sequential-ridge needs neither",
                  recipe, kTrainer, trainer, kTrainer),
      {}};
}

std::vector<std::string> data_words(const Globals& globals, const DataFlags& flags) {
  std::vector<std::string> words;
  const auto add = [&words](const char* flag, const std::string& value) {
    if (!value.empty()) words.push_back(std::string(flag) + "=" + value);
  };
  for (const std::string& file : flags.files.interactions) add("--interactions", file);
  if (flags.files.interactions.empty()) add("--data-dir", data_directory(globals));
  add("--users", flags.files.users);
  add("--items", flags.files.items);
  add("--interactions-schema", flags.files.interactions_schema);
  add("--users-schema", flags.files.users_schema);
  add("--items-schema", flags.files.items_schema);
  for (const std::string& kind : flags.feedback) add("--feedback", kind);
  return words;
}

Error become_trainer(const std::string& recipe, std::vector<std::string> words) {
  auto trainer = find_trainer(recipe);
  if (!trainer.ok()) return std::move(trainer).error();
  ::execv(trainer->c_str(), argv_of(*trainer, words).data());
  return unavailable("trainer_failed", *trainer + ": " + std::strerror(errno));
}

Result<std::string> run_trainer(std::vector<std::string> words) {
  // By way of `matchcue train`, which ends with this process.
  words.insert(words.begin(), {"/proc/self/exe", "train", fmt::format("--parent={}", ::getpid())});
  const SystemClock clock;
  const auto loop = runtime::make_loop("trainer", clock);
  loop->start();
  std::unique_ptr<runtime::ChildProcess> child;
  std::promise<Result<runtime::ChildEnd>> ended;
  loop->post([&] {
    runtime::ChildProcess::Events events;
    events.on_line = [](std::string_view line) { std::fprintf(stderr, "%s\n", std::string(line).c_str()); };
    events.on_end = [&](runtime::ChildEnd end) { ended.set_value(std::move(end)); };
    auto started = runtime::start_child(*loop, words, std::move(events));
    if (started.ok()) child = *std::move(started);
    if (!started.ok()) ended.set_value(std::move(started).error());
  });
  const auto end = ended.get_future().get();
  loop->post([&] { child.reset(); });
  loop->stop();
  if (!end.ok()) return end.error();
  if (end->signal == 0 && end->status == 0) return end->output;
  return unavailable("trainer_failed", end->signal != 0
                                           ? fmt::format("{} was ended by signal {}", kTrainer, end->signal)
                                           : fmt::format("{} ended with {}; it says why above", kTrainer, end->status));
}

}  // namespace matchcue::cli
