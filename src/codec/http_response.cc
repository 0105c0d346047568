// SPDX-License-Identifier: Apache-2.0
//
// The other half of http_request.h: the handshake's rules and every answer.
#include "codec/http_request.h"

#include "base/check.h"
#include "base/text.h"
#include "codec/problem.h"
#include "codec/websocket.h"

#include <algorithm>
#include <array>

namespace matchcue::codec {

namespace {

struct CodeRow {
  std::string_view code;
  int status;
};
constexpr auto kStatusOfCode = std::to_array<CodeRow>({
    {"head_too_large", 431},
    {"too_many_headers", 431},
    {"body_too_large", 413},
    {"length_required", 411},
    {"unsupported_version", 400},
    {"unsupported_method", 405},
    {"upgrade_method", 405},
    {"upgrade_required", 426},
    {"websocket_version", 426},
});

struct StatusRow {
  int status;
  std::string_view text;
};
constexpr auto kStatusTexts = std::to_array<StatusRow>({
    {101, "Switching Protocols"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {304, "Not Modified"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {413, "Content Too Large"},
    {415, "Unsupported Media Type"},
    {426, "Upgrade Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {505, "HTTP Version Not Supported"},
});

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool lists_token(std::string_view header, std::string_view lower_token) {
  const auto same = [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x - 'A' + 'a' : x) == y; };
  for (std::string_view token : split(header, ',')) {
    token = trim(token);
    if (std::equal(token.begin(), token.end(), lower_token.begin(), lower_token.end(), same)) return true;
  }
  return false;
}

/// Sixteen bytes in base64 are always 22 characters and two '='.
bool is_websocket_key(std::string_view key) {
  const auto is_base64 = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
  };
  return key.size() == 24 && key.ends_with("==") && std::all_of(key.begin(), key.begin() + 22, is_base64);
}

bool is_token(std::string_view text) {
  constexpr std::string_view kSeparators = "()<>@,;:\\\"/[]?={} \t";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > 0x20 && c < 0x7f && kSeparators.find(c) == std::string_view::npos;
  });
}

Error needs(std::string code, std::string message, std::string header) {
  return Error{ErrorKind::unsupported, std::move(code), std::move(message), std::move(header)};
}

bool is_header_text(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

}  // namespace

int http_status(const Error& error) {
  for (const CodeRow& row : kStatusOfCode) {
    if (row.code == error.code) return row.status;
  }
  return 400;
}

std::string_view status_text(int status) {
  for (const StatusRow& row : kStatusTexts) {
    if (row.status == status) return row.text;
  }
  return "Unknown";
}

bool WebSocketUpgrade::offers(std::string_view protocol) const {
  return std::find(protocols.begin(), protocols.end(), protocol) != protocols.end();
}

Result<WebSocketUpgrade> validate_upgrade(const HttpRequest& request) {
  if (request.method != "GET") return needs("upgrade_method", "a WebSocket begins with GET", "method");
  if (request.minor_version < 1) return needs("unsupported_version", "a WebSocket needs HTTP/1.1", {});
  if (!lists_token(request.joined_header("upgrade"), "websocket")) {
    return needs("upgrade_required", "only a WebSocket is offered here: the header Upgrade must name it", "Upgrade");
  }
  if (!lists_token(request.joined_header("connection"), "upgrade")) {
    return needs("upgrade_required", "the header Connection must name \"upgrade\"", "Connection");
  }
  if (request.joined_header("sec-websocket-version") != "13") {
    return needs("websocket_version", "only version 13 of the WebSocket protocol is spoken here",
                 "Sec-WebSocket-Version");
  }
  const std::string key = request.joined_header("sec-websocket-key");
  if (!is_websocket_key(key)) {
    return invalid("websocket_key", "Sec-WebSocket-Key must be 16 bytes in base64", "Sec-WebSocket-Key");
  }
  WebSocketUpgrade upgrade{accept_key(key), {}};
  const std::string offered = request.joined_header("sec-websocket-protocol");
  for (std::string_view protocol : split(offered, ',')) {
    protocol = trim(protocol);
    if (is_token(protocol)) upgrade.protocols.emplace_back(protocol);
  }
  return upgrade;
}

void append_response(int status, std::span<const HeaderView> headers, std::string_view body, std::string& out) {
  CHECK(status >= 100 && status <= 999, status);
  out.append("HTTP/1.1 ").append(std::to_string(status)).append(" ").append(status_text(status)).append("\r\n");
  for (const HeaderView& header : headers) {
    CHECK(is_header_text(header.name) && is_header_text(header.value), header.name, header.value);
    out.append(header.name).append(": ").append(header.value).append("\r\n");
  }
  const bool bodiless = status < 200 || status == 204 || status == 304;
  CHECK(!bodiless || body.empty(), status, body.size());
  if (!bodiless) out.append("Content-Length: ").append(std::to_string(body.size())).append("\r\n");
  out.append("\r\n").append(body);
}

void append_refusal(const Error& error, std::string& out) {
  const int status = http_status(error);
  std::vector<HeaderView> headers = {{"Content-Type", kProblemType}};
  if (status == 426) {
    headers.push_back({"Upgrade", "websocket"});
    headers.push_back({"Sec-WebSocket-Version", "13"});
  }
  if (status == 405) headers.push_back({"Allow", "GET"});
  headers.push_back({"Connection", status == 426 ? "Upgrade, close" : "close"});
  append_response(status, headers, write_problem(status, error), out);
}

void append_switching_protocols(const WebSocketUpgrade& upgrade, std::string_view protocol, std::string& out) {
  CHECK(protocol.empty() || upgrade.offers(protocol), protocol);
  std::vector<HeaderView> headers = {
      {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", upgrade.accept}};
  if (!protocol.empty()) headers.push_back({"Sec-WebSocket-Protocol", protocol});
  append_response(101, headers, {}, out);
}

}  // namespace matchcue::codec
