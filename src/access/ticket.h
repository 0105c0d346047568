#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A viewer's ticket: a JWT (RFC 7519) by which the operator's own service says who is watching, what they may watch,
// and what is known of them. Checked by RFC 8725 ("JSON Web Token Best Current Practices").

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/ticket_keys.h"
#include "base/result.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::access {

/// What one says.
struct Ticket {
  domain::ViewerId viewer;                  ///< sub
  std::string id;                           ///< jti; "" is none: then it can be revoked by its viewer alone
  std::string device;                       ///< hello has to say the same; "" is any
  std::vector<domain::ContentId> contents;  ///< that may be watched; empty is any
  domain::ViewerId previously;              ///< an anonymous viewer whom this one may say to have been; "" is nobody
  domain::Values attributes;                ///< of the viewer, by the names of the users schema; over the catalogue's
  WallTime issued{};                        ///< iat
  WallTime expires{};                       ///< exp
  std::uint64_t key = 0;                    ///< which signed it: the fingerprint

  bool allows(const domain::ContentId& content) const;
};

/// What is asked of one beside its signature.
struct TicketRules {
  std::string audience = "matchcue";      ///< has to be among its aud; "" asks for none
  std::string issuer;                     ///< has to be its iss; "" asks for none
  Milliseconds skew{60'000};              ///< how far other clocks may be off; 0..5 min
  Milliseconds lifetime_max{86'400'000};  ///< from now until it expires
  std::size_t bytes_max = 4'096;          ///< of its text
};

constexpr std::size_t kTicketContentsMax = 64;
constexpr std::size_t kTicketAttributesMax = 32;

/// Reads and checks one at `now`. Errors: invalid_ticket (not a ticket, or too long), ticket_key (an algorithm or key
/// that is not in `keys`), ticket_signature, ticket_expired, ticket_not_yet, ticket_audience, ticket_issuer,
/// ticket_lifetime; Error.field is "ticket" or "ticket.CLAIM". Nothing of a ticket whose signature is wrong is in the
/// message. Cost: a verify() and a few microseconds. Any thread.
Result<Ticket> check_ticket(std::string_view text, const TicketKeys& keys, const TicketRules& rules, WallTime now);

/// Writes and signs one, for tools and tests. The key can sign. `audience` and `issuer` are left out when "".
std::string write_ticket(const Ticket& ticket, const TicketKey& key, std::string_view audience,
                         std::string_view issuer);

}  // namespace matchcue::access
