// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>

#include "base/check.h"

namespace matchcue::metrics {

namespace {

using prometheus::Histogram;

const Histogram::BucketBoundaries kSeconds = {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

/// A family's values by label text.
template <typename Value>
class Labelled {
 public:
  void add(std::string key, Value& value) { values_.emplace(std::move(key), &value); }
  Value& get(std::string_view key) const {
    const auto found = values_.find(key);
    CHECK(found != values_.end(), key);
    return *found->second;
  }

 private:
  std::map<std::string, Value*, std::less<>> values_;
};

}  // namespace

struct Metrics::Families {
  prometheus::Registry registry;
  Labelled<prometheus::Gauge> connections;
  Labelled<Histogram> moment_to_screen;
  Labelled<prometheus::Counter> cues;
  Labelled<prometheus::Counter> resume;
  Labelled<prometheus::Counter> slow_consumer;
  Labelled<prometheus::Counter> feedback;
  Labelled<prometheus::Counter> refused;
  Labelled<prometheus::Counter> operators_refused;
  prometheus::Gauge* shedding = nullptr;
  prometheus::Counter* decisions = nullptr;
  Histogram* ingest_ack = nullptr;
  prometheus::Gauge* session_queue_bytes = nullptr;
  prometheus::Gauge* storage_trouble = nullptr;
  prometheus::Counter* retention_freed_bytes = nullptr;
  prometheus::Gauge* oldest_decision = nullptr;
  prometheus::Gauge* learner_lag = nullptr;
  prometheus::Gauge* learner_fallback = nullptr;
  prometheus::Gauge* exploration_share = nullptr;
  Labelled<prometheus::Gauge> reward_ratio;

  prometheus::Gauge* add_gauge(const char* name, const char* help) {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
  }

  void add_counters(Labelled<prometheus::Counter>& into, const char* name, const char* help, const char* label,
                    std::initializer_list<const char*> values) {
    auto& family = prometheus::BuildCounter().Name(name).Help(help).Register(registry);
    for (const char* value : values) into.add(value, family.Add({{label, value}}));
  }
};

Metrics::Metrics(std::string_view version) : families_(std::make_unique<Families>()) {
  Families& f = *families_;
  auto& connections =
      prometheus::BuildGauge().Name("matchcue_connections").Help("Open viewer connections").Register(f.registry);
  for (const char* transport : {"websocket", "sample", "sse"}) {
    f.connections.add(transport, connections.Add({{"transport", transport}}));
  }
  auto& screen = prometheus::BuildHistogram()
                     .Name("matchcue_moment_to_screen_seconds")
                     .Help("From the acceptance of a change until the stage is done, per shard")
                     .Register(f.registry);
  f.moment_to_screen.add("write", screen.Add({{"stage", "write"}}, kSeconds));
  auto& cues = prometheus::BuildCounter().Name("matchcue_cues_total").Help("What became of cues").Register(f.registry);
  for (const char* outcome : {"pushed", "retracted", "acknowledged", "superseded"}) {
    f.cues.add(std::string("slate/") + outcome, cues.Add({{"class", "slate"}, {"outcome", outcome}}));
  }
  f.add_counters(f.resume, "matchcue_resume_total", "Viewers who came back", "continuity", {"kept", "lost"});
  f.add_counters(f.slow_consumer, "matchcue_slow_consumer_total", "What happened to slow viewers", "policy",
                 {"superseded", "disconnected", "shed"});
  f.add_counters(f.refused, "matchcue_refused_total", "Who was turned away by a limit, and by which", "reason",
                 {"memory", "address_connections", "address_pace", "all_pace", "viewer_pace", "connection_pace"});
  f.add_counters(f.operators_refused, "matchcue_operators_refused_total", "Whom the API turned away, and why", "reason",
                 {"connections", "address_connections", "forbidden_host", "forbidden_origin", "token_missing",
                  "token_unknown", "scope_missing"});
  f.shedding =
      f.add_gauge("matchcue_shedding",
                  "What is given up for want of memory: 0 nothing, 1 newcomers, 2 interactions, 3 slow viewers");
  f.add_counters(f.feedback, "matchcue_feedback_total", "Interactions received", "outcome",
                 {"stored", "repeated", "refused"});
  f.decisions = &prometheus::BuildCounter()
                     .Name("matchcue_decisions_total")
                     .Help("Decisions made and logged")
                     .Register(f.registry)
                     .Add({});
  f.ingest_ack = &prometheus::BuildHistogram()
                      .Name("matchcue_ingest_ack_seconds")
                      .Help("From a request to change a live event until the change is durable")
                      .Register(f.registry)
                      .Add({}, kSeconds);
  f.storage_trouble = f.add_gauge("matchcue_storage_trouble", "1 while storage refuses writes; /healthz says why");
  f.retention_freed_bytes = &prometheus::BuildCounter()
                                 .Name("matchcue_retention_freed_bytes_total")
                                 .Help("Bytes of decisions dropped because of retention.decision_days")
                                 .Register(f.registry)
                                 .Add({});
  f.oldest_decision = f.add_gauge("matchcue_decision_log_oldest_timestamp_seconds",
                                  "When the oldest decisions in the log were made; 0 while retention is off");
  f.session_queue_bytes = f.add_gauge("matchcue_session_queue_bytes", "Unsent bytes of slow viewers");
  f.learner_lag = f.add_gauge("matchcue_learner_lag_seconds",
                              "From the arrival of feedback until what the learner made of it decides");
  f.learner_fallback = f.add_gauge("matchcue_learner_fallback",
                                   "1 while popularity decides because the learner was significantly worse");
  f.exploration_share = f.add_gauge("matchcue_exploration_share",
                                    "How often a slot may show another item than the likeliest, at the last change");
  auto& ratio = prometheus::BuildGauge()
                    .Name("matchcue_reward_ratio")
                    .Help("Reward of what was shown lately over what this policy would have had; 0 while unknown")
                    .Register(f.registry);
  for (const char* baseline : {"random", "popularity"}) {
    f.reward_ratio.add(baseline, ratio.Add({{"baseline", baseline}}));
  }
  prometheus::BuildGauge()
      .Name("matchcue_build_info")
      .Help("1; the labels say which build this is")
      .Register(f.registry)
      .Add({{"version", std::string(version)}})
      .Set(1);
}

Metrics::~Metrics() = default;

prometheus::Gauge& Metrics::connections(std::string_view transport) { return families_->connections.get(transport); }
Histogram& Metrics::moment_to_screen(std::string_view stage) { return families_->moment_to_screen.get(stage); }
prometheus::Counter& Metrics::cues(std::string_view cue_class, std::string_view outcome) {
  return families_->cues.get(std::string(cue_class) + "/" + std::string(outcome));
}
prometheus::Counter& Metrics::resume(std::string_view continuity) { return families_->resume.get(continuity); }
prometheus::Counter& Metrics::slow_consumer(std::string_view policy) { return families_->slow_consumer.get(policy); }
prometheus::Counter& Metrics::refused(std::string_view reason) { return families_->refused.get(reason); }
prometheus::Counter& Metrics::operators_refused(std::string_view reason) {
  return families_->operators_refused.get(reason);
}
prometheus::Gauge& Metrics::shedding() { return *families_->shedding; }
prometheus::Counter& Metrics::decisions() { return *families_->decisions; }
prometheus::Counter& Metrics::feedback(std::string_view outcome) { return families_->feedback.get(outcome); }
Histogram& Metrics::ingest_ack() { return *families_->ingest_ack; }
prometheus::Gauge& Metrics::learner_lag() { return *families_->learner_lag; }
prometheus::Gauge& Metrics::learner_fallback() { return *families_->learner_fallback; }
prometheus::Gauge& Metrics::reward_ratio(std::string_view baseline) { return families_->reward_ratio.get(baseline); }
prometheus::Gauge& Metrics::exploration_share() { return *families_->exploration_share; }
prometheus::Gauge& Metrics::storage_trouble() { return *families_->storage_trouble; }
prometheus::Counter& Metrics::retention_freed_bytes() { return *families_->retention_freed_bytes; }
prometheus::Gauge& Metrics::oldest_decision() { return *families_->oldest_decision; }
prometheus::Gauge& Metrics::session_queue_bytes() { return *families_->session_queue_bytes; }

std::string Metrics::exposition() const {
  return prometheus::TextSerializer().Serialize(families_->registry.Collect());
}

}  // namespace matchcue::metrics
