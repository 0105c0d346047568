// SPDX-License-Identifier: Apache-2.0
#include "codec/problem.h"

#include <algorithm>

#include "base/text.h"
#include "codec/http_request.h"

namespace matchcue::codec {

namespace {

/// "state.SCORE" -> "/state/SCORE" (RFC 6901 escapes).
std::string pointer_of(std::string_view field) {
  std::string pointer = "/";
  for (const char c : field) {
    switch (c) {
      case '.': pointer += '/'; break;
      case '~': pointer += "~0"; break;
      case '/': pointer += "~1"; break;
      default: pointer += c;
    }
  }
  return pointer;
}

/// An error may quote a stranger's bytes.
void append_text(std::string_view text, std::string& out) {
  if (is_utf8(text)) return append_json_string(text, out);
  std::string ascii(text);
  std::replace_if(
      ascii.begin(), ascii.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  append_json_string(ascii, out);
}

void append_member(std::string_view name, std::string_view text, std::string& out) {
  out.append(",\"").append(name).append("\":");
  append_text(text, out);
}

}  // namespace

int status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::invalid_argument: return 400;
    case ErrorKind::not_found: return 404;
    case ErrorKind::conflict: return 409;
    case ErrorKind::too_large: return 413;
    case ErrorKind::unsupported: return 501;
    case ErrorKind::unavailable: return 503;
    case ErrorKind::corrupt: return 500;
    case ErrorKind::internal: return 500;
  }
  return 500;
}

std::optional<int> retry_after_s(const Error& error) {
  constexpr int kSoonS = 2;
  constexpr int kAfterARestartS = 30;
  if (error.kind != ErrorKind::unavailable) return std::nullopt;
  return error.code == "storage_sync_failed" ? kAfterARestartS : kSoonS;
}

std::string write_problem(int status, const Error& error, std::string_view request_id) {
  std::string out = "{\"type\":";
  append_text("urn:matchcue:error:" + error.code, out);
  append_member("title", status_text(status), out);
  out += ",\"status\":" + std::to_string(status);
  append_member("detail", error.message, out);
  append_member("code", error.code, out);
  out += ",\"errors\":[";
  if (!error.field.empty()) {
    out += "{\"pointer\":";
    append_text(pointer_of(error.field), out);
    append_member("message", error.message, out);
    out += '}';
  }
  out += ']';
  if (!request_id.empty()) append_member("request_id", request_id, out);
  out += '}';
  return out;
}

}  // namespace matchcue::codec
