// SPDX-License-Identifier: Apache-2.0
#include "access/ticket.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/test_tickets.h"

namespace matchcue::access {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::string_view kHeader = R"({"alg":"HS256","kid":"shared"})";

class TicketTest : public testing::Test {
 protected:
  Result<Ticket> check(std::string_view text) const { return check_ticket(text, keys_, rules_, now_); }
  /// The code that a ticket is refused with, and the field; "ok" when it is not.
  std::string verdict(std::string_view text) const {
    const auto ticket = check(text);
    return ticket.ok() ? "ok" : ticket.error().code + " " + ticket.error().field;
  }
  std::string verdict_of_claims(std::string_view claims) const { return verdict(sign_texts(kHeader, claims, shared_)); }
  std::string verdict_of_header(std::string_view header) const {
    return verdict(sign_texts(header, claims_with(""), shared_));
  }

  TicketKeys keys_ = make_keys();
  const TicketKey& shared_ = *keys_.find("shared", Algorithm::hs256);
  const TicketKey& signer_ = *keys_.find("signer", Algorithm::eddsa);
  TicketRules rules_;
  WallTime now_ = kNow;
};

TEST_F(TicketTest, SaysWhoWatchesWhatAndWhatIsKnownOfThem) {
  Ticket written;
  written.viewer = domain::ViewerId("Jürgen \"9\"");
  written.id = "t-1";
  written.device = "tv";
  written.contents = {domain::ContentId("c1"), domain::ContentId("c2")};
  written.attributes = {{"AGE", std::int64_t{17}}, {"COUNTRY", std::string("SPAIN")}, {"MEMBER", true}};
  written.issued = kNow;
  written.expires = kNow + Milliseconds(60'000);
  for (const TicketKey* key : {&shared_, &signer_}) {
    const auto read = check(write_ticket(written, *key, "matchcue", ""));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->viewer, written.viewer);
    EXPECT_EQ(read->id, "t-1");
    EXPECT_EQ(read->device, "tv");
    EXPECT_THAT(read->contents, ElementsAre(domain::ContentId("c1"), domain::ContentId("c2")));
    EXPECT_EQ(read->attributes, written.attributes);
    EXPECT_EQ(read->issued, kNow);
    EXPECT_EQ(read->expires, written.expires);
    EXPECT_TRUE(read->allows(domain::ContentId("c2")));
    EXPECT_FALSE(read->allows(domain::ContentId("c3")));
  }
}

TEST_F(TicketTest, WithoutContentsEverythingMayBeWatched) {
  const auto ticket = check(sign_texts(kHeader, claims_with(""), shared_));
  ASSERT_TRUE(ticket.ok()) << ticket.error().message;
  EXPECT_TRUE(ticket->allows(domain::ContentId("c9")));
}

TEST_F(TicketTest, AnAlgorithmThatIsNotTheKeysIsRefused) {
  for (const char* algorithm :
       {"none", "None", "NONE", "", "HS384", "HS512", "RS256", "ES256", "PS256", "hs256", "HS256 ", "eddsa", "EdDSA"}) {
    EXPECT_EQ(verdict_of_header(R"({"alg":")" + std::string(algorithm) + R"(","kid":"shared"})"),
              "ticket_key ticket.kid")
        << algorithm;
  }
  // The public key taken for a secret.
  const std::string public_key = *decode_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  const TicketKey confused = TicketKey::make_hs256("signer", public_key).value();
  EXPECT_EQ(verdict(sign_texts(R"({"alg":"HS256","kid":"signer"})", claims_with(""), confused)),
            "ticket_key ticket.kid");
  EXPECT_EQ(verdict(sign_texts(R"({"alg":"EdDSA","kid":"signer"})", claims_with(""), confused)),
            "ticket_signature ticket");
  EXPECT_EQ(verdict(sign_texts(R"({"alg":"HS256"})", claims_with(""), confused)), "ticket_signature ticket");
}

TEST_F(TicketTest, AKeyThatIsNotOursIsRefused) {
  for (const char* id :
       {"", "other", "../../etc/passwd", "shared' OR '1'='1", "shared\\u0000", "SHARED", "http://evil.example/keys"}) {
    EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":")" + std::string(id) + "\"}"), "ticket_key ticket.kid") << id;
  }
  const TicketKey evil = TicketKey::make_hs256("evil", std::string(32, 'e')).value();
  // Keys, or where to find them, that a ticket brings along are not looked at.
  for (const char* brought :
       {R"("jwk":{"kty":"oct","kid":"shared","k":"ZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWVlZWU"})",
        R"("jku":"https://evil.example/keys")", R"("x5u":"https://evil.example/cert")", R"("x5c":["AAAA"])"}) {
    EXPECT_EQ(
        verdict(sign_texts(R"({"alg":"HS256","kid":"shared",)" + std::string(brought) + "}", claims_with(""), evil)),
        "ticket_signature ticket")
        << brought;
  }
}

TEST_F(TicketTest, AHeaderThatIsNotOneIsRefused) {
  EXPECT_EQ(verdict_of_header("{}"), "invalid_ticket ticket.alg");
  EXPECT_EQ(verdict_of_header("[]"), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_header("{"), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_header(R"({"alg":1,"kid":"shared"})"), "invalid_ticket ticket.alg");
  EXPECT_EQ(verdict_of_header(R"({"alg":null,"kid":"shared"})"), "invalid_ticket ticket.alg");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":["shared"]})"), "invalid_ticket ticket.kid");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","alg":"HS256","kid":"shared"})"), "invalid_ticket ticket.alg");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":"shared","typ":"JWE"})"), "invalid_ticket ticket.typ");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":"shared","crit":["b64"],"b64":false})"),
            "invalid_ticket ticket.crit");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":"shared","crit":[]})"), "invalid_ticket ticket.crit");
  EXPECT_EQ(verdict_of_header("{\"alg\":\"HS256\",\"kid\":\"\xff\"}"), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_header(R"({"alg":"HS256","kid":"shared","typ":"JWT","cty":"x"})"), "ok");
}

TEST_F(TicketTest, WhatIsNotThreePartsOfBase64IsRefused) {
  const std::string good = sign_texts(kHeader, claims_with(""), shared_);
  const std::size_t dot = good.find('.');
  const std::size_t last = good.rfind('.');
  for (const std::string& text :
       {std::string(), std::string("."), std::string(".."), std::string("..."), std::string("a"), good.substr(0, last),
        good + ".", good + ".AAAA", "." + good, good + "=", " " + good, good + "\n", "Bearer " + good,
        good.substr(0, dot) + "!" + good.substr(dot), std::string(rules_.bytes_max + 1, 'a'),
        std::string(10 * rules_.bytes_max, '.')}) {
    EXPECT_THAT(verdict(text), HasSubstr("invalid_ticket ticket")) << text.substr(0, 60);
  }
  EXPECT_EQ(verdict(good), "ok");
}

TEST_F(TicketTest, ALongTicketIsGoodUpToTheLimit) {
  const auto of_size = [&](std::size_t padding) {
    return sign_texts(kHeader, claims_with(R"(,"pad":")" + std::string(padding, 'x') + "\""), shared_);
  };
  std::size_t padding = 0;
  while (of_size(padding + 1).size() <= rules_.bytes_max) ++padding;
  EXPECT_EQ(verdict(of_size(padding)), "ok");
  EXPECT_EQ(verdict(of_size(padding + 1)), "invalid_ticket ticket");
  EXPECT_EQ(verdict(of_size(padding * 10)), "invalid_ticket ticket");
  rules_.bytes_max *= 10;
  EXPECT_EQ(verdict(of_size(padding * 10)), "ok");
}

TEST_F(TicketTest, ASignatureThatWasChangedOrTakenFromElsewhereIsRefused) {
  const std::string good = sign_texts(kHeader, claims_with(""), shared_);
  const std::string other = sign_texts(kHeader, claims_with(R"(,"jti":"2")"), shared_);
  const std::size_t last = good.rfind('.');
  EXPECT_EQ(verdict(good.substr(0, last) + other.substr(other.rfind('.'))), "ticket_signature ticket");
  EXPECT_EQ(verdict(good.substr(0, last + 1)), "ticket_signature ticket");
  EXPECT_EQ(verdict(good.substr(0, last + 1) + base64url(std::string(32, '\0'))), "ticket_signature ticket");
  EXPECT_EQ(verdict(good.substr(0, last + 1) + base64url(std::string(31, 'x'))), "ticket_signature ticket");
  const std::string mine = base64url(R"({"sub":"alice"})");
  const std::size_t dot = good.find('.');
  EXPECT_EQ(verdict(good.substr(0, dot + 1) + mine + good.substr(last)), "ticket_signature ticket");
  EXPECT_EQ(verdict(sign_texts(R"({"alg":"EdDSA","kid":"signer"})", claims_with(""), shared_)),
            "ticket_signature ticket");
  // What a ticket says is not repeated before its signature is known to be right.
  const auto refused = check(base64url(kHeader) + "." + base64url(R"({"sub":"<script>"})") + "." + base64url("x"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("script")));
}

TEST_F(TicketTest, IsGoodUntilItExpiresAndALittleLonger) {
  const std::string text = sign_texts(
      kHeader, R"({"sub":"bob","aud":"matchcue","iat":1781170000,"exp":)" + std::to_string(seconds_from_now(0)) + "}",
      shared_);
  EXPECT_EQ(verdict(text), "ok");
  now_ = kNow + rules_.skew - Milliseconds(1);
  EXPECT_EQ(verdict(text), "ok");
  now_ = kNow + rules_.skew;
  EXPECT_EQ(verdict(text), "ticket_expired ticket.exp");
  EXPECT_THAT(check(text).error().message, HasSubstr("it expired at 2026-06-11"));
}

TEST_F(TicketTest, IsNotGoodBeforeItsTime) {
  const auto with = [&](const char* claim, std::int64_t seconds) {
    return verdict_of_claims(
        claims_with(",\"" + std::string(claim) + "\":" + std::to_string(seconds_from_now(seconds))));
  };
  for (const char* claim : {"iat", "nbf"}) {
    EXPECT_EQ(with(claim, -3'600), "ok");
    EXPECT_EQ(with(claim, 60), "ok");
    EXPECT_EQ(with(claim, 61), "ticket_not_yet ticket." + std::string(claim));
  }
}

TEST_F(TicketTest, SaysWhenItWasIssuedSoThatARevocationKnowsHowLongItMatters) {
  const std::string text = R"({"sub":"bob","aud":"matchcue","exp":)" + std::to_string(seconds_from_now(60)) + "}";
  EXPECT_EQ(verdict_of_claims(text), "invalid_ticket ticket.iat");
}

TEST_F(TicketTest, HasToExpireAndNotInAgesFromNow) {
  const std::string begin = R"({"sub":"bob","aud":"matchcue","iat":)" + std::to_string(seconds_from_now(0));
  EXPECT_EQ(verdict_of_claims(begin + "}"), "invalid_ticket ticket.exp");
  const auto with = [&](const std::string& expires) { return verdict_of_claims(begin + ",\"exp\":" + expires + "}"); };
  EXPECT_EQ(with(std::to_string(seconds_from_now(86'460))), "ok");
  EXPECT_EQ(with(std::to_string(seconds_from_now(86'461))), "ticket_lifetime ticket.exp");
  for (const char* expires : {"-1", "1e300", "\"1781200000\"", "true", "[]", "{}"}) {
    EXPECT_EQ(with(expires), "invalid_ticket ticket.exp") << expires;
  }
  EXPECT_EQ(with("null"), "invalid_ticket ticket.exp");
  EXPECT_EQ(with("99999999999999999999999"), "invalid_ticket ticket");
  EXPECT_EQ(with("0"), "ticket_expired ticket.exp");
  EXPECT_EQ(with(std::to_string(seconds_from_now(10)) + ".75"), "ok");
}

TEST_F(TicketTest, IsForUsAndFromWhomWeTrust) {
  const std::string begin = R"({"sub":"bob","iat":)" + std::to_string(seconds_from_now(0)) +
                            ",\"exp\":" + std::to_string(seconds_from_now(60));
  EXPECT_EQ(verdict_of_claims(begin + "}"), "ticket_audience ticket.aud");
  for (const char* audience :
       {R"("")", R"("other")", R"("MATCHCUE")", R"("matchcue2")", R"(["other"])", "[]", "null"}) {
    EXPECT_EQ(verdict_of_claims(begin + ",\"aud\":" + audience + "}"), "ticket_audience ticket.aud") << audience;
  }
  EXPECT_EQ(verdict_of_claims(begin + ",\"aud\":7}"), "invalid_ticket ticket.aud");
  EXPECT_EQ(verdict_of_claims(begin + R"(,"aud":["other","matchcue"]})"), "ok");
  rules_.issuer = "https://login.example";
  EXPECT_EQ(verdict_of_claims(claims_with("")), "ticket_issuer ticket.iss");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"iss":"https://login.example/")")), "ticket_issuer ticket.iss");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"iss":"https://login.example")")), "ok");
  rules_.audience = "";
  EXPECT_EQ(verdict_of_claims(begin + R"(,"iss":"https://login.example"})"), "ok");
}

TEST_F(TicketTest, ClaimsThatCannotBeMeantAreRefusedByName) {
  const std::string end = R"(,"aud":"matchcue","iat":)" + std::to_string(seconds_from_now(0)) +
                          ",\"exp\":" + std::to_string(seconds_from_now(60)) + "}";
  for (const char* viewer : {"\"\"", "7", "null", "[\"bob\"]", "\"a\\u0000b\"", "\"a\\nb\""}) {
    EXPECT_EQ(verdict_of_claims(R"({"sub":)" + std::string(viewer) + end), "invalid_ticket ticket.sub") << viewer;
  }
  EXPECT_EQ(verdict_of_claims(R"({"sub":")" + std::string(257, 'v') + "\"" + end), "invalid_ticket ticket.sub");
  EXPECT_EQ(verdict_of_claims(R"({"sub":"bob","sub":"alice")" + end), "invalid_ticket ticket.sub");
  EXPECT_EQ(verdict_of_claims(R"({"sub":"\ud800")" + end), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_claims(R"({"sub":NaN)" + end), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"contents":[])")), "invalid_ticket ticket.contents");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"contents":["c1",2])")), "invalid_ticket ticket.contents");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"contents":[""])")), "invalid_ticket ticket.contents");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"jti":5)")), "invalid_ticket ticket.jti");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"device":"")")), "invalid_ticket ticket.device");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"attributes":[])")), "invalid_ticket ticket.attributes");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"attributes":{"AGE":[17]})")), "invalid_ticket ticket.attributes.AGE");
  EXPECT_EQ(verdict_of_claims(claims_with(R"(,"attributes":{"AGE":17,"AGE":18})")),
            "invalid_ticket ticket.attributes.AGE");
  EXPECT_EQ(verdict_of_claims("[[[[[[[[[[]]]]]]]]]]"), "invalid_ticket ticket");
  EXPECT_EQ(verdict_of_claims(""), "invalid_ticket ticket");
}

}  // namespace
}  // namespace matchcue::access
