// SPDX-License-Identifier: Apache-2.0
#include "gateway/memory_watch.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace matchcue::gateway {

namespace {

constexpr std::array<double, 4> kFrom = {0, .85, .93, 1};  ///< of the maximum: where each level begins
constexpr double kRoom = .03;                              ///< below it: where it ends

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// Four fifths of what the machine has, or of what the container is given.
std::size_t default_bytes_max() {
  std::size_t bytes =
      static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  for (const char* path : {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::size_t given = 0;
    if (std::ifstream(path) >> given && given > 0) bytes = std::min(bytes, given);
  }
  return bytes / 5 * 4;
}

}  // namespace

MemoryWatch::MemoryWatch(std::size_t bytes_max, std::function<std::size_t()> resident)
    : bytes_max_(bytes_max != 0 ? bytes_max : default_bytes_max()),
      resident_(resident ? std::move(resident) : resident_bytes) {}

Shedding MemoryWatch::measure() {
  const double used = static_cast<double>(resident_()) / static_cast<double>(bytes_max_);
  const auto now = static_cast<std::size_t>(level_.load());
  std::size_t next = 0;
  for (std::size_t level = 1; level < kFrom.size(); ++level) {
    if (used >= kFrom[level] - (level <= now ? kRoom : 0)) next = level;
  }
  level_ = static_cast<Shedding>(next);
  return level_;
}

}  // namespace matchcue::gateway
