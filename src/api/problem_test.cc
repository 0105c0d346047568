// SPDX-License-Identifier: Apache-2.0
#include "api/problem.h"

#include <gtest/gtest.h>

#include "api/http_client.h"
#include "codec/problem.h"

namespace matchcue::api {
namespace {

TEST(Problem, ComesBackAsTheErrorThatItWas) {
  for (const ErrorKind kind : {ErrorKind::invalid_argument, ErrorKind::not_found, ErrorKind::conflict,
                               ErrorKind::too_large, ErrorKind::unsupported, ErrorKind::unavailable}) {
    const Error error{kind, "some_code", "what \"happened\"", "state.A/B~C"};
    const int status = codec::status_of(kind);
    const Error back = read_problem(status, codec::write_problem(status, error, "r1"));
    EXPECT_EQ(back.kind, kind);
    EXPECT_EQ(back.code, error.code);
    EXPECT_EQ(back.message, error.message);
    EXPECT_EQ(back.field, error.field);
  }
}

TEST(Problem, NamesTheFieldByJsonPointer) {
  const std::string text = codec::write_problem(400, invalid("wrong_type", "no", "state.SCORE"), "r7");
  EXPECT_NE(text.find(R"("pointer":"/state/SCORE")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("request_id":"r7")"), std::string::npos) << text;
  EXPECT_NE(text.find(R"("status":400)"), std::string::npos) << text;
}

TEST(Problem, QuotesAStrangersBytesAsText) {
  const std::string text = codec::write_problem(400, invalid("bad", "not UTF-8: \xff\xfe", "a\"b"), "r7");
  EXPECT_EQ(read_problem(400, text).message, "not UTF-8: ??");
  EXPECT_EQ(read_problem(400, text).field, "a\"b");
}

TEST(Problem, SaysWhenToTryAgainWhereThatHelps) {
  EXPECT_EQ(codec::retry_after_s(unavailable("storage_full", "")), 2);
  EXPECT_EQ(codec::retry_after_s(unavailable("storage_sync_failed", "")), 30);
  EXPECT_EQ(codec::retry_after_s(invalid("a", "b")), std::nullopt);
}

TEST(Problem, ABodyThatIsNoProblemStillGivesAnError) {
  const Error error = read_problem(502, "<html>bad gateway</html>");
  EXPECT_EQ(error.kind, ErrorKind::unavailable);
  EXPECT_EQ(error.code, "http_502");
}

TEST(HttpClient, RefusesAServerThatItCannotReadNamingIt) {
  for (const char* server : {"ftp://127.0.0.1:1", "127.0.0.1:1", "http://:80", "http://a:0", "http://a:x"}) {
    HttpClient client(server);
    const auto answer = client.send("GET", "/healthz");
    ASSERT_FALSE(answer.ok()) << server;
    EXPECT_EQ(answer.error().code, "invalid_server");
    EXPECT_NE(answer.error().message.find(server), std::string::npos);
  }
}

TEST(HttpClient, SaysWhenNobodyListens) {
  HttpClient client("http://127.0.0.1:1");
  const auto answer = client.send("GET", "/healthz");
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(answer.error().code, "unreachable");
}

TEST(HttpClient, EscapesWhatMayNotStandInAPath) { EXPECT_EQ(escape_segment("a/b c~é"), "a%2Fb%20c~%C3%A9"); }

}  // namespace
}  // namespace matchcue::api
