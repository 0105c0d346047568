#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What is counted and measured, by the names operators see at /metrics. Base units, low cardinality: never a viewer or
// an item as a label.

#include <memory>
#include <string>
#include <string_view>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace matchcue::metrics {

/// One per process. Any thread: every value is atomic. Look-ups by label are O(1) over a fixed set; unknown labels end
/// the process.
class Metrics {
 public:
  explicit Metrics(std::string_view version);
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  prometheus::Gauge& connections(std::string_view transport);       ///< websocket, sample, sse
  prometheus::Histogram& moment_to_screen(std::string_view stage);  ///< write: accepted until the last push, seconds
  prometheus::Counter& cues(std::string_view cue_class,
                            std::string_view outcome);          ///< slate x pushed, retracted, acknowledged, superseded
  prometheus::Counter& resume(std::string_view continuity);     ///< kept, lost
  prometheus::Counter& slow_consumer(std::string_view policy);  ///< superseded, disconnected, shed
  prometheus::Counter& refused(std::string_view reason);        ///< memory, (all|address|viewer|connection)_pace, ..
  prometheus::Counter& operators_refused(std::string_view reason);  ///< kRefusals of api/server.h
  prometheus::Gauge& shedding();  ///< 0 nothing .. 3 slow viewers; gateway/memory_watch.h
  prometheus::Counter& decisions();
  prometheus::Counter& feedback(std::string_view outcome);     ///< stored, repeated, refused
  prometheus::Histogram& ingest_ack();                         ///< a change: asked until durable, seconds
  prometheus::Gauge& learner_lag();                            ///< from feedback until it was served, seconds
  prometheus::Gauge& learner_fallback();                       ///< 1 while popularity decides instead
  prometheus::Gauge& reward_ratio(std::string_view baseline);  ///< random, popularity: shown over theirs, lately
  prometheus::Gauge& exploration_share();                      ///< 1 - mean largest probability, last change
  prometheus::Gauge& storage_trouble();                        ///< 1 while writes are refused
  prometheus::Counter& retention_freed_bytes();                ///< of dropped decisions
  prometheus::Gauge& oldest_decision();                        ///< seconds since 1970; 0 while unknown
  prometheus::Gauge& session_queue_bytes();                    ///< unsent bytes of slow viewers

  /// The Prometheus text format.
  std::string exposition() const;

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace matchcue::metrics
