// SPDX-License-Identifier: Apache-2.0
#include "store/values_json.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace matchcue::store {

namespace {

using Json = nlohmann::json;

Error corrupt_json(std::string_view what, std::string_view text) {
  return Error{ErrorKind::corrupt,
               "corrupt_values",
               "stored " + std::string(what) + " cannot be read: " + std::string(text.substr(0, 80)),
               {}};
}

struct ValueWriter {
  std::string& out;

  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool flag) const { out += flag ? "true" : "false"; }
  void operator()(std::int64_t number) const { out += std::to_string(number); }
  void operator()(double number) const {
    CHECK(std::isfinite(number), number);
    char text[40];
    const auto written = std::to_chars(text, text + sizeof text, number);
    const std::string_view shortest(text, static_cast<std::size_t>(written.ptr - text));
    out += shortest;
    if (shortest.find_first_of(".e") == std::string_view::npos) out += ".0";  // else it would come back whole
  }
  void operator()(const std::string& text) const { append_json_string(text, out); }
};

std::optional<domain::Value> read_value(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null: return domain::Value{};
    case Json::value_t::boolean: return domain::Value{json.get<bool>()};
    case Json::value_t::number_integer: return domain::Value{json.get<std::int64_t>()};
    case Json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
        return std::nullopt;
      }
      return domain::Value{json.get<std::int64_t>()};
    case Json::value_t::number_float: return domain::Value{json.get<double>()};
    case Json::value_t::string: return domain::Value{json.get<std::string>()};
    case Json::value_t::object:
    case Json::value_t::array:
    case Json::value_t::binary:
    case Json::value_t::discarded: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<domain::ItemOverride> read_override(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto action = json.find("action");
  const auto item = json.find("item");
  if (action == json.end() || item == json.end() || !action->is_string() || !item->is_string()) return std::nullopt;
  const auto parsed = domain::parse_override_action(action->get<std::string>());
  if (!parsed) return std::nullopt;
  return domain::ItemOverride{*parsed, domain::ItemId(item->get<std::string>())};
}

std::optional<domain::Values> read_values(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  domain::Values values;
  for (const auto& [name, member] : json.items()) {
    auto value = read_value(member);
    if (!value) return std::nullopt;
    values.emplace(name, *std::move(value));
  }
  return values;
}

std::optional<domain::Subject> read_subject(const Json& json) {
  if (!json.is_object() || json.size() != 3) return std::nullopt;
  const auto context = json.find("context");
  const auto item = json.find("item");
  const auto moments_ago = json.find("moments_ago");
  if (context == json.end() || item == json.end() || moments_ago == json.end()) return std::nullopt;
  auto values = read_values(*context);
  if (!values || !item->is_string() || !moments_ago->is_number_unsigned()) return std::nullopt;
  if (moments_ago->get<std::uint64_t>() > domain::kSubjectMomentsMax) return std::nullopt;
  return domain::Subject{domain::ItemId(item->get<std::string>()), *std::move(values),
                         moments_ago->get<std::uint32_t>()};
}

std::optional<domain::ViewerTraits> read_traits(const Json& json) {
  if (!json.is_object() || json.size() != 3) return std::nullopt;
  const auto age = json.find("age");
  const auto country = json.find("country");
  const auto fields = json.find("fields");
  if (age == json.end() || country == json.end() || fields == json.end() || !country->is_string()) return std::nullopt;
  domain::ViewerTraits traits;
  if (!age->is_null()) {
    if (!age->is_number_unsigned() || age->get<std::uint64_t>() > std::numeric_limits<int>::max()) return std::nullopt;
    traits.age = age->get<int>();
  }
  traits.country = country->get<std::string>();
  auto values = read_values(*fields);
  if (!values) return std::nullopt;
  traits.fields = *std::move(values);
  return traits;
}

}  // namespace

std::string to_json(const domain::Values& values) {
  std::string out = "{";
  for (const auto& [name, value] : values) {
    if (out.size() > 1) out += ',';
    append_json_string(name, out);
    out += ':';
    std::visit(ValueWriter{out}, value);
  }
  out += '}';
  return out;
}

Result<domain::Values> parse_values(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  auto values = read_values(parsed);
  if (!values) return corrupt_json("values", json);
  return *std::move(values);
}

std::string to_json(const domain::ViewerTraits& traits) {
  std::string out = "{\"age\":";
  out += traits.age ? std::to_string(*traits.age) : "null";
  out += ",\"country\":";
  append_json_string(traits.country, out);
  out += ",\"fields\":";
  out += to_json(traits.fields);
  out += '}';
  return out;
}

Result<domain::TraitsPtr> parse_traits(std::string_view json) {
  auto traits = read_traits(Json::parse(json, nullptr, /*allow_exceptions=*/false));
  if (!traits) return corrupt_json("traits", json);
  return std::make_shared<const domain::ViewerTraits>(*std::move(traits));
}

std::string to_json(const std::vector<domain::ItemOverride>& overrides) {
  std::string out = "[";
  for (const domain::ItemOverride& item_override : overrides) {
    if (out.size() > 1) out += ',';
    out += "{\"action\":";
    append_json_string(domain::to_string(item_override.action), out);
    out += ",\"item\":";
    append_json_string(item_override.item.str(), out);
    out += '}';
  }
  out += ']';
  return out;
}

Result<std::vector<domain::ItemOverride>> parse_overrides(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_array()) return corrupt_json("overrides", json);
  std::vector<domain::ItemOverride> overrides;
  for (const Json& member : parsed) {
    auto item_override = read_override(member);
    if (!item_override) return corrupt_json("overrides", json);
    overrides.push_back(*std::move(item_override));
  }
  return overrides;
}

std::string to_json(const std::vector<domain::Subject>& subjects) {
  std::string out = "[";
  for (const domain::Subject& subject : subjects) {
    if (out.size() > 1) out += ',';
    out += "{\"context\":" + to_json(subject.context) + ",\"item\":";
    append_json_string(subject.item.str(), out);
    out += ",\"moments_ago\":" + std::to_string(subject.moments_ago) + '}';
  }
  return out + ']';
}

Result<std::vector<domain::Subject>> parse_subjects(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_array()) return corrupt_json("subjects", json);
  std::vector<domain::Subject> subjects;
  for (const Json& member : parsed) {
    auto subject = read_subject(member);
    if (!subject) return corrupt_json("subjects", json);
    subjects.push_back(*std::move(subject));
  }
  return subjects;
}

}  // namespace matchcue::store
