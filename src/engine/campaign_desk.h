#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Gets solution versions ready to serve: works out what they make of every viewer, on a thread of its own, while the
// campaign before keeps deciding.

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "engine/campaign_build.h"
#include "engine/engine.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::engine {

/// On the learner's thread, but for the constructor and stop(). One version is prepared at a time.
class CampaignDesk {
 public:
  /// What a version is prepared for.
  enum class Purpose { deploy, shadow };

  /// `store` and `clock` must outlive it. Answers come by `to_learner`, which runs a task on the learner's thread.
  CampaignDesk(OpenModel open_model, store::Store& store, const Clock& clock, const runtime::MakeLoop& make_loop,
               std::function<void(std::function<void()>)> to_learner);
  void start() { loop_->start(); }
  /// Not on the desk's thread. Idempotent.
  void stop() { loop_->stop(); }

  /// Begins; "" prepares at once for there being none. `accepted` is told once the version was found and opened, and
  /// `ready` later, when it can be taken. Errors: campaign_busy, those of OpenModel.
  ///
  /// lateness   feedback that came in so short a time may still change what trials are worth
  void prepare(Purpose purpose, const std::string& version, Milliseconds lateness, Reply<void> accepted,
               std::function<void()> ready);
  /// The version being prepared; empty when there is none.
  const std::string& preparing() const { return preparing_; }
  /// Why the last preparation came to nothing; empty when it did not.
  const std::string& trouble() const { return trouble_; }

  /// Whether take() can be called by a learner that has taken feedback up to this number.
  bool is_ready(Purpose purpose, std::uint64_t feedback) const {
    return ready_ && purpose_ == purpose && (!build_ || build_->feedback() <= feedback);
  }

  struct Prepared {
    learn::Settings::Deployment deployment;
    std::optional<learn::Campaign> campaign;  ///< nothing: there is to be none
  };
  /// What is ready, brought up to date with all that `learner` has taken and with the links up to number `links`.
  /// Errors: those of CampaignBuild; then it was given up.
  Result<Prepared> take(store::Reader& reader, const learn::LogLearner& learner, std::uint64_t links, WallTime now);

 private:
  void work(const std::string& version, WallTime until, const Reply<void>& accepted,
            const std::function<void()>& ready);
  void finish(Result<std::shared_ptr<CampaignBuild>> built, const std::function<void()>& ready);

  OpenModel open_model_;
  std::unique_ptr<store::Reader> reader_;  ///< the desk's own thread's
  const Clock& clock_;
  std::function<void(std::function<void()>)> to_learner_;
  Purpose purpose_ = Purpose::deploy;
  std::string preparing_;
  std::string trouble_;
  bool busy_ = false;
  bool ready_ = false;
  std::shared_ptr<CampaignBuild> build_;  ///< null: none is wanted
  std::unique_ptr<runtime::Loop> loop_;   // last: its thread ends first
};

}  // namespace matchcue::engine
