// SPDX-License-Identifier: Apache-2.0
//
// Recommendations, decisions and feedback.
#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"
#include "codec/native_message.h"

namespace matchcue::api {
namespace {

constexpr std::size_t kRankedMax = 500;

Result<void> record_interaction(Call& call) {
  MCUE_TRY(codec::PostedInteraction posted, codec::parse_posted_interaction(call.request.body));
  call.services.engine.record_interaction(
      std::move(posted), answer_with<engine::FeedbackReceipt>(call, 200, [](const engine::FeedbackReceipt& receipt) {
        return Json{{"repeated", receipt.repeated}, {"attributed", receipt.attributed}};
      }));
  return {};
}

Result<void> list_interactions(Call& call) {
  const domain::ViewerId viewer(call.arguments.has("viewer") ? call.arguments.text("viewer") : std::string());
  call.services.engine.read_feedback(
      viewer, static_cast<std::size_t>(call.arguments.integer("limit")),
      answer_with<std::vector<domain::Feedback>>(call, 200, [](const std::vector<domain::Feedback>& feedback) {
        Json all = Json::array();
        for (const domain::Feedback& one : feedback) all.push_back(to_json(one));
        return Json{{"interactions", std::move(all)}};
      }));
  return {};
}

engine::RecommendRequest read_request(Fields& fields) {
  engine::RecommendRequest request{fields.id<domain::ViewerId>("viewer"), fields.optional_id<domain::EventId>("event"),
                                   fields.values("context"), std::nullopt};
  auto values = fields.texts("filter_values");
  if (auto filter = fields.optional_id<domain::FilterName>("filter")) {
    request.filter = engine::FilterChoice{*std::move(filter), std::move(values)};
  } else if (!values.empty()) {
    fields.refuse(invalid("missing_value", "filter_values without a filter", "filter"));
  }
  return request;
}

Result<void> recommend(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::RecommendRequest request = read_request(fields);
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.recommend(
      std::move(request),
      answer_with<engine::Recommendation>(call, 200, [](const engine::Recommendation& made) { return to_json(made); }));
  return {};
}

Result<void> rank_items(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::RecommendRequest request = read_request(fields);
  auto list = fields.ids<domain::ItemId>("items", kRankedMax);
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.recommend(
      std::move(request),
      answer_with<engine::Recommendation>(call, 200, [list = std::move(list)](const engine::Recommendation& made) {
        return to_json(made, engine::rank_list(made, list));
      }));
  return {};
}

Result<void> get_decision(Call& call) {
  auto id = domain::parse_decision_id(call.arguments.text("decision"));
  if (!id) return not_found("unknown_decision", id.error().message, "decision");
  call.services.engine.explain(
      *id, answer_with<engine::ExplainedDecision>(call, 200,
                                                  [](const engine::ExplainedDecision& made) { return to_json(made); }));
  return {};
}

}  // namespace

std::vector<Route> decision_routes() {
  return {
      {"POST",
       "/v1/interactions",
       "recordInteraction",
       "What a viewer did with a cue; repeats change nothing",
       {},
       "PostedInteraction",
       200,
       "FeedbackReceipt",
       {413, 415},
       record_interaction},
      {"GET",
       "/v1/interactions",
       "listInteractions",
       "The newest feedback, newest first",
       {query_id("viewer", "only this viewer's"), query_integer("limit", 1, 1000, 100, "at most this many")},
       "",
       200,
       "InteractionList",
       {},
       list_interactions},
      {"POST",
       "/v1/recommendations",
       "recommend",
       "What a viewer would see now; nothing is pushed or logged",
       {},
       "RecommendRequest",
       200,
       "Recommendation",
       {404, 413, 415},
       recommend},
      {"POST",
       "/v1/rankings",
       "rankItems",
       "A list of items in a viewer's order",
       {},
       "RankingRequest",
       200,
       "Ranking",
       {404, 413, 415},
       rank_items},
      {"GET",
       "/v1/decisions/{decision}",
       "getDecision",
       "A logged decision, computed again, with its candidates",
       {path_id("decision", "the decision's id, d_..")},
       "",
       200,
       "Decision",
       {404},
       get_decision},
  };
}

}  // namespace matchcue::api
