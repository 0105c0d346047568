#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How long decisions are kept: has the store drop the older ones, at the start and then once an hour, step by step.

#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "base/time.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::engine {

struct RetentionOptions {
  Milliseconds keep{0};  ///< decisions are dropped when they are older; 0 keeps them. At least a slate's lifetime
  Milliseconds every{3'600'000};  ///< from one look to the next
};

/// What a look came to: who is told decides whether it is worth saying.
struct RetentionReport {
  std::uint64_t bytes_freed = 0;
  std::optional<WallTime> kept_from;  ///< of the oldest decisions that are left
  Result<void> result;                ///< why it ended early; the next look goes on
};

/// On one loop, whose clock says how old things are. The store's answers come before it goes.
class Retention {
 public:
  using OnLook = std::function<void(const RetentionReport&)>;

  /// All must outlive it. `on_look` is called on the loop after each look.
  Retention(const RetentionOptions& options, store::Store& store, runtime::Loop& loop, metrics::Metrics& metrics,
            OnLook on_look);

  /// Any thread. Does nothing when everything is kept.
  void start();

 private:
  void look();
  void step();
  void on_step(const Result<store::RetentionStep>& step);

  RetentionOptions options_;
  store::Store& store_;
  runtime::Loop& loop_;
  metrics::Metrics& metrics_;
  OnLook on_look_;
  bool looking_ = false;
  std::uint64_t freed_ = 0;  ///< by this look
};

}  // namespace matchcue::engine
