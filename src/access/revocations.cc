// SPDX-License-Identifier: Apache-2.0
#include "access/revocations.h"

#include <algorithm>

#include "base/sha256.h"

namespace matchcue::access {

void Revocations::revoke_ticket(const std::string& id, WallTime until) {
  WallTime& kept = tickets_[id];
  kept = std::max(kept, until);
}

void Revocations::revoke_viewer(const domain::ViewerId& viewer, WallTime at, WallTime until) {
  IssuedBefore& kept = viewers_[viewer];
  kept = {std::max(kept.at, at), std::max(kept.until, until)};
}

void Revocations::revoke_digest(const std::string& digest, WallTime at, WallTime until) {
  IssuedBefore& kept = digests_[digest];
  kept = {std::max(kept.at, at), std::max(kept.until, until)};
}

void Revocations::forget_until(WallTime now) {
  std::erase_if(tickets_, [&](const auto& each) { return each.second <= now; });
  std::erase_if(viewers_, [&](const auto& each) { return each.second.until <= now; });
  std::erase_if(digests_, [&](const auto& each) { return each.second.until <= now; });
}

bool Revocations::contains(const Ticket& ticket) const {
  if (!ticket.id.empty() && tickets_.contains(ticket.id)) return true;
  const auto viewer = viewers_.find(ticket.viewer);
  if (viewer != viewers_.end() && ticket.issued < viewer->second.at) return true;
  if (digests_.empty()) return false;
  const auto erased = digests_.find(sha256(ticket.viewer.str()));
  return erased != digests_.end() && ticket.issued < erased->second.at;
}

}  // namespace matchcue::access
