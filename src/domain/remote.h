#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which component renders an item: the item's REMOTE column, {"remote":"bet","module":"./Bet"}. It goes into slates as
// it is, and pages load code by it, so that nothing but this shape may be in it.

#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::domain {

constexpr std::string_view kRemoteColumn = "REMOTE";

/// The name of a micro-frontend: 1 to 64 of a-z, 0-9 and '-'.
bool is_remote_name(std::string_view name);

/// Reads a REMOTE: at most 256 bytes of JSON, an object of "remote" (a name as above) and "module" ("./" and 1 to 64 of
/// letters, digits, '-' and '_'), in any order. Returns it in one spelling, without blanks. "" stays "": none.
/// Errors: invalid_remote, with the value; its field is REMOTE.
Result<std::string> check_remote(std::string_view text);

}  // namespace matchcue::domain
