// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace matchcue::cli {
namespace {

using ::testing::HasSubstr;

struct OptionsTest : ::testing::Test {
  std::filesystem::path file =
      std::filesystem::temp_directory_path() /
      ("matchcue-options-" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
       ::testing::UnitTest::GetInstance()->current_test_info()->name() + ".toml");
  Options options;
  ~OptionsTest() override { std::filesystem::remove(file); }
  Result<void> read(const std::string& text) {
    std::ofstream(file) << text;
    return apply_file(options, file);
  }
};

TEST_F(OptionsTest, AFileSetsNestedKeys) {
  ASSERT_TRUE(read("listen = \"127.0.0.1:9000\"\n[gateway]\nping_interval_ms = 5000\n[decide]\nfloor = 0.01\n").ok());
  EXPECT_EQ(options.gateway.listen.port, 9000);
  EXPECT_EQ(options.gateway.ping_interval, Milliseconds(5000));
  EXPECT_EQ(options.engine.decide.floor, .01);
}

TEST_F(OptionsTest, WhereTheApiIsMayStandAmongItsLimits) {
  ASSERT_TRUE(read("[api]\nlisten = \"127.0.0.1:9001\"\nstreams_max = 3\n[api.address]\nconnections_max = 4\n").ok());
  EXPECT_EQ(options.api.port, 9001);
  EXPECT_EQ(options.api_server.streams_max, 3U);
  EXPECT_EQ(options.api_server.connections_per_address_max, 4U);
}

TEST_F(OptionsTest, AnUnknownKeyNamesItsNearestRelativeAndItsLine) {
  const auto result = read("\n[gateway]\nping_intervall_ms = 5\n");
  ASSERT_FALSE(result.ok());
  EXPECT_THAT(result.error().message, HasSubstr(":3"));
  EXPECT_THAT(result.error().message, HasSubstr("did you mean gateway.ping_interval_ms?"));
}

TEST_F(OptionsTest, AValueOutOfBoundsNamesKeyValueAndBounds) {
  const auto result = apply_setting(options, "decide.floor", "0.5");
  EXPECT_THAT(result.error().message, HasSubstr("decide.floor: \"0.5\" is not a number in 0.0001..0.05"));
  EXPECT_FALSE(apply_setting(options, "shards", "-1").ok());
  EXPECT_FALSE(apply_setting(options, "listen", "everywhere").ok());
  EXPECT_FALSE(apply_setting(options, "sample_data", "yes").ok());
}

TEST_F(OptionsTest, PartnersRemotesAreTables) {
  ASSERT_TRUE(read("[web]\nfolder = \"/srv/web\"\nlisten = \"::1\"\nhome = 0\n"
                   "[[web.remotes]]\nname = \"shop\"\nmanifest = \"https://shop.example/mf-manifest.json\"\n"
                   "[[web.remotes]]\nname = \"club\"\nmanifest = \"https://club.example/m.json\"\nsandbox = false\n"
                   "[web.remotes.integrity]\n\"remote.js\" = "
                   "\"sha384-Ig3EbYGyQUz9rumuL36yqcOVV6zYOwByILu7oqVn0vzddjqawGlyMF9rSi08X9TJ\"\n")
                  .ok());
  EXPECT_EQ(options.web.folder, "/srv/web");
  EXPECT_EQ(options.web.listen, "::1");
  ASSERT_EQ(options.web.remotes.size(), 2U);
  EXPECT_EQ(options.web.remotes[1].integrity.count("remote.js"), 1U);
  EXPECT_TRUE(options.web.remotes[0].sandbox);
  EXPECT_FALSE(options.web.remotes[1].sandbox);
  EXPECT_FALSE(apply_setting(options, "web.listen", "127.0.0.1:80").ok());
  EXPECT_FALSE(apply_setting(options, "web.picture", "live.m3u8").ok());
  EXPECT_FALSE(apply_setting(options, "web.tls", "no").ok());
  EXPECT_TRUE(apply_setting(options, "web.tls", "off").ok());
  EXPECT_FALSE(options.web.tls);
  EXPECT_THAT(read("shards = [1, 2]\n").error().message, HasSubstr("a list"));
}

TEST_F(OptionsTest, TheLearnersSettingsAreSettingsToo) {
  ASSERT_TRUE(apply_assignment(options, "learner.exploration=0.5").ok());
  EXPECT_EQ(options.engine.learner.model.exploration, .5);
  const auto wrong = apply_assignment(options, "learner.exploration=much");
  EXPECT_EQ(wrong.error().field, "learner.exploration");
  EXPECT_THAT(wrong.error().message, HasSubstr("learner.exploration cannot be \"much\"; it is a number of 0..10"));
  EXPECT_THAT(apply_assignment(options, "shards").error().message, HasSubstr("KEY=VALUE is wanted"));
}

TEST_F(OptionsTest, BrokenTomlNamesLineAndColumn) {
  EXPECT_THAT(read("listen = \n").error().message, HasSubstr(":1:"));
  EXPECT_EQ(apply_file(options, "/nowhere/matchcue.toml").error().code, "unreadable_config");
}

TEST_F(OptionsTest, TheEnvironmentSetsTheSameKeys) {
  const char* const environment[] = {"PATH=/bin", "MATCHCUE_GATEWAY__PING_INTERVAL_MS=7000", "MATCHCUE_BINARY=x"};
  ASSERT_TRUE(apply_environment(options, environment).ok());
  EXPECT_EQ(options.gateway.ping_interval, Milliseconds(7000));
  const char* const wrong[] = {"MATCHCUE_GATEWAY__PING_INTERVAL_M=7000"};
  EXPECT_THAT(apply_environment(options, wrong).error().message, HasSubstr("MATCHCUE_GATEWAY__PING_INTERVAL_MS"));
}

TEST_F(OptionsTest, LimitsOfBothListenersAreSettings) {
  const std::pair<const char*, const char*> limits[] = {
      {"gateway.head_bytes_max", "8192"},
      {"gateway.headers_max", "64"},
      {"gateway.body_bytes_max", "65536"},
      {"gateway.frame_bytes_max", "16384"},
      {"gateway.message_bytes_max", "32768"},
      {"gateway.fragments_max", "32"},
      {"gateway.handshake_timeout_ms", "5000"},
      {"gateway.hello_timeout_ms", "10000"},
      {"gateway.ping_interval_ms", "20000"},
      {"gateway.silence_max_ms", "45000"},
      {"gateway.messages_per_second", "20"},
      {"gateway.messages_burst", "60"},
      {"gateway.outbox_bytes_max", "65536"},
      {"gateway.viewer.messages_per_second", "40"},
      {"gateway.viewer.messages_burst", "120"},
      {"gateway.connects_per_second", "2000"},
      {"gateway.connects_burst", "4000"},
      {"gateway.address.connects_per_second", "50"},
      {"gateway.address.connections_max", "200"},
      {"viewers.ticket_bytes_max", "4096"},
      {"viewers.ticket_skew_ms", "60000"},
      {"api.head_bytes_max", "8192"},
      {"api.body_bytes_max", "1048576"},
      {"api.import_bytes_max", "1073741824"},
      {"api.json_depth_max", "32"},
      {"api.connections_max", "1000"},
      {"api.address.connections_max", "100"},
      {"api.streams_max", "64"},
      {"api.handshake_timeout_ms", "5000"},
      {"api.read_timeout_ms", "60000"},
  };
  for (const auto& [key, value] : limits) {
    const auto setting =
        std::find_if(settings().begin(), settings().end(), [&](const auto& s) { return s.key == key; });
    ASSERT_NE(setting, settings().end()) << key;
    EXPECT_EQ(setting->get(options), value) << key;
    const auto wrong = setting->set(options, "0");
    const bool may_be_none = std::string_view(key) == "viewers.ticket_skew_ms";
    ASSERT_EQ(wrong.ok(), may_be_none) << key;
    if (may_be_none) continue;
    EXPECT_THAT(wrong.error().message, HasSubstr(std::string(key) + ": \"0\" is not "));
  }
}

TEST_F(OptionsTest, EveryDefaultIsWithinItsOwnBounds) {
  for (const Setting& setting : settings()) EXPECT_TRUE(setting.set(options, setting.get(options)).ok()) << setting.key;
}

}  // namespace
}  // namespace matchcue::cli
