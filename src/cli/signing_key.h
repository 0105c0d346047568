#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Ticket keys from files, for commands that make or check tickets themselves.

#include <string>

#include "access/ticket_keys.h"

namespace matchcue::cli {

/// Errors: unreadable_file, invalid_key_set.
Result<access::TicketKeys> load_ticket_keys(const std::string& path);

/// The key of this id that signs, or without an id the only one. Errors: also no_key, ambiguous_key.
Result<access::TicketKey> load_signing_key(const std::string& path, const std::string& id);

}  // namespace matchcue::cli
