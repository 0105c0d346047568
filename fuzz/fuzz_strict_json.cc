// SPDX-License-Identifier: Apache-2.0
//
// JSON from strangers: what was read keeps the limits, and written again it is read as the same; every refusal can be
// sent in an answer.
#include <algorithm>
#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "codec/strict_json.h"

namespace matchcue::fuzz {
namespace {

using Json = nlohmann::json;

int depth_of(const Json& value) {
  if (!value.is_structured()) return 0;
  int deepest = 0;
  for (const Json& part : value) deepest = std::max(deepest, depth_of(part));
  return deepest + 1;
}

void try_text(std::string_view text) {
  const auto value = codec::parse_strict_json(text);
  if (!value) {
    const Error& error = value.error();
    CHECK(error.code == "invalid_json" || error.code == "too_deep" || error.code == "duplicate_key" ||
              error.code == "out_of_range",
          error.code);
    CHECK(is_utf8(error.message) && is_utf8(error.field), error.code);
    return;
  }
  CHECK(depth_of(*value) <= codec::kStrictDepthMax, text);
  const std::string written = value->dump();
  const auto again = codec::parse_strict_json(written);
  CHECK(again.ok() && *again == *value, written);
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::try_text({reinterpret_cast<const char*>(data), size});
  return 0;
}
