// SPDX-License-Identifier: Apache-2.0
//
// The head is collected here, byte by byte and strictly, until the blank line; only then does libhttp-parser see it, in
// one piece. So how the bytes were cut cannot matter, and what that parser would forgive never reaches it. The body is
// the Content-Length bytes that follow.
#include "codec/http_request.h"

#include "base/check.h"
#include "base/text.h"

#include <http_parser.h>

#include <algorithm>
#include <utility>

namespace matchcue::codec {

namespace {

constexpr std::string_view kHeadEnd = "\r\n\r\n";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool same_text(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

Error malformed(std::string why) { return invalid("malformed_request", "the request is not HTTP/1.1: " + why); }

Error too_large(std::string code, std::string message, std::string field = {}) {
  return Error{ErrorKind::too_large, std::move(code), std::move(message), std::move(field)};
}

/// What breaks a line of the head at the byte `next`, which follows `last`; nothing when it is fine there.
std::optional<Error> check_head_byte(char last, char next) {
  if (next == '\n' && last != '\r') return malformed("a line ends in LF alone");
  if (next != '\n' && last == '\r') return malformed("a CR without LF");
  if (last == '\n' && (next == ' ' || next == '\t')) return malformed("a folded header");
  const auto byte = static_cast<unsigned char>(next);
  const bool allowed_control = next == '\r' || next == '\n' || next == '\t';
  if ((byte < 0x20 && !allowed_control) || byte == 0x7f) return malformed("a control character");
  return std::nullopt;
}

/// What libhttp-parser tells while it reads one head.
struct ParsedHead {
  HttpRequest request;
  std::string target;
  std::size_t headers_max = 0;
  bool too_many_headers = false;
  bool ended = false;
  std::uint64_t content_length = 0;
  bool has_content_length = false;
  int major_version = 0;
};

ParsedHead& parsed(http_parser* parser) { return *static_cast<ParsedHead*>(parser->data); }

int on_target(http_parser* parser, const char* at, std::size_t size) {
  parsed(parser).target.append(at, size);
  return 0;
}

int on_header_name(http_parser* parser, const char* at, std::size_t size) {
  ParsedHead& head = parsed(parser);
  if (head.request.headers.size() >= head.headers_max) {
    head.too_many_headers = true;
    return 1;
  }
  head.request.headers.push_back({std::string(at, size), {}});
  return 0;
}

int on_header_value(http_parser* parser, const char* at, std::size_t size) {
  std::string_view value(at, size);
  while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
  parsed(parser).request.headers.back().value.assign(value);
  return 0;
}

int on_head_end(http_parser* parser) {
  constexpr int kSkipBody = 1;
  ParsedHead& head = parsed(parser);
  head.ended = true;
  head.major_version = parser->http_major;
  head.request.minor_version = parser->http_minor;
  head.request.method = http_method_str(static_cast<http_method>(parser->method));
  head.request.keep_alive = http_should_keep_alive(parser) != 0;
  head.has_content_length = (parser->flags & F_CONTENTLENGTH) != 0;
  if (head.has_content_length) head.content_length = parser->content_length;
  return kSkipBody;
}

Result<ParsedHead> parse_head(std::string_view bytes, std::size_t headers_max) {
  ParsedHead head;
  head.headers_max = headers_max;
  http_parser parser;
  http_parser_init(&parser, HTTP_REQUEST);
  parser.data = &head;
  http_parser_settings settings;
  http_parser_settings_init(&settings);
  settings.on_url = on_target;
  settings.on_header_field = on_header_name;
  settings.on_header_value = on_header_value;
  settings.on_headers_complete = on_head_end;
  http_parser_execute(&parser, &settings, bytes.data(), bytes.size());
  if (head.too_many_headers) {
    return too_large("too_many_headers", "more than " + std::to_string(headers_max) + " headers");
  }
  const auto problem = static_cast<http_errno>(parser.http_errno);
  if (problem == HPE_INVALID_METHOD) {
    return Error{ErrorKind::unsupported, "unsupported_method", "the method is not one of HTTP", "method"};
  }
  if (problem == HPE_INVALID_VERSION) return malformed("its version cannot be read");
  if (problem != HPE_OK) return malformed(http_errno_description(problem));
  if (!head.ended) return malformed("it ends too early");
  return head;
}

std::optional<Error> check_query_text(const std::optional<std::string>& text, std::string_view as_sent) {
  if (text && is_utf8(*text)) return std::nullopt;
  std::string shown(as_sent.substr(0, 64));
  if (!is_utf8(shown)) shown = "(not UTF-8)";
  return invalid("malformed_query", "the query part \"" + shown + "\" is not percent-encoded UTF-8", "query");
}

Result<std::vector<HttpField>> parse_query(std::string_view text) {
  std::vector<HttpField> query;
  if (text.empty()) return query;
  for (const std::string_view part : split(text, '&')) {
    if (part.empty()) continue;
    const std::size_t equals = std::min(part.find('='), part.size());
    auto name = percent_decode(part.substr(0, equals), true);
    auto value = percent_decode(part.substr(std::min(equals + 1, part.size())), true);
    if (auto error = check_query_text(name, part)) return *std::move(error);
    if (auto error = check_query_text(value, part)) return *std::move(error);
    query.push_back({*std::move(name), *std::move(value)});
  }
  return query;
}

/// Splits the target into path and query; accepts the absolute form, as RFC 9112 section 3.2.2 asks.
Result<void> read_target(std::string_view target, HttpRequest& request) {
  http_parser_url url;
  http_parser_url_init(&url);
  const Error error = invalid("malformed_target", "the request target is not a path", "target");
  if (request.method == "CONNECT") return error;
  if (http_parser_parse_url(target.data(), target.size(), 0, &url) != 0) return error;
  const auto part = [&](http_parser_url_fields field) -> std::string_view {
    if ((url.field_set & (1u << field)) == 0) return {};
    return target.substr(url.field_data[field].off, url.field_data[field].len);
  };
  request.path = part(UF_PATH);
  if (request.path.empty()) request.path = "/";
  MCUE_TRY(request.query, parse_query(part(UF_QUERY)));
  return {};
}

Result<void> check_head(const ParsedHead& head, std::size_t body_bytes_max) {
  const HttpRequest& request = head.request;
  if (head.major_version != 1 || request.minor_version < 0 || request.minor_version > 1) {
    return Error{ErrorKind::unsupported, "unsupported_version", "only HTTP/1.0 and HTTP/1.1 are spoken here", {}};
  }
  for (const HttpField& header : request.headers) {
    // libhttp-parser lets blanks into names: then "Content-Length : 5" would count for some readers and not for others.
    if (header.name.find(' ') != std::string::npos) return malformed("a blank in a header name");
  }
  const auto hosts = std::count_if(request.headers.begin(), request.headers.end(),
                                   [](const HttpField& header) { return same_text(header.name, "host"); });
  if (hosts > 1 || (hosts == 0 && request.minor_version == 1)) {
    return invalid("bad_host", hosts == 0 ? "a request needs a Host" : "more than one Host", "Host");
  }
  if (request.find_header("transfer-encoding")) {
    return Error{ErrorKind::unsupported, "length_required", "a body needs a Content-Length", "Transfer-Encoding"};
  }
  if (head.has_content_length && head.content_length > body_bytes_max) {
    return too_large("body_too_large", "the body is longer than " + std::to_string(body_bytes_max) + " bytes",
                     "Content-Length");
  }
  return {};
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

}  // namespace

Result<bool> HttpRequestReader::feed(std::string_view& chunk) {
  CHECK(state_ != State::whole);
  if (state_ == State::head) {
    MCUE_TRY(const bool ended, feed_head(chunk));
    if (!ended) return false;
  }
  const std::size_t size = std::min(chunk.size(), body_left_);
  request_.body.append(chunk.substr(0, size));
  chunk.remove_prefix(size);
  body_left_ -= size;
  if (body_left_ > 0) return false;
  state_ = State::whole;
  return true;
}

Result<bool> HttpRequestReader::feed_head(std::string_view& chunk) {
  while (!chunk.empty()) {
    const char next = chunk.front();
    chunk.remove_prefix(1);
    if (auto error = check_head_byte(head_.empty() ? '\0' : head_.back(), next)) return *std::move(error);
    head_.push_back(next);
    // Longer than the end alone: empty lines before a request are forgiven (RFC 9112 section 2.2).
    const bool ended = head_.size() > kHeadEnd.size() && head_.ends_with(kHeadEnd);
    if (ended) return head_ended();
    if (head_.size() >= limits_.head_bytes_max) {
      return too_large("head_too_large",
                       "the request head is longer than " + std::to_string(limits_.head_bytes_max) + " bytes");
    }
  }
  return false;
}

Result<bool> HttpRequestReader::head_ended() {
  MCUE_TRY(ParsedHead head, parse_head(head_, limits_.headers_max));
  MCUE_TRY_VOID(check_head(head, limits_.body_bytes_max));
  MCUE_TRY_VOID(read_target(head.target, head.request));
  request_ = std::move(head.request);
  body_left_ = head.content_length;
  state_ = State::body;
  head_ = {};
  return true;
}

HttpRequest HttpRequestReader::take() {
  CHECK(state_ == State::whole);
  state_ = State::head;
  return std::exchange(request_, {});
}

std::optional<std::string_view> HttpRequest::find_header(std::string_view name) const {
  for (const HttpField& header : headers) {
    if (same_text(header.name, name)) return header.value;
  }
  return std::nullopt;
}

std::string HttpRequest::joined_header(std::string_view name) const {
  std::string joined;
  for (const HttpField& header : headers) {
    if (!same_text(header.name, name)) continue;
    if (!joined.empty()) joined += ", ";
    joined += header.value;
  }
  return joined;
}

std::optional<std::string_view> HttpRequest::find_query(std::string_view name) const {
  for (const HttpField& parameter : query) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

std::string media_type(std::string_view content_type) {
  std::string type(content_type.substr(0, content_type.find(';')));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(), lower);
  return type;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_blank) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_blank) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_value(text[i + 1]);
      const int low = hex_value(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

}  // namespace matchcue::codec
