#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The domain as the API's JSON. schemas.json describes every object made here.

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/training_desk.h"
#include "domain/access_records.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "domain/live_event.h"
#include "engine/engine.h"
#include "engine/ranking.h"

namespace matchcue::api {

using Json = nlohmann::ordered_json;

Json to_json(const domain::Value& value);
Json to_json(const domain::Values& values);
Json to_json(const domain::LiveEvent& event);
Json to_json(const domain::StoredFilter& filter);
Json to_json(const engine::FilterOutcome& outcome);
Json to_json(const domain::Change& change);
Json to_json(const std::vector<domain::ChangePtr>& changes);
Json to_json(const domain::Item& item);
Json to_json(const domain::Feedback& feedback);
Json to_json(const store::WriteSummary& summary);
Json to_json(const engine::ChangeReceipt& receipt);
Json to_json(const engine::AudienceView& view);
Json to_json(const engine::RewardRate& rate);
Json to_json(const engine::LearnerView& view);
Json to_json(const engine::CampaignView& view);
Json to_json(const Training& training);
Json to_json(const domain::ViewerLink& link);
Json to_json(const store::Erasure& erasure);
Json to_json(const domain::Revocation& revocation);
Json to_json(const engine::ViewerView::Slate& slate);
Json to_json(const domain::ViewerId& id, const engine::ViewerView& view);
Json to_json(const engine::Recommendation& recommendation);
Json to_json(const engine::Recommendation& recommendation, const std::vector<engine::RankedItem>& ranking);
Json to_json(const engine::ExplainedDecision& explained);

}  // namespace matchcue::api
