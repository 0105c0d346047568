// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <utility>

namespace matchcue::engine {

Retention::Retention(const RetentionOptions& options, store::Store& store, runtime::Loop& loop,
                     metrics::Metrics& metrics, OnLook on_look)
    : options_(options), store_(store), loop_(loop), metrics_(metrics), on_look_(std::move(on_look)) {}

void Retention::start() {
  if (options_.keep <= Milliseconds(0)) return;
  loop_.post([this] {
    loop_.every(options_.every, [this] { look(); });
    look();
  });
}

void Retention::look() {
  if (looking_) return;
  looking_ = true;
  freed_ = 0;
  step();
}

void Retention::step() {
  store_.drop_decisions(loop_.clock().wall(), options_.keep, [this](const Result<store::RetentionStep>& step) {
    loop_.post([this, step] { on_step(step); });
  });
}

void Retention::on_step(const Result<store::RetentionStep>& step) {
  if (step.ok()) {
    freed_ += step->bytes_freed;
    metrics_.retention_freed_bytes().Increment(static_cast<double>(step->bytes_freed));
    if (step->more) return this->step();
    const double oldest = step->kept_from ? static_cast<double>(to_ms(*step->kept_from)) / 1'000 : 0;
    metrics_.oldest_decision().Set(oldest);
  }
  looking_ = false;
  on_look_({freed_, step.ok() ? step->kept_from : std::nullopt, step.ok() ? Result<void>() : step.error()});
}

}  // namespace matchcue::engine
