#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the targets share: a fuzzer's input that also says how it is to be cut into pieces.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"

namespace matchcue::fuzz {

/// The first byte chooses options, the second seeds the cutting, the rest is what a peer sends.
struct CutInput {
  unsigned options = 0;
  std::uint64_t seed = 0;
  std::string_view bytes;
};

inline CutInput make_cut_input(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return {};
  return {data[0], data[1], {reinterpret_cast<const char*>(data) + 2, size - 2}};
}

/// Calls `feed(std::string)` with copies of `bytes` in pieces of at most `size_max` bytes; 0: in one. A copy each, so
/// that AddressSanitizer sees a read outside the piece.
template <typename Feed>
void for_each_piece(std::string_view bytes, std::size_t size_max, std::uint64_t seed, Feed feed) {
  Random random(seed);
  while (!bytes.empty()) {
    const std::size_t size = size_max == 0 ? bytes.size() : std::min(bytes.size(), 1 + random.below(size_max));
    feed(std::string(bytes.substr(0, size)));
    bytes.remove_prefix(size);
  }
}

}  // namespace matchcue::fuzz
