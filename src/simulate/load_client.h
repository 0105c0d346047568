#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The crowd over real sockets: thousands of viewers that check what they get.

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "simulate/event_api.h"
#include "simulate/load_options.h"
#include "simulate/load_report.h"

namespace matchcue::simulate {

class LoadShard;

/// What the crowd is like now. One reading; the fields are not of exactly the same instant.
struct LoadSnapshot {
  std::uint64_t welcomed = 0;
  std::uint64_t given_up = 0;  ///< viewers whose connection is not coming
  std::uint64_t slates = 0;
  std::uint64_t interactions_acknowledged = 0;
  std::uint64_t reconnects = 0;
  SteadyTime last_slate;
};

/// start(), wait as long as it takes, finish(). One thread calls; the crowd lives on threads of its own.
class LoadClient {
 public:
  /// `clock` must outlive the client.
  LoadClient(LoadOptions options, const Clock& clock);
  ~LoadClient();

  void start();
  LoadSnapshot snapshot() const;
  /// Viewer `number`, counted from 0, acts on a cue. Any thread.
  void act(std::size_t number, std::string cue, std::string_view kind);

  /// Waits until every viewer was welcomed or has given up; false when that took longer, or `stop` was set.
  bool wait_welcomed(Milliseconds at_most, const std::atomic<bool>& stop) const;
  /// Waits until no slate has come for `quiet` (counted from the call, too); false as above.
  bool wait_quiet(Milliseconds quiet, Milliseconds at_most, const std::atomic<bool>& stop) const;

  /// Ends the crowd and reports. With an `api` the expected slates come from the change stream up to now (and its
  /// errors are returned); without one, what any viewer received is expected of all. `sent` adds or replaces times of
  /// sending. Nobody breaks off or acts any more. On the native route what the stream says is due, and the answers to
  /// interactions, are waited for until 10 s have brought nothing, at most a minute; then for half a second without a
  /// slate, at most 10 s. Once.
  Result<LoadReport> finish(EventApi* api, const domain::EventId& event,
                            const std::map<std::uint64_t, SteadyTime>& sent = {});

 private:
  void wait_served(const Expectation& due) const;
  Result<Expectation> make_expectation(EventApi* api, const domain::EventId& event) const;
  Result<void> write_ack_log() const;

  LoadOptions options_;
  const Clock& clock_;
  std::vector<std::unique_ptr<LoadShard>> shards_;
};

}  // namespace matchcue::simulate
