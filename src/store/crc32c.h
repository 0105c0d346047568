#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// CRC-32C (Castagnoli, RFC 3720 appendix B.4): how the decision log tells whole chunks from damaged ones.

#include <cstdint>
#include <string_view>

namespace matchcue::store {

/// The checksum of `bytes`, continuing from `before` (the checksum of the bytes in front). About 1.5 GB/s.
std::uint32_t crc32c(std::string_view bytes, std::uint32_t before = 0);

}  // namespace matchcue::store
