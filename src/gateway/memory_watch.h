#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How near the process is to the memory it may use, and what is given up first.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace matchcue::gateway {

/// What is given up; each includes those in front of it.
enum class Shedding : std::uint8_t {
  nothing,
  newcomers,     ///< nobody new comes in
  interactions,  ///< they are turned away unacknowledged: clients send them again
  slow_viewers,  ///< let go; moments and retractions go on for the others
};

/// One per gateway. level(): any thread; measure(): one.
class MemoryWatch {
 public:
  /// bytes_max  of resident memory; 0: four fifths of the machine's or the container's
  /// resident   how much is resident now; empty asks the kernel
  explicit MemoryWatch(std::size_t bytes_max, std::function<std::size_t()> resident = {});

  Shedding level() const { return level_; }
  /// Looks again. It sheds less only when there is clearly more room than when it began.
  Shedding measure();

 private:
  std::size_t bytes_max_;
  std::function<std::size_t()> resident_;
  std::atomic<Shedding> level_ = Shedding::nothing;
};

}  // namespace matchcue::gateway
