// SPDX-License-Identifier: Apache-2.0
#include "access/admission.h"

#include <algorithm>

namespace matchcue::access {

namespace {

Error refused(std::string code, std::string message) { return invalid(std::move(code), std::move(message), "ticket"); }

}  // namespace

Result<Ticket> admit_anywhere(const AdmissionPolicy& policy, std::string_view text, const Visit& visit, WallTime now) {
  if (text.empty()) return refused("ticket_missing", "a ticket is needed");
  MCUE_TRY(Ticket ticket, check_ticket(text, policy.keys, policy.rules, now));
  if (policy.revocations.contains(ticket)) return refused("ticket_revoked", "this ticket was revoked");
  if (!visit.viewer.empty() && ticket.viewer != visit.viewer) {
    return refused("ticket_viewer", "this ticket is for another viewer");
  }
  if (!ticket.device.empty() && ticket.device != visit.device) {
    return refused("ticket_device", "this ticket is for another device");
  }
  return ticket;
}

Result<Ticket> admit(const AdmissionPolicy& policy, std::string_view text, const Visit& visit, WallTime now) {
  MCUE_TRY(Ticket ticket, admit_anywhere(policy, text, visit, now));
  if (!ticket.allows(visit.content)) {
    return refused("ticket_content", "this ticket does not allow content \"" + visit.content.str() + "\"");
  }
  return ticket;
}

Result<void> still_good(const AdmissionPolicy& policy, const Ticket& ticket, WallTime now) {
  if (!policy.needs_ticket) return {};
  const auto& keys = policy.keys.all();
  const auto signer = [&](const TicketKey& key) { return key.fingerprint() == ticket.key; };
  if (std::none_of(keys.begin(), keys.end(), signer)) {
    return refused("ticket_key", "the key that signed this ticket is not in use any more");
  }
  if (policy.revocations.contains(ticket)) return refused("ticket_revoked", "this ticket was revoked");
  if (now >= ticket.expires + policy.rules.skew) return refused("ticket_expired", "this ticket has expired");
  return {};
}

}  // namespace matchcue::access
