#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The native protocol matchcue.v1.json: one JSON object a frame; the field "t" names the type. Unknown types and
// fields are ignored. Slates and retractions are rendered in engine/ from precomputed fragments.

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "base/time.h"
#include "domain/decision.h"

namespace matchcue::codec {

constexpr std::string_view kNativeSubprotocol = "matchcue.v1.json";

/// Where a returning viewer left off.
struct ResumePoint {
  std::string epoch;
  domain::Sequence sequence;
  friend bool operator==(const ResumePoint&, const ResumePoint&) = default;
};

struct HelloMessage {
  domain::ViewerId viewer;
  domain::ContentId content;
  std::string device;  ///< may be empty; at most domain::kIdBytesMax bytes
  std::optional<ResumePoint> resume;
  std::optional<domain::ViewerId> previously = {};  ///< whom they watched as before they signed in; another than viewer
  std::string ticket =
      {};  ///< who they are, signed; "" is none. With one `viewer` may be "": it is whom the ticket names
};
struct ClockMessage {
  WallTime programme_time;  ///< "pdt"
  double rate = 1;          ///< 0 paused, 1 normal; -16..16
};
struct AckMessage {
  domain::Sequence sequence;
};
/// An interaction as the client states it; feedback/ joins it to its decision.
struct InteractionMessage {
  std::string id;  ///< the client's own, 1..128 bytes
  domain::CueId cue;
  domain::FeedbackKind kind = domain::FeedbackKind::impression;
  double value = 1;
};
/// A newer ticket for the same viewer, before the old one expires.
struct TicketMessage {
  std::string ticket;
};
struct UnknownMessage {
  std::string type;
};
using ClientMessage =
    std::variant<HelloMessage, ClockMessage, AckMessage, InteractionMessage, TicketMessage, UnknownMessage>;

/// Reads one client frame. Errors: invalid_json, invalid_message, each naming field and value in message and
/// Error.field ("hello.viewer"). Numbers outside their range, duplicate keys and nesting deeper than 8 are refused.
/// One thread at a time per process thread (it keeps a thread-local parser). Cost: microseconds.
Result<ClientMessage> parse_client_message(std::string_view text);

/// Reads the body of POST /v1/interactions: {"viewer":..,"device":..,"id":..,"cue":..,"kind":..,"value":..}.
struct PostedInteraction {
  domain::ViewerId viewer;
  InteractionMessage interaction;
  std::string device = {};  ///< "" when it does not say; a ticket may ask for one
};
Result<PostedInteraction> parse_posted_interaction(std::string_view text);

/// What to tell a client about reconnecting.
struct RetryAdvice {
  int min_ms = 500;
  int max_ms = 15'000;
};

enum class Continuity { kept, lost };

std::string write_welcome(std::string_view session, std::string_view epoch, domain::Sequence sequence,
                          Continuity continuity, int ping_s, const RetryAdvice& retry);
std::string write_interaction_ack(std::string_view interaction_id);
/// The newer ticket holds.
std::string write_ticket_ack(WallTime expires);
/// The ticket expires soon: send a newer one.
std::string write_ticket_expiring(WallTime expires);
std::string write_goaway(int reconnect_in_ms);
/// {"t":"error","code":..,"message":..,"field":..,"id":..,"fatal":..}; "field" only when the error names one, "id" only
/// when it answers an interaction: that one is not stored, and may be sent again.
std::string write_error(const Error& error, bool fatal, std::string_view interaction_id = {});

}  // namespace matchcue::codec
