// SPDX-License-Identifier: Apache-2.0
//
// In the manifest: "shape": {"cell": "rg_lru", "width": 64, "blocks": 2, "convolution": 4, "inner": 2, "gaps": 10,
// "gate": false}, "items": ["a", ..], "item_fields", "viewer_fields", "context_fields": feature codes, "event_types":
// ["CLICK", ..], "log_odds_scale": 1.1.
#include "scoring/recurrent_tables.h"

#include <nlohmann/json.hpp>

#include "scoring/field_labels.h"
#include "scoring/manifest_values.h"
#include "scoring/time_gap.h"

namespace matchcue::scoring {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kWidthStep = 8;
constexpr std::size_t kBlocksMax = 8;
constexpr std::size_t kConvolutionMax = 8;

Result<RecurrentShape> read_shape(const Json& manifest, const ManifestValues& values) {
  const auto found = manifest.find("shape");
  if (found == manifest.end() || !found->is_object()) return values.corrupt("shape", "is missing");
  RecurrentShape shape;
  const auto cell = found->find("cell");
  if (cell == found->end() || (*cell != "rg_lru" && *cell != "min_gru")) {
    return values.corrupt("shape.cell", "is not \"rg_lru\" or \"min_gru\"");
  }
  shape.cell = *cell == "rg_lru" ? RecurrentCell::rg_lru : RecurrentCell::min_gru;
  MCUE_TRY(shape.width, values.read_count(*found, "shape", "width", kWidthStep, kRecurrentWidthMax));
  if (shape.width % kWidthStep != 0) return values.corrupt("shape.width", "is not a multiple of 8");
  MCUE_TRY(shape.blocks, values.read_count(*found, "shape", "blocks", 1, kBlocksMax));
  MCUE_TRY(shape.convolution, values.read_count(*found, "shape", "convolution", 1, kConvolutionMax));
  MCUE_TRY(shape.inner, values.read_count(*found, "shape", "inner", 1, kRecurrentInnerMax));
  MCUE_TRY(shape.gaps, values.read_count(*found, "shape", "gaps", 0, kGapBuckets));
  if (shape.gaps != 0 && shape.gaps != kGapBuckets) return values.corrupt("shape.gaps", "is neither 0 nor 10");
  const auto gate = found->find("gate");
  if (gate == found->end() || !gate->is_boolean()) return values.corrupt("shape.gate", "is not true or false");
  shape.gate = gate->get<bool>();
  return shape;
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
  const ManifestValues values(manifest, "recurrent network");
  RecurrentTables tables;
  tables.owners.push_back(folder);
  MCUE_TRY(tables.shape, read_shape(manifest, values));
  MCUE_TRY(tables.items, values.read_names("items"));
  MCUE_TRY(tables.item_fields, values.read_codes("item_fields"));
  MCUE_TRY(tables.viewer_fields, values.read_codes("viewer_fields"));
  MCUE_TRY(tables.context_fields, values.read_codes("context_fields"));
  MCUE_TRY(tables.event_types, values.read_names("event_types"));
  MCUE_TRY(tables.log_odds_scale, values.read_scale("log_odds_scale"));
  for (const RecurrentArray& array : arrays_of(tables)) {
    MCUE_TRY(*array.values, values.read_floats(*folder, array.name, array.shape));
  }
  return tables;
}

}  // namespace matchcue::scoring
