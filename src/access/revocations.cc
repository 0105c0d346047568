// SPDX-License-Identifier: Apache-2.0
#include "access/revocations.h"

#include <algorithm>

namespace matchcue::access {

void Revocations::revoke_ticket(const std::string& id, WallTime until) {
  WallTime& kept = tickets_[id];
  kept = std::max(kept, until);
}

void Revocations::revoke_viewer(const domain::ViewerId& viewer, WallTime at, WallTime until) {
  IssuedBefore& kept = viewers_[viewer];
  kept = {std::max(kept.at, at), std::max(kept.until, until)};
}

void Revocations::forget_until(WallTime now) {
  std::erase_if(tickets_, [&](const auto& each) { return each.second <= now; });
  std::erase_if(viewers_, [&](const auto& each) { return each.second.until <= now; });
}

bool Revocations::contains(const Ticket& ticket) const {
  if (!ticket.id.empty() && tickets_.contains(ticket.id)) return true;
  const auto viewer = viewers_.find(ticket.viewer);
  return viewer != viewers_.end() && ticket.issued < viewer->second.at;
}

}  // namespace matchcue::access
