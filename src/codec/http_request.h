#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 requests as bytes -> structure, responses as structure -> bytes, and the handshake that turns a request
// into a WebSocket: what the viewers' edge understands of HTTP. Start at HttpRequestReader.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::codec {

/// One name and its value: a header line, or a query parameter.
struct HttpField {
  std::string name;
  std::string value;
  friend bool operator==(const HttpField&, const HttpField&) = default;
};

/// One whole request.
struct HttpRequest {
  std::string method;              ///< "GET", as sent
  std::string path;                ///< "/v1/ws": the target without its query, as sent (not percent-decoded)
  std::vector<HttpField> query;    ///< decoded, in order; repeated names stay repeated; well-formed UTF-8
  std::vector<HttpField> headers;  ///< in order; values without surrounding blanks, otherwise any bytes >= 0x20
  std::string body;                ///< at most body_bytes_max bytes
  int minor_version = 1;           ///< of HTTP/1: 0 or 1
  bool keep_alive = true;          ///< the peer wants to send another request on this connection

  /// The value of the first header of that name, whatever its case; nothing when there is none.
  std::optional<std::string_view> find_header(std::string_view name) const;
  /// The values of all headers of that name, joined with ", " (RFC 9110 section 5.3); "" when there is none.
  std::string joined_header(std::string_view name) const;
  /// The value of the first query parameter of exactly that name.
  std::optional<std::string_view> find_query(std::string_view name) const;
};

/// What a peer may send.
struct HttpLimits {
  std::size_t head_bytes_max = 8 * 1024;   ///< request line and headers, with the blank line that ends them
  std::size_t headers_max = 64;            ///< header lines
  std::size_t body_bytes_max = 64 * 1024;  ///< 0: no body at all
};

/// The token of an Authorization header (RFC 6750); "" when it has none, or is none.
inline std::string_view bearer_token(std::optional<std::string_view> authorization) {
  constexpr std::string_view kScheme = "Bearer ";
  return authorization && authorization->starts_with(kScheme) ? authorization->substr(kScheme.size())
                                                              : std::string_view();
}

/// Reads one request after another from a stream of bytes, cut anywhere.
///
/// 1. What is reported depends only on the bytes, never on how they were cut.
/// 2. Strict where leniency lets two parties read different requests: lines end in CRLF, headers are not folded, one
///    Host, one Content-Length, no Transfer-Encoding (a body needs a Content-Length), and nothing but HTTP/1.0 and 1.1.
/// 3. Memory grows with what has arrived, up to the limits, never with what a length announces.
///
/// Single shard.
class HttpRequestReader {
 public:
  explicit HttpRequestReader(const HttpLimits& limits = {}) : limits_(limits) {}

  /// Reads from the front of `chunk` up to the end of one request and removes what was read.
  /// Returns  true when a request is whole: take() it, then go on with the rest of the chunk. False: feed more.
  /// Errors   see http_status(); after one, answer and close: the reader must not be fed again.
  /// Cost     O(bytes read).
  Result<bool> feed(std::string_view& chunk);

  /// Hands out the whole request and makes the reader ready for the next one. CHECK: feed() returned true.
  HttpRequest take();

  /// True between requests: nothing of a next one has arrived.
  bool idle() const { return state_ == State::head && head_.empty(); }

 private:
  enum class State : std::uint8_t { head, body, whole };

  Result<bool> feed_head(std::string_view& chunk);
  Result<bool> head_ended();

  HttpLimits limits_;
  std::string head_;  ///< as it arrived
  std::size_t body_left_ = 0;
  State state_ = State::head;
  HttpRequest request_;
};

/// The HTTP status of an Error made by this file, decided by its code; 400 for every other one.
///
///   head_too_large, too_many_headers 431 · body_too_large 413 · length_required 411 ·
///   unsupported_method, upgrade_method 405 · upgrade_required, websocket_version 426 ·
///   unsupported_version, malformed_request, malformed_target, malformed_query, bad_host, websocket_key 400
int http_status(const Error& error);

/// Decodes %XX, and '+' as a blank where `plus_is_blank`. Nothing when a % is not followed by two hexadecimal digits.
std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank = false);

/// What a Content-Type names, without its parameters: "Text/CSV; charset=utf-8" is "text/csv".
std::string media_type(std::string_view content_type);

/// A request that may become a WebSocket.
struct WebSocketUpgrade {
  std::string accept;                  ///< the value of Sec-WebSocket-Accept
  std::vector<std::string> protocols;  ///< the subprotocols that the client offers, its favourite first

  bool offers(std::string_view protocol) const;
};

/// Checks the client's half of the handshake (RFC 6455 section 4.2.1).
/// Errors  upgrade_method, unsupported_version, upgrade_required, websocket_version, websocket_key; Error.field names
///         the header.
Result<WebSocketUpgrade> validate_upgrade(const HttpRequest& request);

/// A header of a response, borrowed.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

/// "Not Found" for 404; "Unknown" for a status that HTTP does not name.
std::string_view status_text(int status);

/// Appends a whole HTTP/1.1 response. Content-Length is added, except for 1xx, 204 and 304, which have no body.
/// CHECK: headers contain no control characters.
void append_response(int status, std::span<const HeaderView> headers, std::string_view body, std::string& out);

/// Appends the answer to a refused request: http_status(error), the error as a problem document (problem.h),
/// `Connection: close`, and for 426 the version that is spoken here.
void append_refusal(const Error& error, std::string& out);

/// Appends the 101 that makes the connection a WebSocket; `protocol` is the one chosen, or "" for none.
/// CHECK: `protocol` was offered.
void append_switching_protocols(const WebSocketUpgrade& upgrade, std::string_view protocol, std::string& out);

}  // namespace matchcue::codec
