// SPDX-License-Identifier: Apache-2.0
//
// In the manifest: "machine": {"objective": "ranking", "width": 64, "history_acts": 200}, "items": ["a", ..],
// "item_fields", "viewer_fields", "context_fields": feature codes, "log_odds_scale": 1.1.
#include "scoring/factorization_tables.h"

#include <nlohmann/json.hpp>

#include "scoring/context_levels.h"
#include "scoring/field_labels.h"
#include "scoring/manifest_values.h"

namespace matchcue::scoring {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kWidthStep = 8;

std::string_view name_of(FactorizationObjective objective) {
  return objective == FactorizationObjective::ranking ? "ranking" : "probability";
}

Result<void> read_machine(const Json& manifest, const ManifestValues& values, FactorizationTables& tables) {
  const auto found = manifest.find("machine");
  if (found == manifest.end() || !found->is_object()) return values.corrupt("machine", "is missing");
  const auto objective = found->find("objective");
  if (objective == found->end() || (*objective != "ranking" && *objective != "probability")) {
    return values.corrupt("machine.objective", "is not \"ranking\" or \"probability\"");
  }
  tables.objective = *objective == "ranking" ? FactorizationObjective::ranking : FactorizationObjective::probability;
  MCUE_TRY(tables.width, values.read_count(*found, "machine", "width", kWidthStep, kFactorizationWidthMax));
  if (tables.width % kWidthStep != 0) return values.corrupt("machine.width", "is not a multiple of 8");
  MCUE_TRY(tables.history_acts, values.read_count(*found, "machine", "history_acts", 1, kHistoryActsMax));
  return {};
}

}  // namespace

std::vector<FactorizationArray> arrays_of(FactorizationTables& tables) {
  const std::size_t d = tables.width;
  const std::size_t items = tables.items.size();
  const std::size_t item_labels = FieldLabels(tables.item_fields).count();
  const std::size_t viewer_labels = FieldLabels(tables.viewer_fields).count();
  const ContextLevels levels(tables.context_fields);
  std::vector<FactorizationArray> arrays;
  const auto add = [&](const char* name, std::vector<std::size_t> shape, std::span<const float>& values) {
    if (shape.front() > 0) arrays.push_back({name, std::move(shape), &values});
  };
  add("item_vectors", {items, d}, tables.item_vectors);
  add("item_bias", {items}, tables.item_bias);
  add("history_vectors", {items, d}, tables.history_vectors);
  add("item_repeat", {items}, tables.item_repeat);
  add("item_labels", {item_labels, d}, tables.item_labels);
  add("item_label_bias", {item_labels}, tables.item_label_bias);
  add("viewer_labels", {viewer_labels, d}, tables.viewer_labels);
  add("context_labels", {levels.label_count(), d}, tables.context_labels);
  if (tables.objective == FactorizationObjective::probability) {
    add("viewer_bias", {viewer_labels}, tables.viewer_bias);
    add("context_bias", {levels.label_count()}, tables.context_bias);
  }
  add("repeat", {2 + levels.count()}, tables.repeat);
  add("constants", {2}, tables.constants);
  return arrays;
}

void write_factorization_tables(const FactorizationTables& tables, Json& manifest, std::vector<Tensor>& tensors) {
  manifest["machine"] = {
      {"objective", name_of(tables.objective)}, {"width", tables.width}, {"history_acts", tables.history_acts}};
  manifest["items"] = tables.items;
  manifest["item_fields"] = Json::parse(to_json(tables.item_fields));
  manifest["viewer_fields"] = Json::parse(to_json(tables.viewer_fields));
  manifest["context_fields"] = Json::parse(to_json(tables.context_fields));
  manifest["log_odds_scale"] = tables.log_odds_scale;
  FactorizationTables copy = tables;
  for (const FactorizationArray& array : arrays_of(copy)) {
    CHECK(array.values->size() == elements_of(array.shape), array.name, array.values->size());
    tensors.push_back({array.name, array.shape, *array.values, {}});
  }
}

Result<FactorizationTables> read_factorization_tables(const Json& manifest, const SolutionFolderPtr& folder) {
  const ManifestValues values(manifest, "factorization machine");
  FactorizationTables tables;
  tables.owners.push_back(folder);
  MCUE_TRY_VOID(read_machine(manifest, values, tables));
  MCUE_TRY(tables.items, values.read_names("items"));
  MCUE_TRY(tables.item_fields, values.read_codes("item_fields"));
  MCUE_TRY(tables.viewer_fields, values.read_codes("viewer_fields"));
  MCUE_TRY(tables.context_fields, values.read_codes("context_fields"));
  MCUE_TRY(tables.log_odds_scale, values.read_scale("log_odds_scale"));
  if (tables.items.size() > kFactorizationItemsMax) return values.corrupt("items", "are too many");
  if (tables.context_fields.fields().size() > kContextFieldsMax) {
    return values.corrupt("context_fields", "are more than " + std::to_string(kContextFieldsMax));
  }
  for (const FactorizationArray& array : arrays_of(tables)) {
    MCUE_TRY(*array.values, values.read_floats(*folder, array.name, array.shape));
  }
  return tables;
}

}  // namespace matchcue::scoring
