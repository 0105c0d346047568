// SPDX-License-Identifier: Apache-2.0
#include "live/event_book.h"

#include <gtest/gtest.h>

namespace matchcue::live {
namespace {

using domain::ChangeKind;
using domain::EventId;
using domain::ItemId;
using domain::OverrideAction;
using domain::Sequence;
using domain::Value;
using domain::Values;

const WallTime kNow = wall_time_from_ms(1'780'000'000'000);
const EventId kMatch("1");

Value text(const char* value) { return Value{std::string(value)}; }

domain::Item item(const char* id, const char* slot) {
  return domain::make_item(ItemId(id), {{"ITEM_TYPE", text(slot)}}, "").value();
}

/// A book with two context fields, MATCH_EVENT (open text) and MINUTE (long), and a catalogue of three items.
struct Fixture : ::testing::Test {
  domain::Schema schema{domain::DatasetKind::interactions,
                        "Interactions",
                        {{"USER_ID"}, {"MATCH_EVENT"}, {"MINUTE", domain::FieldType::int64, true}}};
  EventBook book{schema};
  domain::Catalogue catalogue{1, {item("bet", "GENERAL"), item("quiz", "GENERAL"), item("messi", "PLAYER")}};

  domain::ChangePtr commit(const Proposal& proposal) {
    book.commit(proposal);
    return proposal.change;
  }
  domain::ChangePtr fire(Values state) {
    return commit(book.fire_moment({kMatch, std::move(state), {}, {}}, catalogue, kNow).value());
  }
};
using EventBookTest = Fixture;

TEST_F(EventBookTest, TheFirstStateMakesTheEventAndTakesSequenceOne) {
  EXPECT_EQ(book.find_event(kMatch), nullptr);
  const auto proposal = book.set_state({kMatch, {{"MATCH_EVENT", text("GOAL")}}, {}, {}}, kNow).value();
  ASSERT_TRUE(proposal);
  EXPECT_EQ(book.find_event(kMatch), nullptr) << "not durable yet";
  const auto change = commit(*proposal);
  EXPECT_TRUE(change->first);
  EXPECT_EQ(change->sequence, Sequence(1));
  EXPECT_EQ(book.find_event(kMatch)->state.at("MATCH_EVENT"), text("GOAL"));
}

TEST_F(EventBookTest, SettingTheSameStateIsNoChangeButFiringIsOne) {
  fire({{"MATCH_EVENT", text("GOAL")}});
  EXPECT_FALSE(book.set_state({kMatch, {{"MATCH_EVENT", text("GOAL")}}, {}, {}}, kNow).value());
  const auto second = fire({{"MATCH_EVENT", text("GOAL")}});
  EXPECT_EQ(second->sequence, Sequence(2));
  EXPECT_EQ(second->before, second->after);
}

TEST_F(EventBookTest, NullRemovesAField) {
  fire({{"MATCH_EVENT", text("GOAL")}, {"MINUTE", Value{std::int64_t{9}}}});
  EXPECT_EQ(fire({{"MINUTE", Value{}}})->after, (Values{{"MATCH_EVENT", text("GOAL")}}));
}

TEST_F(EventBookTest, AnUnknownFieldNamesItsNearestRelative) {
  const auto result = book.set_state({kMatch, {{"MATCH_EVNT", text("GOAL")}}, {}, {}}, kNow);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "unknown_field");
  EXPECT_EQ(result.error().field, "state.MATCH_EVNT");
  EXPECT_NE(result.error().message.find("did you mean MATCH_EVENT"), std::string::npos);
}

TEST_F(EventBookTest, AWrongTypeIsRefusedByNameAndChangesNothing) {
  fire({{"MATCH_EVENT", text("GOAL")}});
  const auto result = book.fire_moment({kMatch, {{"MINUTE", text("nine")}}, {}, {}}, catalogue, kNow);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, "wrong_type");
  EXPECT_EQ(result.error().field, "state.MINUTE");
  EXPECT_NE(result.error().message.find("nine"), std::string::npos);
  EXPECT_EQ(fire({})->sequence, Sequence(2));
}

TEST_F(EventBookTest, UserIdIsNotPartOfTheContext) {
  EXPECT_FALSE(book.set_state({kMatch, {{"USER_ID", text("v")}}, {}, {}}, kNow).ok());
}

TEST_F(EventBookTest, ACorrectionTakesTwoNumbersAndNamesItsMoment) {
  fire({{"MATCH_EVENT", text("GOAL")}});
  const auto proposal =
      book.correct_moment({kMatch, {{"MATCH_EVENT", text("THROW")}}, {}, {}}, Sequence(1), "offside", catalogue, kNow)
          .value();
  EXPECT_FALSE(book.correct_moment({kMatch, {}, {}, {}}, Sequence(1), "", catalogue, kNow).ok())
      << "a second correction of the same moment, before the first is durable";
  const auto change = commit(proposal);
  EXPECT_EQ(change->sequence, Sequence(3));
  EXPECT_EQ(change->retract_sequence(), Sequence(2));
  EXPECT_EQ(change->moment, Sequence(3));
  EXPECT_EQ(change->corrects, Sequence(1));
  const auto again = book.correct_moment({kMatch, {}, {}, {}}, Sequence(1), "", catalogue, kNow);
  EXPECT_EQ(again.error().code, "already_corrected");
}

TEST_F(EventBookTest, SubjectsAreThoseOfRecentMomentsThatStand) {
  const auto about = [&](const char* item, const char* match_event) {
    auto proposal = book.fire_moment({kMatch, {{"MATCH_EVENT", text(match_event)}}, {}, ItemId(item)}, catalogue, kNow);
    book.commit(*proposal);
    return proposal->change->sequence;
  };
  about("bet", "SHOT");
  const Sequence wrong = about("messi", "GOAL");
  fire({{"MATCH_EVENT", text("THROW")}});
  using domain::Subject;
  EXPECT_EQ(book.subjects_of(kMatch), (std::vector<Subject>{{ItemId("messi"), {{"MATCH_EVENT", text("GOAL")}}, 1},
                                                            {ItemId("bet"), {{"MATCH_EVENT", text("SHOT")}}, 2}}));
  auto correction =
      book.correct_moment({kMatch, {{"MATCH_EVENT", text("THROW")}}, {}, {}}, wrong, "offside", catalogue, kNow);
  book.commit(*correction);
  EXPECT_EQ(book.subjects_of(kMatch), (std::vector<Subject>{{ItemId("bet"), {{"MATCH_EVENT", text("SHOT")}}, 3}}));
  for (std::uint32_t moment = 0; moment < domain::kSubjectMomentsMax; ++moment) fire({});
  EXPECT_TRUE(book.subjects_of(kMatch).empty());
}

TEST_F(EventBookTest, OnlyAMomentThatHappenedCanBeCorrected) {
  EXPECT_EQ(book.correct_moment({kMatch, {}, {}, {}}, Sequence(1), "", catalogue, kNow).error().code, "unknown_event");
  fire({});
  EXPECT_EQ(book.correct_moment({kMatch, {}, {}, {}}, Sequence(9), "", catalogue, kNow).error().code, "unknown_moment");
}

TEST_F(EventBookTest, APinReplacesAPinOfTheSameSlotOnly) {
  fire({});
  const auto pin = [&](const char* id) {
    return commit(*book.override_item(kMatch, {OverrideAction::pin, ItemId(id)}, "", catalogue, kNow).value());
  };
  pin("bet");
  pin("messi");
  pin("quiz");
  const auto& overrides = book.find_event(kMatch)->overrides;
  ASSERT_EQ(overrides.size(), 2u);
  EXPECT_EQ(overrides[0].item, ItemId("messi"));
  EXPECT_EQ(overrides[1].item, ItemId("quiz"));
}

TEST_F(EventBookTest, AnOverrideKeepsTheMomentAndABlockTakesTwoNumbers) {
  fire({});
  const auto block =
      commit(*book.override_item(kMatch, {OverrideAction::block, ItemId("bet")}, "", catalogue, kNow).value());
  EXPECT_EQ(block->sequence, Sequence(3));
  EXPECT_EQ(block->moment, Sequence(1));
  EXPECT_FALSE(book.override_item(kMatch, {OverrideAction::block, ItemId("bet")}, "", catalogue, kNow).value());
  const auto release =
      commit(*book.override_item(kMatch, {OverrideAction::release, ItemId("bet")}, "", catalogue, kNow).value());
  EXPECT_EQ(release->sequence, Sequence(4));
  EXPECT_TRUE(book.find_event(kMatch)->overrides.empty());
}

TEST_F(EventBookTest, AnUnknownItemIsRefusedAsSubjectAndAsOverride) {
  fire({});
  EXPECT_EQ(book.fire_moment({kMatch, {}, {}, ItemId("x")}, catalogue, kNow).error().code, "unknown_item");
  EXPECT_EQ(book.override_item(kMatch, {OverrideAction::pin, ItemId("x")}, "", catalogue, kNow).error().code,
            "unknown_item");
}

TEST_F(EventBookTest, ProposalsChainBeforeTheFirstIsDurable) {
  const auto first = book.fire_moment({kMatch, {{"MATCH_EVENT", text("GOAL")}}, {}, {}}, catalogue, kNow).value();
  const auto second = book.fire_moment({kMatch, {}, {}, {}}, catalogue, kNow).value();
  EXPECT_EQ(second.change->sequence, Sequence(2));
  EXPECT_EQ(second.change->after.at("MATCH_EVENT"), text("GOAL"));
  commit(first);
  commit(second);
  EXPECT_EQ(book.find_event(kMatch)->sequence, Sequence(2));
}

TEST_F(EventBookTest, WhatWasNotStoredNeverHappened) {
  fire({{"MATCH_EVENT", text("GOAL")}});
  book.abort(book.fire_moment({kMatch, {{"MATCH_EVENT", text("THROW")}}, {}, {}}, catalogue, kNow).value());
  const auto next = fire({});
  EXPECT_EQ(next->sequence, Sequence(2));
  EXPECT_EQ(next->after.at("MATCH_EVENT"), text("GOAL"));
}

TEST_F(EventBookTest, ARefusalTakesWithItWhatWasBuiltUponItAndNothingElse) {
  const auto propose = [&](const char* event) {
    return book.fire_moment({kMatch, {{"MATCH_EVENT", text(event)}}, {}, {}}, catalogue, kNow).value();
  };
  fire({});
  const Proposal first = propose("GOAL");
  const Proposal refused = propose("THROW");
  const Proposal upon_it = propose("SHOT");
  book.abort(refused);
  // Not sequence 2 again, which the first may still have: the store could not tell what is built upon which.
  const auto next = book.fire_moment({kMatch, {}, {}, {}}, catalogue, kNow).value();
  EXPECT_EQ(next.previous, Sequence(2));
  EXPECT_EQ(next.after.state.at("MATCH_EVENT"), text("GOAL"));
  book.commit(first);
  book.abort(upon_it);
  book.commit(next);
  EXPECT_EQ(book.find_event(kMatch)->sequence, Sequence(3));
  EXPECT_EQ(book.find_event(kMatch)->state.at("MATCH_EVENT"), text("GOAL"));
}

TEST_F(EventBookTest, AContentBelongsToOneEvent) {
  book.map_content(domain::ContentId("c1"), kMatch);
  book.map_content(domain::ContentId("c1"), EventId("2"));
  EXPECT_EQ(book.find_event(kMatch), nullptr);
  EXPECT_EQ(book.find_event(EventId("2"))->contents, std::vector{domain::ContentId("c1")});
  EXPECT_EQ(book.contents().at(domain::ContentId("c1")), EventId("2"));
}

TEST_F(EventBookTest, NothingIsOverriddenOfAnEventThatHasNothingAnyMore) {
  const auto release = [&](const EventId& event) {
    return book.override_item(event, {OverrideAction::release, catalogue.items().front().id}, "", catalogue, kNow);
  };
  book.map_content(domain::ContentId("c1"), kMatch);
  EXPECT_TRUE(release(kMatch).ok());
  book.map_content(domain::ContentId("c1"), EventId("2"));
  EXPECT_EQ(release(kMatch).error().code, "unknown_event");
  const auto refused = book.fire_moment({EventId("3"), {}, {}, {}}, catalogue, kNow).value();
  EXPECT_TRUE(release(EventId("3")).ok()) << "it may come to be";
  book.abort(refused);
  EXPECT_EQ(release(EventId("3")).error().code, "unknown_event");
}

TEST_F(EventBookTest, RecentChangesAreBounded) {
  for (std::size_t i = 0; i < kRecentChangesMax + 10; ++i) fire({});
  EXPECT_EQ(book.changes_after(kMatch, Sequence(0), 5'000).size(), kRecentChangesMax);
  EXPECT_FALSE(book.has_all_after(kMatch, Sequence(3)));
  EXPECT_TRUE(book.has_all_after(kMatch, Sequence(10)));
}

domain::FilterChange use(const char* name, std::string expression) {
  return {true, {domain::FilterName(name), std::move(expression), {}}};
}
domain::FilterChange drop(const char* name) { return {false, {domain::FilterName(name), {}, {}}}; }

TEST_F(EventBookTest, FiltersAreInForceByNameUntilTheyAreTakenOut) {
  EXPECT_EQ(book.use_filter(kMatch, use("a", "1"), "", kNow).error().code, "unknown_event");
  const auto moment = fire({{"MATCH_EVENT", text("GOAL")}});
  const auto put = commit(**book.use_filter(kMatch, use("b", "1"), "why", kNow));
  EXPECT_EQ(put->kind, ChangeKind::filter);
  EXPECT_EQ(put->sequence, Sequence(2));
  EXPECT_EQ(put->moment, moment->sequence) << "the moment being shown stays";
  EXPECT_EQ(put->reason, "why");
  commit(**book.use_filter(kMatch, use("a", "1"), "", kNow));
  commit(**book.use_filter(kMatch, use("b", "2"), "", kNow));
  EXPECT_FALSE(book.use_filter(kMatch, use("b", "2"), "", kNow).value()) << "nothing would change";
  EXPECT_EQ(book.find_event(kMatch)->filters, (std::vector{use("a", "1").use, use("b", "2").use}));
  commit(**book.use_filter(kMatch, drop("a"), "", kNow));
  EXPECT_EQ(book.find_event(kMatch)->filters, std::vector{use("b", "2").use});
  EXPECT_EQ(book.use_filter(kMatch, drop("a"), "", kNow).error().code, "filter_not_in_force");
  EXPECT_EQ(fire({})->sequence, Sequence(6));
  EXPECT_EQ(book.find_event(kMatch)->filters.size(), 1U) << "a moment leaves them";
}

TEST_F(EventBookTest, AFilterIsNoMomentAndCannotBeCorrected) {
  fire({{"MATCH_EVENT", text("GOAL")}});
  commit(**book.use_filter(kMatch, use("a", "1"), "", kNow));
  EXPECT_EQ(book.correct_moment({kMatch, {}, {}, {}}, Sequence(2), "", catalogue, kNow).error().code, "unknown_moment");
}

TEST_F(EventBookTest, SoManyFiltersAndNoMore) {
  fire({});
  for (std::size_t i = 0; i < kFiltersInForceMax; ++i) {
    commit(**book.use_filter(kMatch, use(("f" + std::to_string(i)).c_str(), "1"), "", kNow));
  }
  EXPECT_EQ(book.use_filter(kMatch, use("more", "1"), "", kNow).error().code, "too_many_filters");
  EXPECT_TRUE(book.use_filter(kMatch, use("f0", "2"), "", kNow).ok()) << "one may be replaced";
  EXPECT_EQ(book.use_filter(kMatch, use("f1", std::string(kFilterBytesMax, 'x')), "", kNow).error().kind,
            ErrorKind::too_large);
}

}  // namespace
}  // namespace matchcue::live
