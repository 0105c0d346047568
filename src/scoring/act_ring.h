#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A viewer's last acts as floats, which is what states are made of:
//
//   next         where the next act goes, 0 .. capacity - 1
//   capacity x   item number + 1, 0 where there is none yet; then the codes of its context, several to a float
//
// Floats hold whole numbers below 2^24 exactly, so the codes of fields share one as long as there are no more
// combinations of them.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "scoring/feature_codes.h"

namespace matchcue::scoring {

/// Reads and writes such floats. Immutable; any thread.
class ActRing {
 public:
  /// capacity     acts that are kept, at least 1
  /// code_counts  by field of the context: its codes are below, at most 2^24
  ActRing(std::size_t capacity, std::span<const std::size_t> code_counts) : capacity_(capacity) {
    std::uint64_t values = kValuesMax;  // of the float that is being filled; none yet
    for (const std::size_t codes : code_counts) {
      if (values * codes > kValuesMax) {
        ++packs_;
        values = 1;
      }
      fields_.push_back({packs_ - 1, values, codes});
      values *= codes;
    }
  }

  std::size_t size() const { return 1 + capacity_ * act_size(); }
  std::size_t field_count() const { return fields_.size(); }

  /// Takes in the newest act; the oldest falls out of a full ring. O(fields).
  void push(std::span<float> state, std::uint32_t item, std::span<const Code> codes) const {
    const auto next = static_cast<std::size_t>(state[0]);
    CHECK(state.size() == size() && next < capacity_, state.size(), next);  // another version's state
    float* const act = state.data() + 1 + next * act_size();
    for (std::size_t k = 0; k < act_size(); ++k) act[k] = 0;
    act[0] = static_cast<float>(item + 1);
    for (std::size_t f = 0; f < fields_.size(); ++f) {
      act[1 + fields_[f].pack] += static_cast<float>(fields_[f].unit * codes[f]);
    }
    state[0] = static_cast<float>((next + 1) % capacity_);
  }

  /// Calls `visit(item)` for each act, oldest first, with its codes in `codes` (field_count() of them).
  template <typename Visit>
  void read(std::span<const float> state, std::span<Code> codes, const Visit& visit) const {
    CHECK(state.size() == size(), state.size());
    const auto next = static_cast<std::size_t>(state[0]);
    const bool full = state[1 + next * act_size()] > 0;
    const std::size_t count = full ? capacity_ : next;
    for (std::size_t k = 0; k < count; ++k) {
      const float* const act = state.data() + 1 + (full ? (next + k) % capacity_ : k) * act_size();
      for (std::size_t f = 0; f < fields_.size(); ++f) {
        const auto packed = static_cast<std::uint64_t>(act[1 + fields_[f].pack]);
        codes[f] = static_cast<Code>(packed / fields_[f].unit % fields_[f].codes);
      }
      visit(static_cast<std::uint32_t>(act[0]) - 1);
    }
  }

 private:
  struct Field {
    std::size_t pack;     ///< which float of the act
    std::uint64_t unit;   ///< what a code counts there
    std::uint64_t codes;  ///< how many there are
  };
  static constexpr std::uint64_t kValuesMax = std::uint64_t{1} << 24;

  std::size_t act_size() const { return 1 + packs_; }

  std::size_t capacity_;
  std::size_t packs_ = 0;
  std::vector<Field> fields_;
};

}  // namespace matchcue::scoring
