// SPDX-License-Identifier: Apache-2.0
#include "cli/load_trials.h"

#include <algorithm>
#include <map>
#include <utility>

#include "base/random.h"
#include "decide/eligibility.h"
#include "decide/filters_in_force.h"
#include "learn/log_learner.h"

namespace matchcue::cli {
namespace {

constexpr std::size_t kPageRows = 10'000;
constexpr std::uint64_t kHalfSeed = 0x68616c66;  // deals viewers out into halves, the same at every call

bool teaches(const domain::ViewerId& viewer) { return stable_hash(viewer.str(), kHalfSeed) % 2 == 0; }

/// The items that could have been shown, as the decider found them: neither blocked nor filtered, and for this viewer.
class CandidateList {
 public:
  CandidateList(const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
                decide::FiltersInForce filters, evaluate::LoggedTrials& trials)
      : catalogue_(catalogue), filters_(std::move(filters)), slots_(catalogue.slots().size()) {
    for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
      const domain::Item& item = catalogue.items()[i];
      const domain::ItemOverride block{domain::OverrideAction::block, item.id};
      if (std::find(header.overrides.begin(), header.overrides.end(), block) != header.overrides.end()) continue;
      if (!filters_.passes_everybodys(i)) continue;
      Slot& slot = slots_[catalogue.slot_of(i)];
      slot.places.push_back(i);
      slot.numbers.push_back(trials.number_of(item.slot, item.id));
      slot.restricted = slot.restricted || item.restricted();
    }
  }

  /// Looks at one row's viewer: the calls of of() that follow are about them.
  void look_at(const domain::DecisionBatch& batch, std::size_t row) {
    viewer_ = batch.traits[row].get();
    static const domain::PastItems kNothing;
    filters_.apply(batch.viewers[row].str(), *viewer_, batch.past.empty() ? kNothing : *batch.past[row]);
  }
  std::size_t past_questions() const { return filters_.questions(); }

  /// Numbers of the candidates. Valid until the next call.
  std::span<const std::size_t> of(std::size_t slot_index) {
    const Slot& slot = slots_[slot_index];
    if (!slot.restricted && !filters_.personal()) return slot.numbers;
    eligible_.clear();
    for (std::size_t i = 0; i < slot.places.size(); ++i) {
      const domain::Item& item = catalogue_.items()[slot.places[i]];
      if (!filters_.passes(slot.places[i])) continue;
      if (decide::ineligible_reason(item, *viewer_).empty()) eligible_.push_back(slot.numbers[i]);
    }
    return eligible_;
  }

 private:
  struct Slot {
    std::vector<std::size_t> places;   ///< in the catalogue
    std::vector<std::size_t> numbers;  ///< beside places
    bool restricted = false;
  };
  const domain::Catalogue& catalogue_;
  decide::FiltersInForce filters_;
  const domain::ViewerTraits* viewer_ = nullptr;
  std::vector<Slot> slots_;
  std::vector<std::size_t> eligible_;
};

/// Looks up what became of every decision, part by part.
class Joiner {
 public:
  Joiner(store::Reader& reader, const TrialQuery& query, CueRewards& rewards, JoinedLog& joined)
      : reader_(reader), query_(query), rewards_(rewards), joined_(joined) {}

  Result<void> add(const domain::DecisionBatch& batch) {
    if (query_.event && batch.header.event != *query_.event) return {};
    MCUE_TRY(const domain::CataloguePtr catalogue, catalogue_of(batch.header));
    if (catalogue->slots() != batch.header.slots) return contradiction(batch.header, "its slots");
    MCUE_TRY(decide::FiltersInForce filters, decide::FiltersInForce::make(batch.header, *catalogue));
    CandidateList candidates(batch.header, *catalogue, std::move(filters), joined_.trials);
    for (const domain::PastItemsPtr& past : batch.past) {
      if (past->size() != candidates.past_questions()) return contradiction(batch.header, "a viewer's past");
    }
    if (batch.past.empty() && candidates.past_questions() > 0) return contradiction(batch.header, "its filters");
    const std::size_t slots = batch.header.slots.size();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      candidates.look_at(batch, row);
      for (std::size_t slot = 0; slot < slots; ++slot) {
        const domain::Choice& choice = batch.choices[row * slots + slot];
        if (choice.item == domain::kNoItem) continue;
        if (choice.item >= catalogue->items().size()) return contradiction(batch.header, "an item");
        const domain::ItemId& item = catalogue->items()[choice.item].id;
        SeenCue* cue =
            rewards_.find(CueRewards::key_of(batch.header.event, batch.header.sequence, batch.viewers[row], slot));
        // A viewer who came back may have been decided for twice; feedback says which of the two was seen.
        if (cue == nullptr || cue->joined || cue->item_hash != CueRewards::hash_of(item)) continue;
        if (cue->propensity != choice.propensity) continue;
        cue->joined = true;
        ++joined_cues_;
        MCUE_TRY_VOID(add_trial(batch, row, slot, item, candidates.of(slot), *cue));
      }
    }
    return {};
  }

  std::uint64_t joined_cues() const { return joined_cues_; }

 private:
  Result<domain::CataloguePtr> catalogue_of(const domain::DecisionHeader& header) {
    domain::CataloguePtr& known = catalogues_[header.catalogue_version];
    if (known == nullptr) {
      MCUE_TRY(known, reader_.load_catalogue(header.catalogue_version));
    }
    return known;
  }

  static Error contradiction(const domain::DecisionHeader& header, std::string_view what) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 "decision " + std::to_string(header.sequence.value()) + " of event \"" + header.event.str() +
                     "\": catalogue version " + std::to_string(header.catalogue_version) + " does not have " +
                     std::string(what),
                 {}};
  }

  Result<void> add_trial(const domain::DecisionBatch& batch, std::size_t row, std::size_t slot,
                         const domain::ItemId& item, std::span<const std::size_t> candidates, const SeenCue& cue) {
    const std::size_t number = joined_.trials.number_of(batch.header.slots[slot], item);
    const double reward = std::clamp(static_cast<double>(cue.reward), 0., 1.);
    if (query_.viewers == Viewers::every_second && teaches(batch.viewers[row])) {
      joined_.taught.add(number, reward);
      ++joined_.taught_count;
      return {};
    }
    return joined_.trials.add(
        {batch.header, batch.viewers[row], slot, candidates, number, static_cast<double>(cue.propensity), reward});
  }

  store::Reader& reader_;
  const TrialQuery& query_;
  CueRewards& rewards_;
  JoinedLog& joined_;
  std::map<std::uint64_t, domain::CataloguePtr> catalogues_;
  std::uint64_t joined_cues_ = 0;
};

Result<void> check_event(store::Reader& reader, const TrialQuery& query) {
  if (!query.event) return {};
  MCUE_TRY(const auto events, reader.load_events());
  const auto is_it = [&](const domain::LiveEvent& event) { return event.id == *query.event; };
  if (std::any_of(events.begin(), events.end(), is_it)) return {};
  return not_found("unknown_event", "unknown event \"" + query.event->str() + "\"", "event");
}

Result<void> load_rewards(store::Reader& reader, const TrialQuery& query, const OnLoading& on_loading,
                          CueRewards& rewards) {
  MCUE_TRY(const std::uint64_t last, reader.last_feedback_number());
  for (std::uint64_t number = 0; number < last;) {
    MCUE_TRY(const auto rows, reader.load_feedback_after(number, std::min<std::uint64_t>(kPageRows, last - number)));
    if (rows.empty()) break;
    for (const domain::Feedback& row : rows) {
      if (!query.event || row.cue.decision.event == *query.event) rewards.add(row);
    }
    number = rows.back().number;
    on_loading("feedback", number, last);
  }
  rewards.finish();
  return {};
}

/// Estimates and their intervals are made for rewards of 0..1.
Result<learn::RewardRule> check_rule(const learn::RewardRule& rule) {
  using domain::FeedbackKind;
  for (const auto kind : {FeedbackKind::click, FeedbackKind::dismiss, FeedbackKind::answer, FeedbackKind::convert}) {
    if (rule.value_of(kind) >= 0) continue;
    const std::string setting = "learner." + std::string(domain::to_string(kind)) + "_value";
    return Error{ErrorKind::unsupported, "negative_reward",
                 setting + " is " + domain::to_text(rule.value_of(kind)) + ": ope judges rewards of 0..1 only",
                 setting};
  }
  return rule;
}

/// The rule that the learner was last told; the default where there has been no learner.
Result<learn::RewardRule> load_rule(store::Reader& reader) {
  learn::Settings settings;
  for (std::uint64_t number = 0;;) {
    MCUE_TRY(const auto steps, reader.load_learner_steps(number, kPageRows));
    if (steps.empty()) return check_rule(settings.reward);
    for (const store::LearnerStep& step : steps) {
      if (step.settings.empty()) continue;
      MCUE_TRY(settings, learn::parse_settings(step.settings));
    }
    number = steps.back().number;
  }
}

}  // namespace

Result<JoinedLog> load_trials(store::Reader& reader, const TrialQuery& query, const OnLoading& on_loading) {
  MCUE_TRY_VOID(check_event(reader, query));
  MCUE_TRY(const learn::RewardRule rule, load_rule(reader));
  CueRewards rewards(rule);
  MCUE_TRY_VOID(load_rewards(reader, query, on_loading, rewards));
  JoinedLog joined;
  joined.left_out = rewards.left_out();
  Joiner joiner(reader, query, rewards, joined);
  Result<void> added;
  const Result<void> visited = reader.visit_decisions([&](const domain::DecisionBatch& batch) {
    added = joiner.add(batch);
    on_loading("decisions", joiner.joined_cues(), rewards.size());
    return added.ok();
  });
  if (!added.ok()) return added.error();
  if (!visited.ok()) {
    // Damage leaves an answer about the rest; anything else leaves none.
    if (visited.error().kind != ErrorKind::corrupt) return visited.error();
    joined.damage = visited.error();
  }
  joined.without_decision = rewards.size() - joiner.joined_cues();
  return joined;
}

}  // namespace matchcue::cli
