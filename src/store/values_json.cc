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

std::optional<domain::FilterUse> read_filter_use(const Json& json) {
  if (!json.is_object() || json.size() != 3) return std::nullopt;
  const auto expression = json.find("expression");
  const auto filter = json.find("filter");
  const auto values = json.find("values");
  if (expression == json.end() || filter == json.end() || values == json.end()) return std::nullopt;
  if (!expression->is_string() || !filter->is_string() || !values->is_object()) return std::nullopt;
  domain::FilterUse use{domain::FilterName(filter->get<std::string>()), expression->get<std::string>(), {}};
  for (const auto& [name, value] : values->items()) {
    if (!value.is_string()) return std::nullopt;
    use.values.emplace(name, value.get<std::string>());
  }
  return use;
}

std::string use_to_json(const domain::FilterUse& use) {
  std::string out = "{\"expression\":";
  append_json_string(use.expression, out);
  out += ",\"filter\":";
  append_json_string(use.filter.str(), out);
  out += ",\"values\":{";
  const char* separator = "";
  for (const auto& [name, value] : use.values) {
    out += separator;
    append_json_string(name, out);
    out += ':';
    append_json_string(value, out);
    separator = ",";
  }
  return out + "}}";
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

std::string to_json(const std::vector<domain::FilterUse>& filters) {
  std::string out = "[";
  for (const domain::FilterUse& use : filters) {
    if (out.size() > 1) out += ',';
    out += use_to_json(use);
  }
  return out + ']';
}

Result<std::vector<domain::FilterUse>> parse_filter_uses(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_array()) return corrupt_json("filters", json);
  std::vector<domain::FilterUse> filters;
  for (const Json& member : parsed) {
    auto use = read_filter_use(member);
    if (!use) return corrupt_json("filters", json);
    filters.push_back(*std::move(use));
  }
  return filters;
}

std::string to_json(const domain::FilterChange& change) {
  return std::string("{\"in_force\":") + (change.in_force ? "true" : "false") + ",\"use\":" + use_to_json(change.use) +
         '}';
}

Result<domain::FilterChange> parse_filter_change(std::string_view json) {
  const Json parsed = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object() || parsed.size() != 2) return corrupt_json("filter change", json);
  const auto in_force = parsed.find("in_force");
  const auto member = parsed.find("use");
  if (in_force == parsed.end() || member == parsed.end() || !in_force->is_boolean()) {
    return corrupt_json("filter change", json);
  }
  auto use = read_filter_use(*member);
  if (!use) return corrupt_json("filter change", json);
  return domain::FilterChange{in_force->get<bool>(), *std::move(use)};
}

}  // namespace matchcue::store
