// SPDX-License-Identifier: Apache-2.0
#include "simulate/event_api.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/http_client.h"
#include "base/text.h"

namespace matchcue::simulate {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kChangesPerCall = 1'000;

Json to_json(const domain::Values& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) {
    std::visit(
        [&, &key = name](const auto& held) {
          if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
            object[key] = nullptr;
          } else {
            object[key] = held;
          }
        },
        value);
  }
  return object;
}

Error unexpected(const std::string& target, const std::string& body) {
  return Error{ErrorKind::internal,
               "unexpected_answer",
               fmt::format("{} answered what it should not: {}", target, first_characters(body, 120)),
               {}};
}

/// {"changed":bool,"event":{"sequence":n}} or an event alone.
Result<Accepted> read_accepted(const std::string& target, const std::string& body) {
  const Json answer = Json::parse(body, nullptr, false);
  if (!answer.is_object()) return unexpected(target, body);
  const Json& event = answer.contains("event") ? answer["event"] : answer;
  if (!event.is_object() || !event.contains("sequence") || !event["sequence"].is_number_unsigned()) {
    return unexpected(target, body);
  }
  return Accepted{domain::Sequence(event["sequence"].get<std::uint64_t>()), answer.value("changed", true)};
}

Result<ChangeSeen> read_change(const std::string& target, const Json& change) {
  const auto text_of = [&](const char* name) {
    return change.contains(name) && change[name].is_string() ? change[name].get<std::string>() : std::string();
  };
  const auto kind = domain::parse_change_kind(text_of("kind"));
  if (!kind || !change.contains("sequence") || !change["sequence"].is_number_unsigned()) {
    return unexpected(target, change.dump());
  }
  MCUE_TRY(const WallTime at, parse_rfc3339(text_of("at")));
  return ChangeSeen{domain::Sequence(change["sequence"].get<std::uint64_t>()), *kind, at,
                    change.contains("first") && change["first"] == true};
}

class HttpEventApi final : public EventApi {
 public:
  explicit HttpEventApi(api::Endpoint server) : client_(std::move(server)) {}

  Result<Accepted> set_state(const domain::EventId& event, const domain::Values& state, WallTime media_time) override {
    return change("PATCH", path(event), {{"state", to_json(state)}, {"media_time", format_rfc3339(media_time)}});
  }
  Result<Accepted> fire(const domain::EventId& event, const TimedMoment& moment, WallTime media_time) override {
    return change("POST", path(event) + "/moments", body_of(moment, media_time));
  }
  Result<Accepted> correct(const domain::EventId& event, domain::Sequence wrong, const TimedMoment& moment,
                           WallTime media_time) override {
    Json body = body_of(moment, media_time);
    body["reason"] = moment.reason;
    return change("POST", fmt::format("{}/moments/{}/corrections", path(event), wrong.value()), body);
  }
  Result<void> map_content(const domain::ContentId& content, const domain::EventId& event) override {
    const auto answer =
        client_.send("PUT", "/v1/contents/" + api::escape_segment(content.str()), Json{{"event", event.str()}}.dump());
    if (!answer) return answer.error();
    return {};
  }
  Result<domain::Sequence> latest(const domain::EventId& event) override {
    MCUE_TRY(const Accepted accepted, call("GET", path(event), {}));
    return accepted.sequence;
  }
  Result<std::vector<ChangeSeen>> changes_after(const domain::EventId& event, domain::Sequence after) override {
    std::vector<ChangeSeen> changes;
    for (;;) {
      const std::string target =
          fmt::format("{}/changes?after={}&limit={}", path(event), after.value(), kChangesPerCall);
      MCUE_TRY(const api::ClientResponse answer, client_.send("GET", target));
      const Json body = Json::parse(answer.body, nullptr, false);
      if (!body.is_object() || !body.contains("changes") || !body["changes"].is_array()) {
        return unexpected(target, answer.body);
      }
      for (const Json& change : body["changes"]) {
        MCUE_TRY(const ChangeSeen seen, read_change(target, change));
        changes.push_back(seen);
      }
      if (body["changes"].size() < kChangesPerCall) return changes;
      after = changes.back().sequence;
    }
  }

 private:
  static std::string path(const domain::EventId& event) { return "/v1/events/" + api::escape_segment(event.str()); }

  static Json body_of(const TimedMoment& moment, WallTime media_time) {
    Json body{{"state", to_json(moment.state)}, {"media_time", format_rfc3339(media_time)}};
    if (moment.subject) body["subject"] = moment.subject->str();
    return body;
  }

  Result<Accepted> change(std::string_view method, const std::string& target, const Json& body) {
    return call(method, target, body.dump());
  }
  Result<Accepted> call(std::string_view method, const std::string& target, const std::string& body) {
    MCUE_TRY(const api::ClientResponse answer, client_.send(method, target, body));
    return read_accepted(target, answer.body);
  }

  api::HttpClient client_;
};

}  // namespace

std::unique_ptr<EventApi> make_http_event_api(api::Endpoint server) {
  return std::make_unique<HttpEventApi>(std::move(server));
}

}  // namespace matchcue::simulate
