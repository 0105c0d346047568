// SPDX-License-Identifier: Apache-2.0
#include "codec/json_values.h"

#include "base/text.h"

namespace matchcue::codec {

void append_json(const domain::Value& value, std::string& out) {
  if (std::holds_alternative<std::monostate>(value)) {
    out += "null";
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    append_json_string(*text, out);
  } else {
    out += domain::to_text(value);
  }
}

void append_json(const domain::Values& values, std::string& out) {
  out.push_back('{');
  const char* separator = "";
  for (const auto& [name, value] : values) {
    out += separator;
    separator = ",";
    append_json_string(name, out);
    out.push_back(':');
    append_json(value, out);
  }
  out.push_back('}');
}

}  // namespace matchcue::codec
