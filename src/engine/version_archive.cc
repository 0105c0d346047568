// SPDX-License-Identifier: Apache-2.0
#include "engine/version_archive.h"

namespace matchcue::engine {

VersionArchive::VersionArchive(OpenModel open_model, store::Store& store, const Clock& clock,
                               const runtime::MakeLoop& make_loop)
    : open_model_(std::move(open_model)), reader_(store.make_reader()), loop_(make_loop("archive", clock)) {}

void VersionArchive::find(const learn::LiveVersionName& name, Reply<scoring::SolutionVersionPtr> reply) {
  const auto shared = std::make_shared<Reply<scoring::SolutionVersionPtr>>(std::move(reply));
  if (!loop_->post([this, name, shared] { (*shared)(rebuild(name)); })) {
    (*shared)(unavailable("stopping", "matchcue is stopping"));
  }
}

Result<scoring::SolutionVersionPtr> VersionArchive::rebuild(const learn::LiveVersionName& name) {
  if (name.step == 0) return learn::LogLearner({}).version(name.policy);
  if (fold_ && fold_->learner().steps() <= name.step) {
    MCUE_TRY_VOID(fold_->repeat(name.step));
  } else {
    fold_.reset();
    MCUE_TRY(fold_, FeedbackFold::rebuild(*reader_, open_model_, name.step, {}));
  }
  if (fold_->learner().steps() != name.step) {
    const std::string id = learn::live_version_id(name.step, name.policy);
    return not_found("unknown_solution_version", "unknown solution version \"" + id + "\"");
  }
  return fold_->learner().version(name.policy);
}

}  // namespace matchcue::engine
