#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Checks UTF-8 that arrives in pieces, so that a bad byte is refused when it comes and not when its message ends.

#include <cstdint>
#include <string_view>

namespace matchcue::codec {

/// A validator of RFC 3629 UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). A value of 3 bytes.
class Utf8Stream {
 public:
  /// Takes the next bytes. False as soon as no continuation could make the whole well formed; the stream must not be
  /// fed after that. Cost: O(bytes), eight at a time while they are ASCII.
  bool feed(std::string_view bytes);

  /// True when the bytes so far end on a character boundary.
  bool complete() const { return missing_ == 0; }

 private:
  bool start(unsigned char lead);

  std::uint8_t missing_ = 0;  ///< continuation bytes that the current character still needs
  std::uint8_t low_ = 0x80;   ///< bounds of the next one; only the first continuation byte can be narrower
  std::uint8_t high_ = 0xbf;
};

}  // namespace matchcue::codec
