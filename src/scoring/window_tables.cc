// SPDX-License-Identifier: Apache-2.0
//
// In the manifest, "window": {"acts": 30, "decay": .85, "floor": 1e-4, "log_odds_scale": 1.1, "items": ["a", ..],
// "item_codes": [..], "viewer_codes": [..], "context_codes": [..]}; the arrays have the names of WindowTables' fields.
#include "scoring/window_tables.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace matchcue::scoring {

namespace {

using Json = nlohmann::json;

Error corrupt(const std::string& what) {
  return Error{ErrorKind::corrupt, "corrupt_solution_version", "window tables: " + what, {}};
}

/// Finds arrays by name and checks their shapes.
class TensorReader {
 public:
  TensorReader(const SolutionFolder& folder, std::string_view prefix) : folder_(folder), prefix_(prefix) {}

  /// Leaves `out` empty when there is no such array.
  Result<void> floats(const char* name, const std::vector<std::size_t>& shape, std::span<const float>& out) const {
    const Tensor* tensor = folder_.find(prefix_ + name);
    if (tensor == nullptr) return {};
    if (tensor->shape != shape || !tensor->integers.empty()) return misfit(name);
    if (!std::all_of(tensor->floats.begin(), tensor->floats.end(), [](float x) { return std::isfinite(x); })) {
      return corrupt("array " + prefix_ + name + " holds something that is not a finite number");
    }
    out = tensor->floats;
    return {};
  }
  Result<void> integers(const char* name, std::span<const std::int32_t>& out) const {
    const Tensor* tensor = folder_.find(prefix_ + name);
    if (tensor == nullptr) return {};
    if (tensor->shape.size() != 1 || !tensor->floats.empty()) return misfit(name);
    out = tensor->integers;
    return {};
  }

  Error misfit(const char* name) const { return corrupt("array " + prefix_ + name + " does not fit the others"); }

 private:
  const SolutionFolder& folder_;
  std::string prefix_;
};

/// True when `begin` parts `entries` for `rows` rows and every entry is below `bound`.
bool parts(std::span<const std::int32_t> begin, std::span<const std::int32_t> entries, std::size_t rows,
           std::size_t bound) {
  if (begin.size() != rows + 1 || begin.front() != 0) return false;
  if (!std::is_sorted(begin.begin(), begin.end())) return false;
  if (static_cast<std::size_t>(begin.back()) != entries.size()) return false;
  return std::all_of(entries.begin(), entries.end(),
                     [bound](std::int32_t entry) { return entry >= 0 && static_cast<std::size_t>(entry) < bound; });
}

Result<FeatureCodes> read_codes(const Json& json, const char* name) {
  const auto found = json.find(name);
  if (found == json.end()) return corrupt(std::string("the manifest has no ") + name);
  return parse_feature_codes(found->dump());
}

Result<double> read_number(const Json& json, const char* name, double least, double most) {
  const auto found = json.find(name);
  if (found == json.end() || !found->is_number()) return corrupt(std::string("the manifest has no number ") + name);
  const double number = found->get<double>();
  if (!(number >= least && number <= most)) return corrupt(std::string(name) + " is out of range: " + found->dump());
  return number;
}

Result<void> read_manifest(const Json& json, WindowTables& tables) {
  MCUE_TRY(const double window, read_number(json, "acts", 0, 1'000));
  tables.window = static_cast<std::size_t>(window);
  MCUE_TRY(tables.decay, read_number(json, "decay", 1e-9, 1));
  MCUE_TRY(tables.floor, read_number(json, "floor", 0, 1e9));
  MCUE_TRY(tables.log_odds_scale, read_number(json, "log_odds_scale", 0, 1e9));
  MCUE_TRY(tables.item_codes, read_codes(json, "item_codes"));
  MCUE_TRY(tables.viewer_codes, read_codes(json, "viewer_codes"));
  MCUE_TRY(tables.context_codes, read_codes(json, "context_codes"));
  const auto items = json.find("items");
  if (items == json.end() || !items->is_array()) return corrupt("the manifest has no items");
  for (const Json& item : *items) {
    if (!item.is_string()) return corrupt("an item's id is not text");
    tables.items.push_back(item.get<std::string>());
  }
  if (std::adjacent_find(tables.items.begin(), tables.items.end(), std::greater_equal<>()) != tables.items.end()) {
    return corrupt("the items are not in order");
  }
  return {};
}

Result<void> read_arrays(const TensorReader& reader, WindowTables& tables) {
  const std::size_t n = tables.items.size();
  MCUE_TRY_VOID(reader.floats("base", {n}, tables.base));
  if (tables.base.size() != n) return reader.misfit("base");
  MCUE_TRY_VOID(reader.floats("by_context", {tables.context_codes.feature_count(), n}, tables.by_context));
  MCUE_TRY_VOID(reader.floats("by_viewer", {tables.viewer_codes.feature_count(), n}, tables.by_viewer));
  MCUE_TRY_VOID(reader.floats("by_item", {n, n}, tables.by_item));
  MCUE_TRY_VOID(reader.integers("near_begin", tables.near_begin));
  MCUE_TRY_VOID(reader.integers("near_items", tables.near_items));
  MCUE_TRY_VOID(reader.floats("near_weights", {tables.near_items.size()}, tables.near_weights));
  if (!tables.near_begin.empty() &&
      (!parts(tables.near_begin, tables.near_items, n, n) || tables.near_weights.size() != tables.near_items.size())) {
    return reader.misfit("near_begin");
  }
  MCUE_TRY_VOID(reader.integers("item_feature_begin", tables.item_feature_begin));
  MCUE_TRY_VOID(reader.integers("item_features", tables.item_features));
  if (!tables.item_feature_begin.empty() &&
      !parts(tables.item_feature_begin, tables.item_features, n, tables.item_codes.feature_count())) {
    return reader.misfit("item_feature_begin");
  }
  return {};
}

}  // namespace

void write_window_tables(const WindowTables& tables, std::string_view prefix, Json& manifest,
                         std::vector<Tensor>& tensors) {
  manifest["window"] = {{"acts", tables.window},
                        {"decay", tables.decay},
                        {"floor", tables.floor},
                        {"log_odds_scale", tables.log_odds_scale},
                        {"items", tables.items},
                        {"item_codes", Json::parse(to_json(tables.item_codes))},
                        {"viewer_codes", Json::parse(to_json(tables.viewer_codes))},
                        {"context_codes", Json::parse(to_json(tables.context_codes))}};
  const std::size_t n = tables.items.size();
  const auto floats = [&](const char* name, std::vector<std::size_t> shape, std::span<const float> values) {
    if (!values.empty()) tensors.push_back({std::string(prefix) + name, std::move(shape), values, {}});
  };
  const auto integers = [&](const char* name, std::span<const std::int32_t> values) {
    if (!values.empty()) tensors.push_back({std::string(prefix) + name, {values.size()}, {}, values});
  };
  floats("base", {n}, tables.base);
  floats("by_context", {tables.context_codes.feature_count(), n}, tables.by_context);
  floats("by_viewer", {tables.viewer_codes.feature_count(), n}, tables.by_viewer);
  floats("by_item", {n, n}, tables.by_item);
  integers("near_begin", tables.near_begin);
  integers("near_items", tables.near_items);
  floats("near_weights", {tables.near_weights.size()}, tables.near_weights);
  integers("item_feature_begin", tables.item_feature_begin);
  integers("item_features", tables.item_features);
}

Result<WindowTables> read_window_tables(const Json& manifest, const SolutionFolderPtr& folder,
                                        std::string_view prefix) {
  const auto window = manifest.find("window");
  if (window == manifest.end() || !window->is_object()) return corrupt("the manifest has no \"window\"");
  WindowTables tables;
  tables.owners.push_back(folder);
  MCUE_TRY_VOID(read_manifest(*window, tables));
  MCUE_TRY_VOID(read_arrays(TensorReader(*folder, prefix), tables));
  return tables;
}

}  // namespace matchcue::scoring
