// SPDX-License-Identifier: Apache-2.0
#include "cli/trainer_program.h"

#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace matchcue::cli {

namespace {

/// As exec wants them; the strings are borrowed.
std::vector<char*> argv_of(std::string& program, std::vector<std::string>& words) {
  std::vector<char*> argv = {program.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return argv;
}

std::string read_all(int pipe) {
  std::string text;
  std::array<char, 4'096> piece;
  for (;;) {
    const ssize_t got = ::read(pipe, piece.data(), piece.size());
    if (got > 0) text.append(piece.data(), static_cast<std::size_t>(got));
    if (got == 0 || (got < 0 && errno != EINTR)) return text;
  }
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
  add("--event-type", flags.event_type);
  if (flags.event_value_min) add("--event-value-min", fmt::to_string(*flags.event_value_min));
  return words;
}

Error become_trainer(const std::string& recipe, std::vector<std::string> words) {
  auto trainer = find_trainer(recipe);
  if (!trainer.ok()) return std::move(trainer).error();
  ::execv(trainer->c_str(), argv_of(*trainer, words).data());
  return unavailable("trainer_failed", *trainer + ": " + std::strerror(errno));
}

Result<std::string> run_trainer(const std::string& recipe, std::vector<std::string> words) {
  MCUE_TRY(std::string trainer, find_trainer(recipe));
  std::array<int, 2> ends;
  if (::pipe(ends.data()) != 0) return unavailable("trainer_failed", std::string("pipe: ") + std::strerror(errno));
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[0]);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  pid_t child = 0;
  const int problem =
      ::posix_spawn(&child, trainer.c_str(), &actions, nullptr, argv_of(trainer, words).data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  ::close(ends[1]);
  std::string answer = problem == 0 ? read_all(ends[0]) : "";
  ::close(ends[0]);
  if (problem != 0) return unavailable("trainer_failed", trainer + ": " + std::strerror(problem));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return answer;
  return unavailable("trainer_failed",
                     WIFEXITED(status)
                         ? fmt::format("{} ended with {}; it says why above", kTrainer, WEXITSTATUS(status))
                         : fmt::format("{} was ended by signal {}", kTrainer, WTERMSIG(status)));
}

}  // namespace matchcue::cli
