// SPDX-License-Identifier: Apache-2.0
//
// The campaign: what was trained and is served, rolled back or tried in the shadow.
#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"

namespace matchcue::api {
namespace {

engine::Reply<engine::CampaignView> answer(const Call& call, int status) {
  return answer_with<engine::CampaignView>(call, status,
                                           [](const engine::CampaignView& view) { return to_json(view); });
}

/// The body's one field; null is none.
Result<std::string> read_version(const Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  std::string version = body.contains("solution_version") && body["solution_version"].is_null()
                            ? fields.optional_text("solution_version")
                            : fields.text("solution_version");
  MCUE_TRY_VOID(fields.finish());
  return version;
}

Result<void> get_campaign(Call& call) {
  call.services.engine.campaign(answer(call, 200));
  return {};
}

Result<void> deploy(Call& call) {
  MCUE_TRY(std::string version, read_version(call));
  call.services.engine.deploy_campaign(std::move(version), answer(call, 202));
  return {};
}

Result<void> roll_back(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.roll_back_campaign(answer(call, 202));
  return {};
}

Result<void> shadow(Call& call) {
  MCUE_TRY(std::string version, read_version(call));
  call.services.engine.shadow_campaign(std::move(version), answer(call, 202));
  return {};
}

}  // namespace

std::vector<Route> campaign_routes() {
  return {
      {"GET",
       "/v1/campaign",
       "getCampaign",
       "The solution version that is served under the live learner, the one in the shadow, and what was served before",
       {},
       "",
       200,
       "Campaign",
       {},
       get_campaign},
      {"PUT",
       "/v1/campaign",
       "deployCampaign",
       "Serves a solution version; null takes the campaign away. It decides once what it makes of every viewer has "
       "been "
       "worked out, which getCampaign tells",
       {},
       "CampaignPut",
       202,
       "Campaign",
       {404, 409, 413, 415},
       deploy},
      {"POST",
       "/v1/campaign/rollback",
       "rollBackCampaign",
       "Serves what was served before",
       {},
       "Empty",
       202,
       "Campaign",
       {409, 413, 415},
       roll_back},
      {"PUT",
       "/v1/campaign/shadow",
       "shadowCampaign",
       "Scores with a version without showing what it would choose; null ends that",
       {},
       "CampaignPut",
       202,
       "Campaign",
       {404, 409, 413, 415},
       shadow},
  };
}

}  // namespace matchcue::api
