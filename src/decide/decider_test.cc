// SPDX-License-Identifier: Apache-2.0
#include "decide/decider.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

namespace matchcue::decide {
namespace {

using domain::Catalogue;
using domain::Choice;
using domain::Item;
using domain::ItemId;
using domain::ItemOverride;
using domain::OverrideAction;
using domain::Value;
using domain::Values;
using domain::ViewerTraits;

/// Scores items by a fixed table, whatever the context, with these spreads; all as wide as 1 when there are none.
class FixedScores final : public scoring::SolutionVersion {
 public:
  enum class For { everybody, each_viewer };
  explicit FixedScores(std::vector<float> scores, std::vector<scoring::Spread> spreads = {}, For who = For::everybody)
      : scores_(std::move(scores)), spreads_(std::move(spreads)), who_(who) {
    if (spreads_.empty()) spreads_.resize(scores_.size(), {1, 1});
  }
  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return id_; }
  std::unique_ptr<scoring::MomentScorer> fold(const Catalogue&, const domain::MomentContext&) const override {
    return std::make_unique<Scorer>(*this);
  }

 private:
  class Scorer final : public scoring::MomentScorer {
   public:
    explicit Scorer(const FixedScores& version) : version_(version) {}
    bool personal() const override { return version_.who_ == For::each_viewer; }
    std::span<const scoring::Spread> spreads() const override { return version_.spreads_; }
    void score(std::string_view, const domain::ViewerTraits&, std::span<float> scores) override {
      std::copy(version_.scores_.begin(), version_.scores_.end(), scores.begin());
    }

   private:
    const FixedScores& version_;
  };

  std::string id_ = "fixed-1";
  std::vector<float> scores_;
  std::vector<scoring::Spread> spreads_;
  For who_;
};

Item item(const std::string& id, const std::string& slot, Values fields = {}) {
  fields["ITEM_TYPE"] = Value{slot};
  return domain::make_item(ItemId(id), std::move(fields), "").value();
}

/// Items a..d: three GENERAL ones, of which c is for adults in France, and one PLAYER.
struct World {
  Catalogue catalogue{
      1,
      {item("a", "GENERAL"), item("b", "GENERAL"),
       item("c", "GENERAL", {{"MIN_AGE", Value{std::int64_t{18}}}, {"COUNTRIES", Value{std::string("FRANCE|SPAIN")}}}),
       item("d", "PLAYER")}};
  FixedScores version{{.9F, .5F, .8F, .1F}};
  Options options;

  domain::DecisionHeader header(std::vector<ItemOverride> overrides = {}, std::uint64_t moment = 7) {
    domain::Change change;
    change.event = domain::EventId("1");
    change.sequence = domain::Sequence(moment);
    change.moment = domain::Sequence(moment);
    return make_header(change, {std::move(overrides), {}}, catalogue, version, options);
  }
  std::vector<Choice> draw(const domain::DecisionHeader& header, const std::string& viewer,
                           const ViewerTraits& traits = {}) {
    Decider decider(header, catalogue, version);
    std::vector<Choice> choices(decider.slot_count());
    decider.draw(viewer, traits, choices.data());
    return choices;
  }
};

constexpr std::size_t kGeneral = 0;
constexpr std::size_t kPlayer = 1;

/// Draws for many viewers and compares how often each GENERAL item came with its propensity: chi-square.
double chi_square_of(Decider& decider) {
  constexpr int kDraws = 100'000;
  std::map<std::uint16_t, int> counts;
  std::map<std::uint16_t, double> propensity;
  std::vector<Choice> choices(decider.slot_count());
  for (int v = 0; v < kDraws; ++v) {
    decider.draw("viewer-" + std::to_string(v), {30, "FRANCE", {}}, choices.data());
    ++counts[choices[kGeneral].item];
    propensity[choices[kGeneral].item] = choices[kGeneral].propensity;
  }
  EXPECT_EQ(counts.size(), 3u);
  double chi_square = 0;
  for (const auto& [which, count] : counts) {
    const double expected = propensity[which] * kDraws;
    chi_square += (count - expected) * (count - expected) / expected;
  }
  return chi_square;
}
constexpr double kChiSquareMax = 13.82;  // 2 degrees of freedom, p = .001

TEST(Decider, LoggedPropensitiesAreTheFrequenciesOfTheDraws) {
  World world;
  for (const auto who : {FixedScores::For::everybody, FixedScores::For::each_viewer}) {
    world.version = FixedScores({-1.F, -1.3F, -1.1F, 0.F}, {{.2F, 1}, {.5F, .5F}, {.3F, .75F}, {.1F, 1}}, who);
    Decider decider(world.header(), world.catalogue, world.version);
    EXPECT_LT(chi_square_of(decider), kChiSquareMax);
  }
}

TEST(Decider, WhoIsNotEligibleLeavesTheOthersTheirOwnSpread) {
  const Catalogue catalogue(1, {item("a", "PLAYER"), item("b", "GENERAL", {{"MIN_AGE", Value{std::int64_t{18}}}}),
                                item("c", "GENERAL"), item("d", "GENERAL")});
  const FixedScores version({0, 0, 0, 0}, {{0, 1}, {0, 1}, {0, 1}, {1, 1}});
  Decider decider(make_header(domain::Change(), {}, catalogue, version, Options()), catalogue, version);
  const auto& slots = catalogue.slots();
  const auto general = std::find(slots.begin(), slots.end(), domain::SlotName("GENERAL")) - slots.begin();
  // Without an age "b" is out; half of the draws put "d" above "c".
  for (const Standing& standing : decider.standings(static_cast<std::size_t>(general), "v", {})) {
    EXPECT_NEAR(standing.propensity, standing.item == 1 ? 0 : .5, 1e-12) << standing.item;
  }
}

TEST(Decider, SlotsOfOneViewerDrawIndependently) {
  Catalogue catalogue(1, {item("a", "GENERAL"), item("b", "GENERAL"), item("c", "PLAYER"), item("d", "PLAYER")});
  FixedScores version({1, 1, 1, 1});
  Decider decider(make_header(domain::Change(), {}, catalogue, version, Options()), catalogue, version);
  double both_expected = 1;
  for (const std::size_t slot : {0, 1}) {
    for (const Standing& standing : decider.standings(slot, "v", {})) {
      if (standing.item == 2 * slot) both_expected *= standing.propensity;
    }
  }
  EXPECT_NEAR(both_expected, .25, .1);
  int both_first = 0;
  std::vector<Choice> choices(2);
  for (int v = 0; v < 40'000; ++v) {
    decider.draw(std::to_string(v), {}, choices.data());
    both_first += choices[0].item == 0 && choices[1].item == 2;
  }
  EXPECT_NEAR(both_first, 40'000 * both_expected, 4 * std::sqrt(40'000 * both_expected * (1 - both_expected)));
}

TEST(Decider, ARestrictedItemNeedsAKnownAgeAndCountry) {
  World world;
  const auto header = world.header();
  for (int v = 0; v < 2'000; ++v) {
    for (const ViewerTraits& traits : {ViewerTraits{}, ViewerTraits{30, "", {}}, ViewerTraits{{}, "FRANCE", {}},
                                       ViewerTraits{17, "FRANCE", {}}, ViewerTraits{30, "ITALY", {}}}) {
      EXPECT_NE(world.draw(header, std::to_string(v), traits)[kGeneral].item, 2);
    }
  }
}

TEST(Decider, APinnedItemIsCertainForThoseWhoMaySeeIt) {
  World world;
  const auto header = world.header({{OverrideAction::pin, ItemId("c")}});
  EXPECT_EQ(world.draw(header, "v", {18, "SPAIN", {}})[kGeneral], (Choice{2, 1}));
  const Choice other = world.draw(header, "v", {17, "SPAIN", {}})[kGeneral];
  EXPECT_NE(other.item, 2);
  EXPECT_LT(other.propensity, 1);
}

TEST(Decider, ABlockedItemIsNeverDrawnAndOtherSlotsStayAsTheyWere) {
  World world;
  for (int v = 0; v < 500; ++v) {
    const auto before = world.draw(world.header(), std::to_string(v));
    const auto after = world.draw(world.header({{OverrideAction::block, ItemId("a")}}), std::to_string(v));
    EXPECT_NE(after[kGeneral].item, 0);
    EXPECT_EQ(after[kPlayer], before[kPlayer]);
  }
}

TEST(Decider, ASlotWhoseItemsAreAllBlockedStaysEmpty) {
  World world;
  const auto choices = world.draw(world.header({{OverrideAction::block, ItemId("d")}}), "v");
  EXPECT_EQ(choices[kPlayer], (Choice{domain::kNoItem, 0}));
}

TEST(Decider, TheSameHeaderGivesTheSameBitsAndAnotherMomentGivesOthers) {
  World world;
  int different = 0;
  for (int v = 0; v < 200; ++v) {
    const std::string viewer = std::to_string(v);
    EXPECT_EQ(world.draw(world.header(), viewer), world.draw(world.header(), viewer));
    different += world.draw(world.header({}, 7), viewer) != world.draw(world.header({}, 8), viewer);
  }
  EXPECT_GT(different, 40);
}

TEST(Decider, StandingsExplainEveryCandidate) {
  World world;
  Decider decider(world.header({{OverrideAction::block, ItemId("b")}}), world.catalogue, world.version);
  const auto standings = decider.standings(kGeneral, "v", {17, "FRANCE", {}});
  ASSERT_EQ(standings.size(), 3u);
  EXPECT_EQ(standings[0].item, 0u);
  EXPECT_DOUBLE_EQ(standings[0].propensity, 1);
  EXPECT_EQ(standings[1].excluded, "min_age");
  EXPECT_EQ(standings[2].excluded, "blocked");
}

TEST(Decider, RanksTheWholeCatalogueByScore) {
  World world;
  Decider decider(world.header(), world.catalogue, world.version);
  EXPECT_EQ(decider.rank(0), 1u);
  EXPECT_EQ(decider.rank(2), 2u);
  EXPECT_EQ(decider.rank(1), 3u);
  EXPECT_EQ(decider.rank(3), 4u);
}

}  // namespace
}  // namespace matchcue::decide
