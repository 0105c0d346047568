// SPDX-License-Identifier: Apache-2.0
#include "scoring/feature_codes.h"

#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace matchcue::scoring {

namespace {

using simdjson::dom::element;

std::string_view to_string(FieldCodes::Kind kind) {
  switch (kind) {
    case FieldCodes::Kind::labels: return "labels";
    case FieldCodes::Kind::numbers: return "numbers";
    case FieldCodes::Kind::booleans: return "booleans";
  }
  return "labels";
}

Error corrupt(const std::string& name, const std::string& what) {
  return Error{ErrorKind::corrupt, "corrupt_feature_codes", "feature codes: \"" + name + "\": " + what, {}};
}

Result<void> read_labels(element json, FieldCodes& field) {
  simdjson::dom::array labels;
  if (json["labels"].get(labels) != simdjson::SUCCESS) return corrupt(field.name, "has no labels");
  std::unordered_set<std::string> seen;
  for (const element entry : labels) {
    std::string_view label;
    if (entry.get(label) != simdjson::SUCCESS) return corrupt(field.name, "a label is not text");
    if (!seen.emplace(label).second) return corrupt(field.name, "label \"" + std::string(label) + "\" is there twice");
    field.labels.emplace_back(label);
  }
  return {};
}

Result<void> read_edges(element json, FieldCodes& field) {
  simdjson::dom::array edges;
  if (json["edges"].get(edges) != simdjson::SUCCESS) return corrupt(field.name, "has no edges");
  for (const element entry : edges) {
    double edge = 0;
    if (entry.get(edge) != simdjson::SUCCESS) return corrupt(field.name, "an edge is not a number");
    if (!field.edges.empty() && edge <= field.edges.back()) return corrupt(field.name, "edges are not ascending");
    field.edges.push_back(edge);
  }
  return {};
}

Result<FieldCodes> read_field(element json) {
  FieldCodes field;
  std::string_view name;
  std::string_view kind;
  if (json["name"].get(name) != simdjson::SUCCESS) return corrupt("", "a field has no name");
  field.name = name;
  if (json["kind"].get(kind) != simdjson::SUCCESS) return corrupt(field.name, "has no kind");
  if (kind == "labels") {
    field.kind = FieldCodes::Kind::labels;
    MCUE_TRY_VOID(read_labels(json, field));
  } else if (kind == "numbers") {
    field.kind = FieldCodes::Kind::numbers;
    MCUE_TRY_VOID(read_edges(json, field));
  } else if (kind == "booleans") {
    field.kind = FieldCodes::Kind::booleans;
  } else {
    return corrupt(field.name, "kind \"" + std::string(kind) + "\" is not known");
  }
  return field;
}

}  // namespace

std::size_t FieldCodes::code_count() const {
  switch (kind) {
    case Kind::labels: return 1 + labels.size();
    case Kind::numbers: return 2 + edges.size();
    case Kind::booleans: return 3;
  }
  return 1;
}

Code code_of_number(double number, const std::vector<double>& edges) {
  return 1 + static_cast<Code>(std::upper_bound(edges.begin(), edges.end(), number) - edges.begin());
}

FeatureCodes::FeatureCodes(std::vector<FieldCodes> fields) : fields_(std::move(fields)) {
  for (const FieldCodes& field : fields_) {
    LabelCodes codes;
    for (const std::string& label : field.labels) codes.emplace(label, static_cast<Code>(codes.size() + 1));
    CHECK(codes.size() == field.labels.size(), field.name);
    label_codes_.push_back(std::move(codes));
    first_feature_.push_back(first_feature_.back() + field.code_count() - 1);
  }
}

Code FeatureCodes::code_of_label(std::size_t field, std::string_view label) const {
  const auto found = label_codes_[field].find(label);
  return found == label_codes_[field].end() ? 0 : found->second;
}

Code FeatureCodes::code_of(std::size_t field, const domain::Value& value) const {
  const FieldCodes& codes = fields_[field];
  switch (codes.kind) {
    case FieldCodes::Kind::labels:
      if (const auto* text = std::get_if<std::string>(&value)) return code_of_label(field, *text);
      return 0;
    case FieldCodes::Kind::numbers: {
      double number = 0;
      if (const auto* whole = std::get_if<std::int64_t>(&value)) {
        number = static_cast<double>(*whole);
      } else if (const auto* real = std::get_if<double>(&value)) {
        number = *real;
      } else {
        return 0;
      }
      return std::isnan(number) ? 0 : code_of_number(number, codes.edges);
    }
    case FieldCodes::Kind::booleans:
      if (const auto* flag = std::get_if<bool>(&value)) return *flag ? 2 : 1;
      return 0;
  }
  return 0;
}

std::string to_json(const FeatureCodes& codes) {
  std::string out = "[";
  for (const FieldCodes& field : codes.fields()) {
    if (out.size() > 1) out += ',';
    out += "{\"name\":";
    append_json_string(field.name, out);
    out += ",\"kind\":\"" + std::string(to_string(field.kind)) + "\"";
    const char* separator = "";
    if (field.kind == FieldCodes::Kind::labels) {
      out += ",\"labels\":[";
      for (const std::string& label : field.labels) {
        out += separator;
        separator = ",";
        append_json_string(label, out);
      }
      out += ']';
    } else if (field.kind == FieldCodes::Kind::numbers) {
      out += ",\"edges\":[";
      for (const double edge : field.edges) {
        out += separator + domain::to_text(edge);
        separator = ",";
      }
      out += ']';
    }
    out += '}';
  }
  return out + "]";
}

Result<FeatureCodes> parse_feature_codes(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::array array;
  if (parser.parse(simdjson::padded_string(json)).get(array) != simdjson::SUCCESS) {
    return Error{ErrorKind::corrupt, "corrupt_feature_codes", "feature codes are not a JSON list", {}};
  }
  std::vector<FieldCodes> fields;
  std::unordered_set<std::string> names;
  for (const element entry : array) {
    MCUE_TRY(FieldCodes field, read_field(entry));
    if (!names.insert(field.name).second) return corrupt(field.name, "is there twice");
    fields.push_back(std::move(field));
  }
  return FeatureCodes(std::move(fields));
}

}  // namespace matchcue::scoring
