// SPDX-License-Identifier: Apache-2.0
//
// Who may enter, and who may stay: pages by their origin, viewers by their tickets.

#include "codec/problem.h"
#include "gateway/shard_gateway.h"

namespace matchcue::gateway {

using codec::CloseCode;

namespace {

constexpr Milliseconds kWarningTime{60'000};  ///< before a ticket expires

}  // namespace

bool ShardGateway::allows_origin(Connection& connection, const codec::HttpRequest& request) {
  const auto origin = request.find_header("Origin");
  if (admission_.get()->origins.allows(origin)) return true;
  const std::string shown = origin ? "\"" + std::string(*origin) + "\"" : "none";
  refuse(connection, 403, invalid("origin_not_allowed", "Origin " + shown + " is not one of viewers.origins", "Origin"),
         false);
  return false;
}

/// Ends a connection that may not be here, or not any more, and says why.
void ShardGateway::turn_away(Connection& connection, const Error& error) {
  if (connection.speech() == Speech::http) {
    return refuse(connection, error.code == "viewer_missing" ? 400 : 401, error, false);
  }
  connection.send_text(codec::write_error(error, true));
  const CloseCode code = error.code == "viewer_missing"   ? CloseCode::bad_message
                         : error.code == "ticket_expired" ? CloseCode::ticket_expired
                                                          : CloseCode::ticket_refused;
  connection.close_with(code, error.code);
}

/// Fills in who they are and what their ticket says of them; refuses and ends the connection otherwise.
bool ShardGateway::admit(Connection& connection, std::string_view text, engine::Introduction& introduction) {
  const access::AdmissionPolicyPtr policy = admission_.get();
  codec::HelloMessage& hello = introduction.hello;
  if (!policy->needs_ticket) {
    if (!hello.viewer.str().empty()) return true;
    turn_away(connection, invalid("viewer_missing", "no ticket is read here: viewer says who it is", "hello.viewer"));
    return false;
  }
  const WallTime now_wall = loop_.clock().wall();
  const access::Visit visit{hello.viewer, hello.content, hello.device};
  auto ticket = access::admit(*policy, text, visit, now_wall);
  if (!ticket.ok()) {
    turn_away(connection, ticket.error());
    return false;
  }
  hello.viewer = ticket->viewer;
  if (hello.previously && *hello.previously != ticket->previously) hello.previously.reset();
  introduction.attributes = ticket->attributes;
  const access::Visit admitted{ticket->viewer, hello.content, hello.device};
  connection.pass = std::make_unique<Connection::Pass>(Connection::Pass{*std::move(ticket), admitted});
  return true;
}

Result<void> ShardGateway::admit_interaction(const codec::HttpRequest& request,
                                             const codec::PostedInteraction& posted) {
  const access::AdmissionPolicyPtr policy = admission_.get();
  if (!policy->needs_ticket) return {};
  const access::Visit visit{posted.viewer, {}, posted.device};
  MCUE_TRY_VOID(access::admit_anywhere(*policy, codec::bearer_token(request.find_header("Authorization")), visit,
                                       loop_.clock().wall()));
  return {};
}

/// A ticket that is no good changes nothing: the old one holds until it expires.
void ShardGateway::renew_ticket(Connection& connection, std::string_view text) {
  if (!connection.pass) {
    return connection.send_text(codec::write_error(
        Error{ErrorKind::conflict, "ticket_not_needed", "no ticket is needed here", "ticket"}, false));
  }
  auto ticket = access::admit(*admission_.get(), text, connection.pass->visit, loop_.clock().wall());
  if (!ticket.ok()) return connection.send_text(codec::write_error(ticket.error(), false));
  engine_shard_.describe_viewer(connection.session, ticket->attributes);
  connection.pass->ticket = *std::move(ticket);
  connection.pass->warned = false;
  connection.send_text(codec::write_ticket_ack(connection.pass->ticket.expires));
}

/// False when the connection was ended.
bool ShardGateway::still_admitted(Connection& connection) {
  if (!connection.pass) return true;
  const access::AdmissionPolicyPtr policy = admission_.get();
  const access::Ticket& ticket = connection.pass->ticket;
  const WallTime now_wall = loop_.clock().wall();
  if (auto held = access::still_good(*policy, ticket, now_wall); !held.ok()) {
    turn_away(connection, held.error());
    return false;
  }
  if (!connection.pass->warned && now_wall >= ticket.expires - kWarningTime) {
    connection.pass->warned = true;
    connection.send_text(codec::write_ticket_expiring(ticket.expires));
  }
  return !connection.closing();
}

}  // namespace matchcue::gateway
