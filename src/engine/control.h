#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The part of the engine that there is one of: live events, catalogue and solution version. What is durable here goes
// to every shard in one order.

#include <functional>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/live_learning.h"
#include "engine/options.h"
#include "engine/shard_core.h"
#include "engine/version_archive.h"
#include "filter/resolve.h"
#include "live/event_book.h"
#include "metrics/metrics.h"
#include "scoring/solution_version.h"
#include "store/store.h"

namespace matchcue::engine {

/// How control reaches the other threads.
class ControlPort {
 public:
  virtual ~ControlPort() = default;
  /// Runs `visit` on every shard's thread, in the order of these calls.
  virtual void to_shards(std::function<void(ShardCore&)> visit) = 0;
  /// Runs `task` on one shard's thread.
  virtual void to_shard(std::size_t shard, std::function<void(ShardCore&)> task) = 0;
  /// Runs `task` on control's own thread; from any thread.
  virtual void to_control(std::function<void()> task) = 0;
  virtual std::size_t shard_count() const = 0;
  virtual std::size_t shard_of(const domain::ViewerId& viewer) const = 0;
};

/// One; on control's thread, except where a call says otherwise.
class Control {
 public:
  Control(const Options& options, store::Store& store, ControlPort& port, const Clock& clock, metrics::Metrics& metrics,
          const runtime::MakeLoop& make_loop = runtime::make_loop);

  /// Loads everything and hands it to the shards; the learner catches up afterwards. Errors: corrupt, unavailable.
  Result<void> start();
  /// Ends the learner's threads, which keeps what was learned for the next start. Not on control's thread.
  void stop();

  // As in Engine.
  void set_state(const SetState& request, Reply<ChangeReceipt> reply);
  void fire_moment(const FireMoment& request, Reply<ChangeReceipt> reply);
  void correct_moment(const CorrectMoment& request, Reply<ChangeReceipt> reply);
  void override_item(const OverrideItem& request, Reply<ChangeReceipt> reply);
  void use_filter(const UseFilter& request, Reply<ChangeReceipt> reply);
  void map_content(const domain::ContentId& content, const domain::EventId& event, Reply<domain::LiveEvent> reply);
  void find_event(const domain::EventId& event, const Reply<domain::LiveEvent>& reply);
  void list_events(const Reply<std::vector<domain::LiveEvent>>& reply);
  void read_changes(const domain::EventId& event, domain::Sequence after, std::size_t limit, Milliseconds wait,
                    Reply<std::vector<domain::ChangePtr>> reply);
  void catalogue(const Reply<domain::CataloguePtr>& reply);
  void put_items(std::vector<domain::Item> items, Reply<store::WriteSummary> reply);
  void put_viewers(std::vector<domain::Viewer> viewers, Reply<store::WriteSummary> reply);
  void add_interactions(std::vector<domain::Interaction> interactions, Reply<store::WriteSummary> reply);
  void find_viewer(const domain::ViewerId& viewer, Reply<ViewerView> reply);
  void identify_viewer(const IdentifyViewer& request, Reply<domain::ViewerLink> reply);
  void erase_viewer(const domain::ViewerId& viewer, Reply<store::Erasure> reply);
  void schema(domain::DatasetKind kind, const Reply<domain::Schema>& reply);
  void put_schema(domain::DatasetKind kind, std::string text, Reply<domain::Schema> reply);
  void put_filter(const domain::FilterName& name, const std::string& expression, Reply<domain::StoredFilter> reply);
  void find_filter(const domain::FilterName& name, const Reply<domain::StoredFilter>& reply);
  void list_filters(const Reply<std::vector<domain::StoredFilter>>& reply);
  void delete_filter(const domain::FilterName& name, Reply<domain::StoredFilter> reply);
  void try_filter(const FilterTrial& trial, const Reply<FilterOutcome>& reply);
  void recommend(const RecommendRequest& request, const Reply<Recommendation>& reply);
  void explain(const domain::DecisionId& decision, const Reply<ExplainedDecision>& reply);
  void read_feedback(const domain::ViewerId& viewer, std::size_t limit,
                     const Reply<std::vector<domain::Feedback>>& reply);
  void learner(const Reply<LearnerView>& reply);
  void settle_learner(Reply<LearnerView> reply);
  void campaign(Reply<CampaignView> reply);
  void deploy_campaign(const std::string& version, Reply<CampaignView> reply);
  void roll_back_campaign(Reply<CampaignView> reply);
  void shadow_campaign(const std::string& version, Reply<CampaignView> reply);

  /// Joins feedback to a decision from the log, and stores it. `done` runs on the store's thread.
  void find_and_store(feedback::Report report, FeedbackDone done);
  /// What is known of this viewer's past is read again when a filter next asks.
  void forget_past(const domain::ViewerId& viewer);
  /// Answers readers of changes whose wait is over. Every 100 ms or so.
  void tick();

 private:
  /// Somebody who waits for the next change of an event.
  struct Waiter {
    domain::EventId event;
    domain::Sequence after;
    std::size_t limit;
    SteadyTime until;
    Reply<std::vector<domain::ChangePtr>> reply;
  };

  Result<void> load_schemas();
  Result<void> load_catalogue();
  Result<void> load_filters();
  Result<void> load_events();
  Result<std::map<std::size_t, RestoredEvent>> restore_event(const domain::LiveEvent& event,
                                                             const std::vector<domain::DecisionBatch>& batches);
  Result<const domain::StoredFilter*> get_filter(const domain::FilterName& name) const;
  filter::Schemas filter_schemas() const;
  /// A stored filter as it is in force from now on, checked against the schemas of today.
  Result<domain::FilterUse> make_use(const FilterChoice& choice) const;
  Result<domain::Change> preview_change(const RecommendRequest& request, domain::Circumstances& circumstances) const;
  void find_version(const std::string& id, const Reply<scoring::SolutionVersionPtr>& reply);
  void serve(scoring::SolutionVersionPtr version);
  Result<RenderedCataloguePtr> load_rendered(std::uint64_t version);
  void serve_everywhere();

  std::vector<domain::Sequence> corrected_by(const domain::Change& change) const;
  void append(live::Proposal proposal, Reply<ChangeReceipt> reply);
  void on_outcome(const live::Proposal& proposal, SteadyTime accepted, const Result<void>& stored,
                  const Reply<ChangeReceipt>& reply);
  void on_durable(const live::Proposal& proposal, SteadyTime accepted);
  void answer_waiters(const domain::EventId& event);
  Result<std::vector<domain::ChangePtr>> changes_after(const domain::EventId& event, domain::Sequence after,
                                                       std::size_t limit);
  Result<domain::ViewerLink> make_link(const IdentifyViewer& request);
  void on_identified(const domain::ViewerLink& link, Reply<domain::ViewerLink> reply);
  Result<std::vector<domain::ViewerId>> load_ids_of(const domain::ViewerId& viewer);
  void erase_stored(const domain::ViewerId& viewer, Reply<store::Erasure> reply);
  /// Nothing is to be changed: said when what is proposed is durable, and refused with it when it is refused.
  void answer_unchanged(const domain::EventId& event, Reply<ChangeReceipt> reply);

  Options options_;
  store::Store& store_;
  std::unique_ptr<store::Reader> reader_;
  ControlPort& port_;
  const Clock& clock_;
  metrics::Metrics& metrics_;
  std::map<domain::DatasetKind, domain::Schema> schemas_;
  live::EventBook book_;
  std::map<domain::FilterName, domain::StoredFilter> filters_;
  std::map<domain::ChangePtr, std::vector<Reply<ChangeReceipt>>> unchanged_;  ///< replies, by what they wait for
  std::size_t unchanged_count_ = 0;
  RenderedCataloguePtr catalogue_;
  scoring::SolutionVersionPtr version_;
  LiveLearning learning_;
  VersionArchive archive_;
  std::list<Waiter> waiters_;
};

}  // namespace matchcue::engine
