#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What closed-form recipes learn: how much each of a viewer's last acts, the moment's context and the viewer's traits
// say for each item. The recipes differ in where the numbers come from.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scoring/feature_codes.h"
#include "scoring/solution_folder.h"

namespace matchcue::scoring {

/// Tables with n = items.size() columns, row-major. The score of item j for a viewer whose last acts were on items
/// i_0 (the newest), i_1, ... is link(r_j) with
///
///   r_j = base_j + sum of by_context_fj + sum of by_viewer_fj over known features f + sum_k decay^k by_item(i_k, j)
///   link(r) = r                                                       without a floor
///           = log(r / floor) from the floor on, else (r - floor) / (2 floor - r): above -1, rising, as smooth as log
///
/// So with a floor r is like a probability, and the score like its logarithm. Value type; spans live as long as
/// `owners`.
struct WindowTables {
  std::size_t window = 0;  ///< acts that count; 0: history does not matter
  double decay = 1;        ///< (0, 1]
  double floor = 0;        ///< >= 0

  std::vector<std::string> items;  ///< ids, ascending
  FeatureCodes item_codes;
  FeatureCodes viewer_codes;
  FeatureCodes context_codes;

  std::span<const float> base;        ///< [n]
  std::span<const float> by_context;  ///< [context_codes.feature_count() x n], or none
  std::span<const float> by_viewer;   ///< [viewer_codes.feature_count() x n], or none

  // by_item: either all of it, or for each item those that are near it; or neither.
  std::span<const float> by_item;            ///< [n x n]
  std::span<const std::int32_t> near_begin;  ///< [n + 1]: item i has entries near_begin[i] .. near_begin[i + 1]
  std::span<const std::int32_t> near_items;  ///< of an entry
  std::span<const float> near_weights;       ///< of an entry

  // What item i is: item_features[item_feature_begin[i] .. item_feature_begin[i + 1]), by item_codes.feature_of.
  std::span<const std::int32_t> item_feature_begin;  ///< [n + 1], or none
  std::span<const std::int32_t> item_features;

  double log_odds_scale = 0;  ///< as SequenceModel::log_odds_scale

  /// shared_ptr: a mapped folder is shared, and copies of the tables hold the same arrays.
  std::vector<std::shared_ptr<const void>> owners;

  /// Takes an array of its own and returns where it lies.
  template <typename Number>
  std::span<const Number> keep(std::vector<Number> numbers) {
    const auto kept = std::make_shared<const std::vector<Number>>(std::move(numbers));
    owners.push_back(kept);
    return *kept;
  }
};

/// Puts the tables into a manifest (under "window") and among its arrays; their names begin with `prefix`. The tensors
/// are valid as long as `tables`.
void write_window_tables(const WindowTables& tables, std::string_view prefix, nlohmann::json& manifest,
                         std::vector<Tensor>& tensors);

/// Reads them back; the arrays stay in the folder. Errors: corrupt, naming what is missing or does not fit.
Result<WindowTables> read_window_tables(const nlohmann::json& manifest, const SolutionFolderPtr& folder,
                                        std::string_view prefix);

}  // namespace matchcue::scoring
