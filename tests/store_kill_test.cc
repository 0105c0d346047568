// SPDX-License-Identifier: Apache-2.0
//
// kill -9 against the store: a child process (this program with --child) writes and prints what was acknowledged; the
// parent kills it after a random number of acknowledgements, twenty times over one directory, and looks for every one.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iterator>
#include <map>
#include <semaphore>
#include <set>
#include <sstream>

#include "base/random.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

constexpr int kRounds = 20;
constexpr int kWritesOutstanding = 200;
constexpr const char* kEvent = "match";

/// Prints "<kind><number>" once the write is acknowledged. One write(2) a line, so that a kill cuts no earlier line.
template <typename T>
Done<T> print_when_done(char kind, std::uint64_t number, std::counting_semaphore<>& outstanding) {
  return [kind, number, &outstanding](const Result<T>& result) {
    if (!result.ok()) ::_exit(2);
    const std::string line = kind + std::to_string(number) + "\n";
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) ::_exit(3);
    outstanding.release();
  };
}

/// Goes on from the last stored change, for ever: change n, decisions for it, feedback that cites them, interaction n,
/// link n.
[[noreturn]] void run_child(const std::string& directory) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  TestStore held(directory);
  Store& store = held.store();
  const auto latest = held.reader().load_latest_changes(domain::EventId(kEvent), 1).value();
  std::uint64_t number = latest.empty() ? 0 : latest.front().sequence.value();
  std::counting_semaphore<> outstanding(kWritesOutstanding);
  while (true) {
    ++number;
    for (int i = 0; i < 4; ++i) outstanding.acquire();
    const domain::Change change = make_change(kEvent, number);
    domain::LiveEvent event{change.event, change.sequence, change.moment, change.after, {}, {}};
    store.append_change(std::make_shared<domain::Change>(change), event, domain::Sequence(number - 1),
                        print_when_done<void>('c', number, outstanding));
    store.append_decisions(std::make_shared<domain::DecisionBatch>(make_batch(kEvent, number, 20)), {});
    store.append_feedback({make_feedback("viewer7", std::to_string(number), number)},
                          print_when_done<std::vector<FeedbackOutcome>>('f', number, outstanding));
    store.add_interactions({make_interaction("v", "item", static_cast<std::int64_t>(number), "GOAL")},
                           print_when_done<WriteSummary>('i', number, outstanding));
    store.identify_viewer(
        {0, domain::ViewerId("anon-" + std::to_string(number)), domain::ViewerId("v"), domain::no_traits(), change.at},
        print_when_done<std::uint64_t>('l', number, outstanding));
  }
}

/// What was acknowledged: kind -> numbers.
using Acknowledged = std::map<char, std::set<std::uint64_t>>;

/// Starts the child, kills it once it has printed `lines`, and notes every whole line that it printed.
void run_and_kill(const std::string& directory, std::uint64_t lines, Acknowledged& acknowledged) {
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::dup2(ends[1], STDOUT_FILENO);
    ::execl("/proc/self/exe", "store_kill_test", "--child", directory.c_str(), nullptr);
    ::_exit(4);
  }
  ::close(ends[1]);
  std::string printed;
  char buffer[4096];
  std::uint64_t seen = 0;
  while (const ssize_t count = ::read(ends[0], buffer, sizeof buffer)) {
    ASSERT_GT(count, 0);
    const bool killed_before = seen >= lines;
    seen += static_cast<std::uint64_t>(std::count(buffer, buffer + count, '\n'));
    printed.append(buffer, static_cast<std::size_t>(count));
    if (seen >= lines && !killed_before) ::kill(child, SIGKILL);
  }
  ::close(ends[0]);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);
  printed.resize(printed.rfind('\n') + 1);
  std::istringstream input(printed);
  for (std::string line; std::getline(input, line);) acknowledged[line[0]].insert(std::stoull(line.substr(1)));
}

void expect_changes(Reader& reader, const Acknowledged& acknowledged) {
  const auto changes = reader.load_changes(domain::EventId(kEvent), domain::Sequence(0), 1'000'000).value();
  for (std::size_t i = 0; i < changes.size(); ++i) ASSERT_EQ(changes[i].sequence.value(), i + 1);
  ASSERT_LE(*acknowledged.at('c').rbegin(), changes.size());
  ASSERT_EQ(reader.load_events()->at(0).sequence.value(), changes.size());
}

void expect_feedback(Reader& reader, const Acknowledged& acknowledged) {
  const auto feedback = reader.load_feedback(domain::ViewerId("viewer7"), 1'000'000).value();
  std::set<std::uint64_t> stored;
  for (const domain::Feedback& row : feedback) {
    ASSERT_TRUE(stored.insert(std::stoull(row.id)).second) << "twice: " << row.id;
  }
  for (const std::uint64_t number : acknowledged.at('f')) ASSERT_TRUE(stored.contains(number)) << number;
  for (std::size_t i = 0; i < feedback.size(); i += 17) {  // every decision takes a while under a sanitizer
    const auto decision = reader.load_decision(feedback[i].cue.decision);
    ASSERT_TRUE(decision.ok() && decision->has_value()) << "no decision for feedback " << feedback[i].id;
  }
}

void expect_interactions(Reader& reader, const Acknowledged& acknowledged) {
  const std::uint64_t stored = reader.count_interactions().value();
  ASSERT_GE(stored, acknowledged.at('i').size());
}

void expect_links(Reader& reader, const Acknowledged& acknowledged) {
  const auto links = reader.load_links_to(domain::ViewerId("v")).value();
  std::set<std::string> stored;
  for (const domain::ViewerLink& link : links) ASSERT_TRUE(stored.insert(link.anonymous.str()).second);
  for (const std::uint64_t number : acknowledged.at('l')) {
    ASSERT_TRUE(stored.contains("anon-" + std::to_string(number))) << number;
  }
}

TEST(StoreKill, KeepsEverythingAcknowledgedAndDoublesNothing) {
  const TestDirectory directory;
  Acknowledged acknowledged;
  Random random(20261124);
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_NO_FATAL_FAILURE(run_and_kill(directory.path(), 1 + random.below(1'500), acknowledged));
    TestStore store(directory.path());
    if (acknowledged.size() < 4) continue;  // killed before one of each kind was answered
    ASSERT_NO_FATAL_FAILURE(expect_changes(store.reader(), acknowledged)) << "round " << round;
    ASSERT_NO_FATAL_FAILURE(expect_feedback(store.reader(), acknowledged)) << "round " << round;
    ASSERT_NO_FATAL_FAILURE(expect_interactions(store.reader(), acknowledged)) << "round " << round;
    ASSERT_NO_FATAL_FAILURE(expect_links(store.reader(), acknowledged)) << "round " << round;
  }
  ASSERT_EQ(acknowledged.size(), 4U);
}

}  // namespace
}  // namespace matchcue::store

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "--child") matchcue::store::run_child(argv[2]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
