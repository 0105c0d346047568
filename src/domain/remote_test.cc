// SPDX-License-Identifier: Apache-2.0
#include "domain/remote.h"

#include <gmock/gmock.h>

#include "domain/catalogue.h"

namespace matchcue::domain {
namespace {

using ::testing::HasSubstr;

TEST(Remote, HasOneSpelling) {
  for (const char* text : {R"({"remote":"bet","module":"./Bet"})", R"({"module":"./Bet","remote":"bet"})",
                           " {\n\t\"remote\" : \"bet\" , \"module\" : \"./Bet\" }\r\n"}) {
    EXPECT_EQ(check_remote(text).value(), R"({"remote":"bet","module":"./Bet"})");
  }
  EXPECT_EQ(check_remote("").value(), "");
}

TEST(Remote, NothingElseGoesIntoASlate) {
  const std::string long_name(65, 'a');
  for (const std::string& text : {
           std::string("null"),
           std::string("bet"),
           std::string("{}"),
           std::string("[]"),
           std::string("\"bet\""),
           std::string(R"({"remote":"bet"})"),
           std::string(R"({"module":"./Bet"})"),
           std::string(R"({"remote":"bet","module":"./Bet","x":"y"})"),
           std::string(R"({"remote":"bet","remote":"bet"})"),
           std::string(R"({"remote":"bet","module":"./Bet"},{})"),
           std::string(R"({"remote":"bet","module":"./Bet"}})"),
           std::string(R"({"remote":"bet","module":"./Bet",})"),
           std::string(R"({"remote":1,"module":"./Bet"})"),
           std::string(R"({"remote":"Bet","module":"./Bet"})"),
           std::string(R"({"remote":"","module":"./Bet"})"),
           std::string(R"({"remote":"bet","module":"Bet"})"),
           std::string(R"({"remote":"bet","module":"./"})"),
           std::string(R"({"remote":"bet","module":"./../x"})"),
           std::string(R"({"remote":"bet","module":"./a/b"})"),
           std::string(R"({"remote":"b\"t","module":"./Bet"})"),
           std::string(R"({"remote":"b\u0065t","module":"./Bet"})"),
           R"({"remote":")" + long_name + R"(","module":"./Bet"})",
           R"({"remote":"bet","module":"./)" + long_name + R"("})",
           R"({"remote":"bet",)" + std::string(300, ' ') + R"("module":"./Bet"})",
       }) {
    const auto checked = check_remote(text);
    ASSERT_FALSE(checked.ok()) << text;
    EXPECT_EQ(checked.error().field, "REMOTE");
    EXPECT_THAT(checked.error().message, HasSubstr(text.substr(0, 60)));
  }
}

TEST(Remote, IsCheckedWhereItemsAreMade) {
  const auto item = make_item(ItemId("I1"), {{"REMOTE", R"({ "module":"./Bet", "remote":"bet" })"}}, "").value();
  EXPECT_EQ(item.remote, R"({"remote":"bet","module":"./Bet"})");
  EXPECT_EQ(to_text(item.fields.at("REMOTE")), item.remote);
  EXPECT_EQ(make_item(ItemId("I1"), {{"REMOTE", "bet"}}, "").error().code, "invalid_remote");
  EXPECT_EQ(make_item(ItemId("I1"), {{"REMOTE", Value()}}, "").value().remote, "");
}

}  // namespace
}  // namespace matchcue::domain
