#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <chrono>

#include "base/time.h"

namespace matchcue {

/// Lets so many through a second, and some more at once. Full at first. Value; single thread.
class TokenBucket {
 public:
  /// rate   a second, > 0
  /// burst  most at once, >= 1
  bool take(double rate, double burst, SteadyTime now) {
    if (at_ == SteadyTime{}) tokens_ = burst;
    const std::chrono::duration<double> passed = at_ == SteadyTime{} ? SteadyTime::duration(0) : now - at_;
    tokens_ = std::min(burst, tokens_ + passed.count() * rate);
    at_ = now;
    if (tokens_ < 1) return false;
    tokens_ -= 1;
    return true;
  }
  /// True when it would be full by `now`: then forgetting it changes nothing.
  bool is_full(double rate, double burst, SteadyTime now) const {
    return at_ == SteadyTime{} || tokens_ + std::chrono::duration<double>(now - at_).count() * rate >= burst;
  }

 private:
  double tokens_ = 0;
  SteadyTime at_{};
};

}  // namespace matchcue
