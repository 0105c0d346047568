// SPDX-License-Identifier: Apache-2.0
#include "codec/http_request.h"

#include "base/random.h"
#include "codec/websocket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace matchcue::codec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// What a stream of requests is read as: "GET /a?x=1 [body] keep" a request, "error:CODE" last.
std::string transcript(std::string_view sent, const HttpLimits& limits,
                       const std::function<std::size_t(std::size_t)>& next_size) {
  HttpRequestReader reader(limits);
  std::string out;
  while (!sent.empty()) {
    const std::size_t size = next_size(sent.size());
    const std::string piece(sent.substr(0, size));
    sent.remove_prefix(size);
    for (std::string_view chunk = piece; !chunk.empty();) {
      const Result<bool> whole = reader.feed(chunk);
      if (!whole) return out + "error:" + whole.error().code;
      if (!*whole) continue;
      const HttpRequest request = reader.take();
      out += request.method + " " + request.path;
      for (const HttpField& parameter : request.query) out += "?" + parameter.name + "=" + parameter.value;
      if (!request.body.empty()) out += " [" + request.body + "]";
      out += request.keep_alive ? " keep\n" : " close\n";
    }
  }
  return out + (reader.idle() ? "" : "more");
}

std::string whole_transcript(std::string_view sent, const HttpLimits& limits = {}) {
  return transcript(sent, limits, [](std::size_t left) { return left; });
}

HttpRequest read(std::string_view sent) {
  HttpRequestReader reader;
  const Result<bool> whole = reader.feed(sent);
  EXPECT_TRUE(whole.ok() && *whole) << (whole.ok() ? "incomplete" : whole.error().message);
  return reader.take();
}

struct RequestCase {
  std::string name;
  std::string sent;
  std::string expected;
  HttpLimits limits = {};
};

const std::string kHost = "Host: a\r\n";

std::vector<RequestCase> fine_requests() {
  const std::string end = " HTTP/1.1\r\n" + kHost + "\r\n";
  std::string long_head = "GET / HTTP/1.1\r\n" + kHost + "X: \r\n\r\n";
  long_head.insert(long_head.size() - 4, 8192 - long_head.size(), 'x');
  std::string headers;
  for (int i = 0; i < 63; ++i) headers += "X-H: 1\r\n";
  return {
      {"plain", "GET /v1/ws" + end, "GET /v1/ws keep\n"},
      {"two", "GET /a" + end + "GET /b" + end, "GET /a keep\nGET /b keep\n"},
      {"query", "GET /a?b=c&d=%20e+f&g&=h&&i=j=k" + end, "GET /a?b=c?d= e f?g=?=h?i=j=k keep\n"},
      {"query_utf8", "GET /a?b=%C3%A4" + end, "GET /a?b=\xc3\xa4 keep\n"},
      {"fragment", "GET /a?b=c#d" + end, "GET /a?b=c keep\n"},
      {"encoded_path", "GET /a%2fb" + end, "GET /a%2fb keep\n"},
      {"absolute", "GET http://h:8080/a?b=c" + end, "GET /a?b=c keep\n"},
      {"absolute_root", "GET http://h" + end, "GET / keep\n"},
      {"options", "OPTIONS *" + end, "OPTIONS * keep\n"},
      {"close", "GET / HTTP/1.1\r\n" + kHost + "Connection: close\r\n\r\n", "GET / close\n"},
      {"old", "GET / HTTP/1.0\r\n\r\n", "GET / close\n"},
      {"old_keep", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / keep\n"},
      {"body", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nhello", "POST / [hello] keep\n"},
      {"body_then", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\n\r\n\r\nGET /b" + end,
       "POST / [\r\n] keep\nGET /b keep\n"},
      {"body_blank_first", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 2\r\n\r\n x", "POST / [ x] keep\n"},
      {"body_empty", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 0\r\n\r\n", "POST / keep\n"},
      {"body_open", "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 5\r\n\r\nhell", "more"},
      {"head_open", "GET / HTTP/1.1\r\n" + kHost, "more"},
      {"line_before", "\r\nGET /a" + end, "GET /a keep\n"},
      {"longest_head", long_head, "GET / keep\n"},
      {"most_headers", "GET / HTTP/1.1\r\n" + kHost + headers + "\r\n", "GET / keep\n"},
      {"longest_body",
       "POST / HTTP/1.1\r\n" + kHost + "Content-Length: 3\r\n\r\nabc",
       "POST / [abc] keep\n",
       {8192, 64, 3}},
  };
}

std::vector<RequestCase> bad_requests() {
  const std::string end = " HTTP/1.1\r\n" + kHost + "\r\n";
  const std::string post = "POST / HTTP/1.1\r\n" + kHost;
  std::string headers;
  for (int i = 0; i < 64; ++i) headers += "X-H: 1\r\n";
  return {
      {"tls", std::string("\x16\x03\x01\x02\x00\x01", 6), "error:malformed_request"},
      {"bare_lf", "GET / HTTP/1.1\nHost: a\n\n", "error:malformed_request"},
      {"bare_cr", "GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n", "error:malformed_request"},
      {"folded", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", "error:malformed_request"},
      {"nul", std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 29), "error:malformed_request"},
      {"blank_before_colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", "error:malformed_request"},
      {"blank_in_length", post + "Content-Length : 1\r\n\r\na", "error:malformed_request"},
      {"no_colon", "GET / HTTP/1.1\r\nHost\r\n\r\n", "error:malformed_request"},
      {"no_version", "GET /\r\n\r\n", "error:unsupported_version"},
      {"http2", "GET / HTTP/2.0\r\n" + kHost + "\r\n", "error:unsupported_version"},
      {"http12", "GET / HTTP/1.2\r\n" + kHost + "\r\n", "error:unsupported_version"},
      {"unknown_method", "BREW /" + end, "error:unsupported_method"},
      {"connect", "CONNECT a:80" + end, "error:malformed_target"},
      {"no_host", "GET / HTTP/1.1\r\n\r\n", "error:bad_host"},
      {"two_hosts", "GET / HTTP/1.1\r\n" + kHost + kHost + "\r\n", "error:bad_host"},
      {"bad_escape", "GET /?a=%g0" + end, "error:malformed_query"},
      {"cut_escape", "GET /?a=%4" + end, "error:malformed_query"},
      {"query_not_utf8", "GET /?a=%ff" + end, "error:malformed_query"},
      {"chunked", post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "error:length_required"},
      {"two_lengths", post + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "error:malformed_request"},
      {"length_and_chunked", post + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
       "error:malformed_request"},
      {"negative_length", post + "Content-Length: -1\r\n\r\n", "error:malformed_request"},
      {"huge_length", post + "Content-Length: 99999999999999999999999\r\n\r\n", "error:malformed_request"},
      {"body_over", post + "Content-Length: 65537\r\n\r\n", "error:body_too_large"},
      {"no_body_here", post + "Content-Length: 1\r\n\r\n", "error:body_too_large", {8192, 64, 0}},
      {"head_over", "GET / HTTP/1.1\r\n" + kHost + "X: " + std::string(9000, 'x'), "error:head_too_large"},
      {"target_over", "GET /" + std::string(9000, 'x'), "error:head_too_large"},
      {"headers_over", "GET / HTTP/1.1\r\n" + kHost + headers + "\r\n", "error:too_many_headers"},
      {"after_a_good_one", "GET /a" + end + "garbage\r\n\r\n", "GET /a keep\nerror:unsupported_method"},
  };
}

std::vector<RequestCase> all_requests() {
  std::vector<RequestCase> cases = fine_requests();
  for (RequestCase& c : bad_requests()) cases.push_back(std::move(c));
  return cases;
}

TEST(HttpRequestReader, ReadsWhatEveryCaseExpects) {
  for (const RequestCase& c : all_requests()) EXPECT_EQ(whole_transcript(c.sent, c.limits), c.expected) << c.name;
}

TEST(HttpRequestReader, ReadsTheSameByteByByteAndInRandomPieces) {
  Random random(99);
  for (const RequestCase& c : all_requests()) {
    EXPECT_EQ(transcript(c.sent, c.limits, [](std::size_t) { return 1; }), c.expected) << c.name;
    for (int round = 0; round < 10; ++round) {
      const auto next_size = [&](std::size_t left) { return std::min<std::size_t>(left, 1 + random.below(40)); };
      EXPECT_EQ(transcript(c.sent, c.limits, next_size), c.expected) << c.name << " round " << round;
    }
  }
}

TEST(HttpRequest, FindsHeadersWhateverTheirCaseAndJoinsRepeatedOnes) {
  const HttpRequest request = read("GET / HTTP/1.1\r\nHOST:  a \t\r\nVia: 1\r\nvia:2\r\nEmpty:\r\n\r\n");
  EXPECT_EQ(request.find_header("host"), "a");
  EXPECT_EQ(request.joined_header("VIA"), "1, 2");
  EXPECT_EQ(request.find_header("via"), "1");
  EXPECT_EQ(request.find_header("empty"), "");
  EXPECT_EQ(request.find_header("none"), std::nullopt);
  EXPECT_EQ(request.joined_header("none"), "");
}

TEST(HttpRequest, FindsTheFirstQueryParameterOfAName) {
  const HttpRequest request = read("GET /?a=1&a=2&B=3 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(request.find_query("a"), "1");
  EXPECT_EQ(request.find_query("b"), std::nullopt);
}

TEST(HttpRequestReader, LeavesWhatFollowsTheRequestInTheChunk) {
  const std::string sent = "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x80rest";
  std::string_view chunk = sent;
  HttpRequestReader reader;
  EXPECT_TRUE(*reader.feed(chunk));
  EXPECT_EQ(chunk, "\x81\x80rest");
}

TEST(PercentDecode, DecodesOrRefuses) {
  EXPECT_EQ(percent_decode("a%2Fb%2fc+"), "a/b/c+");
  EXPECT_EQ(percent_decode("a+b", true), "a b");
  EXPECT_EQ(percent_decode("%00"), std::string("\0", 1));
  EXPECT_EQ(percent_decode("%"), std::nullopt);
  EXPECT_EQ(percent_decode("%a"), std::nullopt);
  EXPECT_EQ(percent_decode("%xy"), std::nullopt);
}

TEST(MediaType, IsWithoutParametersAndInSmallLetters) {
  EXPECT_EQ(media_type("Text/CSV ; charset=utf-8"), "text/csv");
  EXPECT_EQ(media_type("application/json, text/csv"), "application/json, text/csv");
  EXPECT_EQ(media_type(""), "");
}

struct UpgradeCase {
  std::string name;
  std::string request_line = "GET /v1/ws HTTP/1.1";
  std::string upgrade = "websocket";
  std::string connection = "Upgrade";
  std::string version = "13";
  std::string key = "dGhlIHNhbXBsZSBub25jZQ==";
  std::string code = {};
  int status = 101;
};

Result<WebSocketUpgrade> upgrade(const UpgradeCase& c, const std::string& more = {}) {
  return validate_upgrade(read(c.request_line + "\r\nHost: a\r\nUpgrade: " + c.upgrade +
                               "\r\nConnection: " + c.connection + "\r\nSec-WebSocket-Version: " + c.version +
                               "\r\nSec-WebSocket-Key: " + c.key + "\r\n" + more + "\r\n"));
}

TEST(ValidateUpgrade, AcceptsWhatBrowsersSend) {
  const auto accepted = upgrade({.name = "browser", .upgrade = "WebSocket", .connection = "keep-alive, upgrade"},
                                "Sec-WebSocket-Protocol: matchcue.v1.json, other\r\nSec-WebSocket-Protocol: third\r\n");
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(accepted->accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_THAT(accepted->protocols, ElementsAre("matchcue.v1.json", "other", "third"));
  EXPECT_TRUE(accepted->offers("other"));
  EXPECT_FALSE(accepted->offers("Other"));
}

TEST(ValidateUpgrade, RefusesEachBrokenHalfOfTheHandshake) {
  const std::vector<UpgradeCase> cases = {
      {.name = "post", .request_line = "POST /v1/ws HTTP/1.1", .code = "upgrade_method", .status = 405},
      {.name = "old", .request_line = "GET /v1/ws HTTP/1.0", .code = "unsupported_version", .status = 400},
      {.name = "not_a_websocket", .upgrade = "h2c", .code = "upgrade_required", .status = 426},
      {.name = "websockets", .upgrade = "websockets", .code = "upgrade_required", .status = 426},
      {.name = "no_upgrade", .connection = "keep-alive", .code = "upgrade_required", .status = 426},
      {.name = "version_8", .version = "8", .code = "websocket_version", .status = 426},
      {.name = "version_113", .version = "113", .code = "websocket_version", .status = 426},
      {.name = "no_version", .version = "", .code = "websocket_version", .status = 426},
      {.name = "no_key", .key = "", .code = "websocket_key", .status = 400},
      {.name = "short_key", .key = "dGhlIHNhbXBsZSBub25j", .code = "websocket_key", .status = 400},
      {.name = "not_base64", .key = "dGhlIHNhbXBsZSBub25j!Q==", .code = "websocket_key", .status = 400},
  };
  for (const UpgradeCase& c : cases) {
    const auto refused = upgrade(c);
    ASSERT_FALSE(refused.ok()) << c.name;
    EXPECT_EQ(refused.error().code, c.code) << c.name;
    EXPECT_EQ(http_status(refused.error()), c.status) << c.name;
  }
}

TEST(AppendResponse, WritesLengthExceptWhereThereIsNoBody) {
  std::string out;
  const HeaderView headers[] = {{"Content-Type", "text/plain"}};
  append_response(200, headers, "hi", out);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
  out.clear();
  append_response(204, {}, {}, out);
  EXPECT_EQ(out, "HTTP/1.1 204 No Content\r\n\r\n");
}

TEST(AppendResponseDeathTest, RefusesAHeaderThatWouldBreakTheLine) {
  const HeaderView headers[] = {{"X", "a\r\nSet-Cookie: b"}};
  std::string out;
  EXPECT_DEATH(append_response(200, headers, "", out), "is_header_text");
}

TEST(AppendRefusal, NamesTheRuleAndTheVersionThatIsSpokenHere) {
  std::string out;
  append_refusal(upgrade({.name = "", .version = "8"}).error(), out);
  EXPECT_THAT(out, StartsWith("HTTP/1.1 426 Upgrade Required\r\n"));
  EXPECT_THAT(out, HasSubstr("\r\nSec-WebSocket-Version: 13\r\n"));
  EXPECT_THAT(out, HasSubstr("\"code\":\"websocket_version\""));
  EXPECT_THAT(out, HasSubstr("\"pointer\":\"/Sec-WebSocket-Version\""));
}

TEST(AppendSwitchingProtocols, NamesTheChosenProtocol) {
  std::string out;
  append_switching_protocols({"key=", {"matchcue.v1.json"}}, "matchcue.v1.json", out);
  EXPECT_EQ(out,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: key=\r\nSec-WebSocket-Protocol: matchcue.v1.json\r\n\r\n");
}

TEST(StatusText, NamesWhatItKnows) {
  EXPECT_EQ(status_text(404), "Not Found");
  EXPECT_EQ(status_text(799), "Unknown");
}

}  // namespace
}  // namespace matchcue::codec
