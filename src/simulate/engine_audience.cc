// SPDX-License-Identifier: Apache-2.0
#include "simulate/engine_audience.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>

#include "codec/personalize_schema.h"

namespace matchcue::simulate {
namespace {

constexpr std::chrono::seconds kPatience{30};

Error stalled(std::string what) { return unavailable("crowd_stalled", std::move(what)); }

/// Makes an asynchronous call and waits for its answer.
template <typename T>
Result<T> wait_for(const std::function<void(engine::Reply<T>)>& call) {
  const auto promise = std::make_shared<std::promise<Result<T>>>();
  auto answer = promise->get_future();
  call([promise](Result<T> result) { promise->set_value(std::move(result)); });
  if (answer.wait_for(kPatience) != std::future_status::ready) return stalled("the engine does not answer");
  return answer.get();
}

/// Interactions that are under way. Any thread.
class Pending {
 public:
  void add(std::size_t count) {
    const std::lock_guard lock(mutex_);
    count_ += count;
  }
  void remove_one() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  void complain(std::string what) {
    const std::lock_guard lock(mutex_);
    if (complaint_.empty()) complaint_ = std::move(what);
    none_.notify_all();
  }
  Result<void> wait() {
    std::unique_lock lock(mutex_);
    const bool done = none_.wait_for(lock, kPatience, [&] { return count_ == 0 || !complaint_.empty(); });
    if (!complaint_.empty()) return Error{ErrorKind::internal, "refused", complaint_, {}};
    if (!done) return stalled(fmt::format("{} interactions are not acknowledged", count_));
    return {};
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;
  std::string complaint_;
};

/// One viewer. Shard thread, but for what is said otherwise.
class Member final : public engine::ViewerPeer {
 public:
  Member(std::vector<CrowdCue>& screen, Pending& pending) : screen_(screen), pending_(pending) {}

  void send(const engine::OutFrame& frame) override {
    const std::string_view text = frame.text();
    if (frame.frame_class == engine::FrameClass::slate) {
      auto slate = parse_crowd_slate(text);
      if (!slate.ok()) return pending_.complain(slate.error().message);
      screen_ = std::move(slate->cues);
    } else if (text.starts_with(R"({"t":"ack")")) {
      pending_.remove_one();
    } else if (text.starts_with(R"({"t":"error")")) {
      pending_.complain(std::string(text));
    }
  }
  void close(engine::CloseReason) override { pending_.complain("the engine ended a session"); }

  engine::SessionKey session = 0;

 private:
  std::vector<CrowdCue>& screen_;  ///< read by the crowd's thread while the shard has nothing to do for it
  Pending& pending_;
};

class EngineAudience final : public CrowdAudience {
 public:
  EngineAudience(engine::Engine& engine, std::vector<runtime::Loop*> shards, domain::EventId event)
      : engine_(engine), shards_(std::move(shards)), event_(std::move(event)) {}

  ~EngineAudience() override {
    on_shards([this](std::size_t shard) {
      for (std::size_t v = 0; v < members_.size(); ++v) {
        if (shard_of(v) == shard && members_[v]->session != 0) engine_.shard(shard).disconnect(members_[v]->session);
      }
    });
  }

  Result<void> put_context(const domain::Schema& interactions) override {
    return done(wait_for<domain::Schema>([&](auto reply) {
      engine_.put_schema(domain::DatasetKind::interactions, codec::write_schema(interactions), std::move(reply));
    }));
  }

  Result<void> put_items(std::span<const CrowdItem> items) override {
    std::vector<domain::Item> rows;
    for (const CrowdItem& item : items) {
      MCUE_TRY(domain::Item row, domain::make_item(item.id, item.fields, "{}"));
      rows.push_back(std::move(row));
    }
    return done(
        wait_for<store::WriteSummary>([&](auto reply) { engine_.put_items(std::move(rows), std::move(reply)); }));
  }

  Result<void> put_viewers(std::span<const CrowdViewer> viewers) override {
    std::vector<domain::Viewer> rows;
    for (const CrowdViewer& viewer : viewers) {
      MCUE_TRY(domain::Viewer row, domain::make_viewer(viewer.id, viewer.fields, "{}"));
      rows.push_back(std::move(row));
      ids_.push_back(viewer.id);
    }
    return done(
        wait_for<store::WriteSummary>([&](auto reply) { engine_.put_viewers(std::move(rows), std::move(reply)); }));
  }

  Result<void> connect() override {
    const domain::ContentId content("crowd");
    MCUE_TRY_VOID(
        done(wait_for<domain::LiveEvent>([&](auto reply) { engine_.map_content(content, event_, std::move(reply)); })));
    slates_.resize(ids_.size());
    for (auto& screen : slates_) members_.push_back(std::make_unique<Member>(screen, pending_));
    on_shards([&](std::size_t shard) {
      for (std::size_t v = 0; v < ids_.size(); ++v) {
        if (shard_of(v) != shard) continue;
        auto session = engine_.shard(shard).introduce(
            members_[v].get(), {engine::Route::native, {ids_[v], content, "crowd", std::nullopt}});
        if (session.ok()) {
          members_[v]->session = *session;
        } else {
          pending_.complain(session.error().message);
        }
      }
    });
    return pending_.wait();
  }

  Result<void> fire(const TimedMoment& moment) override {
    for (auto& screen : slates_) screen.clear();
    MCUE_TRY_VOID(done(wait_for<engine::ChangeReceipt>([&](auto reply) {
      engine_.fire_moment({event_, moment.state, std::nullopt, moment.subject}, std::move(reply));
    })));
    on_shards([](std::size_t) {});  // the walks were posted before the receipt: now they are over
    return pending_.wait();
  }

  const std::vector<std::vector<CrowdCue>>& slates() const override { return slates_; }

  Result<void> act(std::span<const CrowdAct> acts) override {
    pending_.add(acts.size());
    const std::uint64_t first = acts_ + 1;
    acts_ += acts.size();
    on_shards([&](std::size_t shard) {
      for (std::size_t a = 0; a < acts.size(); ++a) {
        const CrowdAct& act = acts[a];
        if (shard_of(act.viewer) != shard) continue;
        auto cue = domain::parse_cue_id(act.cue);
        if (!cue.ok()) return pending_.complain(cue.error().message);
        engine_.shard(shard).receive(members_[act.viewer]->session,
                                     codec::InteractionMessage{fmt::format("a{}", first + a), *cue, act.kind, 1});
      }
    });
    return pending_.wait();
  }

  Result<void> settle() override {
    return done(wait_for<engine::LearnerView>([&](auto reply) { engine_.settle_learner(std::move(reply)); }));
  }

 private:
  std::size_t shard_of(std::size_t viewer) const { return engine_.shard_of(ids_[viewer]); }

  template <typename T>
  static Result<void> done(const Result<T>& result) {
    if (!result.ok()) return result.error();
    return {};
  }

  /// Runs `visit` on every shard's thread and waits for all.
  void on_shards(const std::function<void(std::size_t)>& visit) {
    std::vector<std::promise<void>> finished(shards_.size());
    for (std::size_t shard = 0; shard < shards_.size(); ++shard) {
      const bool posted = shards_[shard]->post([&, shard] {
        visit(shard);
        finished[shard].set_value();
      });
      if (!posted) finished[shard].set_value();
    }
    for (auto& each : finished) each.get_future().wait();
  }

  engine::Engine& engine_;
  std::vector<runtime::Loop*> shards_;
  domain::EventId event_;
  std::vector<domain::ViewerId> ids_;
  std::vector<std::vector<CrowdCue>> slates_;
  Pending pending_;
  std::vector<std::unique_ptr<Member>> members_;
  std::uint64_t acts_ = 0;
};

}  // namespace

std::unique_ptr<CrowdAudience> make_engine_audience(engine::Engine& engine, std::vector<runtime::Loop*> shards,
                                                    domain::EventId event) {
  return std::make_unique<EngineAudience>(engine, std::move(shards), std::move(event));
}

}  // namespace matchcue::simulate
