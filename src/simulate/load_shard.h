#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A part of the crowd: its sockets on one loop. Single shard; the counters can be read from anywhere.

#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "runtime/loop.h"
#include "simulate/load_options.h"
#include "simulate/load_report.h"
#include "simulate/load_viewer.h"

namespace matchcue::simulate {

class LoadConnection;

/// What a shard counts while it runs. Any thread.
struct LoadCounters {
  std::atomic<std::uint64_t> welcomed{0};  ///< now
  std::atomic<std::uint64_t> slates{0};
  std::atomic<std::uint64_t> interactions_acknowledged{0};
  std::atomic<std::int64_t> last_slate_ns{0};  ///< steady
  std::atomic<std::uint64_t> closed{0};
  std::atomic<std::uint64_t> reconnects{0};
  std::atomic<std::uint64_t> killed{0};
  std::atomic<std::uint64_t> stuck{0};
  std::atomic<std::uint64_t> given_up{0};  ///< connections that will not come (back)
};

/// Viewers `index`, `index` + threads, ... of the crowd, counted from 0.
class LoadShard final : public ViewerSink {
 public:
  LoadShard(std::size_t index, const LoadOptions& options, const Clock& clock);
  ~LoadShard() override;

  void start();
  /// Viewer `number` of the whole crowd acts on a cue. Any thread.
  void act(std::size_t number, std::string cue, std::string_view kind);
  /// Nobody breaks off or acts any more. Any thread.
  void calm_down();
  /// Whether any viewer still waits for a slate of these or for an answer. Between start() and stop(), from any thread
  /// but the loop's, for which it waits.
  bool waits_for(const Expectation& due);
  /// Ends the loop; afterwards the viewers may be read from the caller's thread.
  void stop();

  const LoadCounters& counters() const { return counters_; }
  /// Viewers that nothing was done to (`accountable`), or the others. After stop().
  std::vector<const LoadViewer*> viewers(bool accountable) const;
  /// Milliseconds from an act to its acknowledgement; the first million. After stop().
  const std::vector<double>& interaction_ms() const { return interaction_ms_; }
  /// Acknowledged interactions as lines of the ack log. After stop().
  const std::string& ack_log() const { return ack_log_; }
  const std::string& problem() const { return problem_; }

  void on_slate(const domain::ViewerId& viewer, std::uint64_t sequence, std::span<const SlateCue> cues) override;
  void on_interaction_ack(const domain::ViewerId& viewer, std::string_view id, SteadyTime sent,
                          SteadyTime now) override;

 private:
  friend class LoadConnection;

  void open_some();
  void acknowledge_all();
  void break_some_off();

  const LoadOptions& options_;
  std::unique_ptr<runtime::Loop> loop_;
  LoadCounters counters_;
  std::vector<std::unique_ptr<LoadConnection>> connections_;
  std::size_t next_to_open_ = 0;
  std::size_t opening_ = 0;  ///< connections between connect and welcome
  double allowance_ = 0;     ///< connections that may be opened now
  bool calm_ = false;
  double breaks_due_ = 0;  ///< connections to be broken off now
  SteadyTime churned_;     ///< up to when breaks_due_ counts
  Random random_;
  std::vector<LoadConnection*> owing_;  ///< have slates to acknowledge
  std::vector<char> buffer_;
  std::vector<double> interaction_ms_;
  std::string ack_log_;
  std::string problem_;
};

}  // namespace matchcue::simulate
