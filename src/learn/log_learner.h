#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The learner as a fold over the feedback log. Two of these that were fed the same rows and steps hold the same bits:
// that is how the learner survives a crash, and how an old decision is computed again.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "learn/campaign.h"
#include "learn/learner.h"
#include "learn/live_version.h"
#include "learn/scoreboard.h"
#include "learn/shadow.h"
#include "learn/trial_book.h"
#include "scoring/solution_version.h"

namespace matchcue::learn {

/// Everything that decides what the fold makes of the log. Each step names the settings it was made with.
struct Settings {
  Options model;
  RewardRule reward;
  GuardOptions guard;
  /// The campaign under the learner, which operators deploy while it runs. It is no setting that people set.
  struct Deployment {
    std::string version;             ///< a solution version's id; empty for none
    std::uint64_t interactions = 0;  ///< number of the last stored interaction its viewers were known by
    std::uint64_t links = 0;         ///< number of the last viewer link that was known when they were counted
    friend bool operator==(const Deployment&, const Deployment&) = default;
  } campaign;
};
/// A setting as people see it.
struct SettingText {
  std::string name;
  std::string help;
  std::string value;
  std::string wanted;  ///< "a number of 0..1"
};
/// Every setting that people set, with its value, in a fixed order.
std::vector<SettingText> describe(const Settings& settings);
/// Errors: unknown_setting, invalid_setting, naming the key.
Result<void> apply_setting(Settings& settings, const std::string& name, const std::string& text);
std::string to_json(const Settings& settings);
/// Errors: unknown_setting, invalid_setting, naming the key.
Result<Settings> parse_settings(std::string_view json);

/// Single thread.
class LogLearner {
 public:
  explicit LogLearner(const Settings& settings);

  const Settings& settings() const { return settings_; }
  /// All but the campaign.
  void set_settings(const Settings& settings);

  /// From now on this is the campaign, or none when `campaign` is nothing.
  ///
  /// deployment   names it
  /// campaign     what it knows of viewers by now, without acts in impressions that wait to be judged (is_waiting)
  void deploy(const Settings::Deployment& deployment, std::optional<Campaign> campaign);
  /// After load(): the same campaign with the viewers that were saved. Errors: none.
  void attach(scoring::SequenceModelPtr model, domain::CataloguePtr catalogue);
  const std::optional<Campaign>& campaign() const { return campaign_; }
  /// Version of the newest catalogue that decisions were made with; 0 when there was none.
  std::uint64_t catalogue_version() const { return catalogue_version_; }
  /// Whether the row's act is not learned from yet, but will be at `now` or later.
  bool is_waiting(const domain::Feedback& row, WallTime now) const;
  /// Whether a campaign is told of it.
  static bool is_act(domain::FeedbackKind kind);

  /// A campaign to be judged beside the one that decides, or none. It is not saved, and changes nothing else.
  void set_shadow(std::optional<Campaign> campaign);
  const std::optional<Shadow>& shadow() const { return shadow_; }
  /// The newest catalogue that decisions were made with; null when there was none.
  const domain::CataloguePtr& catalogue() const { return catalogue_; }

  /// Takes the next row of the feedback log. Rows that cannot train are skipped: unattributed ones, and what an
  /// operator pinned (propensity 1). O(1) but for items and context values that are new.
  ///
  /// header, catalogue   of the decision that the row cites; needed when `may_train(row)`
  void add(const domain::Feedback& row, const domain::DecisionHeader& header, const domain::CataloguePtr& catalogue);
  static bool may_train(const domain::Feedback& row);

  /// From now on the viewer whom the link names did what was done under the anonymous id, and does what still comes
  /// under it. Right before step(), in the order of the links' numbers. O(history + acts).
  ///
  /// acts   that the anonymous viewer is known by in the campaign, in their order; needed when `needs_acts(link)`
  void identify(const domain::ViewerLink& link, std::span<const PastAct> acts);
  bool needs_acts(const domain::ViewerLink& link) const;
  std::uint64_t links() const { return links_; }  ///< number of the last link taken; 0 for none

  /// Whether a step at `at` would change anything. O(waiting).
  bool has_due(WallTime at) const;
  /// Ends a step: judges the trials that are due at `at` (with `settle`, all), and folds them in. O(trials), and now
  /// and then O(viewers x history), so that this too is O(1) a trial.
  void step(WallTime at, bool settle);

  std::uint64_t steps() const { return steps_; }
  std::uint64_t feedback() const { return feedback_; }  ///< number of the last row taken
  void skip_to(std::uint64_t feedback) { feedback_ = feedback; }
  /// Impressions that are waiting to be judged.
  std::size_t waiting() const { return book_.waiting(); }

  const Learner& learner() const { return learner_; }
  const Scoreboard& scoreboard() const { return scoreboard_; }
  const Guardrail& guardrail() const { return guardrail_; }
  const std::vector<domain::SlotName>& slots() const { return slots_; }  ///< as the scoreboard numbers them
  /// What decides after the last step. Shares memory with this learner until that changes.
  scoring::SolutionVersionPtr version();
  /// A version of the same state in which this policy decides.
  scoring::SolutionVersionPtr version(Policy policy);

  /// The whole state as bytes, and back. Equal states have equal bytes. Errors: corrupt.
  std::string save() const;
  static Result<LogLearner> load(std::string_view bytes);

 private:
  friend class Snapshot;
  using MomentKey = std::pair<domain::EventId, domain::Sequence>;
  struct KnownMoment {
    std::uint64_t ordinal = 0;
    domain::Values context;
    std::vector<domain::Subject> subjects;
  };

  /// Relaxes what was learned from others when the event is new and there is a campaign.
  void meet_event(const domain::EventId& event);
  KnownMoment& moment_of(const domain::Feedback& row, const domain::DecisionHeader& header);
  void fold(const std::vector<TrialBook::Judged>& judged);
  /// CampaignScorer's score or rank.
  using Question = std::span<const float> (CampaignScorer::*)(std::string_view viewer, const domain::ViewerTraits&);
  /// Calls `visit(trial index, scores, place of the trial's item)` for each trial of a moment whose item is in the
  /// catalogue, viewer by viewer.
  template <typename Visit>
  void ask(const Campaign& campaign, Question question, const domain::MomentContext& moment,
           std::span<const Trial> trials, const Visit& visit) const;
  void judge_shadow(const domain::MomentContext& moment, std::span<const Trial> trials,
                    std::span<const TrialBook::Judged> judged);
  void tell(Campaign& campaign, const domain::MomentContext& moment, std::span<const TrialBook::Judged> judged) const;
  void forget_moments();
  /// By item row: whether it has its slot's best rate of reward.
  std::vector<bool> popular_items() const;
  std::uint16_t slot_number(const domain::SlotName& slot);

  Settings settings_;
  Learner learner_;
  TrialBook book_;
  Scoreboard scoreboard_;
  Guardrail guardrail_;
  std::vector<domain::SlotName> slots_;
  std::map<MomentKey, KnownMoment> moments_;  ///< that a trial may still cite
  std::uint64_t next_ordinal_ = 1;
  std::uint64_t catalogue_version_ = 0;
  domain::CataloguePtr catalogue_;  ///< with that version; null after load() until it is attached
  std::optional<Campaign> campaign_;
  std::optional<Shadow> shadow_;
  std::vector<domain::EventId> events_;  ///< known, newest last; at most kEventsMax
  std::uint64_t steps_ = 0;
  std::uint64_t feedback_ = 0;
  std::uint64_t links_ = 0;
  std::uint64_t trials_since_refresh_ = 0;
};

}  // namespace matchcue::learn
