// SPDX-License-Identifier: Apache-2.0
//
// What the live learner believes, and settling it.
#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"

namespace matchcue::api {
namespace {

engine::Reply<engine::LearnerView> answer(const Call& call) {
  return answer_with<engine::LearnerView>(call, 200, [](const engine::LearnerView& view) { return to_json(view); });
}

Result<void> get_learner(Call& call) {
  call.services.engine.learner(answer(call));
  return {};
}

Result<void> settle_learner(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.settle_learner(answer(call));
  return {};
}

}  // namespace

std::vector<Route> learner_routes() {
  return {
      {"GET",
       "/v1/learner",
       "getLearner",
       "What the live learner believes, and what it gains",
       {},
       "",
       200,
       "Learner",
       {},
       get_learner},
      {"POST",
       "/v1/learner/settle",
       "settleLearner",
       "Judges what was shown until now without waiting longer for acts; answers once what came of it decides",
       {},
       "Empty",
       200,
       "Learner",
       {413, 415},
       settle_learner},
  };
}

}  // namespace matchcue::api
