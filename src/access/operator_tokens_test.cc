// SPDX-License-Identifier: Apache-2.0
#include "access/operator_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"

namespace matchcue::access {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string problem(const std::string& text) {
  const auto tokens = OperatorTokens::parse(text);
  return tokens.ok() ? "ok" : tokens.error().message;
}

TEST(OperatorTokens, FindsWhoseATokenIsAndWhatTheyMayDo) {
  const auto tokens = OperatorTokens::parse("# who may\n\ndirector read,moments " + sha256("goal") +
                                            " # the night's\n" + "root\tadmin  " + sha256("all") + "\r\n");
  ASSERT_TRUE(tokens.ok()) << tokens.error().message;
  const Operator* director = tokens->find("goal");
  ASSERT_NE(director, nullptr);
  EXPECT_EQ(director->name, "director");
  EXPECT_TRUE(director->may(Scope::read));
  EXPECT_TRUE(director->may(Scope::moments));
  EXPECT_FALSE(director->may(Scope::catalogue));
  EXPECT_FALSE(director->may(Scope::admin));
  for (const Scope scope : {Scope::read, Scope::moments, Scope::catalogue, Scope::admin}) {
    EXPECT_TRUE(tokens->find("all")->may(scope)) << to_string(scope);
  }
  for (const char* nobody : {"", "Goal", "goal ", "goals", "director"}) EXPECT_EQ(tokens->find(nobody), nullptr);
  EXPECT_EQ(tokens->find(sha256("goal")), nullptr) << "what is in the file opens nothing";
}

TEST(OperatorTokens, AFileThatIsWrongIsRefusedByItsLine) {
  const std::string digest = sha256("x");
  EXPECT_THAT(problem("a read\n"), HasSubstr("line 1: NAME SCOPE"));
  EXPECT_THAT(problem("\n# c\na read " + digest + " more"), HasSubstr("line 3: NAME SCOPE"));
  EXPECT_THAT(problem("a write " + digest), HasSubstr("\"write\" is not a scope"));
  EXPECT_THAT(problem("a read, " + digest), HasSubstr("\"\" is not a scope"));
  EXPECT_THAT(problem("a read secret"), HasSubstr("not 64 hexadecimal digits"));
  EXPECT_THAT(problem("a read " + digest + "\na read " + sha256("y")), HasSubstr("line 2: \"a\" or its token"));
  EXPECT_THAT(problem("a read " + digest + "\nb read " + digest), HasSubstr("line 2: \"b\" or its token"));
  EXPECT_EQ(problem(""), "ok");
}

TEST(OperatorTokens, ANewOneIsLongAndNeverTheSame) {
  const std::string token = make_operator_token();
  EXPECT_THAT(token, StartsWith("mcue_"));
  EXPECT_EQ(token.size(), 5U + 43U);
  EXPECT_NE(token, make_operator_token());
}

}  // namespace
}  // namespace matchcue::access
