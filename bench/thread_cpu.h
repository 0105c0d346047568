#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <ctime>

namespace matchcue::bench {

/// Processor time of the calling thread, in microseconds.
inline double thread_cpu_us() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

}  // namespace matchcue::bench
