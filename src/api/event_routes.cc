// SPDX-License-Identifier: Apache-2.0
//
// Live events: state, moments, overrides, contents, audience.
#include <algorithm>
#include <optional>

#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"
#include "api/watch.h"
#include "base/text.h"

namespace matchcue::api {
namespace {

constexpr std::int64_t kWaitMsMax = 30'000;
/// A long poll ends this much before the server would give up on it.
constexpr Milliseconds kWaitMargin{1'000};

domain::EventId event_of(const Call& call) { return domain::EventId(call.arguments.text("event")); }

template <typename T>
engine::Reply<T> answer_json(const Call& call, int status = 200) {
  return answer_with<T>(call, status, [](const T& value) { return to_json(value); });
}

Result<void> list_events(Call& call) {
  call.services.engine.list_events(
      answer_with<std::vector<domain::LiveEvent>>(call, 200, [](const std::vector<domain::LiveEvent>& events) {
        Json all = Json::array();
        for (const domain::LiveEvent& event : events) all.push_back(to_json(event));
        return Json{{"events", std::move(all)}};
      }));
  return {};
}

Result<void> get_event(Call& call) {
  call.services.engine.find_event(event_of(call), answer_json<domain::LiveEvent>(call));
  return {};
}

Result<void> set_state(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::SetState request{event_of(call), fields.required_values("state"), fields.optional_time("media_time")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.set_state(std::move(request), answer_json<engine::ChangeReceipt>(call));
  return {};
}

Result<void> fire_moment(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::FireMoment request{event_of(call), fields.values("state"), fields.optional_time("media_time"),
                             fields.optional_id<domain::ItemId>("subject")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.fire_moment(std::move(request), answer_json<engine::ChangeReceipt>(call, 201));
  return {};
}

Result<void> correct_moment(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  const auto sequence = static_cast<std::uint64_t>(call.arguments.integer("sequence"));
  engine::CorrectMoment request{event_of(call),
                                domain::Sequence(sequence),
                                fields.values("state"),
                                fields.optional_time("media_time"),
                                fields.optional_id<domain::ItemId>("subject"),
                                fields.optional_text("reason")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.correct_moment(std::move(request), answer_json<engine::ChangeReceipt>(call, 201));
  return {};
}

/// Where a page of changes begins and how long it may be.
struct Page {
  domain::Sequence after;
  std::size_t limit;
};
Page page_of(const Call& call) {
  return {domain::Sequence(static_cast<std::uint64_t>(call.arguments.integer("after"))),
          static_cast<std::size_t>(call.arguments.integer("limit"))};
}

Result<void> list_moments(Call& call) {
  const Page page = page_of(call);
  call.services.engine.read_changes(
      event_of(call), page.after, page.limit, Milliseconds(0),
      answer_with<std::vector<
          domain::ChangePtr>>(call, 200, [limit = page.limit](const std::vector<domain::ChangePtr>& changes) {
        Json moments = Json::array();
        for (const domain::ChangePtr& change : changes) {
          if (!change->adjusts()) moments.push_back(to_json(*change));
        }
        const bool more = changes.size() >= limit;
        return Json{{"moments", std::move(moments)}, {"next", more ? Json(changes.back()->sequence.value()) : Json()}};
      }));
  return {};
}

Result<void> list_changes(Call& call) {
  const Page page = page_of(call);
  const Milliseconds wait = std::clamp(Milliseconds(call.arguments.integer("wait_ms")), Milliseconds(0),
                                       std::max(Milliseconds(0), call.services.reply_timeout - kWaitMargin));
  call.services.engine.read_changes(
      event_of(call), page.after, page.limit, wait,
      answer_with<std::vector<domain::ChangePtr>>(call, 200, [](const std::vector<domain::ChangePtr>& changes) {
        return Json{{"changes", to_json(changes)}};
      }));
  return {};
}

Result<void> override_item(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  const std::string action = fields.text("action");
  const auto parsed = domain::parse_override_action(action);
  if (!parsed) {
    fields.refuse(
        invalid("unknown_action", "action must be pin, block or release, and is \"" + action + "\"", "action"));
  }
  engine::OverrideItem request{
      event_of(call),
      {parsed.value_or(domain::OverrideAction::release), domain::ItemId(call.arguments.text("item"))},
      fields.optional_text("reason")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.override_item(std::move(request), answer_json<engine::ChangeReceipt>(call));
  return {};
}

Result<void> get_audience(Call& call) {
  call.services.engine.audience(event_of(call), answer_json<engine::AudienceView>(call));
  return {};
}

/// Where a stream goes on: what the client says that it has, in the header that a reconnect sends, or in the query.
Result<std::optional<domain::Sequence>> stream_start(const Call& call) {
  const std::string& header = call.request.last_event_id;
  if (header.empty()) {
    if (!call.arguments.has("after")) return std::optional<domain::Sequence>();
    return std::optional(domain::Sequence(static_cast<std::uint64_t>(call.arguments.integer("after"))));
  }
  const auto number = parse_int(header);
  if (number && *number >= 0) return std::optional(domain::Sequence(static_cast<std::uint64_t>(*number)));
  return invalid("out_of_range", "Last-Event-ID must be the id of a change, and is \"" + header + "\"",
                 "Last-Event-ID");
}

Result<void> watch_event(Call& call) {
  MCUE_TRY(const std::optional<domain::Sequence> after, stream_start(call));
  call.services.engine.find_event(
      event_of(call), [respond = call.respond, &services = call.services, after](Result<domain::LiveEvent> event) {
        respond([event = std::move(event), &services, after]() -> HttpResponse {
          if (!event.ok()) return make_problem(event.error());
          auto stream = services.watches->open(*event, after);
          if (!stream.ok()) return make_problem(stream.error());
          HttpResponse response;
          response.content_type = "text/event-stream";
          response.stream = *std::move(stream);
          return response;
        });
      });
  return {};
}

Result<void> map_content(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  const auto event = fields.id<domain::EventId>("event");
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.map_content(domain::ContentId(call.arguments.text("content")), event,
                                   answer_json<domain::LiveEvent>(call));
  return {};
}

Parameter event_parameter() { return path_id("event", "the live event"); }
Parameter after_parameter() { return query_integer("after", 0, INT64_MAX, 0, "only changes with a greater sequence"); }
Parameter limit_parameter() { return query_integer("limit", 1, 1000, 100, "at most this many"); }

Route get(std::string path, std::string operation, std::string summary, std::vector<Parameter> parameters,
          std::string response, Handler handler) {
  return {"GET",
          std::move(path),
          std::move(operation),
          std::move(summary),
          std::move(parameters),
          "",
          200,
          std::move(response),
          {404},
          handler};
}

Route watch_route(const Parameter& event) {
  Route route =
      get("/v1/events/{event}/watch", "watchEvent",
          "The event as it goes on, as server-sent events: changes, and views of its audience and the learner",
          {event, query_integer("after", 0, "begin after this change, and not with the newest 50")}, "WatchFrame",
          watch_event);
  route.response_type = "text/event-stream";
  return route;
}

}  // namespace

std::vector<Route> event_routes() {
  const Parameter event = event_parameter();
  return {
      {"GET", "/v1/events", "listEvents", "All live events", {}, "", 200, "EventList", {}, list_events},
      get("/v1/events/{event}", "getEvent", "A live event as it is now", {event}, "Event", get_event),
      {"PATCH",
       "/v1/events/{event}",
       "setState",
       "Changes the event's state; null removes a field. Creates the event; makes no change when nothing is different",
       {event},
       "SetState",
       200,
       "ChangeReceipt",
       {413, 415},
       set_state},
      get("/v1/events/{event}/moments", "listMoments", "Moments, corrections and changes of state",
          {event, after_parameter(), limit_parameter()}, "MomentList", list_moments),
      {"POST",
       "/v1/events/{event}/moments",
       "fireMoment",
       "Something happened: every viewer gets a new slate",
       {event},
       "FireMoment",
       201,
       "ChangeReceipt",
       {404, 413, 415},
       fire_moment},
      {"POST",
       "/v1/events/{event}/moments/{sequence}/corrections",
       "correctMoment",
       "A moment was wrong: its cues are taken back, and new slates follow",
       {event, path_integer("sequence", 1, "the moment that was wrong")},
       "CorrectMoment",
       201,
       "ChangeReceipt",
       {404, 413, 415},
       correct_moment},
      get("/v1/events/{event}/changes", "listChanges", "The change stream; waits for the next change if asked to",
          {event, after_parameter(), limit_parameter(),
           query_integer("wait_ms", 0, kWaitMsMax, 0, "how long to wait for a change when there is none")},
          "ChangeList", list_changes),
      {"PUT",
       "/v1/events/{event}/overrides/{item}",
       "overrideItem",
       "Pins, blocks or releases an item for an event",
       {event, path_id("item", "the item")},
       "OverrideItem",
       200,
       "ChangeReceipt",
       {404, 413, 415},
       override_item},
      get("/v1/events/{event}/audience", "getAudience", "What the event's viewers have on their screens", {event},
          "Audience", get_audience),
      watch_route(event),
      {"PUT",
       "/v1/contents/{content}",
       "mapContent",
       "From now on this content carries that live event",
       {path_id("content", "the content")},
       "MapContent",
       200,
       "Event",
       {413, 415},
       map_content},
  };
}

}  // namespace matchcue::api
