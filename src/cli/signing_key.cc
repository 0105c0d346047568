// SPDX-License-Identifier: Apache-2.0
#include "cli/signing_key.h"

#include <fstream>
#include <sstream>

namespace matchcue::cli {

Result<access::TicketKeys> load_ticket_keys(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return invalid("unreadable_file", "cannot read \"" + path + "\"", "keys");
  return access::TicketKeys::parse(text.str());
}

Result<access::TicketKey> load_signing_key(const std::string& path, const std::string& id) {
  MCUE_TRY(const access::TicketKeys keys, load_ticket_keys(path));
  const access::TicketKey* found = nullptr;
  for (const access::TicketKey& key : keys.all()) {
    if (!key.can_sign() || (!id.empty() && key.id() != id)) continue;
    if (found != nullptr) return invalid("ambiguous_key", "several keys could sign: --key-id says which", "key-id");
    found = &key;
  }
  if (found == nullptr) return invalid("no_key", path + ": no such key that signs", "keys");
  return *found;
}

}  // namespace matchcue::cli
