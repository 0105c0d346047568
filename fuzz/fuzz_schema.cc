// SPDX-License-Identifier: Apache-2.0
//
// Whatever the text, the corrected schema is valid, and a valid schema is written and read back the same.
#include "base/check.h"
#include "base/text.h"
#include "codec/personalize_schema.h"
#include "fuzz/pieces.h"

namespace matchcue::fuzz {
namespace {

using domain::DatasetKind;

void run(DatasetKind kind, std::string_view text) {
  const codec::SchemaReading reading = codec::read_schema(kind, text);
  CHECK(reading.schema.has_value() == reading.problems.empty());
  CHECK(is_utf8(codec::explain_schema(reading)));
  const std::string corrected = codec::write_schema(reading.corrected);
  const codec::SchemaReading again = codec::read_schema(kind, corrected);
  CHECK(again.schema.has_value() || corrected.size() > codec::kSchemaBytesMax, codec::explain_schema(again));
  if (again.schema) CHECK(codec::write_schema(*again.schema) == corrected);
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto input = matchcue::fuzz::make_cut_input(data, size);
  matchcue::fuzz::run(static_cast<matchcue::domain::DatasetKind>(input.options % 3), input.bytes);
  return 0;
}
