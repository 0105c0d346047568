// SPDX-License-Identifier: Apache-2.0
#include "domain/ids.h"

#include "base/quoted_text.h"
#include "base/text.h"

namespace matchcue::domain {

Result<void> check_id(std::string_view id, std::string_view field) {
  const std::string name(field);
  if (id.empty()) return invalid("invalid_id", name + " is empty", name);
  if (!is_utf8(id)) return invalid("invalid_id", name + " is not UTF-8", name);
  if (id.size() > kIdBytesMax) {
    return invalid("invalid_id",
                   name + ": " + quoted_text(id) + " has " + std::to_string(id.size()) + " bytes; at most " +
                       std::to_string(kIdBytesMax),
                   name);
  }
  for (const char c : id) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      return invalid("invalid_id", name + ": " + quoted_text(id) + " contains a control character", name);
    }
  }
  return {};
}

}  // namespace matchcue::domain
