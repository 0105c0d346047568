// SPDX-License-Identifier: Apache-2.0
#include "train/export.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "scoring/blended_model.h"
#include "scoring/recurrent_model.h"
#include "scoring/solution_folder.h"
#include "scoring/window_model.h"

namespace matchcue::train {

namespace {

using scoring::RecurrentTables;

std::vector<float> floats_of(const torch::Tensor& tensor) {
  const auto whole = tensor.detach().to(torch::kFloat32).contiguous();
  const float* begin = whole.data_ptr<float>();
  return {begin, begin + whole.numel()};
}

scoring::RecurrentShape shape_of(const NetworkShape& trained) {
  scoring::RecurrentShape shape;
  shape.cell = trained.cell == Cell::rg_lru ? scoring::RecurrentCell::rg_lru : scoring::RecurrentCell::min_gru;
  shape.width = static_cast<std::size_t>(trained.width);
  shape.blocks = static_cast<std::size_t>(trained.blocks);
  shape.convolution = static_cast<std::size_t>(trained.convolution);
  shape.inner = static_cast<std::size_t>(trained.inner);
  shape.gaps = static_cast<std::size_t>(trained.gaps);
  shape.gate = trained.gate;
  return shape;
}

/// Numbers of the items that somebody acted upon, ascending.
std::vector<std::int64_t> acted_items(const dataset::Dataset& data) {
  std::vector<bool> acted(data.item_count());
  for (const std::uint32_t item : data.item) acted[item] = true;
  std::vector<std::int64_t> items;
  for (std::size_t i = 0; i < acted.size(); ++i) {
    if (acted[i]) items.push_back(static_cast<std::int64_t>(i));
  }
  return items;
}

}  // namespace

RecurrentTables tables_of(Network& network, const SequenceData& data) {
  torch::NoGradGuard no_gradients;
  const NetworkShape& trained = network->shape();
  const dataset::Dataset& from = data.data();
  const std::vector<std::int64_t> kept = acted_items(from);
  RecurrentTables tables;
  tables.shape = shape_of(trained);
  for (const std::int64_t item : kept) tables.items.push_back(from.items[static_cast<std::size_t>(item)]);
  // What the network was not told of has no labels.
  if (trained.item_labels > 0) tables.item_fields = from.item_fields.codes;
  if (trained.viewer_labels > 0) tables.viewer_fields = from.viewer_fields.codes;
  if (trained.context_labels > 0) tables.context_fields = from.context_codes;
  if (trained.event_types > 0) tables.event_types = from.event_types;

  const auto rows = torch::tensor(kept, torch::kInt64);
  const auto weights = network->named_parameters();
  for (const auto& array : scoring::arrays_of(tables)) {
    const bool by_item = array.name == "item_vectors" || array.name == "item_bias";
    const auto whole = array.name == "item_vectors" ? network->item_vectors() : weights[array.name];
    *array.values = tables.keep(floats_of(by_item ? whole.index_select(0, rows) : whole));
  }
  return tables;
}

scoring::SequenceModelPtr model_of(Network& network, const SequenceData& data, const std::optional<RidgePart>& ridge) {
  auto model = scoring::make_recurrent_model("network", "network", tables_of(network, data));
  if (!ridge) return model;
  return scoring::make_blended_model(std::move(model), scoring::make_window_model("ridge", "ridge", ridge->tables),
                                     static_cast<float>(ridge->weight), 0);
}

Result<std::string> export_version(Network& network, const SequenceData& data, const std::optional<RidgePart>& ridge,
                                   double log_odds_scale, nlohmann::json manifest, const std::string& root) {
  std::vector<scoring::Tensor> tensors;
  if (ridge) {
    manifest["ridge_weight"] = ridge->weight;
    scoring::write_window_tables(ridge->tables, "ridge_", manifest, tensors);
  }
  RecurrentTables tables = tables_of(network, data);
  tables.log_odds_scale = log_odds_scale;
  scoring::write_recurrent_tables(tables, manifest, tensors);
  return scoring::write_solution_folder(root, manifest.dump(), tensors);
}

}  // namespace matchcue::train
