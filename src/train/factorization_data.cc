// SPDX-License-Identifier: Apache-2.0
#include "train/factorization_data.h"

#include <algorithm>
#include <cmath>

#include "scoring/field_labels.h"

namespace matchcue::train {

namespace {

using scoring::Code;

constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);

/// Entries as they come.
class SparseBuilder {
 public:
  void add(std::size_t row, std::size_t column, float weight) {
    rows_.push_back(static_cast<std::int64_t>(row));
    columns_.push_back(static_cast<std::int64_t>(column));
    weights_.push_back(weight);
  }
  /// A further feature of the last entry.
  void add_feature(float weight) { weights_.push_back(weight); }
  std::size_t size() const { return weights_.size(); }
  void scale_from(std::size_t begin, float scale) {
    for (std::size_t k = begin; k < weights_.size(); ++k) weights_[k] *= scale;
  }
  /// features  0: a weight an entry
  SparseRows finish(std::int64_t features) const {
    auto weights = torch::tensor(weights_);
    const auto entries = static_cast<std::int64_t>(rows_.size());
    if (features > 0) weights = weights.view({entries, features});
    return {torch::tensor(rows_, torch::kInt64), torch::tensor(columns_, torch::kInt64), weights};
  }

 private:
  std::vector<std::int64_t> rows_;
  std::vector<std::int64_t> columns_;
  std::vector<float> weights_;
};

/// Adds, at `row`, the share of each label of each field; a field's labels share 1.
void add_shares(const dataset::CodedRows& rows, const scoring::FieldLabels& labels, std::size_t from, std::size_t row,
                SparseBuilder& out) {
  for (std::size_t f = 0; f < rows.codes.fields().size(); ++f) {
    const auto codes = rows.row(f, from);
    if (codes.empty()) out.add(row, labels.first(f), 1);
    for (const Code code : codes) out.add(row, labels.first(f) + code, 1 / static_cast<float>(codes.size()));
  }
}

/// Adds, at `row`, that nothing is known of any field.
void add_unknown(const scoring::FieldLabels& labels, std::size_t fields, std::size_t row, SparseBuilder& out) {
  for (std::size_t f = 0; f < fields; ++f) out.add(row, labels.first(f), 1);
}

}  // namespace

/// Questions as they come.
class FactorizationData::BatchBuilder {
 public:
  BatchBuilder(FactorizationData& from, Uses uses)
      : from_(from), uses_(uses), viewer_labels_(from.data_.viewer_fields.codes) {}

  void add(const Asked& asked, std::span<const Code> levels) {
    const std::size_t row = items_.size();
    items_.push_back(asked.item);
    values_.push_back(asked.value > 0 ? 1.F : 0.F);
    for (std::size_t level = 0; level < levels.size(); ++level) {
      context_.push_back(static_cast<std::int64_t>(from_.levels_.first_label(level) + levels[level]));
    }
    const dataset::CodedRows& traits = from_.data_.viewer_fields;
    if (asked.viewer == kNotThere) {
      add_unknown(viewer_labels_, traits.codes.fields().size(), row, traits_);
    } else {
      add_shares(traits, viewer_labels_, asked.viewer, row, traits_);
    }
    from_.count_uses(asked, levels);
    add_uses(row, asked.item);
  }

  FactorizationBatch finish() const {
    const auto count = static_cast<std::int64_t>(items_.size());
    const std::int64_t levels = from_.level_count();
    return {torch::tensor(context_, torch::kInt64).view({count, levels}),
            traits_.finish(0),
            history_.finish(0),
            repeats_.finish(2 + levels),
            torch::tensor(items_, torch::kInt64),
            torch::tensor(values_)};
  }

 private:
  void add_uses(std::size_t row, std::uint32_t asked) {
    const scoring::UseCounts& counts = from_.uses_;
    const std::size_t begin = history_.size();
    float sum = 0;
    for (std::size_t k = 0; k < counts.items().size(); ++k) {
      const std::uint32_t item = counts.items()[k];
      const auto uses = counts.of(k);
      const float weight = scoring::weight_of_uses(uses[0]);
      sum += weight;
      history_.add(row, item, weight);
      if (uses_ == Uses::of_asked_items && item != asked) continue;
      repeats_.add(row, item, weight);
      repeats_.add_feature(1);
      for (const std::uint32_t alike : uses.subspan(1)) repeats_.add_feature(scoring::weight_of_uses(alike));
    }
    if (sum > 0) history_.scale_from(begin, 1 / std::sqrt(sum));
  }

  FactorizationData& from_;
  Uses uses_;
  scoring::FieldLabels viewer_labels_;
  std::vector<std::int64_t> context_;
  std::vector<std::int64_t> items_;
  std::vector<float> values_;
  SparseBuilder traits_;
  SparseBuilder history_;
  SparseBuilder repeats_;
};

FactorizationData::FactorizationData(const dataset::Dataset& data, const HeldOutRows& left_out, bool use_context,
                                     std::size_t history_acts)
    : data_(data),
      fields_(use_context ? data.context_codes : scoring::FeatureCodes()),
      levels_(fields_),
      item_labels_(static_cast<std::int64_t>(scoring::FieldLabels(data.item_fields.codes).count())),
      viewer_labels_(static_cast<std::int64_t>(scoring::FieldLabels(data.viewer_fields.codes).count())),
      row_levels_(data.interaction_count() * levels_.count()),
      uses_(data.item_count(), levels_.count()) {
  std::vector<Code> codes(fields_.fields().size());
  auto next_left_out = left_out.begin();
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    const std::size_t first_act = acts_.size();
    for (std::size_t row = data.begin[viewer]; row < data.begin[viewer + 1]; ++row) {
      for (std::size_t f = 0; f < codes.size(); ++f) codes[f] = data.context[f][row];
      levels_.expand(codes, {row_levels_.data() + row * levels_.count(), levels_.count()});
      if (next_left_out != left_out.end() && *next_left_out == row) {
        ++next_left_out;
        continue;
      }
      rows_.push_back(row);
      if (data.event_value[row] > 0) acts_.push_back(row);
    }
    window_begin_.push_back(acts_.size() - std::min(history_acts, acts_.size() - first_act));
    window_end_.push_back(acts_.size());
  }
}

SparseRows FactorizationData::item_shares() const {
  const scoring::FieldLabels labels(data_.item_fields.codes);
  SparseBuilder shares;
  for (std::size_t i = 0; i < data_.item_count(); ++i) add_shares(data_.item_fields, labels, i, i, shares);
  return shares.finish(0);
}

void FactorizationData::count_uses(const Asked& asked, std::span<const Code> levels) {
  uses_.clear();
  if (asked.viewer == kNotThere) return;
  for (std::size_t k = window_begin_[asked.viewer]; k < window_end_[asked.viewer]; ++k) {
    if (acts_[k] != asked.except) uses_.add(data_.item[acts_[k]], levels_of(acts_[k]), levels);
  }
}

FactorizationBatch FactorizationData::make_batch(std::span<const std::size_t> rows, Uses uses) {
  BatchBuilder builder(*this, uses);
  for (const std::size_t row : rows) {
    const auto after = std::upper_bound(data_.begin.begin(), data_.begin.end(), row);
    const auto viewer = static_cast<std::uint32_t>(after - data_.begin.begin() - 1);
    builder.add({viewer, data_.item[row], data_.event_value[row], row}, levels_of(row));
  }
  return builder.finish();
}

FactorizationBatch FactorizationData::make_batch(std::span<const Question> questions, Uses uses) {
  BatchBuilder builder(*this, uses);
  std::vector<Code> codes(fields_.fields().size());
  std::vector<Code> levels(levels_.count());
  for (const Question& each : questions) {
    levels_.read(each.context, codes);
    levels_.expand(codes, levels);
    builder.add({each.viewer, each.item, each.value, kNoRow}, levels);
  }
  return builder.finish();
}

}  // namespace matchcue::train
