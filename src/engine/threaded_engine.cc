// SPDX-License-Identifier: Apache-2.0
#include "engine/threaded_engine.h"

#include <atomic>
#include <future>

#include "base/random.h"
#include "engine/control.h"
#include "engine/shard_core.h"

namespace matchcue::engine {

namespace {

constexpr Milliseconds kTick{100};

/// One shard with its ports to the store and to control.
class ShardRunner final : public ShardPort {
 public:
  ShardRunner(const Options& options, const Surroundings& surroundings, runtime::Loop& loop)
      : store_(surroundings.store),
        loop_(loop),
        control_loop_(surroundings.control),
        reader_(surroundings.store.make_reader()),
        core_(options, surroundings.store.epoch(), *this, loop.clock(), surroundings.metrics) {}

  ShardCore& core() { return core_; }
  runtime::Loop& loop() { return loop_; }
  void set_control(Control* control) { control_ = control; }

  void log(std::shared_ptr<const domain::DecisionBatch> batch) override {
    store_.append_decisions(std::move(batch), {});
  }

  void store(domain::Feedback feedback, FeedbackDone done) override {
    const bool attributed = feedback.attributed;
    store_.append_feedback({std::move(feedback)}, [this, attributed, done = std::move(done)](
                                                      const Result<std::vector<store::FeedbackOutcome>>& stored) {
      if (!stored.ok()) return answer(done, stored.error());
      answer(done, FeedbackReceipt{stored->front() == store::FeedbackOutcome::repeated, attributed});
    });
  }

  void find_and_store(feedback::Report report, FeedbackDone done) override {
    control_loop_.post([this, report = std::move(report), done = std::move(done)]() mutable {
      control_->find_and_store(std::move(report), [this, done = std::move(done)](Result<FeedbackReceipt> receipt) {
        answer(done, std::move(receipt));
      });
    });
  }

  std::optional<domain::Viewer> load_viewer(const domain::ViewerId& viewer) override {
    auto row = reader_->load_viewer(viewer);
    return row.ok() ? *std::move(row)
                    : std::nullopt;  // an unreadable row is an unknown viewer: restricted items stay away
  }

  std::optional<domain::Decision> find_decision(const domain::DecisionId& id) override {
    auto decision = reader_->load_decision(id);
    return decision.ok() ? *std::move(decision) : std::nullopt;  // an unreadable one is lost
  }

  domain::ViewerPast load_past(const domain::ViewerId& viewer) override {
    auto past = reader_->load_past(viewer);
    return past.ok() ? *std::move(past)
                     : domain::ViewerPast();  // an unreadable past is none: filters are no eligibility
  }

  std::optional<domain::ViewerId> find_identity(const domain::ViewerId& viewer) override {
    auto link = reader_->find_viewer_link(viewer);
    if (!link.ok() || !*link) return std::nullopt;
    return (*std::move(link))->viewer;
  }

  void forget_past(const domain::ViewerId& viewer) override {
    control_loop_.post([this, viewer] { control_->forget_past(viewer); });
  }

 private:
  void answer(const FeedbackDone& done, Result<FeedbackReceipt> receipt) {
    loop_.post([done, receipt = std::move(receipt)] { done(receipt); });
  }

  store::Store& store_;
  runtime::Loop& loop_;
  runtime::Loop& control_loop_;
  std::unique_ptr<store::Reader> reader_;
  ShardCore core_;
  Control* control_ = nullptr;
};

class ThreadedEngine final : public Engine, public ControlPort {
 public:
  ThreadedEngine(const Options& options, const Surroundings& surroundings)
      : store_(surroundings.store), control_loop_(surroundings.control) {
    for (runtime::Loop* loop : surroundings.shards) {
      shards_.push_back(std::make_unique<ShardRunner>(options, surroundings, *loop));
    }
    control_ = std::make_unique<Control>(options, surroundings.store, *this, control_loop_.clock(),
                                         surroundings.metrics, surroundings.make_loop);
    for (auto& shard : shards_) shard->set_control(control_.get());
  }

  ~ThreadedEngine() override { stop(); }

  Result<void> start() {
    Result<void> result;
    run_on(control_loop_, [&] {
      result = control_->start();
      if (result.ok()) control_timer_ = control_loop_.every(kTick, [this] { control_->tick(); });
    });
    // Waits, also after a failure, for what control posted to the shards meanwhile: they may be gone after it.
    on_every_shard([&](ShardRunner& shard) {
      if (result.ok()) shard.loop().every(kTick, [&shard] { shard.core().tick(); });
    });
    ready_ = result.ok();
    return result;
  }

  void set_state(SetState request, Reply<ChangeReceipt> reply) override {
    control(&Control::set_state, std::move(request), std::move(reply));
  }
  void fire_moment(FireMoment request, Reply<ChangeReceipt> reply) override {
    control(&Control::fire_moment, std::move(request), std::move(reply));
  }
  void correct_moment(CorrectMoment request, Reply<ChangeReceipt> reply) override {
    control(&Control::correct_moment, std::move(request), std::move(reply));
  }
  void override_item(OverrideItem request, Reply<ChangeReceipt> reply) override {
    control(&Control::override_item, std::move(request), std::move(reply));
  }
  void use_filter(UseFilter request, Reply<ChangeReceipt> reply) override {
    control(&Control::use_filter, std::move(request), std::move(reply));
  }
  void map_content(domain::ContentId content, domain::EventId event, Reply<domain::LiveEvent> reply) override {
    control(&Control::map_content, std::move(content), std::move(event), std::move(reply));
  }
  void find_event(domain::EventId event, Reply<domain::LiveEvent> reply) override {
    control(&Control::find_event, std::move(event), std::move(reply));
  }
  void list_events(Reply<std::vector<domain::LiveEvent>> reply) override {
    control(&Control::list_events, std::move(reply));
  }
  void read_changes(domain::EventId event, domain::Sequence after, std::size_t limit, Milliseconds wait,
                    Reply<std::vector<domain::ChangePtr>> reply) override {
    control(&Control::read_changes, std::move(event), after, limit, wait, std::move(reply));
  }
  void catalogue(Reply<domain::CataloguePtr> reply) override { control(&Control::catalogue, std::move(reply)); }
  void put_items(std::vector<domain::Item> items, Reply<store::WriteSummary> reply) override {
    control(&Control::put_items, std::move(items), std::move(reply));
  }
  void put_viewers(std::vector<domain::Viewer> viewers, Reply<store::WriteSummary> reply) override {
    control(&Control::put_viewers, std::move(viewers), std::move(reply));
  }
  void add_interactions(std::vector<domain::Interaction> interactions, Reply<store::WriteSummary> reply) override {
    control(&Control::add_interactions, std::move(interactions), std::move(reply));
  }
  void find_viewer(domain::ViewerId viewer, Reply<ViewerView> reply) override {
    control(&Control::find_viewer, std::move(viewer), std::move(reply));
  }
  void identify_viewer(IdentifyViewer request, Reply<domain::ViewerLink> reply) override {
    control(&Control::identify_viewer, std::move(request), std::move(reply));
  }
  void erase_viewer(domain::ViewerId viewer, Reply<store::Erasure> reply) override {
    control(&Control::erase_viewer, std::move(viewer), std::move(reply));
  }
  void schema(domain::DatasetKind kind, Reply<domain::Schema> reply) override {
    control(&Control::schema, kind, std::move(reply));
  }
  void put_schema(domain::DatasetKind kind, std::string text, Reply<domain::Schema> reply) override {
    control(&Control::put_schema, kind, std::move(text), std::move(reply));
  }
  void put_filter(domain::FilterName name, std::string expression, Reply<domain::StoredFilter> reply) override {
    control(&Control::put_filter, std::move(name), std::move(expression), std::move(reply));
  }
  void find_filter(domain::FilterName name, Reply<domain::StoredFilter> reply) override {
    control(&Control::find_filter, std::move(name), std::move(reply));
  }
  void list_filters(Reply<std::vector<domain::StoredFilter>> reply) override {
    control(&Control::list_filters, std::move(reply));
  }
  void delete_filter(domain::FilterName name, Reply<domain::StoredFilter> reply) override {
    control(&Control::delete_filter, std::move(name), std::move(reply));
  }
  void try_filter(FilterTrial trial, Reply<FilterOutcome> reply) override {
    control(&Control::try_filter, std::move(trial), std::move(reply));
  }
  void recommend(RecommendRequest request, Reply<Recommendation> reply) override {
    control(&Control::recommend, std::move(request), std::move(reply));
  }
  void explain(domain::DecisionId decision, Reply<ExplainedDecision> reply) override {
    control(&Control::explain, std::move(decision), std::move(reply));
  }
  void read_feedback(domain::ViewerId viewer, std::size_t limit, Reply<std::vector<domain::Feedback>> reply) override {
    control(&Control::read_feedback, std::move(viewer), limit, std::move(reply));
  }

  void record_interaction(codec::PostedInteraction posted, Reply<FeedbackReceipt> reply) override {
    ShardRunner& owner = *shards_[shard_of(posted.viewer)];
    post(owner.loop(), std::move(reply), [&owner, posted = std::move(posted)](Reply<FeedbackReceipt> answer) {
      feedback::Report report{posted.interaction.id,    posted.viewer,
                              posted.interaction.cue,   posted.interaction.kind,
                              posted.interaction.value, owner.loop().clock().wall()};
      owner.core().report(std::move(report), std::move(answer));
    });
  }

  void learner(Reply<LearnerView> reply) override { control(&Control::learner, std::move(reply)); }
  void settle_learner(Reply<LearnerView> reply) override { control(&Control::settle_learner, std::move(reply)); }
  void campaign(Reply<CampaignView> reply) override { control(&Control::campaign, std::move(reply)); }
  void deploy_campaign(std::string version, Reply<CampaignView> reply) override {
    control(&Control::deploy_campaign, std::move(version), std::move(reply));
  }
  void roll_back_campaign(Reply<CampaignView> reply) override {
    control(&Control::roll_back_campaign, std::move(reply));
  }
  void shadow_campaign(std::string version, Reply<CampaignView> reply) override {
    control(&Control::shadow_campaign, std::move(version), std::move(reply));
  }

  void audience(domain::EventId event, Reply<AudienceView> reply) override {
    add_audience(0, std::move(event), AudienceView{}, std::move(reply));
  }

  std::size_t shard_count() const override { return shards_.size(); }
  std::size_t shard_of(const domain::ViewerId& viewer) const override {
    return stable_hash(viewer.str()) % shards_.size();
  }
  ShardEngine& shard(std::size_t index) override { return shards_[index]->core(); }
  std::optional<Error> storage_trouble() const override { return store_.trouble(); }
  bool ready() const override { return ready_; }

  void stop() override {
    if (!ready_.exchange(false)) return;
    run_on(control_loop_, [&] { control_loop_.cancel(control_timer_); });
    control_->stop();
    on_every_shard([](ShardRunner& shard) { shard.core().flush(); });
    store_.close();
  }

 private:
  /// Runs a method of Control on its thread; when the loop has stopped the reply says so.
  template <typename Method, typename... Arguments>
  void control(Method method, Arguments... arguments) {
    auto packed = std::make_shared<std::tuple<Arguments...>>(std::move(arguments)...);
    const bool posted = control_loop_.post([this, method, packed] {
      std::apply([&](Arguments&... each) { (control_.get()->*method)(std::move(each)...); }, *packed);
    });
    if (!posted) std::get<sizeof...(Arguments) - 1> (*packed)(unavailable("stopping", "matchcue is stopping"));
  }

  template <typename Answer, typename Work>
  static void post(runtime::Loop& loop, Reply<Answer> reply, Work work) {
    const auto shared = std::make_shared<Reply<Answer>>(std::move(reply));
    if (!loop.post([shared, work = std::move(work)]() mutable { work(std::move(*shared)); })) {
      (*shared)(unavailable("stopping", "matchcue is stopping"));
    }
  }

  void add_audience(std::size_t index, domain::EventId event, AudienceView view, Reply<AudienceView> reply) {
    ShardRunner& shard = *shards_[index];
    post(shard.loop(), std::move(reply),
         [this, index, &shard, event = std::move(event), view = std::move(view)](Reply<AudienceView> answer) mutable {
           shard.core().add_to(view, event);
           if (index + 1 < shards_.size()) {
             add_audience(index + 1, std::move(event), std::move(view), std::move(answer));
           } else {
             answer(merged(std::move(view)));
           }
         });
  }

  /// Makes one push of what each shard says of the same change.
  static void merge_pushes(std::vector<AudienceView::Push>& pushes) {
    std::map<domain::Sequence, AudienceView::Push> by_sequence;
    for (const AudienceView::Push& push : pushes) {
      const auto [same, added] = by_sequence.try_emplace(push.sequence, push);
      if (added) continue;
      same->second.ms = std::max(same->second.ms, push.ms);
      same->second.slates += push.slates;
    }
    pushes.clear();
    for (const auto& [sequence, push] : by_sequence) pushes.push_back(push);
    if (pushes.size() > kPushesMax) pushes.erase(pushes.begin(), pushes.end() - kPushesMax);
  }

  /// Adds up what shards counted for the same item, and for the same change.
  static AudienceView merged(AudienceView view) {
    std::vector<AudienceView::OnScreen> sums;
    for (AudienceView::OnScreen& shown : view.on_screen) {
      const auto same = std::find_if(sums.begin(), sums.end(), [&](const AudienceView::OnScreen& sum) {
        return sum.slot == shown.slot && sum.item == shown.item;
      });
      if (same == sums.end()) {
        sums.push_back(std::move(shown));
      } else {
        same->sessions += shown.sessions;
      }
    }
    std::sort(sums.begin(), sums.end(), [](const AudienceView::OnScreen& a, const AudienceView::OnScreen& b) {
      return std::tie(a.slot, a.item) < std::tie(b.slot, b.item);
    });
    view.on_screen = std::move(sums);
    merge_pushes(view.pushes);
    return view;
  }

  /// Runs `visit` on each shard's thread and waits for all.
  void on_every_shard(const std::function<void(ShardRunner&)>& visit) {
    for (auto& shard : shards_) run_on(shard->loop(), [&] { visit(*shard); });
  }
  /// Runs `task` on the loop's thread and waits for it; nothing when the loop has stopped.
  template <typename Task>
  static void run_on(runtime::Loop& loop, Task task) {
    std::promise<void> done;
    const std::future<void> is_done = done.get_future();
    const bool posted = loop.post([&] {
      task();
      done.set_value();
    });
    if (posted) loop.wait(is_done);
  }

  void to_shards(std::function<void(ShardCore&)> visit) override {
    for (auto& shard : shards_) to_core(*shard, visit);
  }
  void to_shard(std::size_t index, std::function<void(ShardCore&)> task) override { to_core(*shards_[index], task); }
  static void to_core(ShardRunner& shard, const std::function<void(ShardCore&)>& task) {
    shard.loop().post([&shard, task] { task(shard.core()); });
  }
  void to_control(std::function<void()> task) override { control_loop_.post(std::move(task)); }

  store::Store& store_;
  runtime::Loop& control_loop_;
  std::vector<std::unique_ptr<ShardRunner>> shards_;
  std::unique_ptr<Control> control_;
  runtime::TimerId control_timer_ = 0;
  std::atomic<bool> ready_ = false;
};

}  // namespace

Result<std::unique_ptr<Engine>> start_engine(const Options& options, const Surroundings& surroundings) {
  CHECK(!surroundings.shards.empty());
  auto engine = std::make_unique<ThreadedEngine>(options, surroundings);
  MCUE_TRY_VOID(engine->start());
  return std::unique_ptr<Engine>(std::move(engine));
}

}  // namespace matchcue::engine
