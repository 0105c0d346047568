// SPDX-License-Identifier: Apache-2.0
//
// In the manifest: "shape": {"cell": "rg_lru", "width": 64, "blocks": 2, "convolution": 4, "inner": 2, "gaps": 10,
// "gate": false}, "items": ["a", ..], "item_fields", "viewer_fields", "context_fields": feature codes, "event_types":
// ["CLICK", ..], "log_odds_scale": 1.1.
#include "scoring/recurrent_tables.h"

#include <nlohmann/json.hpp>
#include <unordered_set>

#include "scoring/field_labels.h"
#include "scoring/time_gap.h"

namespace matchcue::scoring {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kWidthStep = 8;
constexpr std::size_t kBlocksMax = 8;
constexpr std::size_t kConvolutionMax = 8;

Error corrupt(const std::string& field, const std::string& what) {
  return Error{ErrorKind::corrupt, "corrupt_solution_version", "recurrent network: " + field + " " + what, field};
}

Result<std::size_t> read_count(const Json& json, const std::string& name, std::size_t least, std::size_t most) {
  const auto found = json.find(name);
  const std::string field = "shape." + name;
  if (found == json.end() || !found->is_number_unsigned()) return corrupt(field, "is not a whole number");
  const auto number = found->get<std::uint64_t>();
  if (number < least || number > most) {
    return corrupt(field, "is " + found->dump() + ", not in " + std::to_string(least) + ".." + std::to_string(most));
  }
  return static_cast<std::size_t>(number);
}

Result<RecurrentShape> read_shape(const Json& manifest) {
  const auto found = manifest.find("shape");
  if (found == manifest.end() || !found->is_object()) return corrupt("shape", "is missing");
  RecurrentShape shape;
  const auto cell = found->find("cell");
  if (cell == found->end() || (*cell != "rg_lru" && *cell != "min_gru")) {
    return corrupt("shape.cell", "is not \"rg_lru\" or \"min_gru\"");
  }
  shape.cell = *cell == "rg_lru" ? RecurrentCell::rg_lru : RecurrentCell::min_gru;
  MCUE_TRY(shape.width, read_count(*found, "width", kWidthStep, kRecurrentWidthMax));
  if (shape.width % kWidthStep != 0) return corrupt("shape.width", "is not a multiple of 8");
  MCUE_TRY(shape.blocks, read_count(*found, "blocks", 1, kBlocksMax));
  MCUE_TRY(shape.convolution, read_count(*found, "convolution", 1, kConvolutionMax));
  MCUE_TRY(shape.inner, read_count(*found, "inner", 1, kRecurrentInnerMax));
  MCUE_TRY(shape.gaps, read_count(*found, "gaps", 0, kGapBuckets));
  if (shape.gaps != 0 && shape.gaps != kGapBuckets) return corrupt("shape.gaps", "is neither 0 nor 10");
  const auto gate = found->find("gate");
  if (gate == found->end() || !gate->is_boolean()) return corrupt("shape.gate", "is not true or false");
  shape.gate = gate->get<bool>();
  return shape;
}

Result<std::vector<std::string>> read_names(const Json& manifest, const std::string& name) {
  const auto found = manifest.find(name);
  if (found == manifest.end() || !found->is_array()) return corrupt(name, "is not a list");
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (const Json& entry : *found) {
    if (!entry.is_string()) return corrupt(name, "holds something that is not text");
    names.push_back(entry.get<std::string>());
    if (!seen.insert(names.back()).second) return corrupt(name, "holds \"" + names.back() + "\" twice");
  }
  return names;
}

Result<FeatureCodes> read_fields(const Json& manifest, const std::string& name) {
  const auto found = manifest.find(name);
  if (found == manifest.end()) return corrupt(name, "is missing");
  auto codes = parse_feature_codes(found->dump());
  if (!codes.ok()) return corrupt(name, codes.error().message);
  return codes;
}

std::size_t elements_of(const std::vector<std::size_t>& shape) {
  std::size_t elements = 1;
  for (const std::size_t extent : shape) elements *= extent;
  return elements;
}

void add_block_arrays(const RecurrentShape& shape, const std::string& prefix, RecurrentBlock& block,
                      std::vector<RecurrentArray>& arrays) {
  const std::size_t d = shape.width;
  const auto add = [&](const char* name, std::vector<std::size_t> extents, std::span<const float>& values) {
    arrays.push_back({prefix + name, std::move(extents), &values});
  };
  add("norm", {d}, block.norm);
  add("in", {d, d}, block.in);
  add("gate", {d, d}, block.gate);
  add("out", {d, d}, block.out);
  add("input_gate", {d, d}, block.input_gate);
  add("input_gate_bias", {d}, block.input_gate_bias);
  if (shape.cell == RecurrentCell::rg_lru) {
    add("convolution", {shape.convolution, d}, block.convolution);
    add("convolution_bias", {d}, block.convolution_bias);
    add("recur_gate", {d, d}, block.recur_gate);
    add("recur_gate_bias", {d}, block.recur_gate_bias);
    add("decay", {d}, block.decay);
  }
  add("inner_norm", {d}, block.inner_norm);
  add("inner_in", {shape.inner * d, d}, block.inner_in);
  add("inner_out", {d, shape.inner * d}, block.inner_out);
}

}  // namespace

std::vector<RecurrentArray> arrays_of(RecurrentTables& tables) {
  const std::size_t d = tables.shape.width;
  const std::size_t context_labels = FieldLabels(tables.context_fields).count();
  std::vector<RecurrentArray> arrays;
  const auto add = [&](const char* name, std::size_t rows, std::span<const float>& values) {
    if (rows > 0) arrays.push_back({name, {rows, d}, &values});
  };
  add("item_vectors", tables.items.size(), tables.item_vectors);
  if (!tables.items.empty()) arrays.push_back({"item_bias", {tables.items.size()}, &tables.item_bias});
  add("item_labels", FieldLabels(tables.item_fields).count(), tables.item_labels);
  add("viewer_labels", FieldLabels(tables.viewer_fields).count(), tables.viewer_labels);
  add("context_in", context_labels, tables.context_in);
  add("context_query", context_labels, tables.context_query);
  add("context_gate", tables.shape.gate ? context_labels : 0, tables.context_gate);
  add("event_types", tables.event_types.size(), tables.event_type_rows);
  add("gaps", tables.shape.gaps, tables.gaps);
  arrays.push_back({"start", {d}, &tables.start});
  arrays.push_back({"final_norm", {d}, &tables.final_norm});
  tables.blocks.resize(tables.shape.blocks);
  for (std::size_t b = 0; b < tables.blocks.size(); ++b) {
    add_block_arrays(tables.shape, "block" + std::to_string(b) + "_", tables.blocks[b], arrays);
  }
  return arrays;
}

void write_recurrent_tables(const RecurrentTables& tables, Json& manifest, std::vector<Tensor>& tensors) {
  const RecurrentShape& shape = tables.shape;
  manifest["shape"] = {{"cell", shape.cell == RecurrentCell::rg_lru ? "rg_lru" : "min_gru"},
                       {"width", shape.width},
                       {"blocks", shape.blocks},
                       {"convolution", shape.convolution},
                       {"inner", shape.inner},
                       {"gaps", shape.gaps},
                       {"gate", shape.gate}};
  manifest["items"] = tables.items;
  manifest["item_fields"] = Json::parse(to_json(tables.item_fields));
  manifest["viewer_fields"] = Json::parse(to_json(tables.viewer_fields));
  manifest["context_fields"] = Json::parse(to_json(tables.context_fields));
  manifest["event_types"] = tables.event_types;
  manifest["log_odds_scale"] = tables.log_odds_scale;
  RecurrentTables copy = tables;
  for (const RecurrentArray& array : arrays_of(copy)) {
    CHECK(array.values->size() == elements_of(array.shape), array.name, array.values->size());
    tensors.push_back({array.name, array.shape, *array.values, {}});
  }
}

Result<RecurrentTables> read_recurrent_tables(const Json& manifest, const SolutionFolderPtr& folder) {
  RecurrentTables tables;
  tables.owners.push_back(folder);
  MCUE_TRY(tables.shape, read_shape(manifest));
  MCUE_TRY(tables.items, read_names(manifest, "items"));
  MCUE_TRY(tables.item_fields, read_fields(manifest, "item_fields"));
  MCUE_TRY(tables.viewer_fields, read_fields(manifest, "viewer_fields"));
  MCUE_TRY(tables.context_fields, read_fields(manifest, "context_fields"));
  MCUE_TRY(tables.event_types, read_names(manifest, "event_types"));
  const auto scale = manifest.find("log_odds_scale");
  if (scale == manifest.end() || !scale->is_number() || !(scale->get<double>() >= 0)) {
    return corrupt("log_odds_scale", "is not a number of at least 0");
  }
  tables.log_odds_scale = scale->get<double>();
  for (const RecurrentArray& array : arrays_of(tables)) {
    const Tensor* tensor = folder->find(array.name);
    if (tensor == nullptr) return corrupt(array.name, "is not among the arrays");
    if (tensor->shape != array.shape || tensor->floats.size() != elements_of(array.shape)) {
      return corrupt(array.name, "does not have the shape that the manifest asks for");
    }
    *array.values = tensor->floats;
  }
  return tables;
}

}  // namespace matchcue::scoring
