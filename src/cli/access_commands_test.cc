// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "access/operator_tokens.h"
#include "access/ticket.h"
#include "base/clock.h"
#include "cli/temporary_folder.h"
#include "cli/test_command.h"

namespace matchcue::cli {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

Outcome run(const std::string& line) { return run_command(line, Globals(), {add_access_commands}); }

std::string text_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(AccessCommands, ATokenIsShownOnceAndItsDigestKept) {
  const TemporaryFolder folder = TemporaryFolder::make("token").value();
  const std::string file = folder.path() + "/tokens";
  const Outcome made = run("token make ann --scope read,moments --file " + file);
  EXPECT_THAT(made.out, StartsWith("mcue_"));
  const std::string token = made.out.substr(0, made.out.find('\n'));
  const auto tokens = access::OperatorTokens::parse(text_of(file)).value();
  ASSERT_NE(tokens.find(token), nullptr);
  EXPECT_EQ(tokens.find(token)->name, "ann");
  EXPECT_TRUE(tokens.find(token)->may(access::Scope::moments));
  EXPECT_EQ(text_of(file).find(token), std::string::npos);
  EXPECT_THAT(run("token make bob --scope all").err, HasSubstr("\"all\" is not a scope"));
}

TEST(AccessCommands, ATicketOfANewKeyIsTakenByWhoHasItsPublicHalf) {
  for (const std::string algorithm : {"EdDSA", "HS256"}) {
    const TemporaryFolder folder = TemporaryFolder::make("ticket").value();
    const std::string signing = folder.path() + "/signing.json";
    const std::string checking = folder.path() + "/checking.json";
    std::ofstream(signing) << run("ticket key 2026 --algorithm " + algorithm + " --checking-file " + checking).out;
    const Outcome made = run("ticket make bob --keys " + signing + " --content c1 --attribute AGE=17");
    const std::string ticket = made.out.substr(0, made.out.find('\n'));
    const auto keys = access::TicketKeys::parse(text_of(checking)).value();
    const auto read = access::check_ticket(ticket, keys, {}, SystemClock().wall());
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->viewer.str(), "bob");
    EXPECT_TRUE(read->allows(domain::ContentId("c1")));
    EXPECT_FALSE(read->allows(domain::ContentId("c2")));
    EXPECT_THAT(run("ticket check " + ticket + " --keys " + checking).out, StartsWith("good: bob until "));
    EXPECT_EQ(run("ticket check " + ticket + "x --keys " + checking).code, ExitCode::invalid_input);
    const bool signs = algorithm == "HS256";
    EXPECT_EQ(run("ticket make bob --keys " + checking).code == ExitCode::ok, signs) << "half a key cannot sign";
  }
}

TEST(AccessCommands, AFurtherKeyJoinsTheSet) {
  const TemporaryFolder folder = TemporaryFolder::make("keys").value();
  const std::string checking = folder.path() + "/checking.json";
  for (const char* id : {"2026", "2027"}) run(std::string("ticket key ") + id + " --checking-file " + checking);
  EXPECT_EQ(access::TicketKeys::parse(text_of(checking)).value().all().size(), 2U);
  EXPECT_THAT(run("ticket key 2027 --checking-file " + checking).err, HasSubstr("\"2027\" already"));
}

}  // namespace
}  // namespace matchcue::cli
