// SPDX-License-Identifier: Apache-2.0
#include "codec/utf8_stream.h"

#include <cstring>

namespace matchcue::codec {

namespace {

std::size_t skip_ascii(std::string_view bytes, std::size_t at) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080ULL;
  while (at + sizeof(std::uint64_t) <= bytes.size()) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data() + at, sizeof(word));
    if ((word & kHighBits) != 0) break;
    at += sizeof(word);
  }
  while (at < bytes.size() && static_cast<unsigned char>(bytes[at]) < 0x80) ++at;
  return at;
}

}  // namespace

bool Utf8Stream::start(unsigned char lead) {
  if (lead < 0xc2 || lead > 0xf4) return false;
  low_ = 0x80;
  high_ = 0xbf;
  if (lead < 0xe0) {
    missing_ = 1;
  } else if (lead < 0xf0) {
    missing_ = 2;
    if (lead == 0xe0) low_ = 0xa0;   // shorter forms exist below
    if (lead == 0xed) high_ = 0x9f;  // surrogates above
  } else {
    missing_ = 3;
    if (lead == 0xf0) low_ = 0x90;   // shorter forms exist below
    if (lead == 0xf4) high_ = 0x8f;  // beyond U+10FFFF above
  }
  return true;
}

bool Utf8Stream::feed(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (missing_ == 0) {
      at = skip_ascii(bytes, at);
      if (at == bytes.size()) return true;
      if (!start(static_cast<unsigned char>(bytes[at++]))) return false;
      continue;
    }
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    if (byte < low_ || byte > high_) return false;
    low_ = 0x80;
    high_ = 0xbf;
    --missing_;
  }
  return true;
}

}  // namespace matchcue::codec
