// SPDX-License-Identifier: Apache-2.0
#include "learn/moment.h"

#include <cmath>

namespace matchcue::learn {

Columns columns_of(const Model& model, const domain::Values& context) {
  Columns columns = {0};
  if (!model.options.use_context) return columns;
  for (const Feature feature : model.context.find_telling(context))
    columns.push_back(static_cast<std::uint16_t>(1 + feature));
  return columns;
}

namespace {

void fold_subjects(const Model& model, const domain::MomentContext& moment, FoldedMoment& folded) {
  for (const domain::Subject& subject : moment.subjects) {
    const auto row = model.item_rows.find(subject.item);
    if (row == model.item_rows.end()) continue;
    const double weight = std::pow(model.options.subject_decay, subject.moments_ago);
    auto entry = folded.subjects.begin();
    while (entry != folded.subjects.end() && entry->first != row->second) ++entry;
    if (entry == folded.subjects.end()) {
      entry = folded.subjects.insert(entry, {row->second, std::vector<double>(model.width())});
    }
    for (const std::uint16_t column : columns_of(model, subject.context)) entry->second[column] += weight;
  }
  for (const auto& [row, rho] : folded.subjects) {
    double sum = 0;
    for (std::size_t column = 0; column < rho.size(); ++column) sum += model.subject[column] * rho[column];
    folded.main[row] += static_cast<float>(sum);
  }
}

/// I + the sum of W_f over the present context values.
SquareMatrix taste_matrix(const Model& model, const Columns& columns) {
  SquareMatrix matrix(kTasteSize);
  for (std::size_t k = 0; k < kTasteSize; ++k) matrix(k, k) = 1;
  if (!model.options.use_context_taste) return matrix;
  for (const std::uint16_t column : columns) {
    if (column == 0) continue;
    const SquareMatrix& part = model.context_taste[column - 1U];
    for (std::size_t i = 0; i < part.values().size(); ++i) matrix.values()[i] += part.values()[i];
  }
  return matrix;
}

}  // namespace

FoldedMoment fold_moment(const Model& model, const domain::MomentContext& moment) {
  FoldedMoment folded;
  folded.columns = columns_of(model, moment.context);
  const std::size_t items = model.items.size();
  folded.main.resize(items);
  folded.variance.resize(items);
  folded.taste.resize(items);
  std::vector<double> group_values;
  for (const ContextWeights& group : model.groups) group_values.push_back(group.value(folded.columns));
  const SquareMatrix matrix = taste_matrix(model, folded.columns);
  for (ItemRow row = 0; row < items; ++row) {
    const ItemState& item = model.items[row];
    double main = item.weights.value(folded.columns);
    for (const GroupRow group : item.groups) main += group_values[group];
    folded.main[row] = static_cast<float>(main);
    folded.variance[row] = static_cast<float>(item.weights.variance(folded.columns));
    for (std::size_t r = 0; r < kTasteSize; ++r) {
      double sum = 0;
      for (std::size_t c = 0; c < kTasteSize; ++c) sum += matrix(r, c) * static_cast<double>(item.taste[c]);
      folded.taste[row][r] = static_cast<float>(sum);
    }
  }
  if (model.options.use_subject) fold_subjects(model, moment, folded);
  return folded;
}

NewItem fold_new_item(const Model& model, const domain::Item& item, const Columns& columns) {
  const Options& options = model.options;
  NewItem fresh;
  double variance = options.appeal_sd * options.appeal_sd;
  for (const std::uint16_t column : columns) {
    if (column > 0) variance += model.item_context[model.context.field_of(static_cast<Feature>(column - 1))];
  }
  fresh.variance = static_cast<float>(variance);
  fresh.main = static_cast<float>(options.base_log_odds);
  for (const std::string& name : group_names(item)) {
    const auto group = model.group_rows.find(name);
    if (group == model.group_rows.end()) continue;
    const double value = model.groups[group->second].value(columns);
    if (name.starts_with(kSlotGroup)) fresh.taste = model.group_taste[group->second];
    fresh.main += static_cast<float>(name.starts_with(kSlotGroup) ? value - options.base_log_odds : value);
  }
  return fresh;
}

Taste prior_taste(const Model& model, std::span<const Feature> metadata) {
  Taste taste{};
  for (const Feature feature : metadata) {
    for (std::size_t k = 0; k < kTasteSize; ++k) taste[k] += model.metadata_taste[feature][k];
  }
  return taste;
}

}  // namespace matchcue::learn
