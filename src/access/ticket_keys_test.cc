// SPDX-License-Identifier: Apache-2.0
#include "access/ticket_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "access/test_tickets.h"

namespace matchcue::access {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problem(const std::string& key) {
  const auto keys = TicketKeys::parse("{\"keys\":[" + key + "]}");
  return keys.ok() ? "ok" : keys.error().message;
}

TEST(TicketKeys, VerifiesTheExamplesOfTheStandards) {
  // RFC 7515, appendix A.1.
  const auto hmac = TicketKeys::parse(
      R"({"keys":[{"kty":"oct","kid":"a1","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"}]})");
  ASSERT_TRUE(hmac.ok()) << hmac.error().message;
  const std::string text =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
  const auto signature = decode_base64url("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
  EXPECT_TRUE(hmac->find("a1", Algorithm::hs256)->verify(text, *signature));
  EXPECT_EQ(hmac->find("a1", Algorithm::hs256)->sign(text), *signature);
  // RFC 8037, appendix A.4.
  const TicketKeys keys = make_keys();
  const TicketKey& signer = *keys.find("signer", Algorithm::eddsa);
  const std::string example = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
  const auto signed_example =
      decode_base64url("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
  EXPECT_EQ(signer.sign(example), *signed_example);
  EXPECT_TRUE(signer.verify(example, *signed_example));
  EXPECT_FALSE(signer.verify(example + "x", *signed_example));
  EXPECT_FALSE(signer.verify(example, signed_example->substr(1)));
}

TEST(TicketKeys, AKeyIsFoundByItsIdAndItsAlgorithmOnly) {
  const TicketKeys keys = make_keys();
  EXPECT_EQ(keys.find("shared", Algorithm::hs256)->id(), "shared");
  EXPECT_EQ(keys.find("shared", Algorithm::eddsa), nullptr);
  EXPECT_EQ(keys.find("other", Algorithm::hs256), nullptr);
  EXPECT_EQ(keys.find(std::nullopt, Algorithm::eddsa)->id(), "signer") << "the only one of it";
  const auto two =
      TicketKeys::parse(R"({"keys":[{"kty":"oct","kid":"a","k":")" + base64url(std::string(32, 'a')) +
                        R"("},{"kty":"oct","kid":"b","k":")" + base64url(std::string(32, 'b')) + R"("}]})");
  EXPECT_EQ(two->find(std::nullopt, Algorithm::hs256), nullptr) << "which of the two is not said";
}

TEST(TicketKeys, SaysWhatIsWrongWithASetAndNeverASecret) {
  const std::string secret = base64url(std::string(31, 'q'));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","k":")" + secret + "\"}"),
              HasSubstr("key \"k1\": a secret of 31 bytes"));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","k":")" + secret + "\"}"), Not(HasSubstr(secret)));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","k":123456789})"), HasSubstr("k is not a string"));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","k":123456789})"), Not(HasSubstr("1234")));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","k":"a b"})"), HasSubstr("k is not URL-safe base64"));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1"})"), HasSubstr("k is missing"));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":""})"), HasSubstr("kid is empty"));
  EXPECT_THAT(problem(R"({"kty":"oct"})"), HasSubstr("kid is missing"));
  EXPECT_THAT(problem(R"({"kty":"RSA","kid":"k1"})"), HasSubstr("kty \"RSA\" is not oct or OKP"));
  EXPECT_THAT(problem(R"({"kty":"oct","kid":"k1","alg":"EdDSA"})"), HasSubstr("alg \"EdDSA\" is not HS256"));
  EXPECT_THAT(problem(R"({"kty":"OKP","kid":"k1","crv":"X25519","x":"AA"})"), HasSubstr("crv \"X25519\""));
  EXPECT_THAT(problem(R"({"kty":"OKP","kid":"k1","crv":"Ed25519","x":"AA"})"), HasSubstr("32 bytes, not 1"));
  EXPECT_THAT(problem(R"({"kty":"OKP","kid":"k1","crv":"Ed25519"})"), HasSubstr("x is missing"));
  EXPECT_THAT(
      problem(R"({"kty":"OKP","kid":"k1","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","d":")" +
              base64url(std::string(32, 'd')) + "\"}"),
      HasSubstr("x is not the public half of d"));
  const std::string good = R"({"kty":"oct","kid":"k1","k":")" + base64url(std::string(32, 'q')) + "\"}";
  EXPECT_EQ(problem(good), "ok");
  EXPECT_THAT(problem(good + "," + good), HasSubstr("key \"k1\": is there twice"));
  EXPECT_EQ(TicketKeys::parse("{}").error().code, "invalid_key_set");
  EXPECT_EQ(TicketKeys::parse("[]").error().code, "invalid_key_set");
}

}  // namespace
}  // namespace matchcue::access
