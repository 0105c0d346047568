#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What recipe user-personalization learns: the weights of a recurrent network, and how it reads items, viewers, acts
// and moments. docs/model.md has the equations.

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

/// What a block of the network remembers with.
enum class RecurrentCell {
  rg_lru,   ///< real-gated linear recurrent unit behind a causal convolution (De et al. 2024, arXiv:2402.19427)
  min_gru,  ///< a gated recurrent unit whose gates do not see the state (Feng et al. 2024, arXiv:2410.01201)
};

struct RecurrentShape {
  RecurrentCell cell = RecurrentCell::rg_lru;
  std::size_t width = 64;       ///< d; a multiple of 8, 8 .. 256
  std::size_t blocks = 2;       ///< 1 .. 8
  std::size_t convolution = 4;  ///< acts that the convolution sees, 1 .. 8; rg_lru only
  std::size_t inner = 2;        ///< width of the feed-forward layer over d, 1 .. 4
  std::size_t gaps = 0;         ///< kGapBuckets; 0: the time between acts does not matter
  bool gate = false;            ///< the moment's context also scales what the viewer is

  friend bool operator==(const RecurrentShape&, const RecurrentShape&) = default;
};

constexpr std::size_t kRecurrentWidthMax = 256;
constexpr std::size_t kRecurrentInnerMax = 4;

/// Weights of one block; what a cell does not have is empty. Matrices are output x input, row-major.
struct RecurrentBlock {
  std::span<const float> norm;             ///< [d]
  std::span<const float> in;               ///< [d x d]
  std::span<const float> gate;             ///< [d x d]
  std::span<const float> out;              ///< [d x d]
  std::span<const float> inner_norm;       ///< [d]
  std::span<const float> inner_in;         ///< [inner d x d]
  std::span<const float> inner_out;        ///< [d x inner d]
  std::span<const float> input_gate;       ///< [d x d]
  std::span<const float> input_gate_bias;  ///< [d]
  // rg_lru
  std::span<const float> convolution;       ///< [acts x d], the newest act's first
  std::span<const float> convolution_bias;  ///< [d]
  std::span<const float> recur_gate;        ///< [d x d]
  std::span<const float> recur_gate_bias;   ///< [d]
  std::span<const float> decay;             ///< [d]
};

/// Value type; spans live as long as `owners`. A label is a code of a field, 0 (none, or not seen in training)
/// included: labels are numbered field by field (field_labels.h).
struct RecurrentTables {
  RecurrentShape shape;
  std::vector<std::string> items;  ///< ids, distinct
  FeatureCodes item_fields;
  FeatureCodes viewer_fields;
  FeatureCodes context_fields;
  std::vector<std::string> event_types;  ///< distinct; none: they do not matter
  double log_odds_scale = 0;             ///< as SequenceModel::log_odds_scale

  std::span<const float> item_vectors;     ///< [items x d], id and metadata added up
  std::span<const float> item_bias;        ///< [items]
  std::span<const float> item_labels;      ///< [labels of item fields x d]
  std::span<const float> viewer_labels;    ///< [labels of viewer fields x d]
  std::span<const float> context_in;       ///< [labels of context fields x d], of an act
  std::span<const float> context_query;    ///< [labels of context fields x d], of the moment asked for
  std::span<const float> context_gate;     ///< the same, with shape.gate
  std::span<const float> event_type_rows;  ///< [event types x d]
  std::span<const float> gaps;             ///< [gaps x d]
  std::span<const float> start;            ///< [d]: a viewer who did nothing yet
  std::span<const float> final_norm;       ///< [d]
  std::vector<RecurrentBlock> blocks;

  /// shared_ptr: a mapped folder is shared, and copies of the tables hold the same arrays.
  std::vector<std::shared_ptr<const void>> owners;

  /// Takes an array of its own and returns where it lies.
  std::span<const float> keep(std::vector<float> numbers) {
    const auto kept = std::make_shared<const std::vector<float>>(std::move(numbers));
    owners.push_back(kept);
    return *kept;
  }
};

/// Puts the tables into a manifest and among its arrays, whose names are those of the fields above, "block0_norm" and
/// so on for the blocks. The tensors are valid as long as `tables`.
void write_recurrent_tables(const RecurrentTables& tables, nlohmann::json& manifest, std::vector<Tensor>& tensors);

/// Reads them back; the arrays stay in the folder. Errors: corrupt, naming the key or array that is missing or does not
/// fit.
Result<RecurrentTables> read_recurrent_tables(const nlohmann::json& manifest, const SolutionFolderPtr& folder);

/// An array of RecurrentTables: its name and shape, and where it belongs.
struct RecurrentArray {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<const float>* values;
};
/// All arrays that tables with this shape, items, fields and event types have; sizes `blocks`. Those of 0 elements are
/// not there.
std::vector<RecurrentArray> arrays_of(RecurrentTables& tables);

}  // namespace matchcue::scoring
