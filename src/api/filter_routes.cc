// SPDX-License-Identifier: Apache-2.0
//
// Filters: kept, tried, and in force for an event.
#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"

namespace matchcue::api {
namespace {

domain::FilterName filter_of(const Call& call) { return domain::FilterName(call.arguments.text("filter")); }

template <typename T>
engine::Reply<T> answer_json(const Call& call) {
  return answer_with<T>(call, 200, [](const T& value) { return to_json(value); });
}

Result<void> list_filters(Call& call) {
  call.services.engine.list_filters(
      answer_with<std::vector<domain::StoredFilter>>(call, 200, [](const std::vector<domain::StoredFilter>& filters) {
        Json all = Json::array();
        for (const domain::StoredFilter& filter : filters) all.push_back(to_json(filter));
        return Json{{"filters", std::move(all)}};
      }));
  return {};
}

Result<void> get_filter(Call& call) {
  call.services.engine.find_filter(filter_of(call), answer_json<domain::StoredFilter>(call));
  return {};
}

Result<void> put_filter(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  const std::string expression = fields.text("expression");
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.put_filter(filter_of(call), expression, answer_json<domain::StoredFilter>(call));
  return {};
}

Result<void> delete_filter(Call& call) {
  call.services.engine.delete_filter(filter_of(call), answer_json<domain::StoredFilter>(call));
  return {};
}

Result<void> try_filter(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::FilterTrial trial{fields.optional_id<domain::FilterName>("filter"), fields.optional_text("expression"),
                            fields.texts("filter_values"), fields.optional_id<domain::ViewerId>("viewer")};
  if (trial.filter.has_value() != trial.expression.empty()) {
    fields.refuse(
        invalid("missing_value", "give either filter, the name of a stored one, or expression", "expression"));
  }
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.try_filter(std::move(trial), answer_json<engine::FilterOutcome>(call));
  return {};
}

Result<void> use_filter(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::UseFilter request{domain::EventId(call.arguments.text("event")),
                            true,
                            {filter_of(call), fields.texts("filter_values")},
                            fields.optional_text("reason")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.use_filter(std::move(request), answer_json<engine::ChangeReceipt>(call));
  return {};
}

Result<void> drop_filter(Call& call) {
  engine::UseFilter request{domain::EventId(call.arguments.text("event")), false, {filter_of(call), {}}, {}};
  call.services.engine.use_filter(std::move(request), answer_json<engine::ChangeReceipt>(call));
  return {};
}

}  // namespace

std::vector<Route> filter_routes() {
  const Parameter filter = path_id("filter", "the filter's name");
  const Parameter event = path_id("event", "the live event");
  return {
      {"GET", "/v1/filters", "listFilters", "All filters", {}, "", 200, "FilterList", {}, list_filters},
      {"GET", "/v1/filters/{filter}", "getFilter", "A filter", {filter}, "", 200, "Filter", {404}, get_filter},
      {"PUT",
       "/v1/filters/{filter}",
       "putFilter",
       "Adds or replaces a filter, in the filter language of Amazon Personalize",
       {filter},
       "PutFilter",
       200,
       "Filter",
       {413, 415},
       put_filter},
      {"DELETE",
       "/v1/filters/{filter}",
       "deleteFilter",
       "Deletes a filter that is not in force for any event; answers what is gone",
       {filter},
       "",
       200,
       "Filter",
       {404, 409},
       delete_filter},
      {"POST",
       "/v1/filter-trials",
       "tryFilter",
       "Which items would pass a filter, stored or not; nothing is changed",
       {},
       "FilterTrial",
       200,
       "FilterOutcome",
       {404, 409, 413, 415},
       try_filter},
      {"PUT",
       "/v1/events/{event}/filters/{filter}",
       "useFilter",
       "Puts a filter in force for an event, as it is now: what viewers see is decided again",
       {event, filter},
       "UseFilter",
       200,
       "ChangeReceipt",
       {404, 413, 415},
       use_filter},
      {"DELETE",
       "/v1/events/{event}/filters/{filter}",
       "dropFilter",
       "Takes a filter out of force for an event",
       {event, filter},
       "",
       200,
       "ChangeReceipt",
       {404},
       drop_filter},
  };
}

}  // namespace matchcue::api
