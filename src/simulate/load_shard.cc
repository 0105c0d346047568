// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_shard.h"

#include <fmt/format.h>

#include <algorithm>
#include <future>

#include "simulate/load_connection.h"

namespace matchcue::simulate {
namespace {

constexpr Milliseconds kOpenPeriod(5);
constexpr Milliseconds kAcknowledgePeriod(100);
constexpr Milliseconds kChurnPeriod(50);
constexpr std::size_t kOpeningMax = 512;  ///< below the server's backlog, or connecting waits for retransmissions
constexpr std::size_t kBufferBytes = 64 * 1024;
constexpr std::size_t kInteractionTimesMax = 1'000'000;

Fate fate_of(const LoadOptions& options, std::size_t number) {
  if (number < options.stuck) return Fate::stuck;
  Random random(mix64(options.seed ^ mix64(number)) ^ 0x6b696c6c);
  return random.uniform() < options.kill_share ? Fate::killed : Fate::none;
}

}  // namespace

LoadShard::LoadShard(std::size_t index, const LoadOptions& options, const Clock& clock)
    : options_(options),
      loop_(runtime::make_loop(fmt::format("crowd-{}", index), clock)),
      random_(mix64(options.seed ^ index) ^ 0x636875726e),
      buffer_(kBufferBytes) {
  for (std::size_t number = index; number < options.viewers; number += options.threads) {
    connections_.push_back(std::make_unique<LoadConnection>(*this, number, fate_of(options, number)));
  }
}

LoadShard::~LoadShard() { stop(); }

void LoadShard::start() {
  loop_->every(kOpenPeriod, [this] { open_some(); });
  loop_->every(kAcknowledgePeriod, [this] { acknowledge_all(); });
  churned_ = loop_->clock().steady();
  if (options_.churn > 0) loop_->every(kChurnPeriod, [this] { break_some_off(); });
  loop_->start();
}

void LoadShard::calm_down() {
  loop_->post([this] {
    calm_ = true;
    for (const auto& connection : connections_) connection->rest();
  });
}

bool LoadShard::waits_for(const Expectation& due) {
  std::promise<bool> answer;
  const bool running = loop_->post([&] {
    answer.set_value(std::any_of(connections_.begin(), connections_.end(),
                                 [&](const auto& connection) { return connection->waits_for(due); }));
  });
  return running && answer.get_future().get();
}

void LoadShard::stop() { loop_->stop(); }

std::vector<const LoadViewer*> LoadShard::viewers(bool accountable) const {
  std::vector<const LoadViewer*> found;
  for (const auto& connection : connections_) {
    if (connection->accountable() == accountable) found.push_back(&connection->viewer());
  }
  return found;
}

void LoadShard::act(std::size_t number, std::string cue, std::string_view kind) {
  LoadConnection* connection = connections_[number / options_.threads].get();
  loop_->post([connection, cue = std::move(cue), kind] { connection->act(cue, kind); });
}

void LoadShard::on_slate(const domain::ViewerId& viewer, std::uint64_t sequence, std::span<const SlateCue> cues) {
  if (options_.sink != nullptr) options_.sink->on_slate(viewer, sequence, cues);
}

void LoadShard::on_interaction_ack(const domain::ViewerId& viewer, std::string_view id, SteadyTime sent,
                                   SteadyTime now) {
  ++counters_.interactions_acknowledged;
  if (options_.sink != nullptr) options_.sink->on_interaction_ack(viewer, id, sent, now);
  if (interaction_ms_.size() < kInteractionTimesMax) {
    interaction_ms_.push_back(std::chrono::duration<double, std::milli>(now - sent).count());
  }
  if (!options_.ack_log.empty()) ack_log_ += fmt::format("{}\t{}\n", viewer.str(), id);
}

void LoadShard::open_some() {
  const auto rate = static_cast<double>(options_.connects_per_second) / static_cast<double>(options_.threads);
  const double per_period = rate * std::chrono::duration<double>(kOpenPeriod).count();
  allowance_ = std::min(allowance_ + per_period, std::max(1.0, 2 * per_period));
  while (next_to_open_ < connections_.size() && allowance_ >= 1 && opening_ < kOpeningMax) {
    allowance_ -= 1;
    connections_[next_to_open_++]->open();
  }
}

/// By the clock and not by how often this is called: a loop that has a moment's slates to read comes late.
void LoadShard::break_some_off() {
  const SteadyTime now = loop_->clock().steady();
  const std::chrono::duration<double> passed = now - std::exchange(churned_, now);
  if (calm_) return;
  breaks_due_ += options_.churn / static_cast<double>(options_.threads) * passed.count();
  for (; breaks_due_ >= 1; breaks_due_ -= 1) connections_[random_.below(connections_.size())]->break_off();
}

void LoadShard::acknowledge_all() {
  for (LoadConnection* connection : std::exchange(owing_, {})) connection->acknowledge();
}

}  // namespace matchcue::simulate
