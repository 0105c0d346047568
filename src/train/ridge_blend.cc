// SPDX-License-Identifier: Apache-2.0
#include "train/ridge_blend.h"

#include <algorithm>
#include <cmath>

#include "dataset/subset.h"
#include "recipes/sequential_ridge.h"

namespace matchcue::train {

namespace {

void add_row(std::span<const float> table, std::size_t row, float weight, std::span<float> out) {
  const float* from = table.data() + row * out.size();
  for (std::size_t i = 0; i < out.size(); ++i) out[i] += weight * from[i];
}

/// As WindowTables says.
float link(float r, float floor) { return r >= floor ? std::log(r / floor) : (r - floor) / (2 * floor - r); }

}  // namespace

Result<scoring::WindowTables> train_ridge_part(const dataset::Dataset& data, const HoldOut& hold_out,
                                               const recipes::Progress& progress) {
  std::vector<std::size_t> end;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    end.push_back(data.begin[viewer + 1] - held_out_acts(data, hold_out, viewer));
  }
  return recipes::train_ridge(dataset::first_interactions(data, end), {}, progress);
}

void score_ridge(const scoring::WindowTables& ridge, const dataset::Dataset& data, const Sequence& sequence,
                 std::span<float> scores) {
  std::copy(ridge.base.begin(), ridge.base.end(), scores.begin());
  const std::size_t target = sequence.first_target;
  for (std::size_t f = 0; f < data.context.size() && !ridge.by_context.empty(); ++f) {
    const scoring::Code code = data.context[f][target];
    if (code != 0) add_row(ridge.by_context, ridge.context_codes.feature_of(f, code), 1, scores);
  }
  for (std::size_t f = 0; f < data.viewer_fields.codes.fields().size() && !ridge.by_viewer.empty(); ++f) {
    for (const scoring::Code code : data.viewer_fields.row(f, sequence.viewer)) {
      if (code != 0) add_row(ridge.by_viewer, ridge.viewer_codes.feature_of(f, code), 1, scores);
    }
  }
  float weight = 1;
  for (std::size_t k = 0; k < ridge.window && target - k > data.begin[sequence.viewer]; ++k) {
    add_row(ridge.by_item, data.item[target - k - 1], weight, scores);
    weight *= static_cast<float>(ridge.decay);
  }
  const auto floor = static_cast<float>(ridge.floor);
  for (float& score : scores) score = link(score, floor);
}

}  // namespace matchcue::train
