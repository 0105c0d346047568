#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What is remembered about who may do what, and who did what.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/time.h"
#include "domain/ids.h"

namespace matchcue::domain {

/// In front of the digest (sha256) of an id that nothing else is known of any more.
constexpr std::string_view kErasedViewer = "erased:";

/// Tickets that are no good any more: one by its id, or every one of a viewer that was issued before `at`.
struct Revocation {
  std::string ticket;  ///< jti; "" when it is the viewer's
  ViewerId viewer;  ///< "" when it is one ticket; of somebody who was erased kErasedViewer and the digest of their id
  WallTime at;
  WallTime until;  ///< when the last of them has expired, and this may be forgotten
};

/// One change that an operator asked for. Written before the change is made, and again when its outcome is known.
struct AuditRecord {
  std::uint64_t number = 0;  ///< 1, 2, ..., in the order in which they were asked for
  WallTime at;
  std::string who;        ///< the operator's name; "local" where nobody needs a token
  std::string from;       ///< their address
  std::string operation;  ///< the API's operation id
  std::string target;     ///< path and query
  std::string request;    ///< the body, as it came
  std::string before;     ///< what was changed, as JSON; "" where it cannot be said
  std::string after;      ///< the same afterwards, or the answer
  int status = 0;  ///< of the answer, also of one that nobody was there to hear; 0 when the process ended before it
};

}  // namespace matchcue::domain
