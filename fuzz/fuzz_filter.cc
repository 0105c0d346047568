// SPDX-License-Identifier: Apache-2.0
//
// Whatever the text, a filter that was read is written and read back equal, and can be evaluated; a complaint names a
// column of the text. The input is the expression, and after a zero byte the value of the placeholder $P.
#include "base/check.h"
#include "base/text.h"
#include "filter/catalogue_filter.h"
#include "filter/complaint.h"
#include "filter/parse.h"
#include "filter/test_world.h"

namespace matchcue::fuzz {
namespace {

using namespace filter;

void evaluate(const Filter& resolved, const FilterValues& values) {
  const auto read = resolve_values(resolved, values, test::schemas());
  if (!read.ok()) return;
  const CatalogueFilter folded(resolved, *read, test::catalogue());
  for (const test::Person& person : {test::kid(), test::adult(), test::stranger()}) {
    const ItemMask passed = test::passed_by(folded, person);
    CHECK(passed.items() == test::catalogue().items().size());
    if (!folded.personal()) CHECK(passed == folded.passed());
  }
}

void run(std::string_view text, std::string_view value) {
  const auto filter = parse_filter(text);
  if (!filter.ok()) {
    const std::string& message = filter.error().message;
    CHECK(is_utf8(message));
    if (!is_utf8(text)) return;
    CHECK(message.starts_with("column "), message);
    const auto column = parse_int(message.substr(7, message.find(':') - 7));
    CHECK(column && *column >= 1 && static_cast<std::size_t>(*column) <= column_of(text, text.size()), message);
    return;
  }
  const std::string written = to_text(*filter);
  const auto again = parse_filter(written);
  CHECK(again.ok(), written);
  CHECK(*again == *filter, written);
  CHECK(to_text(*again) == written);
  const auto resolved = resolve_filter(text, test::schemas());
  if (!resolved.ok()) return;
  evaluate(*resolved, {});
  evaluate(*resolved, {{"P", std::string(value)}});
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(input.find('\0'), input.size());
  const std::string text(input.substr(0, end));  // copies, so that AddressSanitizer sees a read beyond them
  const std::string value(input.substr(std::min(end + 1, input.size())));
  matchcue::fuzz::run(text, value);
  return 0;
}
