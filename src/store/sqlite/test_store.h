#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a store in a directory of its own, calls that wait for their answer, and small things to store.

#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite/sqlite_store.h"

namespace matchcue::store {

/// A directory that goes with its life.
class TestDirectory {
 public:
  TestDirectory() {
    std::string name = (std::filesystem::temp_directory_path() / "matchcue-store-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr, name);
    path_ = name;
  }
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestDirectory(const TestDirectory&) = delete;
  TestDirectory& operator=(const TestDirectory&) = delete;

  const std::string& path() const { return path_; }
  std::string log() const { return path_ + "/decisions.log"; }
  std::string database() const { return path_ + "/matchcue.db"; }

 private:
  std::string path_;
};

/// How often the bytes are in the files of a directory.
inline std::size_t count_bytes(const std::string& directory, const std::string& bytes) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::stringstream content;
    content << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    const std::string all = content.str();
    for (auto at = all.find(bytes); at != std::string::npos; at = all.find(bytes, at + 1)) ++count;
  }
  return count;
}

/// Damages a file: one bit of one byte.
inline void flip_byte(const std::string& path, std::uint64_t offset) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekg(static_cast<std::streamoff>(offset));
  const char flipped = static_cast<char>(file.get() ^ 1);
  file.seekp(static_cast<std::streamoff>(offset));
  file.put(flipped);
}

/// Calls `start` with a Done and waits for the answer.
template <typename T>
Result<T> wait_for(const std::function<void(Done<T>)>& start) {
  std::promise<Result<T>> promise;
  auto answer = promise.get_future();
  start([&promise](Result<T> result) { promise.set_value(std::move(result)); });
  return answer.get();
}

/// Keeps the writer thread busy until it is destroyed, so that the writes made meanwhile share one commit.
class HoldWriter {
 public:
  explicit HoldWriter(Store& store) {
    std::promise<void> held;
    auto is_held = held.get_future();
    store.put_schema(domain::DatasetKind::users, "hold", [&held, gate = gate_.get_future().share()](Result<void>) {
      held.set_value();
      gate.wait();
    });
    is_held.get();
  }
  ~HoldWriter() { gate_.set_value(); }
  HoldWriter(const HoldWriter&) = delete;
  HoldWriter& operator=(const HoldWriter&) = delete;

 private:
  std::promise<void> gate_;
};

/// A store whose calls wait.
class TestStore {
 public:
  explicit TestStore(const std::string& directory, SqliteOptions options = {}) {
    options.directory = directory;
    auto opened = open_sqlite_store(options);
    CHECK(opened.ok(), opened.ok() ? "" : opened.error().message);
    store_ = std::move(opened).value();
    reader_ = store_->make_reader();
  }

  Store& store() { return *store_; }
  Reader& reader() { return *reader_; }

  Result<void> append(const domain::Change& change, std::uint64_t previous) {
    domain::LiveEvent event{change.event, change.sequence, change.moment, change.after, {}, {}};
    return wait_for<void>([&](Done<void> done) {
      store_->append_change(std::make_shared<domain::Change>(change), event, domain::Sequence(previous),
                            std::move(done));
    });
  }
  Result<void> map(const char* content, const char* event) {
    return wait_for<void>([&](Done<void> done) {
      store_->map_content(domain::ContentId(content), domain::EventId(event), std::move(done));
    });
  }
  Result<WriteSummary> put(std::vector<domain::Item> items) {
    return wait_for<WriteSummary>(
        [&](Done<WriteSummary> done) { store_->put_items(std::move(items), std::move(done)); });
  }
  Result<WriteSummary> put(std::vector<domain::Viewer> viewers) {
    return wait_for<WriteSummary>(
        [&](Done<WriteSummary> done) { store_->put_viewers(std::move(viewers), std::move(done)); });
  }
  Result<WriteSummary> add(std::vector<domain::Interaction> interactions) {
    return wait_for<WriteSummary>(
        [&](Done<WriteSummary> done) { store_->add_interactions(std::move(interactions), std::move(done)); });
  }
  Result<void> log(const domain::DecisionBatch& batch) {
    return wait_for<void>([&](Done<void> done) {
      store_->append_decisions(std::make_shared<domain::DecisionBatch>(batch), std::move(done));
    });
  }
  Result<RetentionStep> drop(WallTime now, Milliseconds keep) {
    return wait_for<RetentionStep>(
        [&](Done<RetentionStep> done) { store_->drop_decisions(now, keep, std::move(done)); });
  }
  Result<Erasure> erase(const char* viewer) {
    return wait_for<Erasure>(
        [&](Done<Erasure> done) { store_->erase_viewer(domain::ViewerId(viewer), std::move(done)); });
  }
  Result<std::vector<FeedbackOutcome>> give(std::vector<domain::Feedback> feedback) {
    return wait_for<std::vector<FeedbackOutcome>>([&](Done<std::vector<FeedbackOutcome>> done) {
      store_->append_feedback(std::move(feedback), std::move(done));
    });
  }
  Result<std::uint64_t> identify(const char* anonymous, const char* viewer,
                                 domain::TraitsPtr traits = domain::no_traits()) {
    const domain::ViewerLink link{0, domain::ViewerId(anonymous), domain::ViewerId(viewer), std::move(traits),
                                  wall_time_from_ms(1'780'000'000'000)};
    return wait_for<std::uint64_t>([&](Done<std::uint64_t> done) { store_->identify_viewer(link, std::move(done)); });
  }
  Result<void> step(const LearnerStep& step) {
    return wait_for<void>([&](Done<void> done) { store_->append_learner_step(step, std::move(done)); });
  }

 private:
  std::unique_ptr<Store> store_;
  std::unique_ptr<Reader> reader_;
};

inline domain::Change make_change(const char* event, std::uint64_t sequence) {
  domain::Change change;
  change.event = domain::EventId(event);
  change.sequence = domain::Sequence(sequence);
  change.kind = domain::ChangeKind::moment;
  change.at = wall_time_from_ms(1'780'000'000'000 + static_cast<std::int64_t>(sequence));
  change.after = {{"SCORE", domain::Value(static_cast<std::int64_t>(sequence))}};
  change.first = sequence == 1;
  change.moment = change.sequence;
  return change;
}

inline domain::Item make_test_item(const char* id, const char* label) {
  auto item = domain::make_item(domain::ItemId(id),
                                {{"ITEM_TYPE", std::string("SOCIAL")}, {"ITEM_LABEL", std::string(label)}}, label);
  return std::move(item).value();
}

inline domain::Interaction make_interaction(const char* viewer, const char* item, std::int64_t second,
                                            const char* moment) {
  domain::Interaction interaction;
  interaction.viewer = domain::ViewerId(viewer);
  interaction.item = domain::ItemId(item);
  interaction.timestamp_s = second;
  interaction.event_type = "CLICK";
  interaction.context = {{"MATCH_EVENT", std::string(moment)}};
  return interaction;
}

inline domain::TraitsPtr make_traits(std::optional<int> age, std::string country) {
  return std::make_shared<const domain::ViewerTraits>(
      domain::ViewerTraits{age, std::move(country), {{"GENDER", std::string("F")}, {"HOURS", domain::Value(2.5)}}});
}

/// `rows` viewers "<prefix>0", "<prefix>1", ..., each with two slots.
inline domain::DecisionBatch make_batch(const char* event, std::uint64_t sequence, std::size_t rows,
                                        const std::string& prefix = "viewer") {
  domain::DecisionBatch batch;
  batch.header.event = domain::EventId(event);
  batch.header.sequence = domain::Sequence(sequence);
  batch.header.moment = domain::Sequence(sequence);
  batch.header.catalogue_version = 3;
  batch.header.solution_version = "sv1";
  batch.header.floor = 0.005;
  batch.header.seed = 0xfedcba9876543210ULL;
  batch.header.at = wall_time_from_ms(1'780'000'000'000);
  batch.header.slots = {domain::SlotName("SOCIAL"), domain::SlotName("PLAYER")};
  batch.header.context = {{"MATCH_EVENT", std::string("GOAL")}, {"SCORE", domain::Value(0.1)}};
  batch.header.subjects = {{domain::ItemId("messi"), batch.header.context, 0},
                           {domain::ItemId("mbappe"), {{"MATCH_EVENT", std::string("SHOT")}}, 3}};
  batch.header.overrides = {{domain::OverrideAction::pin, domain::ItemId("ITEM_9")}};
  std::vector<domain::TraitsPtr> traits;
  for (int age = 0; age < 90; ++age) {
    traits.push_back(make_traits(age % 3 == 0 ? std::nullopt : std::optional(age), age % 2 == 0 ? "" : "DE"));
  }
  for (std::size_t row = 0; row < rows; ++row) {
    batch.viewers.emplace_back(prefix + std::to_string(row));
    batch.traits.push_back(traits[row % traits.size()]);
    batch.choices.push_back({static_cast<std::uint16_t>(row % 40), 0.25F + static_cast<float>(row % 7) / 10});
    batch.choices.push_back({domain::kNoItem, 0});
  }
  return batch;
}

inline domain::Feedback make_feedback(const std::string& viewer, const std::string& id, std::uint64_t sequence) {
  domain::Feedback feedback;
  feedback.id = id;
  feedback.viewer = domain::ViewerId(viewer);
  feedback.cue = {{domain::EventId("match"), domain::Sequence(sequence), feedback.viewer}, 1};
  feedback.kind = domain::FeedbackKind::click;
  feedback.at = wall_time_from_ms(1'780'000'000'123);
  feedback.attributed = true;
  feedback.item = domain::ItemId("ITEM_9");
  feedback.slot = domain::SlotName("SOCIAL");
  feedback.propensity = 0.1F;
  feedback.solution_version = "sv1";
  static const domain::TraitsPtr kTraits = make_traits(30, "DE");
  feedback.traits = kTraits;
  return feedback;
}

}  // namespace matchcue::store
