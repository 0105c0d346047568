#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What recipe factorization-machine learns, and how it reads items, viewers, acts and moments. docs/recipes.md has the
// equation.

#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "scoring/feature_codes.h"
#include "scoring/solution_folder.h"

namespace matchcue::scoring {

constexpr std::string_view kFactorizationMachine = "factorization-machine";

/// What scores were trained to be.
enum class FactorizationObjective {
  ranking,      ///< logits of a softmax over the catalogue
  probability,  ///< log-odds of an item being acted upon when it is shown
};

constexpr std::size_t kFactorizationWidthMax = 512;
constexpr std::size_t kHistoryActsMax = 2'000;
constexpr std::size_t kContextFieldsMax = 64;
constexpr std::size_t kFactorizationItemsMax = (std::size_t{1} << 24) - 2;  ///< a viewer's state counts them in floats

/// Value type; spans live as long as `owners`. Labels of items' and viewers' fields are numbered field by field
/// (field_labels.h), those of contexts level by level (context_levels.h).
struct FactorizationTables {
  FactorizationObjective objective = FactorizationObjective::ranking;
  std::size_t width = 64;          ///< d; a multiple of 8, 8 .. kFactorizationWidthMax
  std::size_t history_acts = 200;  ///< a viewer's newest acts that count, 1 .. kHistoryActsMax
  std::vector<std::string> items;  ///< ids, distinct
  FeatureCodes item_fields;
  FeatureCodes viewer_fields;
  FeatureCodes context_fields;
  double log_odds_scale = 0;  ///< as SequenceModel::log_odds_scale

  std::span<const float> item_vectors;     ///< [items x d], id and metadata added up
  std::span<const float> item_bias;        ///< [items], id and metadata added up
  std::span<const float> history_vectors;  ///< [items x d]: what having used an item says of a viewer
  std::span<const float> item_repeat;      ///< [items]: what having used it says of using it again
  std::span<const float> item_labels;      ///< [labels of item fields x d]
  std::span<const float> item_label_bias;  ///< [labels of item fields]
  std::span<const float> viewer_labels;    ///< [labels of viewer fields x d]
  std::span<const float> viewer_bias;      ///< [labels of viewer fields]; probability alone
  std::span<const float> context_labels;   ///< [labels of context levels x d]
  std::span<const float> context_bias;     ///< [labels of context levels]; probability alone
  std::span<const float> repeat;           ///< [2 + levels]: of log(1 + uses), of any use, of log(1 + uses alike)
  std::span<const float> constants;        ///< [2]: what all items have, and what an item without an id has beside it

  /// shared_ptr: a mapped folder is shared, and copies of the tables hold the same arrays.
  std::vector<std::shared_ptr<const void>> owners;

  /// Takes an array of its own and returns where it lies.
  std::span<const float> keep(std::vector<float> numbers) {
    const auto kept = std::make_shared<const std::vector<float>>(std::move(numbers));
    owners.push_back(kept);
    return *kept;
  }
};

/// An array of FactorizationTables: its name and shape, and where it belongs.
struct FactorizationArray {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<const float>* values;
};
/// All arrays that tables with this objective, these items and fields have. Those of 0 elements are not there.
std::vector<FactorizationArray> arrays_of(FactorizationTables& tables);

/// Puts the tables into a manifest and among its arrays, whose names are those of the fields above. The tensors are
/// valid as long as `tables`.
void write_factorization_tables(const FactorizationTables& tables, nlohmann::json& manifest,
                                std::vector<Tensor>& tensors);

/// Reads them back; the arrays stay in the folder. Errors: corrupt, naming the key or array that is missing or does not
/// fit.
Result<FactorizationTables> read_factorization_tables(const nlohmann::json& manifest, const SolutionFolderPtr& folder);

}  // namespace matchcue::scoring
