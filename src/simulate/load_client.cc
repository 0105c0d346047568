// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_client.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "base/check.h"
#include "simulate/load_shard.h"

namespace matchcue::simulate {
namespace {

constexpr Milliseconds kLook(20);
constexpr Milliseconds kSettle(500);
constexpr Milliseconds kSettleMax(10'000);
constexpr Milliseconds kStall(10'000);
constexpr Milliseconds kServedMax(60'000);

}  // namespace

LoadClient::LoadClient(LoadOptions options, const Clock& clock) : options_(std::move(options)), clock_(clock) {
  CHECK(options_.viewers > 0 && options_.threads > 0 && options_.connects_per_second > 0);
  for (std::size_t index = 0; index < options_.threads; ++index) {
    shards_.push_back(std::make_unique<LoadShard>(index, options_, clock_));
  }
}

LoadClient::~LoadClient() = default;

void LoadClient::start() {
  for (const auto& shard : shards_) shard->start();
}

LoadSnapshot LoadClient::snapshot() const {
  LoadSnapshot sum;
  for (const auto& shard : shards_) {
    const LoadCounters& counters = shard->counters();
    sum.welcomed += counters.welcomed;
    sum.given_up += counters.given_up;
    sum.slates += counters.slates;
    sum.interactions_acknowledged += counters.interactions_acknowledged;
    sum.reconnects += counters.reconnects;
    sum.last_slate = std::max(sum.last_slate, SteadyTime(std::chrono::nanoseconds(counters.last_slate_ns)));
  }
  return sum;
}

void LoadClient::act(std::size_t number, std::string cue, std::string_view kind) {
  shards_[number % shards_.size()]->act(number, std::move(cue), kind);
}

bool LoadClient::wait_welcomed(Milliseconds at_most, const std::atomic<bool>& stop) const {
  const SteadyTime deadline = clock_.steady() + at_most;
  for (;;) {
    const LoadSnapshot now = snapshot();
    if (now.welcomed + now.given_up >= options_.viewers) return true;
    if (stop || clock_.steady() >= deadline) return false;
    std::this_thread::sleep_for(kLook);
  }
}

bool LoadClient::wait_quiet(Milliseconds quiet, Milliseconds at_most, const std::atomic<bool>& stop) const {
  const SteadyTime begin = clock_.steady();
  for (;;) {
    const SteadyTime now = clock_.steady();
    if (now - std::max(begin, snapshot().last_slate) >= quiet) return true;
    if (stop || now - begin >= at_most) return false;
    std::this_thread::sleep_for(kLook);
  }
}

Result<LoadReport> LoadClient::finish(EventApi* api, const domain::EventId& event,
                                      const std::map<std::uint64_t, SteadyTime>& sent) {
  // The expectation first: slates of later changes may come, and nothing is said about them.
  auto expectation = make_expectation(api, event);
  const std::atomic<bool> go_on{false};
  for (const auto& shard : shards_) shard->calm_down();
  if (expectation) wait_served(*expectation);
  wait_quiet(kSettle, kSettleMax, go_on);  // what comes twice, or that nobody knows of, comes now
  for (const auto& shard : shards_) shard->stop();

  LoadReport report;
  std::vector<const LoadViewer*> accountable;
  std::vector<double> interaction_ms;
  for (const auto& shard : shards_) {
    const LoadCounters& counters = shard->counters();
    report.closed += counters.closed;
    report.reconnects += counters.reconnects;
    report.killed += counters.killed;
    report.stuck += counters.stuck;
    if (report.problem.empty()) report.problem = shard->problem();
    interaction_ms.insert(interaction_ms.end(), shard->interaction_ms().begin(), shard->interaction_ms().end());
    for (const LoadViewer* viewer : shard->viewers(false)) add_tally(report, *viewer);
    for (const LoadViewer* viewer : shard->viewers(true)) {
      add_tally(report, *viewer);
      if (viewer->joined_at()) accountable.push_back(viewer);
    }
  }
  report.interaction_ms = spread_of(std::move(interaction_ms));
  MCUE_TRY_VOID(write_ack_log());
  if (!expectation) return expectation.error();
  if (api == nullptr) *expectation = expect_what_came(accountable);
  for (const auto& [sequence, when] : sent) expectation->sent[sequence] = when;
  add_viewers(report, accountable, *expectation, options_.viewer.protocol);
  return report;
}

/// A server on a busy machine may say nothing for seconds and then go on: silence alone does not end the wait.
void LoadClient::wait_served(const Expectation& due) const {
  const auto waits = [&](const auto& shard) { return shard->waits_for(due); };
  const SteadyTime begin = clock_.steady();
  SteadyTime progress = begin;
  std::uint64_t before = 0;
  for (SteadyTime now = begin; now - progress < kStall && now - begin < kServedMax; now = clock_.steady()) {
    if (std::none_of(shards_.begin(), shards_.end(), waits)) return;
    const LoadSnapshot seen = snapshot();
    if (const std::uint64_t came = seen.slates + seen.interactions_acknowledged; came != before) {
      before = came;
      progress = now;
    }
    std::this_thread::sleep_for(kLook);
  }
}

Result<Expectation> LoadClient::make_expectation(EventApi* api, const domain::EventId& event) const {
  if (api == nullptr) return Expectation();
  MCUE_TRY(const std::vector<ChangeSeen> changes, api->changes_after(event, domain::Sequence(0)));
  return expect_changes(changes, clock_.wall(), clock_.steady());
}

Result<void> LoadClient::write_ack_log() const {
  if (options_.ack_log.empty()) return {};
  std::ofstream file(options_.ack_log, std::ios::app);
  for (const auto& shard : shards_) file << shard->ack_log();
  if (!file.flush()) return unavailable("cannot_write", fmt::format("cannot write \"{}\"", options_.ack_log));
  return {};
}

}  // namespace matchcue::simulate
