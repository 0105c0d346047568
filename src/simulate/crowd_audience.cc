// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_audience.h"

#include <simdjson.h>

#include "base/text.h"

namespace matchcue::simulate {

Result<CrowdSlate> parse_crowd_slate(std::string_view text) {
  namespace dom = simdjson::dom;
  thread_local dom::parser parser;  // keeps its buffers
  const auto malformed = [&] {
    return Error{
        ErrorKind::internal, "malformed_slate", "not a slate: " + std::string(first_characters(text, 160)), {}};
  };
  CrowdSlate slate;
  dom::object object;
  dom::array cues;
  if (parser.parse(text.data(), text.size()).get_object().get(object) != simdjson::SUCCESS ||
      object["seq"].get_uint64().get(slate.sequence) != simdjson::SUCCESS ||
      object["cues"].get_array().get(cues) != simdjson::SUCCESS) {
    return malformed();
  }
  for (const dom::element element : cues) {
    std::string_view id, slot, item;
    if (element["id"].get_string().get(id) != simdjson::SUCCESS ||
        element["slot"].get_string().get(slot) != simdjson::SUCCESS ||
        element["item"].get_string().get(item) != simdjson::SUCCESS) {
      return malformed();
    }
    slate.cues.push_back({std::string(id), std::string(slot), std::string(item)});
  }
  return slate;
}

}  // namespace matchcue::simulate
