#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Who may enter as a viewer now.

#include <memory>
#include <string_view>

#include "access/origins.h"
#include "access/revocations.h"
#include "access/ticket.h"
#include "base/replaceable.h"

namespace matchcue::access {

/// Immutable where it is shared.
struct AdmissionPolicy {
  bool needs_ticket = false;  ///< false: everybody is who they say they are
  TicketKeys keys;
  TicketRules rules;
  Revocations revocations;
  Origins origins = Origins::any();
};
using AdmissionPolicyPtr = std::shared_ptr<const AdmissionPolicy>;

/// What a connection is for.
struct Visit {
  domain::ViewerId viewer;  ///< "": whom the ticket names
  domain::ContentId content;
  std::string device;  ///< "" when it does not say
};

/// Whether the ticket lets this visit in. Errors: ticket_missing, those of check_ticket, ticket_revoked, ticket_viewer,
/// ticket_content, ticket_device.
Result<Ticket> admit(const AdmissionPolicy& policy, std::string_view ticket, const Visit& visit, WallTime now);

/// The same for something that a viewer does beside any connection, to a cue that they were shown: `visit` needs no
/// content. Errors: all of admit() but ticket_content.
Result<Ticket> admit_anywhere(const AdmissionPolicy& policy, std::string_view ticket, const Visit& visit, WallTime now);

/// Whether a ticket that let somebody in still holds: its key is in the set, it is not revoked, and has not expired.
/// Errors: ticket_key, ticket_revoked, ticket_expired.
Result<void> still_good(const AdmissionPolicy& policy, const Ticket& ticket, WallTime now);

/// The policy in force.
using Admission = Replaceable<AdmissionPolicy>;

}  // namespace matchcue::access
