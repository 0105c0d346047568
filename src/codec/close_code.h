#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Every WebSocket close code we send, in one table, each with what the other side does next. The web client follows
// the same table; a code that is not in it (or none at all: the connection just broke) means reconnect.

#include <array>
#include <cstdint>
#include <string_view>

namespace matchcue::codec {

/// Codes that may travel in a close frame. 1000-1013 are RFC 6455's and IANA's, 4000-4099 are ours.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_content = 1003,
  bad_utf8 = 1007,
  policy_violation = 1008,
  too_big = 1009,
  internal_error = 1011,
  try_again_later = 1013,
  restart = 4000,
  bad_message = 4001,
  slow_viewer = 4002,
  session_replaced = 4003,
  unknown_content = 4004,
  idle = 4005,
  hello_timeout = 4006,
  too_many_messages = 4007,
  ticket_refused = 4008,
  ticket_expired = 4009,
};

/// What the side that receives a close code does next.
enum class AfterClose : std::uint8_t {
  reconnect,  ///< after a random wait within the limits that `welcome` named
  stop,       ///< trying again unchanged would end the same way
};

/// One close code: its stable name (logs, metrics), what happened, and what the receiver does next.
struct CloseCodeRow {
  CloseCode code;
  std::string_view name;
  std::string_view meaning;
  AfterClose then;
};

/// The table, in the order of the codes.
inline constexpr std::array<CloseCodeRow, 19> kCloseCodes = {{
    {CloseCode::normal, "normal", "the conversation is over", AfterClose::stop},
    {CloseCode::going_away, "going_away", "the connection was idle or open for too long", AfterClose::reconnect},
    {CloseCode::protocol_error, "websocket_error", "a frame broke RFC 6455", AfterClose::stop},
    {CloseCode::unsupported_content, "unsupported_content", "a binary message where only text is understood",
     AfterClose::stop},
    {CloseCode::bad_utf8, "bad_utf8", "a text message or close reason is not UTF-8", AfterClose::stop},
    {CloseCode::policy_violation, "policy_violation", "this viewer may not be here", AfterClose::stop},
    {CloseCode::too_big, "too_big", "a frame or message is over its limit", AfterClose::stop},
    {CloseCode::internal_error, "internal_error", "the server failed", AfterClose::reconnect},
    {CloseCode::try_again_later, "try_again_later", "the server is full", AfterClose::reconnect},
    {CloseCode::restart, "going_away_restart", "the server is restarting", AfterClose::reconnect},
    {CloseCode::bad_message, "protocol_error", "a message broke the rules of its subprotocol", AfterClose::stop},
    {CloseCode::slow_viewer, "slow_viewer", "the viewer read too slowly and its queue was full", AfterClose::reconnect},
    {CloseCode::session_replaced, "session_replaced", "the same session was opened elsewhere", AfterClose::stop},
    {CloseCode::unknown_content, "unknown_content", "the content named in hello does not exist", AfterClose::stop},
    {CloseCode::idle, "idle", "nothing was heard from the viewer for too long", AfterClose::reconnect},
    {CloseCode::hello_timeout, "hello_timeout", "no hello came in time", AfterClose::reconnect},
    {CloseCode::too_many_messages, "too_many_messages", "the viewer sent faster than its limit", AfterClose::reconnect},
    {CloseCode::ticket_refused, "ticket_refused", "the viewer's ticket is missing, wrong or revoked", AfterClose::stop},
    {CloseCode::ticket_expired, "ticket_expired", "no newer ticket came before the old one expired; come with one",
     AfterClose::reconnect},
}};

/// A close event without a code (RFC 6455 section 7.1.5). Reported, never sent.
inline constexpr std::uint16_t kNoCloseCode = 1005;

/// The row of a code, or nothing when the code is not one that we send.
constexpr const CloseCodeRow* find_close_code(std::uint16_t code) {
  for (const CloseCodeRow& row : kCloseCodes) {
    if (static_cast<std::uint16_t>(row.code) == code) return &row;
  }
  return nullptr;
}

/// True when a peer may put this number into a close frame (RFC 6455 section 7.4, and IANA's 1012-1014).
constexpr bool is_sendable_close_code(std::uint16_t code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace matchcue::codec
