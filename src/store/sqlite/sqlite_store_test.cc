// SPDX-License-Identifier: Apache-2.0
//
// What the interface promises, on the embedded store.
#include "store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;

class SqliteStoreTest : public ::testing::Test {
 protected:
  void reopen() {
    held_.reset();
    held_ = std::make_unique<TestStore>(directory_.path());
  }
  TestStore& store() { return *held_; }
  Reader& reader() { return held_->reader(); }

  TestDirectory directory_;
  std::unique_ptr<TestStore> held_ = std::make_unique<TestStore>(directory_.path());
};

void expect_equal(const domain::Change& a, const domain::Change& b) {
  EXPECT_EQ(a.event, b.event);
  EXPECT_EQ(a.sequence, b.sequence);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.at, b.at);
  EXPECT_EQ(a.media_time, b.media_time);
  EXPECT_EQ(a.subject, b.subject);
  EXPECT_EQ(a.corrects, b.corrects);
  EXPECT_EQ(a.reason, b.reason);
  EXPECT_EQ(a.override_, b.override_);
  EXPECT_EQ(a.before, b.before);
  EXPECT_EQ(a.after, b.after);
  EXPECT_EQ(a.first, b.first);
  EXPECT_EQ(a.moment, b.moment);
}

TEST_F(SqliteStoreTest, KeepsEveryFieldOfAChange) {
  domain::Change change = make_change("match", 2);
  change.kind = domain::ChangeKind::correction;
  change.media_time = wall_time_from_ms(1'780'000'000'456);
  change.subject = domain::ItemId("PLAYER_7");
  change.corrects = domain::Sequence(1);
  change.reason = "no \"goal\": off-side";
  change.before = {{"SCORE", domain::Value(std::int64_t{1})}};
  change.after = {{"SCORE", domain::Value()}, {"RATE", domain::Value(0.1)}, {"LIVE", domain::Value(true)}};
  domain::Change override_change = make_change("match", 4);
  override_change.kind = domain::ChangeKind::item_override;
  override_change.override_ = domain::ItemOverride{domain::OverrideAction::block, domain::ItemId("ITEM_1")};
  ASSERT_TRUE(store().append(change, 0).ok());
  ASSERT_TRUE(store().append(override_change, 2).ok());
  reopen();
  const auto changes = reader().load_changes(domain::EventId("match"), domain::Sequence(0), 10);
  ASSERT_TRUE(changes.ok());
  ASSERT_EQ(changes->size(), 2U);
  expect_equal((*changes)[0], change);
  expect_equal((*changes)[1], override_change);
}

TEST_F(SqliteStoreTest, RefusesAChangeThatFollowsSomethingElse) {
  ASSERT_TRUE(store().append(make_change("match", 1), 0).ok());
  const auto late = store().append(make_change("match", 3), 2);
  ASSERT_FALSE(late.ok());
  EXPECT_EQ(late.error().kind, ErrorKind::conflict);
  EXPECT_EQ(late.error().code, "sequence_conflict");
  EXPECT_EQ(reader().load_events()->at(0).sequence, domain::Sequence(1));
  EXPECT_FALSE(reader().load_change(domain::EventId("match"), domain::Sequence(3)).value().has_value());
}

TEST_F(SqliteStoreTest, PagesThroughChangesAndFindsTheLatest) {
  for (std::uint64_t sequence = 1; sequence <= 5; ++sequence) {
    ASSERT_TRUE(store().append(make_change("match", sequence), sequence - 1).ok());
  }
  const domain::EventId match("match");
  const auto sequences = [](const Result<std::vector<domain::Change>>& changes) {
    std::vector<std::uint64_t> numbers;
    for (const domain::Change& change : *changes) numbers.push_back(change.sequence.value());
    return numbers;
  };
  EXPECT_THAT(sequences(reader().load_changes(match, domain::Sequence(2), 2)), ElementsAre(3, 4));
  EXPECT_THAT(sequences(reader().load_latest_changes(match, 2)), ElementsAre(4, 5));
  EXPECT_THAT(sequences(reader().load_changes(domain::EventId("other"), domain::Sequence(0), 9)), ElementsAre());
  EXPECT_EQ(reader().load_change(match, domain::Sequence(5)).value()->sequence, domain::Sequence(5));
}

TEST_F(SqliteStoreTest, MapsContentsToEventsThatMayBeNew) {
  ASSERT_TRUE(store().map("c2", "match").ok());
  ASSERT_TRUE(store().map("c1", "match").ok());
  ASSERT_TRUE(store().append(make_change("match", 1), 0).ok());
  ASSERT_TRUE(store().map("c3", "other").ok());
  ASSERT_TRUE(store().map("c2", "other").ok());
  reopen();
  const auto events = reader().load_events();
  ASSERT_TRUE(events.ok());
  ASSERT_EQ(events->size(), 2U);
  EXPECT_EQ((*events)[0].sequence, domain::Sequence(1));
  EXPECT_EQ((*events)[0].state, make_change("match", 1).after);
  EXPECT_THAT((*events)[0].contents, ElementsAre(domain::ContentId("c1")));
  EXPECT_EQ((*events)[1].sequence, domain::Sequence(0));
  EXPECT_THAT((*events)[1].contents, ElementsAre(domain::ContentId("c2"), domain::ContentId("c3")));
}

TEST_F(SqliteStoreTest, GivesTheCatalogueAsItWasAtAnyVersion) {
  EXPECT_EQ(reader().load_catalogue({}).value()->version(), 0U);
  EXPECT_EQ(store().put({make_test_item("a", "one"), make_test_item("b", "one")})->catalogue_version, 1U);
  const auto second = store().put({make_test_item("a", "two"), make_test_item("b", "one"), make_test_item("c", "new")});
  EXPECT_EQ(second->added, 1U);
  EXPECT_EQ(second->replaced, 1U);
  EXPECT_EQ(second->unchanged, 1U);
  EXPECT_EQ(second->catalogue_version, 2U);
  reopen();
  const auto labels = [&](std::optional<std::uint64_t> version) {
    std::string all;
    const auto catalogue = reader().load_catalogue(version);
    for (const domain::Item& item : catalogue.value()->items()) {
      all += item.id.str() + "=" + item.label + "@" + std::to_string(item.version) + " ";
    }
    return all;
  };
  EXPECT_EQ(labels(0), "");
  EXPECT_EQ(labels(1), "a=one@1 b=one@1 ");
  EXPECT_EQ(labels(2), "a=two@2 b=one@1 c=new@2 ");
  EXPECT_EQ(labels({}), labels(2));
  EXPECT_EQ(reader().load_catalogue(3).error().kind, ErrorKind::not_found);
}

TEST_F(SqliteStoreTest, MakesNoVersionWhenNothingChanges) {
  ASSERT_EQ(store().put({make_test_item("a", "one")})->catalogue_version, 1U);
  const auto again = store().put({make_test_item("a", "one")});
  EXPECT_EQ(again->unchanged, 1U);
  EXPECT_EQ(again->catalogue_version, 1U);
}

TEST_F(SqliteStoreTest, ARemoteThatNothingCheckedIsNone) {
  domain::Item item = make_test_item("a", "label");
  item.remote = "}],\"cues\":[{";
  ASSERT_TRUE(store().put({item}).ok());
  reopen();
  EXPECT_EQ(reader().load_catalogue({}).value()->items().at(0).remote, "");
}

TEST_F(SqliteStoreTest, KeepsEveryFieldOfItemsAndViewers) {
  domain::Item item = make_test_item("a", "label");
  item.min_age = 18;
  item.countries = {"DE", "AT"};
  item.remote = R"({"remote":"bet","module":"./Bet"})";
  item.fields["PRICE"] = domain::Value(2.0);
  item.document = "a,\"label\"\r\n";
  auto viewer = domain::make_viewer(
      domain::ViewerId("v1"), {{"AGE", domain::Value(std::int64_t{30})}, {"COUNTRY", std::string("de")}}, "v1,30,de");
  ASSERT_TRUE(store().put({item}).ok());
  ASSERT_TRUE(store().put({*viewer}).ok());
  reopen();
  const domain::Item stored = reader().load_catalogue({}).value()->items().at(0);
  EXPECT_EQ(stored.slot, item.slot);
  EXPECT_EQ(stored.min_age, item.min_age);
  EXPECT_EQ(stored.countries, item.countries);
  EXPECT_EQ(stored.remote, item.remote);
  EXPECT_EQ(stored.fields, item.fields);
  EXPECT_EQ(stored.document, item.document);
  const auto stored_viewer = reader().load_viewer(domain::ViewerId("v1")).value();
  ASSERT_TRUE(stored_viewer.has_value());
  EXPECT_EQ(stored_viewer->age, 30);
  EXPECT_EQ(stored_viewer->country, "DE");
  EXPECT_EQ(stored_viewer->fields, viewer->fields);
  EXPECT_EQ(stored_viewer->document, "v1,30,de");
  EXPECT_FALSE(reader().load_viewer(domain::ViewerId("v2")).value().has_value());
}

TEST_F(SqliteStoreTest, PagesThroughViewers) {
  std::vector<domain::Viewer> viewers;
  for (const char* id : {"c", "a", "b"}) viewers.push_back(*domain::make_viewer(domain::ViewerId(id), {}, ""));
  ASSERT_TRUE(store().put(viewers).ok());
  const auto page = reader().load_viewers(domain::ViewerId("a"), 1);
  ASSERT_EQ(page->size(), 1U);
  EXPECT_EQ(page->at(0).id, domain::ViewerId("b"));
}

TEST_F(SqliteStoreTest, CountsAnInteractionOnceHoweverOftenItIsImported) {
  const std::vector<domain::Interaction> rows = {
      make_interaction("v1", "a", 1, "GOAL"), make_interaction("v1", "a", 2, "GOAL"),
      make_interaction("v2", "a", 1, "FOUL"), make_interaction("v2", "b", 1, "FOUL"),
      make_interaction("v1", "a", 1, "GOAL")};  // the first one again
  const auto first = store().add(rows);
  EXPECT_EQ(first->added, 4U);
  EXPECT_EQ(first->unchanged, 1U);
  EXPECT_EQ(store().add(rows)->unchanged, 5U);
  reopen();
  EXPECT_EQ(store().add(rows)->added, 0U);
  EXPECT_EQ(reader().count_interactions().value(), 4U);
}

TEST_F(SqliteStoreTest, VisitsInteractionsInTheOrderTheyCameUntilToldToStop) {
  std::vector<domain::Interaction> rows;
  for (int second = 2'500; second-- > 0;) rows.push_back(make_interaction("v1", "a", second, "GOAL"));
  rows[0].event_value = 2.5;
  rows[0].document = "as it was given";
  ASSERT_EQ(store().add(rows)->added, 2'500U);
  std::vector<domain::Interaction> visited;
  const auto keep = [&](domain::Interaction row) {
    visited.push_back(std::move(row));
    return true;
  };
  ASSERT_TRUE(reader().visit_interactions(UINT64_MAX, keep).ok());
  ASSERT_EQ(visited.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) EXPECT_EQ(visited[i].timestamp_s, rows[i].timestamp_s) << i;
  EXPECT_EQ(visited[0].viewer, rows[0].viewer);
  EXPECT_EQ(visited[0].item, rows[0].item);
  EXPECT_EQ(visited[0].event_type, "CLICK");
  EXPECT_EQ(visited[0].event_value, 2.5);
  EXPECT_EQ(visited[0].context, rows[0].context);
  EXPECT_EQ(visited[0].document, "as it was given");
  std::size_t count = 0;
  ASSERT_TRUE(
      reader().visit_interactions(UINT64_MAX, [&](const domain::Interaction&) { return ++count < 1'200; }).ok());
  EXPECT_EQ(count, 1'200U);
}

TEST_F(SqliteStoreTest, TellsInteractionsApartByEachOfTheirParts) {
  std::vector<domain::Interaction> rows(6, make_interaction("v1", "a", 1, "GOAL"));
  rows[1].event_type = "WATCH";
  rows[2].event_value = 2;
  rows[3].context["MATCH_EVENT"] = std::string("FOUL");
  rows[4].viewer = domain::ViewerId("v");  // with the item "1a", the same letters in a row
  rows[4].item = domain::ItemId("1a");
  rows[5].document = "another spelling of the first";
  EXPECT_EQ(store().add(rows)->added, 5U);
}

TEST_F(SqliteStoreTest, KeepsSchemas) {
  using domain::DatasetKind;
  const auto put_schema = [&](std::string text) {
    return wait_for<void>([&](Done<void> done) { store().store().put_schema(DatasetKind::items, text, done); });
  };
  ASSERT_TRUE(put_schema("one").ok());
  ASSERT_TRUE(put_schema("two").ok());
  reopen();
  EXPECT_EQ(reader().load_schema(DatasetKind::items).value(), "two");
  EXPECT_EQ(reader().load_schema(DatasetKind::users).value(), std::nullopt);
}

TEST_F(SqliteStoreTest, StoresFeedbackOncePerViewerAndId) {
  domain::Feedback other_cue = make_feedback("v2", "1", 7);
  other_cue.cue.decision.viewer = domain::ViewerId("somebody");
  const auto outcomes = store().give({make_feedback("v1", "1", 7), make_feedback("v1", "1", 8), other_cue});
  ASSERT_TRUE(outcomes.ok());
  EXPECT_THAT(*outcomes, ElementsAre(FeedbackOutcome::stored, FeedbackOutcome::repeated, FeedbackOutcome::stored));
  ASSERT_TRUE(store().give({make_feedback("v1", "2", 9)}).ok());
  reopen();
  EXPECT_THAT(*store().give({make_feedback("v1", "1", 7)}), ElementsAre(FeedbackOutcome::repeated));
  const auto mine = reader().load_feedback(domain::ViewerId("v1"), 10);
  ASSERT_EQ(mine->size(), 2U);
  EXPECT_EQ(mine->at(0).id, "2");
  const domain::Feedback& first = mine->at(1);
  const domain::Feedback expected = make_feedback("v1", "1", 7);
  EXPECT_EQ(first.cue, expected.cue);
  EXPECT_EQ(first.kind, expected.kind);
  EXPECT_EQ(first.value, expected.value);
  EXPECT_EQ(first.at, expected.at);
  EXPECT_TRUE(first.attributed);
  EXPECT_EQ(first.item, expected.item);
  EXPECT_EQ(first.slot, expected.slot);
  EXPECT_EQ(first.propensity, expected.propensity);
  EXPECT_EQ(first.solution_version, expected.solution_version);
  EXPECT_EQ(*first.traits, *expected.traits);
  const auto all = reader().load_feedback(domain::ViewerId(), 2);
  ASSERT_EQ(all->size(), 2U);
  EXPECT_EQ(all->at(1).cue, other_cue.cue);
}

TEST_F(SqliteStoreTest, GivesFeedbackInTheOrderOfItsNumbers) {
  EXPECT_EQ(reader().last_feedback_number().value(), 0U);
  domain::Feedback unattributed = make_feedback("v3", "1", 7);
  unattributed.attributed = false;
  unattributed.traits = nullptr;
  ASSERT_TRUE(store().give({make_feedback("v2", "1", 7), make_feedback("v1", "1", 7)}).ok());
  ASSERT_TRUE(store().give({make_feedback("v2", "1", 7), unattributed}).ok());
  reopen();
  ASSERT_TRUE(store().give({make_feedback("v0", "1", 7)}).ok());
  EXPECT_EQ(reader().last_feedback_number().value(), 4U);
  const auto all = reader().load_feedback_after(0, 10);
  std::vector<std::pair<std::uint64_t, std::string>> seen;
  for (const domain::Feedback& row : *all) seen.emplace_back(row.number, row.viewer.str());
  EXPECT_THAT(seen, ElementsAre(std::pair(1, "v2"), std::pair(2, "v1"), std::pair(3, "v3"), std::pair(4, "v0")));
  EXPECT_EQ(all->at(0).traits, all->at(1).traits);
  EXPECT_EQ(all->at(2).traits, nullptr);
  const auto page = reader().load_feedback_after(1, 2);
  ASSERT_EQ(page->size(), 2U);
  EXPECT_EQ(page->at(0).number, 2U);
  EXPECT_EQ(page->at(1).number, 3U);
}

TEST_F(SqliteStoreTest, FindsADecisionAgain) {
  ASSERT_TRUE(store().log(make_batch("match", 7, 20'000)).ok());
  ASSERT_TRUE(store().log(make_batch("match", 7, 10, "elsewhere")).ok());  // another shard's
  reopen();
  const auto find = [&](std::uint64_t sequence, const char* viewer) {
    return reader().load_decision({domain::EventId("match"), domain::Sequence(sequence), domain::ViewerId(viewer)});
  };
  EXPECT_EQ(find(7, "viewer19999").value()->traits->age, 19999 % 90);
  EXPECT_EQ(find(7, "elsewhere3").value()->header, make_batch("match", 7, 0).header);
  EXPECT_FALSE(find(7, "nobody").value().has_value());
  EXPECT_FALSE(find(8, "viewer1").value().has_value());
}

TEST_F(SqliteStoreTest, VisitsTheNewestDecisionsOldestFirstWithinTheBudget) {
  for (std::uint64_t sequence = 1; sequence <= 4; ++sequence) {
    ASSERT_TRUE(store().log(make_batch("match", sequence, 10)).ok());
  }
  const std::size_t chunk_bytes = std::filesystem::file_size(directory_.log()) / 4;
  std::vector<std::uint64_t> seen;
  const auto remember = [&](const domain::DecisionBatch& batch) { seen.push_back(batch.header.sequence.value()); };
  ASSERT_TRUE(reader().visit_latest_decisions(2 * chunk_bytes, remember).ok());
  EXPECT_THAT(seen, ElementsAre(3, 4));
  seen.clear();
  ASSERT_TRUE(reader().visit_latest_decisions(chunk_bytes - 1, remember).ok());
  EXPECT_THAT(seen, ElementsAre());
}

TEST_F(SqliteStoreTest, VisitsEveryDecisionOldestFirstUntilTold) {
  ASSERT_TRUE(store().log(make_batch("match", 1, 20'000)).ok());  // in several chunks
  ASSERT_TRUE(store().log(make_batch("other", 2, 10)).ok());
  ASSERT_TRUE(store().log(make_batch("match", 3, 10)).ok());
  reopen();
  std::map<std::uint64_t, std::size_t> rows;
  std::vector<std::uint64_t> order;
  const auto all = reader().visit_decisions([&](const domain::DecisionBatch& batch) {
    rows[batch.header.sequence.value()] += batch.rows();
    order.push_back(batch.header.sequence.value());
    const bool logged_meanwhile = order.size() > 1 || store().log(make_batch("match", 4, 10)).ok();
    EXPECT_TRUE(logged_meanwhile);
    return true;
  });
  ASSERT_TRUE(all.ok());
  EXPECT_THAT(rows, ElementsAre(std::pair(1, 20'000), std::pair(2, 10), std::pair(3, 10)));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  std::vector<std::uint64_t> seen;
  const auto some = reader().visit_decisions([&](const domain::DecisionBatch& batch) {
    seen.push_back(batch.header.sequence.value());
    return seen.back() < 2;
  });
  ASSERT_TRUE(some.ok());
  EXPECT_EQ(seen.back(), 2U);
}

TEST_F(SqliteStoreTest, VisitsMoreDecisionsThanAPageOfTheIndexHas) {
  {
    const HoldWriter hold(store().store());
    for (std::uint64_t sequence = 1; sequence <= 2'500; ++sequence) {
      store().store().append_decisions(std::make_shared<domain::DecisionBatch>(make_batch("match", sequence, 1)), {});
    }
  }
  ASSERT_TRUE(store().log(make_batch("match", 2'501, 1)).ok());
  std::uint64_t next = 1;
  ASSERT_TRUE(
      reader()
          .visit_decisions([&](const domain::DecisionBatch& batch) { return batch.header.sequence.value() == next++; })
          .ok());
  EXPECT_EQ(next, 2'502U);
}

TEST_F(SqliteStoreTest, FindsTheHeaderThatAChangeWasFirstDecidedWith) {
  const auto header = [&](std::uint64_t sequence) {
    return reader().load_decision_header(domain::EventId("match"), domain::Sequence(sequence)).value();
  };
  auto first = make_batch("match", 3, 2);
  auto second = first;
  second.header.solution_version = "another";
  ASSERT_TRUE(store().log(first).ok());
  ASSERT_TRUE(store().log(second).ok());
  EXPECT_EQ(header(3), first.header);
  EXPECT_EQ(header(4), std::nullopt);
}

TEST_F(SqliteStoreTest, KeepsLearnerStepsInUnbrokenOrder) {
  const LearnerStep first{1, 10, wall_time_from_ms(1'780'000'000'123), false, R"({"exploration":1})"};
  const LearnerStep second{2, 10, wall_time_from_ms(1'780'000'060'000), true, {}};
  EXPECT_EQ(reader().load_learner_steps(0, 10)->size(), 0U);
  EXPECT_EQ(store().step(second).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(store().step(first).ok());
  EXPECT_EQ(store().step(first).error().kind, ErrorKind::conflict);
  ASSERT_TRUE(store().step(second).ok());
  reopen();
  EXPECT_THAT(*reader().load_learner_steps(0, 10), ElementsAre(first, second));
  EXPECT_THAT(*reader().load_learner_steps(0, 1), ElementsAre(first));
  EXPECT_THAT(*reader().load_learner_steps(1, 10), ElementsAre(second));
  EXPECT_THAT(*reader().load_learner_settings(), ElementsAre(first));
  EXPECT_EQ(store().step({4, 11, {}, false, {}}).error().code, "learner_step_conflict");
}

TEST_F(SqliteStoreTest, KeepsItsEpochAndDrawsAnotherForAnotherDirectory) {
  const std::string epoch = store().store().epoch();
  EXPECT_EQ(epoch.size(), 17U);
  reopen();
  EXPECT_EQ(store().store().epoch(), epoch);
  const TestDirectory other;
  EXPECT_NE(TestStore(other.path()).store().epoch(), epoch);
}

TEST_F(SqliteStoreTest, IsReadBesideTheProcessThatHasItOpen) {
  ASSERT_TRUE(store().log(make_batch("match", 1, 3)).ok());
  const auto beside = open_sqlite_reader(directory_.path());
  ASSERT_TRUE(beside.ok()) << beside.error().message;
  ASSERT_TRUE(store().give({make_feedback("viewer1", "f1", 1)}).ok());
  EXPECT_EQ((*beside)->last_feedback_number().value(), 1U) << "later commits are seen";
  std::size_t rows = 0;
  const auto visited = (*beside)->visit_decisions([&](const domain::DecisionBatch& batch) {
    rows += batch.rows();
    return true;
  });
  EXPECT_TRUE(visited.ok());
  EXPECT_EQ(rows, 3U);
}

TEST_F(SqliteStoreTest, ReadingADirectoryThatIsNoneNamesItAndCreatesNothing) {
  const std::string path = directory_.path() + "/none";
  const auto reader = open_sqlite_reader(path);
  ASSERT_FALSE(reader.ok());
  EXPECT_EQ(reader.error().kind, ErrorKind::not_found);
  EXPECT_NE(reader.error().message.find(path), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(path));
}

}  // namespace
}  // namespace matchcue::store
