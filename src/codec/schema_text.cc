// SPDX-License-Identifier: Apache-2.0
#include "codec/schema_text.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "codec/strict_json.h"

namespace matchcue::codec {

namespace {

using Json = nlohmann::ordered_json;
using domain::FieldType;

constexpr std::string_view kTypeWords = "string, int, long, float, double or boolean";

struct TypeWord {
  std::string_view word;
  FieldType type;
  bool is_avro;
};
constexpr std::array kTypes = {
    TypeWord{"string", FieldType::string, true},    TypeWord{"int", FieldType::int32, true},
    TypeWord{"long", FieldType::int64, true},       TypeWord{"float", FieldType::float32, true},
    TypeWord{"double", FieldType::float64, true},   TypeWord{"boolean", FieldType::boolean, true},
    TypeWord{"integer", FieldType::int32, false},   TypeWord{"bigint", FieldType::int64, false},
    TypeWord{"timestamp", FieldType::int64, false}, TypeWord{"number", FieldType::float64, false},
    TypeWord{"numeric", FieldType::float64, false}, TypeWord{"decimal", FieldType::float64, false},
    TypeWord{"bool", FieldType::boolean, false},
};

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

/// Leaves out each comma that stands before a closing bracket. Nothing when there is none.
std::optional<std::string> without_trailing_commas(std::string_view text) {
  std::string out;
  bool in_string = false;
  bool escaped = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' && !escaped) in_string = !in_string;
    escaped = c == '\\' && in_string && !escaped;
    if (c == ',' && !in_string) {
      const auto next = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(i) + 1, text.end(), is_space);
      if (next == text.end() || *next == ']' || *next == '}') continue;
    }
    out.push_back(c);
  }
  if (out.size() == text.size()) return std::nullopt;
  return out;
}

Json parse_json(const std::string& text) { return Json::parse(text, nullptr, false); }

/// Reads JSON, or what becomes JSON by a small repair, which is then noted.
Json read_json(std::string_view text, std::vector<std::string>& problems) {
  Json json = parse_json(std::string(text));
  if (!json.is_discarded()) return json;
  std::string repaired(text);
  if (auto without = without_trailing_commas(repaired)) {
    problems.emplace_back("not JSON: there is a comma before a closing bracket or at the end");
    repaired = std::move(*without);
    json = parse_json(repaired);
  }
  const std::array<std::pair<const char*, const char*>, 2> wraps = {{{"{", "}"}, {"[", "]"}}};
  for (const auto& [open, close] : wraps) {
    if (!json.is_discarded()) return json;
    json = parse_json(open + repaired + close);
    if (!json.is_discarded()) problems.emplace_back("not JSON: the text does not begin with a bracket");
  }
  if (json.is_discarded()) problems.emplace_back("not JSON, and nothing could be read from it");
  return json;
}

/// The list of fields of something that is not a record: itself, the first list in it, or {"NAME": "type"}.
Json find_fields(const Json& json) {
  if (json.is_array()) return json;
  Json fields = Json::array();
  if (!json.is_object()) return fields;
  for (const auto& [name, value] : json.items()) {
    if (value.is_array()) return value;
  }
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) fields.push_back(Json{{"name", name}, {"type", value}});
  }
  return fields;
}

void read_type_word(const std::string& word, WrittenField& field) {
  std::string lower = word;
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  const auto found = std::find_if(kTypes.begin(), kTypes.end(), [&](const TypeWord& t) { return t.word == lower; });
  if (found != kTypes.end()) field.meant = found->type;
  if (found != kTypes.end() && found->is_avro && word == lower) {
    field.type = found->type;
  } else {
    field.wrong_type = word;
  }
}

void read_union(const Json& types, WrittenField& field) {
  std::vector<std::string> words;
  for (const Json& type : types) {
    if (!type.is_string()) {
      field.problems.emplace_back("nested types are not allowed in a union");
      return;
    }
    if (type == "null") {
      field.nullable = true;
    } else {
      words.push_back(type.get<std::string>());
    }
  }
  if (words.size() == 1) return read_type_word(words.front(), field);
  field.problems.emplace_back("a union holds one type and \"null\", as in [\"null\", \"string\"]");
  if (words.empty()) return;
  WrittenField first;
  read_type_word(words.front(), first);
  field.meant = first.meant;
}

void read_type(const Json& type, WrittenField& field) {
  if (type.is_array()) {
    read_union(type, field);
  } else if (type.is_string() && type != "null") {
    read_type_word(type.get<std::string>(), field);
  } else if (type.is_object()) {
    field.problems.push_back("arrays, maps and nested records are not allowed: write " + std::string(kTypeWords));
  } else {
    field.problems.push_back("no type is given: write " + std::string(kTypeWords));
  }
}

bool read_flag(const Json& json, const char* name, WrittenField& field) {
  const auto found = json.find(name);
  if (found == json.end()) return false;
  if (found->is_boolean()) return found->get<bool>();
  field.problems.push_back(in_quotes(name) + " is not true or false");
  return false;
}

/// Makes the name one that Avro allows, and says so.
void check_name(WrittenField& field) {
  const std::string written = field.name;
  for (char& c : field.name) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (!letter && !digit && c != '_') c = '_';
  }
  if (field.name.front() >= '0' && field.name.front() <= '9') field.name.insert(0, "_");
  if (field.name != written) {
    field.problems.push_back("the name " + in_quotes(written) + " has more than letters, digits and _");
  }
}

std::optional<WrittenField> read_field(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  const auto name = json.find("name");
  if (name == json.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) return std::nullopt;
  WrittenField field;
  field.name = name->get<std::string>();
  check_name(field);
  read_type(json.value("type", Json()), field);
  field.categorical = read_flag(json, "categorical", field);
  field.textual = read_flag(json, "textual", field);
  return field;
}

}  // namespace

WrittenSchema read_schema_text(std::string_view text) {
  WrittenSchema written;
  const auto strict = parse_strict_json(text);
  const Json json = read_json(text, written.problems);
  if (json.is_discarded()) return written;
  // What is JSON, and would not be read by everybody as it is by us.
  if (!strict.ok() && written.problems.empty()) written.problems.push_back(strict.error().message);
  const bool has_fields = json.is_object() && json.contains("fields") && json["fields"].is_array();
  const bool is_record = has_fields && json.value("type", Json()) == "record";
  if (is_record) {
    const Json name = json.value("name", Json());
    if (name.is_string()) written.record_name = name.get<std::string>();
    if (written.record_name.empty()) written.problems.emplace_back("the record has no name");
  } else {
    written.problems.emplace_back(
        "not an Avro record: {\"type\": \"record\", \"name\": ..., \"namespace\": ..., \"fields\": [...]}");
  }
  const Json fields = has_fields ? json["fields"] : find_fields(json);
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (auto field = read_field(fields[i])) {
      written.fields.push_back(std::move(*field));
    } else {
      written.problems.push_back("entry " + std::to_string(i + 1) +
                                 " of the fields is not {\"name\": ..., \"type\": ...}");
    }
  }
  return written;
}

}  // namespace matchcue::codec
