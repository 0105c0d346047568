// SPDX-License-Identifier: Apache-2.0
//
// The product as a policy, in front of an audience that writes down what it is told.
#include "simulate/crowd_audience_policy.h"

#include <gmock/gmock.h>

#include "codec/personalize_schema.h"
#include "simulate/match_script.h"

namespace matchcue::simulate {
namespace {

using ::testing::HasSubstr;

/// Shows every viewer the first item that was put for each slot.
class FakeAudience final : public CrowdAudience {
 public:
  Result<void> put_context(const domain::Schema& interactions) override {
    schema = interactions;
    return {};
  }
  Result<void> put_items(std::span<const CrowdItem> items) override {
    item_counts.push_back(items.size());
    first_of.clear();
    for (const CrowdItem& item : items) first_of.try_emplace(item.slot.str(), item.id.str());
    return {};
  }
  Result<void> put_viewers(std::span<const CrowdViewer> viewers) override {
    screens.resize(viewers.size());
    return {};
  }
  Result<void> connect() override { return {}; }
  Result<void> fire(const TimedMoment& moment) override {
    moments.push_back(moment);
    if (moments.size() == fail_at) return unavailable("away", "the server is away");
    for (auto& screen : screens) {
      screen.clear();
      for (const auto& [slot, item] : first_of) screen.push_back({"c_" + slot, slot, item});
    }
    return {};
  }
  const std::vector<std::vector<CrowdCue>>& slates() const override { return screens; }
  Result<void> act(std::span<const CrowdAct> given) override {
    acts.insert(acts.end(), given.begin(), given.end());
    return {};
  }
  Result<void> settle() override {
    ++settled;
    return {};
  }

  domain::Schema schema;
  std::vector<std::size_t> item_counts;
  std::map<std::string, std::string> first_of;
  std::vector<TimedMoment> moments;
  std::vector<std::vector<CrowdCue>> screens;
  std::vector<CrowdAct> acts;
  int settled = 0;
  std::size_t fail_at = 0;
};

struct AudiencePolicyTest : ::testing::Test {
  CrowdWorld world{CrowdParams(), {make_match(1)}, 1, 20};
  FakeAudience audience;
  AudiencePolicy policy{audience};
};

TEST_F(AudiencePolicyTest, FiresEveryTickAndReportsWhatEverybodyDid) {
  const CrowdScore score = run_crowd(world, policy);
  ASSERT_FALSE(policy.trouble());
  EXPECT_EQ(audience.moments.size(), world.tick_count());
  EXPECT_EQ(audience.settled, static_cast<int>(world.tick_count()));
  const auto clicks = std::count_if(audience.acts.begin(), audience.acts.end(),
                                    [](const CrowdAct& act) { return act.kind == domain::FeedbackKind::click; });
  EXPECT_EQ(static_cast<std::uint64_t>(clicks), score.total().clicks);
  EXPECT_EQ(audience.acts.size(), score.total().impressions + score.total().clicks);
  EXPECT_LT(score.total().gain(), .3) << "the same for everybody";
}

TEST_F(AudiencePolicyTest, AMomentSaysTheFieldsOfTheSchemaAndNoMore) {
  run_crowd(world, policy);
  ASSERT_TRUE(codec::parse_schema(domain::DatasetKind::interactions, codec::write_schema(audience.schema)).ok());
  for (const TimedMoment& moment : audience.moments) {
    for (const auto& [name, value] : moment.state) EXPECT_NE(audience.schema.find_field(name), nullptr) << name;
  }
  EXPECT_NE(audience.schema.find_field("MATCH_EVENT"), nullptr);
}

TEST_F(AudiencePolicyTest, ItemsThatArriveLaterArePutWhenTheyDo) {
  run_crowd(world, policy);
  EXPECT_EQ(audience.item_counts, (std::vector<std::size_t>{40, 46}));
}

TEST_F(AudiencePolicyTest, TheFirstErrorEndsTheRunAndIsKept) {
  audience.fail_at = 3;
  const CrowdScore score = run_crowd(world, policy);
  EXPECT_EQ(score.ticks().size(), 2U);
  ASSERT_TRUE(policy.trouble());
  EXPECT_EQ(policy.trouble()->code, "away");
  EXPECT_EQ(audience.moments.size(), 3U);
}

TEST(CrowdSlate, IsReadFromTheProtocol) {
  const auto slate = parse_crowd_slate(
      R"({"t":"slate","seq":7,"decision":"d","cues":[{"id":"c1","slot":"S","item":"I"},{"id":"c2","slot":"T","item":"J"}]})");
  ASSERT_TRUE(slate.ok());
  EXPECT_EQ(slate->sequence, 7U);
  ASSERT_EQ(slate->cues.size(), 2U);
  EXPECT_EQ(slate->cues[1].item, "J");
  EXPECT_THAT(parse_crowd_slate(R"({"t":"slate","cues":[]})").error().message, HasSubstr("not a slate"));
}

}  // namespace
}  // namespace matchcue::simulate
