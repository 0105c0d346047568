// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/erase_person.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "base/sha256.h"
#include "store/decision_chunk.h"
#include "store/sqlite/test_store.h"
#include "store/test_forwarding_disk.h"

namespace matchcue::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr const char* kWho = "known-to-us-4711";
constexpr const char* kBefore = "anonymous-0815";

domain::Viewer make_viewer_row(const char* id) {
  domain::Viewer viewer;
  viewer.id = domain::ViewerId(id);
  viewer.document = std::string("USER_ID=") + id;
  return viewer;
}

domain::Feedback make_personal_feedback(const char* viewer, const char* id) {
  auto feedback = make_feedback(viewer, id, 1);
  feedback.traits = make_traits(77, "XX");
  return feedback;
}

/// A person known by two ids, in everything that a store keeps, among others.
void write_person(TestStore& store) {
  ASSERT_TRUE(store.put(std::vector<domain::Viewer>{make_viewer_row(kWho), make_viewer_row("other")}).ok());
  for (int round = 0; round < 50; ++round) {
    auto batch = make_batch("match", static_cast<std::uint64_t>(round + 1), 20);
    batch.viewers[3] = domain::ViewerId(round % 2 == 0 ? kWho : kBefore);
    ASSERT_TRUE(store.log(batch).ok());
    ASSERT_TRUE(
        store.add({make_interaction(kWho, "item", round, "GOAL"), make_interaction("other", "item", round, "GOAL")})
            .ok());
    const std::string id = std::to_string(round);
    ASSERT_TRUE(store
                    .give({make_personal_feedback(kWho, id.c_str()), make_personal_feedback(kBefore, id.c_str()),
                           make_feedback("other", id, 1)})
                    .ok());
  }
  ASSERT_TRUE(store.identify(kBefore, kWho, make_traits(78, "XX")).ok());
  ASSERT_TRUE(store.store().put_learner_snapshot({1, std::string("knows ") + kWho}).ok());
  const domain::Revocation revocation{"", domain::ViewerId(kWho), wall_time_from_ms(1), wall_time_from_ms(2)};
  ASSERT_TRUE(wait_for<void>([&](Done<void> done) { store.store().put_revocation(revocation, done); }).ok());
  domain::AuditRecord record;
  record.number = 1;
  record.who = "ann";
  record.target = std::string("/v1/viewers/") + kWho;
  record.after = std::string("{\"id\":\"") + kWho + "\"}";
  ASSERT_TRUE(wait_for<void>([&](Done<void> done) { store.store().put_audit(record, done); }).ok());
}

TEST(ErasePerson, LeavesNotAByteOfAnyOfTheirIds) {
  for (const char* asked_by : {kWho, kBefore}) {
    const TestDirectory directory;
    TestStore store(directory.path());
    write_person(store);
    ASSERT_GT(count_bytes(directory.path(), kWho), 0U);
    const auto erased = store.erase(asked_by);
    ASSERT_TRUE(erased.ok()) << erased.error().message;
    EXPECT_THAT(erased->ids, UnorderedElementsAre(domain::ViewerId(kWho), domain::ViewerId(kBefore)));
    EXPECT_EQ(erased->viewers, 1U);
    EXPECT_EQ(erased->interactions, 50U);
    EXPECT_EQ(erased->feedback, 100U);
    EXPECT_EQ(erased->links, 1U);
    EXPECT_EQ(erased->traits, 2U);
    EXPECT_EQ(erased->decisions, 50U);
    EXPECT_EQ(erased->snapshots, 1U);
    EXPECT_GT(erased->bytes_searched, 100'000U);
    EXPECT_THAT(erased->bytes_found, IsEmpty());
    EXPECT_EQ(count_bytes(directory.path(), kWho), 0U);
    EXPECT_EQ(count_bytes(directory.path(), kBefore), 0U);
    EXPECT_EQ(count_bytes(directory.path(), "\"XX\""), 0U) << "traits that nobody else has";
    EXPECT_EQ(store.reader().load_audit(0, 1)->at(0).who, "ann") << "who did it stays";
    EXPECT_EQ(store.reader().load_revocations()->at(0).viewer.str(), std::string(domain::kErasedViewer) + sha256(kWho));
  }
}

/// Whoever trains renames what it has written just when the files have been listed.
class TrainingDisk final : public ForwardingDisk {
 public:
  explicit TrainingDisk(const std::string& directory) : versions_(directory + "/versions") {
    std::filesystem::create_directories(versions_ + "/.writing-1");
    std::ofstream(versions_ + "/.writing-1/table") << "knows " << kWho;
  }
  std::vector<std::string> list(const std::string& folder) override {
    auto files = ForwardingDisk::list(folder);
    if (std::exchange(is_done, false)) std::filesystem::rename(versions_ + "/.writing-1", versions_ + "/sims-1");
    return files;
  }
  bool is_done = false;

 private:
  std::string versions_;
};

TEST(ErasePerson, FindsWhatIsRenamedWhileItIsSearched) {
  const TestDirectory directory;
  TrainingDisk disk(directory.path());
  SqliteOptions options;
  options.disk = &disk;
  TestStore store(directory.path(), options);
  ASSERT_TRUE(store.put(std::vector<domain::Viewer>{make_viewer_row(kWho)}).ok());
  disk.is_done = true;
  const auto erased = store.erase(kWho);
  ASSERT_TRUE(erased.ok()) << erased.error().message;
  EXPECT_THAT(erased->bytes_found, ElementsAre("versions/sims-1/table: 1"));
}

TEST(ErasePerson, LeavesTheOthersAndTheirNumbersAlone) {
  const TestDirectory directory;
  {
    TestStore store(directory.path());
    write_person(store);
    const auto before = store.reader().load_feedback(domain::ViewerId("other"), 100).value();
    ASSERT_TRUE(store.erase(kWho).ok());
    const auto after = store.reader().load_feedback(domain::ViewerId("other"), 100).value();
    ASSERT_EQ(after.size(), 50U);
    for (std::size_t i = 0; i < after.size(); ++i) EXPECT_EQ(after[i].number, before[i].number);
    EXPECT_EQ(store.reader().load_feedback({}, 1'000)->size(), 50U);
    ASSERT_TRUE(store.give({make_personal_feedback(kWho, "0")}).ok());
  }
  TestStore store(directory.path());
  const auto all = store.reader().load_feedback_after(0, 1'000).value();
  ASSERT_EQ(all.size(), 151U) << "150 with nobody's among them, and one of somebody new";
  EXPECT_EQ(all.back().number, 151U);
  EXPECT_EQ(std::count_if(all.begin(), all.end(), [](const auto& row) { return row.attributed; }), 51);
  EXPECT_EQ(store.reader().count_interactions().value(), 50U);
  EXPECT_EQ(store.reader().last_interaction_number().value(), 100U);
  std::size_t rows = 0;
  ASSERT_TRUE(store.reader()
                  .visit_decisions([&](const domain::DecisionBatch& batch) {
                    rows += batch.rows();
                    return true;
                  })
                  .ok());
  EXPECT_EQ(rows, 1'000U);
  const auto decision =
      store.reader().load_decision({domain::EventId("match"), domain::Sequence(1), domain::ViewerId(kWho)});
  EXPECT_FALSE(decision->has_value());
  EXPECT_TRUE(store.reader()
                  .load_decision({domain::EventId("match"), domain::Sequence(1), domain::ViewerId("viewer4")})
                  ->has_value());
}

TEST(ErasePerson, SaysWhereBytesAreLeftAsPartsOfOtherIds) {
  const TestDirectory directory;
  TestStore store(directory.path());
  ASSERT_TRUE(store.put(std::vector<domain::Viewer>{make_viewer_row("anna"), make_viewer_row("anna-maria")}).ok());
  const auto erased = store.erase("anna");
  EXPECT_EQ(erased->viewers, 1U);
  EXPECT_THAT(erased->bytes_found, ElementsAre("matchcue.db: 2"));
  EXPECT_TRUE(store.reader().load_viewer(domain::ViewerId("anna-maria"))->has_value());
}

TEST(BlankViewers, KeepsTheChunkWholeAndEverybodyElse) {
  auto batch = make_batch("match", 1, 5);
  const std::vector<domain::ViewerId> gone = {batch.viewers[2], domain::ViewerId("nobody")};
  std::string chunk = encode_decision_chunk(batch, 0)->bytes;
  const std::size_t size = chunk.size();
  EXPECT_EQ(blank_viewers(chunk, gone).value(), 1U);
  EXPECT_EQ(chunk.size(), size);
  const auto left = decode_decision_chunk(chunk);
  ASSERT_TRUE(left.ok()) << left.error().message;
  EXPECT_EQ(left->choices, batch.choices);
  EXPECT_EQ(left->viewers[1], batch.viewers[1]);
  EXPECT_EQ(chunk.find(gone.front().str()), std::string::npos);
  EXPECT_EQ(*left->traits[2], *domain::no_traits());
  EXPECT_EQ(*left->traits[3], *batch.traits[3]);
  EXPECT_EQ(blank_viewers(chunk, gone).value(), 0U);
}

}  // namespace
}  // namespace matchcue::store
