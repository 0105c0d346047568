// SPDX-License-Identifier: Apache-2.0
#include "base/quoted_text.h"

#include "base/text.h"

namespace matchcue {

namespace {

constexpr std::size_t kShownBytesMax = 80;

}  // namespace

std::string quoted_text(std::string_view text) {
  const std::string_view beginning = first_characters(text, kShownBytesMax);
  std::string out;
  append_json_string(beginning, out);
  if (beginning.size() < text.size()) out += "...";
  return out;
}

}  // namespace matchcue
