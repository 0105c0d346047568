// SPDX-License-Identifier: Apache-2.0
#include "evaluate/logged_trials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

domain::DecisionHeader header_of(std::uint64_t sequence, std::vector<domain::SlotName> slots) {
  domain::DecisionHeader header;
  header.event = domain::EventId("1");
  header.sequence = domain::Sequence(sequence);
  header.slots = std::move(slots);
  return header;
}

const domain::SlotName kSocial("SOCIAL");
const domain::SlotName kPlayer("PLAYER");
const domain::ViewerId kAnn("ann");
const domain::ViewerId kBob("bob");

TEST(LoggedTrials, NumbersSlotsByNameAcrossCatalogueVersions) {
  LoggedTrials trials;
  const std::size_t poll = trials.number_of(kSocial, domain::ItemId("poll"));
  const std::size_t messi = trials.number_of(kPlayer, domain::ItemId("messi"));
  const auto first = header_of(1, {kSocial, kPlayer});
  const auto second = header_of(2, {kPlayer});
  trials.add({first, kAnn, 0, std::span(&poll, 1), poll, .5, 1}).value();
  trials.add({second, kBob, 0, std::span(&messi, 1), messi, .5, 0}).value();
  trials.add({first, kBob, 1, std::span(&messi, 1), messi, .25, 1}).value();
  EXPECT_THAT(trials.slots(), ElementsAre("SOCIAL", "PLAYER"));
  EXPECT_EQ(trials.viewer_count(), 2U);
  EXPECT_EQ(trials.decision_count(), 2U);
  const LoggedTrials::Trial& last = trials.trials().back();
  EXPECT_EQ(last.slot, 1);
  EXPECT_EQ(last.propensity, .25F);
  EXPECT_EQ(trials.viewer_of(last), kBob);
  EXPECT_EQ(trials.header_of(last).sequence, domain::Sequence(1));
  EXPECT_THAT(trials.candidates_of(last), ElementsAre(messi));
}

TEST(LoggedTrials, AnItemThatChangedItsSlotIsAnotherOneThere) {
  LoggedTrials trials;
  const std::size_t poll = trials.number_of(kSocial, domain::ItemId("poll"));
  EXPECT_EQ(trials.number_of(kSocial, domain::ItemId("poll")), poll);
  EXPECT_FALSE(trials.find_number(kPlayer, domain::ItemId("poll")));
  EXPECT_NE(trials.number_of(kPlayer, domain::ItemId("poll")), poll);
  EXPECT_EQ(trials.find_number(kSocial, domain::ItemId("poll")), poll);
}

TEST(LoggedTrials, RefusesWhatCannotBeATrialAndNamesIt) {
  LoggedTrials trials;
  const auto header = header_of(1, {kSocial});
  const std::size_t candidates[] = {0, 1};
  const auto refusal = [&](LoggedTrials::Row row) {
    const auto added = trials.add(row);
    return added.ok() ? "" : added.error().message;
  };
  EXPECT_THAT(refusal({header, kAnn, 1, candidates, 0, .5, 0}), HasSubstr("slot 1"));
  EXPECT_THAT(refusal({header, kAnn, 0, candidates, 0, 0, 0}), HasSubstr("propensity 0"));
  EXPECT_THAT(refusal({header, kAnn, 0, candidates, 0, .5, 2}), HasSubstr("reward 2"));
  EXPECT_THAT(refusal({header, kAnn, 0, candidates, 7, .5, 0}), HasSubstr("item 7 is not among the candidates"));
  EXPECT_TRUE(trials.trials().empty());
  EXPECT_EQ(trials.viewer_count(), 0U);
}

}  // namespace
}  // namespace matchcue::evaluate
