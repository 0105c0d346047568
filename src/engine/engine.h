#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The one pipeline, as the edges see it: a change of a live event becomes a slate for each of its viewers.
//
// Operators' edges (api/, aws/) use Engine, from any thread; each call is answered once through its Reply. The viewers'
// edge (gateway/) uses one ShardEngine per loop, on that loop's thread only.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "codec/native_message.h"
#include "decide/decider.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "domain/live_event.h"
#include "domain/viewer_link.h"
#include "engine/viewer_peer.h"
#include "store/store.h"

namespace matchcue::engine {

/// Called exactly once, on a thread of the engine's; must not block. Edges hand the answer to their own executor.
template <typename T>
using Reply = std::function<void(Result<T>)>;

/// `event set`: these values, over the present ones. A value of null removes a field.
struct SetState {
  domain::EventId event;
  domain::Values state;
  std::optional<WallTime> media_time;
};

/// `moment fire`: something happened; `state` as in SetState, and may be empty.
struct FireMoment {
  domain::EventId event;
  domain::Values state;
  std::optional<WallTime> media_time;
  std::optional<domain::ItemId> subject;
};

/// `moment correct`: the moment at `corrects` was wrong; `state` is what is true instead, over the present state.
struct CorrectMoment {
  domain::EventId event;
  domain::Sequence corrects;
  domain::Values state;
  std::optional<WallTime> media_time;
  std::optional<domain::ItemId> subject;
  std::string reason;
};

struct OverrideItem {
  domain::EventId event;
  domain::ItemOverride override_;
  std::string reason;
};

/// A stored filter with the values of its placeholders, by name; see filter/filter_values.h.
struct FilterChoice {
  domain::FilterName filter;
  std::map<std::string, std::string, std::less<>> values;
};

/// Puts a filter in force for an event as it is stored now, or takes it out of force.
struct UseFilter {
  domain::EventId event;
  bool in_force = true;
  FilterChoice choice;  ///< no values when it is taken out of force
  std::string reason;
};

/// A filter tried on the catalogue, for one viewer: a stored one, or an expression that is not stored.
struct FilterTrial {
  std::optional<domain::FilterName> filter;
  std::string expression;  ///< when `filter` is nothing
  std::map<std::string, std::string, std::less<>> values;
  std::optional<domain::ViewerId> viewer;  ///< nothing: somebody of whom nothing is known
};
struct FilterOutcome {
  std::string expression;  ///< in one spelling, with the schemas' names of its columns
  std::vector<std::string> placeholders;
  bool personal = false;   ///< what passes depends on the viewer
  bool asks_past = false;  ///< it depends on what they did before
  std::uint64_t catalogue_version = 0;
  std::vector<domain::ItemId> passed;  ///< both in item order
  std::vector<domain::ItemId> filtered;
};

/// What a change call came to. `changed` is false when nothing would be different: then there is no change, and
/// what is so was durable when this was said.
struct ChangeReceipt {
  bool changed = true;
  domain::LiveEvent event;
};

/// One item as it could be chosen now for one slot.
struct Candidate {
  domain::ItemId item;
  double score = 0;                     ///< log-odds of being acted upon; a campaign's part is beside its slot's mean
  std::map<std::string, double> parts;  ///< what the score adds up, by name: "taste"; empty when it is one number only
  double propensity = 0;                ///< (0,1] within its slot; sums to 1 over the slot's candidates
  std::string excluded;  ///< why it cannot be chosen ("min_age", "country", "filter", "blocked", "not_pinned"); empty
                         ///< when it can
};
struct SlotCandidates {
  domain::SlotName slot;
  std::optional<domain::ItemId> chosen;
  std::vector<Candidate> candidates;  ///< best score first
};

/// A preview for one viewer: nothing is pushed or logged.
struct RecommendRequest {
  domain::ViewerId viewer;
  std::optional<domain::EventId> event;     ///< whose state, overrides and filters to use
  domain::Values context;                   ///< over the event's state
  std::optional<FilterChoice> filter = {};  ///< beside the event's
};
struct Recommendation {
  std::string solution_version;
  std::string campaign;  ///< the solution version under it; empty when there is none
  std::uint64_t catalogue_version = 0;
  domain::Values context;
  std::vector<SlotCandidates> slots;
};

/// A logged decision, computed again from its record.
struct ExplainedDecision {
  domain::Decision decision;
  domain::CataloguePtr catalogue;  ///< as it was then
  std::string campaign;            ///< the solution version under header.solution_version; empty when there was none
  std::vector<SlotCandidates> slots;
  bool identical = false;  ///< the same items and the same propensity bits came out again
};

struct FeedbackReceipt {
  bool repeated = false;    ///< this (viewer, id) was stored before; nothing changed
  bool attributed = false;  ///< its decision is known
};

/// Who says who an anonymous viewer is.
enum class IdentifiedBy {
  operators,
  viewer,  ///< nobody checks it: they may claim only an id of which the catalogue knows nothing
};
/// What was done under `anonymous`, and what still comes under it, is the viewer's.
struct IdentifyViewer {
  domain::ViewerId anonymous;
  domain::ViewerId viewer;
  IdentifiedBy by = IdentifiedBy::operators;
};

/// Of so many of its newest changes an event says how they were pushed.
constexpr std::size_t kPushesMax = 120;

/// What viewers of one event have on their screens now, and how the last change got there.
struct AudienceView {
  std::uint64_t connections = 0;
  std::uint64_t sessions = 0;  ///< includes those within their resume window
  struct OnScreen {
    domain::SlotName slot;
    domain::ItemId item;
    std::uint64_t sessions = 0;
  };
  std::vector<OnScreen> on_screen;  ///< in slot, then item order
  std::uint64_t slates = 0;         ///< pushed since the start
  domain::Sequence last_sequence;
  decide::ExplorationTally exploration;  ///< of the last change's draws
  std::optional<double> last_push_ms;    ///< from the acceptance of the last change to its last push
  /// A change that was pushed to somebody.
  struct Push {
    domain::Sequence sequence;
    WallTime at;    ///< when it was accepted
    double ms = 0;  ///< from then to the last push
    std::uint64_t slates = 0;
  };
  std::vector<Push> pushes;  ///< the newest kPushesMax, oldest first
};

constexpr std::size_t kSlatesMax = 20;

/// A viewer's recent slates, newest last, and whether a session is connected.
struct ViewerView {
  std::optional<domain::Viewer> viewer;  ///< the catalogue row, if there is one
  bool connected = false;
  std::optional<domain::ViewerId> identified_as;
  std::vector<domain::ViewerId> earlier_ids;  ///< that they were identified from
  std::vector<domain::DecisionId> recent;
  /// What was decided for them at one change, and what they did with it.
  struct Slate {
    domain::DecisionId decision;
    domain::Sequence moment;
    WallTime at;
    struct Cue {
      std::size_t place = 0;  ///< of its slot in the slate
      domain::SlotName slot;
      domain::ItemId item;
      std::string label;
      double propensity = 0;
      std::vector<domain::FeedbackKind> acts;  ///< in the order of FeedbackKind, each once
    };
    std::vector<Cue> cues;
  };
  std::vector<Slate> slates;  ///< the newest kSlatesMax
};

/// A rate of reward a trial, with its 95 % interval.
struct RewardRate {
  double value = 0;
  double low = 0;
  double high = 0;
};

/// Is it learning? What the live learner believes, and what its decisions brought beside what others would have.
struct LearnerView {
  std::string state;             ///< rebuilding, learning, fallback, trouble
  std::string trouble;           ///< what it waits for, in words; empty when all is well
  std::string solution_version;  ///< that it published last
  std::uint64_t steps = 0;
  std::uint64_t feedback = 0;  ///< number of the last feedback that it has taken
  std::uint64_t waiting = 0;   ///< impressions that may still be acted upon
  std::uint64_t viewers = 0;
  double lag_s = 0;  ///< from the arrival of feedback until it was served, when it last was; growing while in trouble
  std::optional<WallTime> fallback_until;  ///< popularity decides until then: the learner was significantly worse
  double reward_ratio_random = 0;          ///< reward of what was shown lately over that of random choice; 0 unknown
  double reward_ratio_popularity = 0;      ///< the same over the most popular item

  /// What a slot's trials brought in the last minutes, and what other policies would have, from the logged
  /// propensities.
  struct Slot {
    domain::SlotName slot;
    std::uint64_t trials = 0;  ///< since the beginning
    std::uint64_t recent_trials = 0;
    RewardRate shown;
    RewardRate random;
    RewardRate popularity;
  };
  std::vector<Slot> slots;
  struct Item {
    domain::ItemId item;
    domain::SlotName slot;
    std::uint64_t trials = 0;
    std::uint64_t recent_trials = 0;
    double reward_rate = 0;    ///< over all its trials
    double share = 0;          ///< of its slot's recent trials
    double appeal = 0;         ///< its own part of the log-odds, beside its group's
    double appeal_sd = 0;      ///< how unsure that is
    double appeal_before = 0;  ///< at the beginning of the recent minutes
    bool is_new = false;       ///< came in the recent minutes
  };
  std::vector<Item> items;  ///< in slot, then item order
  /// Minute by minute, oldest first, over all slots.
  struct Minute {
    WallTime at;
    std::uint64_t trials = 0;
    RewardRate shown;
    RewardRate random;
  };
  std::vector<Minute> minutes;
  std::uint64_t recent_minutes = 10;  ///< what "recent" means
};

/// What was trained and is served: the campaign under the live learner.
struct CampaignView {
  std::string solution_version;  ///< that decides, with the learner on top; empty when the learner decides alone
  std::string recipe;
  std::uint64_t viewers = 0;  ///< that it knows by what they did
  double weight = 1;          ///< what the learner makes of its expectations: 1 is believed as measured in training
  std::string preparing;      ///< version whose viewers are being worked out, to be served or to be a shadow
  std::string trouble;        ///< why the last preparation came to nothing
  struct Deployment {
    std::string solution_version;  ///< empty: none
    WallTime at;
    std::uint64_t step = 0;  ///< of the learner, from which on it decided
  };
  std::vector<Deployment> history;  ///< newest first
  /// Of trials since the shadow began.
  struct ShadowPart {
    std::uint64_t trials = 0;
    double agreement = 0;         ///< share of trials in which it would have chosen what was shown
    double shown = 0;             ///< reward a trial of what was shown
    RewardRate own;               ///< what its choices would have brought, by SNIPS
    double effective_trials = 0;  ///< that this estimate rests on
  };
  struct Shadow {
    std::string solution_version;
    ShadowPart all;
    std::vector<std::pair<domain::SlotName, ShadowPart>> slots;
  };
  std::optional<Shadow> shadow;
};

/// Progress of an import. `rejected` lists at most kRejectsMax rows.
struct Reject {
  std::uint64_t line = 0;  ///< 1 is the header
  std::string column;
  std::string value;
  std::string reason;
};
constexpr std::size_t kRejectsMax = 1'000;
struct ImportReport {
  std::uint64_t rows = 0;
  std::uint64_t rejected_rows = 0;
  store::WriteSummary written;
  std::vector<Reject> rejects;
};

/// Any thread.
class Engine {
 public:
  virtual ~Engine() = default;

  // Live events. The change is durable when the reply comes; viewers are being served it at the same moment.
  // Errors: unknown_event, unknown_item, unknown_moment, wrong_type and friends with Error.field "state.NAME".
  virtual void set_state(SetState request, Reply<ChangeReceipt> reply) = 0;
  virtual void fire_moment(FireMoment request, Reply<ChangeReceipt> reply) = 0;
  virtual void correct_moment(CorrectMoment request, Reply<ChangeReceipt> reply) = 0;
  virtual void override_item(OverrideItem request, Reply<ChangeReceipt> reply) = 0;
  /// Errors: unknown_event, unknown_filter, filter_not_in_force, too_many_filters, those of filter/resolve.h.
  virtual void use_filter(UseFilter request, Reply<ChangeReceipt> reply) = 0;
  virtual void map_content(domain::ContentId content, domain::EventId event, Reply<domain::LiveEvent> reply) = 0;
  virtual void find_event(domain::EventId event, Reply<domain::LiveEvent> reply) = 0;
  virtual void list_events(Reply<std::vector<domain::LiveEvent>> reply) = 0;
  /// Changes after a sequence, at most `limit` (1..1000); when there are none it waits up to `wait` for one, and then
  /// answers with none.
  virtual void read_changes(domain::EventId event, domain::Sequence after, std::size_t limit, Milliseconds wait,
                            Reply<std::vector<domain::ChangePtr>> reply) = 0;

  // Catalogue.
  virtual void catalogue(Reply<domain::CataloguePtr> reply) = 0;
  /// Rows that were validated against the schema; the next decision uses them.
  virtual void put_items(std::vector<domain::Item> items, Reply<store::WriteSummary> reply) = 0;
  virtual void put_viewers(std::vector<domain::Viewer> viewers, Reply<store::WriteSummary> reply) = 0;
  virtual void add_interactions(std::vector<domain::Interaction> interactions, Reply<store::WriteSummary> reply) = 0;
  virtual void find_viewer(domain::ViewerId viewer, Reply<ViewerView> reply) = 0;
  /// For good. Durable when the reply comes, and known to whatever decides from then on, unless the learner is in
  /// trouble or being rebuilt, which nobody waits for. Repeats change nothing. Errors: same_viewer,
  /// already_identified (naming both to operators; links go one step), in_catalogue (claimed by a viewer).
  virtual void identify_viewer(IdentifyViewer request, Reply<domain::ViewerLink> reply) = 0;
  /// Removes a person everywhere, under all their ids: from the store, from memory, and from what the learner knows,
  /// which is learned again without them. Their sessions end first; a viewer who comes back is somebody new. Replies
  /// once the learner has begun anew. Seconds, while the event goes on.
  virtual void erase_viewer(domain::ViewerId viewer, Reply<store::Erasure> reply) = 0;
  /// The schema in force (put, or the built-in one of the sample's shape).
  virtual void schema(domain::DatasetKind kind, Reply<domain::Schema> reply) = 0;
  virtual void put_schema(domain::DatasetKind kind, std::string text, Reply<domain::Schema> reply) = 0;

  // Filters. Errors: unknown_filter, and those of filter/resolve.h with Error.field "expression".
  /// Adds or replaces a filter. What is in force for an event stays as it was put in force.
  virtual void put_filter(domain::FilterName name, std::string expression, Reply<domain::StoredFilter> reply) = 0;
  virtual void find_filter(domain::FilterName name, Reply<domain::StoredFilter> reply) = 0;
  virtual void list_filters(Reply<std::vector<domain::StoredFilter>> reply) = 0;
  /// Replies with what is gone. Errors: filter_in_force.
  virtual void delete_filter(domain::FilterName name, Reply<domain::StoredFilter> reply) = 0;
  virtual void try_filter(FilterTrial trial, Reply<FilterOutcome> reply) = 0;

  // Decisions and feedback.
  virtual void recommend(RecommendRequest request, Reply<Recommendation> reply) = 0;
  /// Errors: unknown_decision.
  virtual void explain(domain::DecisionId decision, Reply<ExplainedDecision> reply) = 0;
  virtual void record_interaction(codec::PostedInteraction posted, Reply<FeedbackReceipt> reply) = 0;
  virtual void read_feedback(domain::ViewerId viewer, std::size_t limit,
                             Reply<std::vector<domain::Feedback>> reply) = 0;
  virtual void audience(domain::EventId event, Reply<AudienceView> reply) = 0;

  // The live learner.
  virtual void learner(Reply<LearnerView> reply) = 0;
  /// Judges what viewers were shown until now without waiting longer for acts; replies when what came of it is served.
  virtual void settle_learner(Reply<LearnerView> reply) = 0;

  // The campaign under it.
  virtual void campaign(Reply<CampaignView> reply) = 0;
  /// Serves a solution version from a next decision on; "" takes the campaign away. Replies once the version was found:
  /// what it makes of every viewer is worked out meanwhile, and CampaignView says when it decides.
  /// Errors: unknown_solution_version, campaign_busy, corrupt.
  virtual void deploy_campaign(std::string version, Reply<CampaignView> reply) = 0;
  /// Serves what was served before. Errors: also no_campaign_before.
  virtual void roll_back_campaign(Reply<CampaignView> reply) = 0;
  /// Scores with a version without showing what it would choose; "" ends that. Forgotten at a restart. Errors: as
  /// deploy_campaign.
  virtual void shadow_campaign(std::string version, Reply<CampaignView> reply) = 0;

  // Viewers' edge.
  virtual std::size_t shard_count() const = 0;
  virtual std::size_t shard_of(const domain::ViewerId& viewer) const = 0;
  virtual ShardEngine& shard(std::size_t index) = 0;

  /// Why nothing can be stored now; nothing when all is well. Any thread.
  virtual std::optional<Error> storage_trouble() const = 0;
  /// True once events, catalogue and a solution version are loaded.
  virtual bool ready() const = 0;
  /// Tells every session to go away, refuses new work, and waits until what was accepted is durable.
  virtual void stop() = 0;
};

}  // namespace matchcue::engine
