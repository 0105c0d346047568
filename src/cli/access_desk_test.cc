// SPDX-License-Identifier: Apache-2.0
#include "cli/access_desk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/counter.h>

#include <fstream>

#include "access/test_tickets.h"
#include "api/server.h"
#include "cli/temporary_folder.h"
#include "metrics/metrics.h"
#include "runtime/test_certificate.h"

namespace matchcue::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const runtime::Address kHere{"127.0.0.1", 8080};
const runtime::Address kEverywhere{"0.0.0.0", 8080};
constexpr std::string_view kDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

AccessOptions everything() {
  AccessOptions all;
  all.ticket_keys = "keys.json";
  all.origins = "https://www.example.com";
  all.api_tokens = "tokens";
  all.tls_certificate = "certificate.pem";
  all.tls_key = "key.pem";
  return all;
}

TEST(Protection, LoopbackNeedsNothing) { EXPECT_TRUE(check_protection({}, kHere, kHere).ok()); }

TEST(Protection, TheOpenNetworkNeedsAllOfIt) {
  EXPECT_TRUE(check_protection(everything(), kEverywhere, kEverywhere).ok());
  const auto bare = check_protection({}, kEverywhere, kHere);
  EXPECT_THAT(bare.error().message,
              AllOf(HasSubstr("0.0.0.0:8080"), HasSubstr("viewers.ticket_keys"), HasSubstr("viewers.origins"),
                    HasSubstr("tls.certificate"), HasSubstr("--viewers-auth none")));
  AccessOptions without = everything();
  without.origins.clear();
  EXPECT_THAT(check_protection(without, kEverywhere, kHere).error().message,
              AllOf(HasSubstr("viewers.origins"), Not(HasSubstr("ticket_keys")), Not(HasSubstr("tls"))));
  without = everything();
  without.api_tokens.clear();
  EXPECT_THAT(check_protection(without, kHere, kEverywhere).error().message, HasSubstr("api.token_file"));
}

TEST(Protection, OnlyTheViewersListenerCanBeOpenToAll) {
  AccessOptions open;
  open.viewers_auth = "none";
  EXPECT_TRUE(check_protection(open, kEverywhere, kHere).ok());
  EXPECT_FALSE(check_protection(open, kEverywhere, kEverywhere).ok());
}

TEST(Protection, SitesNeedTlsWhereOthersCanReachThem) {
  const runtime::Address sites{"0.0.0.0", 3000};
  EXPECT_TRUE(check_site_protection({}, kHere, true).ok());
  EXPECT_TRUE(check_site_protection(everything(), sites, true).ok());
  EXPECT_THAT(check_site_protection(everything(), sites, false).error().message, HasSubstr("web.tls = on"));
  AccessOptions open;
  EXPECT_THAT(check_site_protection(open, sites, true).error().message,
              AllOf(HasSubstr("web sites on 0.0.0.0:3000"), HasSubstr("tls.certificate"), HasSubstr("--web off")));
  EXPECT_EQ(check_site_protection(open, sites, true).error().field, "web.listen");
  open.viewers_auth = "none";
  EXPECT_TRUE(check_site_protection(open, sites, true).ok());
}

TEST(Protection, RefusesWhatContradictsItself) {
  AccessOptions options;
  options.viewers_auth = "ticket";
  EXPECT_EQ(check_protection(options, kHere, kHere).error().field, "viewers.auth");
  options = everything();
  options.tls_key.clear();
  EXPECT_EQ(check_protection(options, kHere, kHere).error().field, "tls.certificate");
}

TEST(Refusals, EachIsCounted) {
  metrics::Metrics metrics("test");
  for (const std::string_view why : api::kRefusals) metrics.operators_refused(why).Increment();
  for (const std::string_view why : api::kRefusals) {
    EXPECT_THAT(metrics.exposition(),
                HasSubstr("matchcue_operators_refused_total{reason=\"" + std::string(why) + "\"} 1\n"));
  }
}

class AccessDeskTest : public testing::Test {
 protected:
  AccessDeskTest() {
    options.ticket_keys = write("keys.json", access::test_key_set());
    options.api_tokens = write("tokens", "ann admin " + std::string(kDigest));
    options.tls_certificate = certificate.certificate();
    options.tls_key = certificate.key();
  }
  std::string write(const std::string& name, std::string_view text) {
    const std::string path = folder.path() + "/" + name;
    std::ofstream(path + ".new") << text;
    std::filesystem::rename(path + ".new", path);
    return path;
  }
  std::vector<std::string> reload(AccessDesk& desk) {
    std::vector<std::string> said;
    desk.reload_changed([&](const std::string& what) { said.push_back(what); });
    return said;
  }

  TemporaryFolder folder = TemporaryFolder::make("access").value();
  runtime::TestCertificate certificate;
  AccessOptions options;
};

TEST_F(AccessDeskTest, ReadsAgainWhatChangesAndNothingElse) {
  const auto desk = AccessDesk::open(options).value();
  EXPECT_TRUE(desk->admission().get()->needs_ticket);
  EXPECT_NE(desk->operators().get()->find(""), nullptr) << "kDigest is that of the empty text";
  EXPECT_THAT(reload(*desk), testing::IsEmpty());
  write("tokens", "bob read " + std::string(kDigest) + "\n");
  certificate.renew("another");
  const auto before = desk->tls()->get();
  EXPECT_THAT(reload(*desk), testing::ElementsAre(HasSubstr("operators' tokens"), HasSubstr("certificate")));
  EXPECT_EQ(desk->operators().get()->find("")->name, "bob");
  EXPECT_NE(desk->tls()->get(), before);
  EXPECT_THAT(reload(*desk), testing::IsEmpty());
}

TEST_F(AccessDeskTest, AFileThatIsWrongChangesNothing) {
  const auto desk = AccessDesk::open(options).value();
  write("tokens", "# nobody left\n");
  write("keys.json", "{");
  EXPECT_THAT(reload(*desk), testing::ElementsAre(AllOf(HasSubstr("keys.json"), HasSubstr("stays in force")),
                                                  AllOf(HasSubstr("no operator"), HasSubstr("stays in force"))));
  EXPECT_NE(desk->operators().get()->find(""), nullptr);
  EXPECT_FALSE(desk->admission().get()->keys.empty());
}

TEST_F(AccessDeskTest, KeysThatChangeKeepTheRevocations) {
  const auto desk = AccessDesk::open(options).value();
  access::Revocations revoked;
  revoked.revoke_ticket("t1", wall_time_from_ms(1));
  desk->set_revocations(revoked);
  write("keys.json", access::test_key_set() + "\n");
  EXPECT_EQ(reload(*desk).size(), 1U);
  EXPECT_EQ(desk->admission().get()->revocations.size(), 1U);
}

TEST_F(AccessDeskTest, RefusesToBeginWithoutAFile) {
  options.ticket_keys = "/nowhere/keys.json";
  EXPECT_THAT(AccessDesk::open(options).error().message,
              AllOf(HasSubstr("viewers.ticket_keys"), HasSubstr("/nowhere/keys.json")));
}

}  // namespace
}  // namespace matchcue::cli
