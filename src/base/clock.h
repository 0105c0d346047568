#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The one way to ask what time it is. SystemClock is made in cli/ and handed down; tests hand down a ManualClock.

#include "base/time.h"

namespace matchcue {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall() const = 0;
  virtual SteadyTime steady() const = 0;
};

/// The machine's clocks. Any thread.
class SystemClock final : public Clock {
 public:
  WallTime wall() const override {
    return std::chrono::time_point_cast<Milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
};

/// A clock that moves only when told to. One thread.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start = wall_time_from_ms(1'780'000'000'000)) : wall_(start) {}
  WallTime wall() const override { return wall_; }
  SteadyTime steady() const override { return steady_; }
  void advance(Milliseconds by) {
    wall_ += by;
    steady_ += by;
  }

 private:
  WallTime wall_;
  SteadyTime steady_{};
};

}  // namespace matchcue
