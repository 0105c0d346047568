#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Tickets that are no good any more although they have not expired.

#include <map>
#include <string>

#include "access/ticket.h"

namespace matchcue::access {

/// Value type. Copies are what shards read; one thread changes the original.
class Revocations {
 public:
  /// The ticket of this id. It may be forgotten at `until`, when the ticket itself is over.
  void revoke_ticket(const std::string& id, WallTime until);
  /// Every ticket of a viewer that was issued before `at`.
  void revoke_viewer(const domain::ViewerId& viewer, WallTime at, WallTime until);
  /// The same of somebody who was erased: what is kept of them is the digest of their id (sha256).
  void revoke_digest(const std::string& digest, WallTime at, WallTime until);
  /// Forgets what cannot matter any more. O(revocations).
  void forget_until(WallTime now);

  bool contains(const Ticket& ticket) const;
  std::size_t size() const { return tickets_.size() + viewers_.size() + digests_.size(); }

 private:
  struct IssuedBefore {
    WallTime at;
    WallTime until;
  };
  std::map<std::string, WallTime, std::less<>> tickets_;  ///< by id: when to forget it
  std::map<domain::ViewerId, IssuedBefore> viewers_;
  std::map<std::string, IssuedBefore> digests_;
};

}  // namespace matchcue::access
