// SPDX-License-Identifier: Apache-2.0
#include "simulate/audience_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <tuple>

#include "base/text.h"

namespace matchcue::simulate {
namespace {

using Json = nlohmann::json;

Error unexpected(std::string_view body) {
  return Error{ErrorKind::internal,
               "unexpected_answer",
               fmt::format("the server answered what it should not: {}", first_characters(body, 120)),
               {}};
}

std::string text_of(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}
std::uint64_t count_of(const Json& object, const char* name) {
  return object.contains(name) && object[name].is_number_unsigned() ? object[name].get<std::uint64_t>() : 0;
}

}  // namespace

Result<AudienceSeen> parse_audience(std::string_view body, const std::map<std::string, std::string>& labels) {
  const Json answer = Json::parse(body, nullptr, false);
  if (!answer.is_object() || !answer.contains("on_screen") || !answer["on_screen"].is_array()) return unexpected(body);
  AudienceSeen seen;
  seen.connections = count_of(answer, "connections");
  seen.slates = count_of(answer, "slates");
  if (answer.contains("last_push_ms") && answer["last_push_ms"].is_number()) {
    seen.last_push_ms = answer["last_push_ms"].get<double>();
  }
  for (const Json& shown : answer["on_screen"]) {
    if (!shown.is_object()) return unexpected(body);
    ScreenShare share{text_of(shown, "slot"), text_of(shown, "item"), "", count_of(shown, "sessions")};
    const auto label = labels.find(share.item);
    share.label = label == labels.end() || label->second.empty() ? share.item : label->second;
    seen.on_screen.push_back(std::move(share));
  }
  std::stable_sort(seen.on_screen.begin(), seen.on_screen.end(), [](const ScreenShare& a, const ScreenShare& b) {
    return std::tie(a.slot, b.sessions) < std::tie(b.slot, a.sessions);
  });
  return seen;
}

Result<AudienceSeen> AudienceReader::read(const domain::EventId& event) {
  if (labels_.empty()) MCUE_TRY_VOID(read_labels());
  MCUE_TRY(const api::ClientResponse answer,
           client_.send("GET", "/v1/events/" + api::escape_segment(event.str()) + "/audience"));
  return parse_audience(answer.body, labels_);
}

Result<void> AudienceReader::read_labels() {
  MCUE_TRY(const api::ClientResponse answer, client_.send("GET", "/v1/items"));
  const Json body = Json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("items") || !body["items"].is_array()) return unexpected(answer.body);
  for (const Json& item : body["items"]) labels_[text_of(item, "id")] = text_of(item, "label");
  return {};
}

}  // namespace matchcue::simulate
