#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: an engine that keeps one live event, one item and one viewer in memory and answers on threads of its own.

#include <atomic>
#include <mutex>
#include <thread>
#include <vector>

#include "codec/personalize_schema.h"
#include "engine/engine.h"

namespace matchcue::api {

class FakeEngine final : public engine::Engine {
 public:
  std::optional<Error> failure;     ///< when set, the answer to everything
  std::atomic<bool> silent{false};  ///< when set, nothing is answered
  std::atomic<bool> is_ready{true};
  std::optional<Error> trouble;         ///< of storage
  std::atomic<std::uint64_t> calls{0};  ///< of those that are answered
  std::uint64_t rows_put = 0;
  domain::Values last_row;
  engine::CorrectMoment last_correction;
  std::optional<codec::PostedInteraction> last_interaction;
  engine::UseFilter last_filter_use;
  engine::FilterTrial last_trial;
  engine::RecommendRequest last_recommend;
  engine::IdentifyViewer last_identified;

  static domain::LiveEvent event() {
    return {domain::EventId("1"),
            domain::Sequence(812),
            domain::Sequence(812),
            {{"MATCH_EVENT", std::string("GOAL")}},
            {{domain::OverrideAction::pin, domain::ItemId("I1")}},
            {domain::ContentId("c1")},
            {{domain::FilterName("young"), filter().expression, {}}}};
  }
  static domain::StoredFilter filter() {
    return {domain::FilterName("young"), R"(EXCLUDE ItemID WHERE Items.ITEM_LABEL IN ("BET") IF CurrentUser.AGE < 18)",
            wall_time_from_ms(1'780'000'000'000)};
  }
  static domain::Change change() {
    domain::Change change;
    change.event = domain::EventId("1");
    change.sequence = domain::Sequence(812);
    change.kind = domain::ChangeKind::moment;
    change.at = wall_time_from_ms(1'780'000'000'000);
    change.after = event().state;
    change.moment = change.sequence;
    return change;
  }
  static domain::CataloguePtr items() {
    std::vector<domain::Item> items(1);
    items[0].id = domain::ItemId("I1");
    items[0].slot = domain::SlotName("GENERAL");
    items[0].label = "BET";
    items[0].fields = {{"ITEM_LABEL", std::string("BET")}};
    return std::make_shared<domain::Catalogue>(3, std::move(items));
  }
  static domain::DecisionId decision_id() {
    return {domain::EventId("1"), domain::Sequence(812), domain::ViewerId("v1")};
  }
  static engine::ViewerView::Slate slate() {
    return {decision_id(),
            change().moment,
            change().at,
            {{0, domain::SlotName("GENERAL"), domain::ItemId("I1"), "BET", .5, {domain::FeedbackKind::dismiss}}}};
  }
  static std::vector<engine::SlotCandidates> slots() {
    return {
        {domain::SlotName("GENERAL"), domain::ItemId("I1"), {{domain::ItemId("I1"), 0.5, {{"taste", 0.5}}, 1, ""}}}};
  }

  void set_state(engine::SetState, engine::Reply<engine::ChangeReceipt> reply) override {
    answer(reply, engine::ChangeReceipt{true, event()});
  }
  void fire_moment(engine::FireMoment, engine::Reply<engine::ChangeReceipt> reply) override {
    answer(reply, engine::ChangeReceipt{true, event()});
  }
  void correct_moment(engine::CorrectMoment request, engine::Reply<engine::ChangeReceipt> reply) override {
    last_correction = std::move(request);
    answer(reply, engine::ChangeReceipt{true, event()});
  }
  void override_item(engine::OverrideItem, engine::Reply<engine::ChangeReceipt> reply) override {
    answer(reply, engine::ChangeReceipt{true, event()});
  }
  void use_filter(engine::UseFilter request, engine::Reply<engine::ChangeReceipt> reply) override {
    last_filter_use = std::move(request);
    answer(reply, engine::ChangeReceipt{true, event()});
  }
  void put_filter(domain::FilterName name, std::string expression, engine::Reply<domain::StoredFilter> reply) override {
    answer(reply, domain::StoredFilter{std::move(name), std::move(expression), filter().created});
  }
  void find_filter(domain::FilterName, engine::Reply<domain::StoredFilter> reply) override { answer(reply, filter()); }
  void list_filters(engine::Reply<std::vector<domain::StoredFilter>> reply) override {
    answer(reply, std::vector<domain::StoredFilter>{filter()});
  }
  void delete_filter(domain::FilterName, engine::Reply<domain::StoredFilter> reply) override {
    answer(reply, filter());
  }
  void try_filter(engine::FilterTrial trial, engine::Reply<engine::FilterOutcome> reply) override {
    last_trial = std::move(trial);
    answer(reply, engine::FilterOutcome{filter().expression, {}, true, false, 3, {}, {domain::ItemId("I1")}});
  }
  void map_content(domain::ContentId, domain::EventId, engine::Reply<domain::LiveEvent> reply) override {
    answer(reply, event());
  }
  void find_event(domain::EventId id, engine::Reply<domain::LiveEvent> reply) override {
    if (id == event().id) return answer(reply, event());
    answer<domain::LiveEvent>(reply, not_found("unknown_event", "unknown event \"" + id.str() + "\"", "event"));
  }
  void list_events(engine::Reply<std::vector<domain::LiveEvent>> reply) override {
    answer(reply, std::vector<domain::LiveEvent>{event()});
  }
  void read_changes(domain::EventId, domain::Sequence after, std::size_t limit, Milliseconds wait,
                    engine::Reply<std::vector<domain::ChangePtr>> reply) override {
    ++calls;
    const std::lock_guard lock(mutex_);
    std::vector<domain::ChangePtr> changes = changes_after(after, limit);
    if (changes.empty() && wait >= kLongWait) return waiters_.push_back({after, limit, std::move(reply)});
    threads_.emplace_back([reply = std::move(reply), changes = std::move(changes)] { reply(changes); });
  }
  /// One more change, of which nobody hears before they ask or the next one comes.
  void add_quiet_change(const std::string& reason = {}) {
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<domain::Change>(*changes_.back());
    next->sequence = domain::Sequence(next->sequence.value() + 1);
    next->reason = reason;
    changes_.push_back(std::move(next));
  }
  /// From now on everything is refused.
  void refuse(Error error) {
    const std::lock_guard lock(mutex_);
    failure = std::move(error);
  }
  /// One more change, of which those hear who wait for one.
  void add_change() {
    add_quiet_change();
    const std::lock_guard lock(mutex_);
    for (Waiter& waiter : waiters_) {
      threads_.emplace_back(
          [reply = std::move(waiter.reply), changes = changes_after(waiter.after, waiter.limit)] { reply(changes); });
    }
    waiters_.clear();
  }
  void catalogue(engine::Reply<domain::CataloguePtr> reply) override { answer(reply, items()); }
  void put_items(std::vector<domain::Item> rows, engine::Reply<store::WriteSummary> reply) override {
    if (!rows.empty()) last_row = rows.front().fields;
    put(rows.size(), reply);
  }
  void put_viewers(std::vector<domain::Viewer> rows, engine::Reply<store::WriteSummary> reply) override {
    put(rows.size(), reply);
  }
  void add_interactions(std::vector<domain::Interaction> rows, engine::Reply<store::WriteSummary> reply) override {
    put(rows.size(), reply);
  }
  void find_viewer(domain::ViewerId id, engine::Reply<engine::ViewerView> reply) override {
    if (id.str() != "v1") {
      return answer<engine::ViewerView>(reply,
                                        not_found("unknown_viewer", "unknown viewer \"" + id.str() + "\"", "viewer"));
    }
    answer(reply, engine::ViewerView{domain::Viewer{id, 30, "DE", {}, "{}", 1},
                                     true,
                                     {},
                                     {domain::ViewerId("anon-7f3a")},
                                     {decision_id()},
                                     {slate()}});
  }
  void identify_viewer(engine::IdentifyViewer request, engine::Reply<domain::ViewerLink> reply) override {
    last_identified = request;
    answer(reply, domain::ViewerLink{1, request.anonymous, request.viewer, domain::no_traits(), filter().created});
  }
  void erase_viewer(domain::ViewerId viewer, engine::Reply<store::Erasure> reply) override {
    store::Erasure erasure;
    erasure.ids = {viewer, domain::ViewerId("anon-7f3a")};
    erasure.feedback = 12;
    erasure.bytes_searched = 4096;
    erasure.bytes_found = {"matchcue.db: 1"};
    answer(reply, erasure);
  }
  void schema(domain::DatasetKind kind, engine::Reply<domain::Schema> reply) override {
    answer(reply, codec::builtin_schema(kind));
  }
  void put_schema(domain::DatasetKind kind, std::string text, engine::Reply<domain::Schema> reply) override {
    answer(reply, codec::parse_schema(kind, text));
  }
  void recommend(engine::RecommendRequest request, engine::Reply<engine::Recommendation> reply) override {
    last_recommend = request;
    answer(reply, engine::Recommendation{"live-bandit-3", "sims-0123456789ab", 3, request.context, slots()});
  }
  void explain(domain::DecisionId, engine::Reply<engine::ExplainedDecision> reply) override {
    engine::ExplainedDecision explained;
    explained.decision.header.event = domain::EventId("1");
    explained.decision.header.sequence = domain::Sequence(812);
    explained.decision.header.slots = {domain::SlotName("GENERAL"), domain::SlotName("PLAYER")};
    explained.decision.viewer = domain::ViewerId("v1");
    explained.decision.traits = std::make_shared<const domain::ViewerTraits>(
        domain::ViewerTraits{30, "DE", {{"GENDER", domain::Value(std::string("F"))}}});
    explained.decision.choices = {{0, 1.0F}, {}};
    explained.catalogue = items();
    explained.slots = slots();
    explained.identical = true;
    answer(reply, explained);
  }
  void record_interaction(codec::PostedInteraction posted, engine::Reply<engine::FeedbackReceipt> reply) override {
    last_interaction = std::move(posted);
    answer(reply, engine::FeedbackReceipt{false, true});
  }
  void read_feedback(domain::ViewerId viewer, std::size_t,
                     engine::Reply<std::vector<domain::Feedback>> reply) override {
    domain::Feedback feedback;
    feedback.id = "f1";
    feedback.viewer = viewer;
    feedback.cue = {decision_id(), 0};
    answer(reply, std::vector<domain::Feedback>{feedback});
  }
  void audience(domain::EventId, engine::Reply<engine::AudienceView> reply) override {
    answer(reply, engine::AudienceView{6,
                                       7,
                                       {{domain::SlotName("GENERAL"), domain::ItemId("I1"), 5}},
                                       100,
                                       domain::Sequence(812),
                                       {0.5, 5},
                                       1.5,
                                       {{domain::Sequence(812), change().at, 1.5, 6}}});
  }
  void learner(engine::Reply<engine::LearnerView> reply) override {
    engine::LearnerView view;
    view.state = "learning";
    view.solution_version = "live-bandit-3";
    view.steps = 3;
    view.slots = {{domain::SlotName("GENERAL"), 10, 10, {.2, .1, .3}, {.1, 0, .2}, {.1, 0, .2}}};
    view.items = {{domain::ItemId("I1"), domain::SlotName("GENERAL"), 10, 10, .2, 1, .5, .25, .25, true}};
    view.minutes = {{wall_time_from_ms(1'780'000'000'000), 10, {.2, .1, .3}, {.1, 0, .2}}};
    answer(reply, view);
  }
  void settle_learner(engine::Reply<engine::LearnerView> reply) override { learner(std::move(reply)); }
  void campaign(engine::Reply<engine::CampaignView> reply) override {
    engine::CampaignView view;
    view.solution_version = "sequential-ridge-0123456789ab";
    view.recipe = "sequential-ridge";
    view.viewers = 12;
    view.history = {{view.solution_version, wall_time_from_ms(1'780'000'000'000), 4}, {"", {}, 1}};
    const engine::CampaignView::ShadowPart part{100, .4, .05, {.06, .04, .08}, 40};
    view.shadow = {"popularity-count-0123456789ab", part, {{domain::SlotName("GENERAL"), part}}};
    answer(reply, view);
  }
  void deploy_campaign(std::string, engine::Reply<engine::CampaignView> reply) override { campaign(std::move(reply)); }
  void roll_back_campaign(engine::Reply<engine::CampaignView> reply) override { campaign(std::move(reply)); }
  void shadow_campaign(std::string, engine::Reply<engine::CampaignView> reply) override { campaign(std::move(reply)); }
  std::size_t shard_count() const override { return 0; }
  std::size_t shard_of(const domain::ViewerId&) const override { return 0; }
  engine::ShardEngine& shard(std::size_t) override { CHECK(false); }
  std::optional<Error> storage_trouble() const override { return trouble; }
  bool ready() const override { return is_ready; }
  void stop() override {}

 private:
  void put(std::uint64_t rows, const engine::Reply<store::WriteSummary>& reply) {
    rows_put += rows;
    answer(reply, store::WriteSummary{rows, 0, 0, 4});
  }

  template <typename T>
  void answer(engine::Reply<T> reply, Result<T> result) {
    ++calls;
    if (silent) return;
    const std::lock_guard lock(mutex_);
    if (failure) result = *failure;
    threads_.emplace_back([reply = std::move(reply), result = std::move(result)] { reply(result); });
  }
  template <typename T>
  void answer(const engine::Reply<T>& reply, T value) {
    answer<T>(reply, Result<T>(std::move(value)));
  }

  /// A wait that is not answered until there is a change; shorter ones are over at once.
  static constexpr Milliseconds kLongWait{1'000};
  struct Waiter {
    domain::Sequence after;
    std::size_t limit;
    engine::Reply<std::vector<domain::ChangePtr>> reply;
  };
  std::vector<domain::ChangePtr> changes_after(domain::Sequence after, std::size_t limit) const {
    std::vector<domain::ChangePtr> changes;
    for (const domain::ChangePtr& each : changes_) {
      if (each->sequence > after && changes.size() < limit) changes.push_back(each);
    }
    return changes;
  }

  std::vector<domain::ChangePtr> changes_ = {std::make_shared<domain::Change>(change())};
  std::vector<Waiter> waiters_;
  std::mutex mutex_;
  std::vector<std::jthread> threads_;  ///< joined last of all
};

}  // namespace matchcue::api
