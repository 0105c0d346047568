#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The live learner on its own thread: it follows the feedback log, and what it believes after each step is served.
// A step is durable before anything is decided with it, so that every decision can be computed again.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "engine/campaign_desk.h"
#include "engine/engine.h"
#include "engine/feedback_fold.h"
#include "engine/learner_watch.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::engine {

/// Called on the learner's thread with what decides from now on; calls `served` on any thread once it does.
using Publish = std::function<void(scoring::SolutionVersionPtr version, std::function<void()> served)>;

/// Methods: any thread, except where a call says otherwise.
class LiveLearning {
 public:
  /// `store`, `clock` and `metrics` must outlive it.
  LiveLearning(const learn::Settings& settings, OpenModel open_model, store::Store& store, const Clock& clock,
               metrics::Metrics& metrics, const runtime::MakeLoop& make_loop, Publish publish);
  ~LiveLearning();

  /// Rebuilds the learner from what is stored, off this thread, then follows the log.
  void start();
  /// Keeps a snapshot for the next start and ends the thread. Not from the learner's thread. Idempotent.
  void stop();

  void view(const Reply<LearnerView>& reply);
  /// Judges every impression that is durable now as if it had waited long enough, and replies once what came of it is
  /// served. For replays and tests, which have no time to wait.
  void settle(Reply<LearnerView> reply);

  /// Calls `served` on some thread once link number `link` counts in what decides, or at once while that takes an
  /// unknown time: it is durable, and nobody waits for a learner that is in trouble.
  void await_link(std::uint64_t link, std::function<void()> served);

  /// Forgets all it knows and learns nothing, so that no snapshot is kept, until as many calls of learn_anew() came.
  /// Calls `held` on some thread once that is so. What it published last goes on deciding.
  void hold(std::function<void()> held);
  /// Learns again, from what is stored now.
  void learn_anew();

  // As in Engine.
  void campaign(Reply<CampaignView> reply);
  void deploy(std::string version, Reply<CampaignView> reply);
  void roll_back(Reply<CampaignView> reply);
  void shadow(std::string version, Reply<CampaignView> reply);

 private:
  struct Settling {
    std::uint64_t last = 0;  ///< feedback that must be folded in
    Reply<LearnerView> reply;
  };
  /// Somebody who waits until a link counts.
  struct Identifying {
    std::uint64_t link = 0;
    std::function<void()> served;
  };

  // All on the learner's thread.
  void rebuild();
  void follow();
  void log_step(bool settle);
  void on_logged(const store::LearnerStep& step, const Result<void>& logged);
  void publish(std::vector<Reply<LearnerView>> settled);
  /// Takes out those who wait for links up to number `last`.
  std::vector<std::function<void()>> take_identified(std::uint64_t last);
  void stop_waiting_for_links();
  void hold_when_due();
  void keep_snapshot_when_due();
  void finish();
  void finish_without_snapshot();
  void keep_snapshot();
  void observe();
  void report_trouble(const Error& error);
  LearnerView make_view() const;
  void on_learner(std::function<void()> task);
  void prepare(CampaignDesk::Purpose purpose, std::string version, Reply<CampaignView> reply);
  void install_shadow();
  Result<CampaignView> make_campaign_view();
  Result<std::vector<CampaignView::Deployment>> load_deployments();

  bool started_ = false;  ///< by the thread that starts and stops
  learn::Settings settings_;
  store::Store& store_;
  const Clock& clock_;
  metrics::Metrics& metrics_;
  Publish publish_;
  std::unique_ptr<store::Reader> reader_;
  std::optional<FeedbackFold> fold_;  ///< nothing until it is rebuilt
  LearnerWatch watch_;
  std::string version_;
  std::vector<Settling> settling_;
  std::vector<Identifying> identifying_;
  OpenModel open_model_;
  CampaignDesk desk_;
  std::optional<CampaignDesk::Prepared> deploying_;  ///< by the step that is being logged
  bool settings_changed_ = false;                    ///< the next step must say what they are
  bool logging_ = false;                             ///< a step is on its way to the store
  std::uint64_t step_feedback_ = 0;                  ///< the last step's
  std::uint64_t snapshot_feedback_ = 0;              ///< the last snapshot's
  std::vector<std::function<void()>> holding_;       ///< called once the fold is dropped
  std::size_t held_ = 0;                             ///< so many hold it
  std::function<void()> finished_;                   ///< called once the last snapshot is kept; nothing until stop()
  runtime::TimerId timer_ = 0;
  SteadyTime rebuild_at_;  ///< not before
  double lag_s_ = 0;
  std::string trouble_;                  ///< of the last attempt to follow the log
  std::string snapshot_trouble_;         ///< of the last snapshot
  std::unique_ptr<runtime::Loop> loop_;  // last: its thread ends first
};

}  // namespace matchcue::engine
