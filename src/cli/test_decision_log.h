#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a data directory with a few items, decisions about them, and what viewers did.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "store/sqlite/test_store.h"

namespace matchcue::cli {

/// Two slots: SOCIAL has poll and quiz, PLAYER has messi and, for grown-ups, wager. Event "match".
class TestDecisionLog {
 public:
  /// What one viewer got: an item (empty for none) and its propensity in each slot.
  struct Row {
    std::string viewer;
    std::pair<std::string, float> social;
    std::pair<std::string, float> player;
    std::optional<int> age;
  };

  TestDecisionLog() : store_(directory_.path()) {
    store_.put({item("poll", "SOCIAL"), item("quiz", "SOCIAL"), item("messi", "PLAYER"), item("wager", "PLAYER", 18)})
        .value();
    catalogue_ = store_.reader().load_catalogue({}).value();
  }

  store::TestStore& store() { return store_; }
  const std::string& directory() const { return directory_.path(); }
  std::string log_path() const { return directory_.log(); }

  domain::DecisionHeader header(std::uint64_t sequence, const char* event = "match") const {
    domain::DecisionHeader header;
    header.event = domain::EventId(event);
    header.sequence = header.moment = domain::Sequence(sequence);
    header.catalogue_version = catalogue_->version();
    header.solution_version = "sv1";
    header.at = wall_time_from_ms(kStartMs + static_cast<std::int64_t>(sequence) * 120'000);
    header.slots = catalogue_->slots();
    header.context = {{"MATCH_EVENT", std::string(sequence % 2 == 0 ? "GOAL" : "FOUL")}};
    return header;
  }

  void decide(const domain::DecisionHeader& header, const std::vector<Row>& rows) {
    domain::DecisionBatch batch;
    batch.header = header;
    for (const Row& row : rows) {
      batch.viewers.emplace_back(row.viewer);
      batch.traits.push_back(store::make_traits(row.age, ""));
      for (const auto& [name, propensity] : {row.social, row.player}) {
        if (name.empty()) {
          batch.choices.push_back({});
        } else {
          const auto place = catalogue_->find_item(domain::ItemId(name)).value();
          batch.choices.push_back({static_cast<std::uint16_t>(place), propensity});
        }
      }
    }
    store_.log(batch).value();
  }

  /// Feedback about the cue of `row`'s slot (0 SOCIAL, 1 PLAYER), so many seconds after the decision; kept for give().
  void feed(const domain::DecisionHeader& header, const Row& row, std::size_t slot, domain::FeedbackKind kind,
            int after_s) {
    domain::Feedback feedback;
    feedback.id = "f" + std::to_string(++count_);
    feedback.viewer = domain::ViewerId(row.viewer);
    feedback.cue = {{header.event, header.sequence, feedback.viewer}, slot};
    feedback.kind = kind;
    feedback.at = header.at + Milliseconds(1'000 * after_s);
    feedback.attributed = true;
    const auto& [name, propensity] = slot == 0 ? row.social : row.player;
    feedback.item = domain::ItemId(name);
    feedback.slot = header.slots[slot];
    feedback.propensity = propensity;
    feedback.solution_version = header.solution_version;
    feedback.traits = store::make_traits(row.age, "");
    waiting_.push_back(std::move(feedback));
  }
  std::vector<domain::Feedback>& waiting() { return waiting_; }
  void give() { store_.give(std::exchange(waiting_, {})).value(); }

 private:
  static constexpr std::int64_t kStartMs = 1'780'000'000'000;

  static domain::Item item(const char* id, const char* slot, std::optional<std::int64_t> min_age = {}) {
    domain::Values fields = {{"ITEM_TYPE", std::string(slot)}};
    if (min_age) fields["MIN_AGE"] = *min_age;
    return domain::make_item(domain::ItemId(id), std::move(fields), id).value();
  }

  store::TestDirectory directory_;
  store::TestStore store_;
  domain::CataloguePtr catalogue_;
  std::vector<domain::Feedback> waiting_;
  int count_ = 0;
};

}  // namespace matchcue::cli
