// SPDX-License-Identifier: Apache-2.0
#include "engine/campaign_desk.h"

namespace matchcue::engine {

CampaignDesk::CampaignDesk(OpenModel open_model, store::Store& store, const Clock& clock,
                           const runtime::MakeLoop& make_loop, std::function<void(std::function<void()>)> to_learner)
    : open_model_(std::move(open_model)),
      reader_(store.make_reader()),
      clock_(clock),
      to_learner_(std::move(to_learner)),
      loop_(make_loop("campaign", clock)) {}

void CampaignDesk::prepare(Purpose purpose, const std::string& version, Milliseconds lateness, Reply<void> accepted,
                           std::function<void()> ready) {
  if (busy_) {
    return accepted(Error{ErrorKind::conflict, "campaign_busy",
                          preparing_.empty() ? "a campaign is being taken away"
                                             : "solution version \"" + preparing_ + "\" is being prepared",
                          "solution_version"});
  }
  busy_ = true;
  purpose_ = purpose;
  preparing_ = version;
  trouble_.clear();
  if (version.empty()) {
    accepted({});
    return finish(std::shared_ptr<CampaignBuild>(), ready);
  }
  const WallTime until = clock_.wall() - lateness;
  const bool posted = loop_->post([this, version, until, accepted, ready] { work(version, until, accepted, ready); });
  if (posted) return;
  busy_ = false;
  accepted(unavailable("stopping", "matchcue is stopping"));
}

void CampaignDesk::work(const std::string& version, WallTime until, const Reply<void>& accepted,
                        const std::function<void()>& ready) {
  const auto model = open_model_(version);
  to_learner_([accepted, found = model.ok() ? Result<void>() : Result<void>(model.error())] { accepted(found); });
  const auto build = [&]() -> Result<std::shared_ptr<CampaignBuild>> {
    if (!model.ok()) return model.error();
    MCUE_TRY(const std::uint64_t interactions, reader_->last_interaction_number());
    MCUE_TRY(const std::uint64_t links, reader_->last_viewer_link_number());
    auto built = std::make_shared<CampaignBuild>(*model, learn::Settings::Deployment{version, interactions, links});
    MCUE_TRY_VOID(built->add_interactions(*reader_));
    MCUE_TRY(const std::uint64_t last, reader_->last_feedback_number());
    MCUE_TRY_VOID(built->add_feedback(*reader_, last, until, nullptr, until));
    return built;
  };
  to_learner_([this, built = build(), ready] { finish(built, ready); });
}

void CampaignDesk::finish(Result<std::shared_ptr<CampaignBuild>> built, const std::function<void()>& ready) {
  busy_ = built.ok();
  ready_ = built.ok();
  if (!built.ok()) {
    preparing_.clear();
    trouble_ = built.error().message;
    return;
  }
  build_ = *std::move(built);
  ready();
}

Result<CampaignDesk::Prepared> CampaignDesk::take(store::Reader& reader, const learn::LogLearner& learner,
                                                  std::uint64_t links, WallTime now) {
  const std::shared_ptr<CampaignBuild> build = std::move(build_);
  busy_ = ready_ = false;
  preparing_.clear();
  if (!build) return Prepared();
  // The desk may have read further than the learner has.
  CHECK(build->feedback() <= learner.feedback(), build->feedback(), learner.feedback());
  const auto catch_up = [&]() -> Result<void> {
    MCUE_TRY_VOID(build->add_feedback(reader, learner.feedback(), WallTime::max(), &learner, now));
    return build->identify(reader, links, learner, now);
  };
  if (const auto caught_up = catch_up(); !caught_up.ok()) {
    trouble_ = caught_up.error().message;
    return caught_up.error();
  }
  return Prepared{build->deployment(), build->take()};
}

}  // namespace matchcue::engine
