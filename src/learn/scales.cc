// SPDX-License-Identifier: Apache-2.0
//
// Empirical Bayes: how strongly things vary is learned too. The fixed point of MacKay (1992, "Bayesian interpolation",
// Neural Computation 4, eq. 4.9): variance = sum of squared means / number of well-determined weights, held back by a
// few pseudo-observations of the variance that the options start with.
#include <algorithm>
#include <cmath>

#include "learn/learner.h"

namespace matchcue::learn {

namespace {

constexpr double kPseudoCount = 2;
/// A prior changes when its variance has moved by so much: changing it costs a matrix inverse an item.
constexpr double kChangeMin = 1.1;
constexpr double kVarianceMin = 1e-4;
constexpr double kVarianceMax = 4;

double square(double x) { return x * x; }

struct Evidence {
  double squares = 0;
  double determined = 0;

  void add(double mean, double variance, double prior) {
    squares += mean * mean;
    determined += std::clamp(1 - variance / prior, 0., 1.);
  }
  double variance(double start) const {
    return std::clamp((kPseudoCount * start + squares) / (kPseudoCount + determined), kVarianceMin, kVarianceMax);
  }
};

bool has_moved(double from, double to) { return to > from * kChangeMin || from > to * kChangeMin; }

/// Gives weights the prior variances that they would have had from the start, by column.
void change_prior(ContextWeights& weights, const std::vector<double>& from, const std::vector<double>& to) {
  SquareMatrix precision = inverse(weights.covariance);
  const std::size_t size = weights.mean.size();
  std::vector<double> scaled(size);
  for (std::size_t r = 0; r < size; ++r) {
    for (std::size_t c = 0; c < size; ++c) scaled[r] += precision(r, c) * weights.mean[c];
  }
  for (std::size_t r = 0; r < size; ++r) precision(r, r) += 1 / to[r] - 1 / from[r];
  weights.covariance = inverse(std::move(precision));
  for (std::size_t r = 0; r < size; ++r) {
    weights.mean[r] = 0;
    for (std::size_t c = 0; c < size; ++c) weights.mean[r] += weights.covariance(r, c) * scaled[c];
  }
}

/// Prior variances of a weight vector, by column.
std::vector<double> by_column(const Vocabulary& context, double bias, const std::vector<double>& by_field) {
  std::vector<double> variances = {bias};
  for (std::size_t f = 0; f < context.size(); ++f) {
    variances.push_back(by_field[context.field_of(static_cast<Feature>(f))]);
  }
  return variances;
}

}  // namespace

Learner::Scales::Scales(const Options& options)
    : appeal(square(options.appeal_sd)), item_taste(square(options.item_taste_sd)) {}

void Learner::Scales::grow(std::size_t fields, const Options& options) {
  group_context.resize(fields, square(options.group_context_sd));
  context_taste.resize(fields, square(options.context_taste_sd));
}

void Learner::relax(double keep) {
  const double fresh = 1 - square(keep);
  const auto relax_weights = [&](ContextWeights& weights, const std::vector<double>& prior, std::size_t begin) {
    for (std::size_t r = 0; r < weights.mean.size(); ++r) {
      if (r >= begin) weights.mean[r] *= keep;
      for (std::size_t c = 0; c < weights.mean.size(); ++c) weights.covariance(r, c) *= square(keep);
      weights.covariance(r, r) += fresh * prior[r];
    }
  };
  const std::vector<double> item_prior = by_column(model_.context, scales_.appeal, model_.item_context);
  for (ItemRow row = 0; row < model_.items.size(); ++row) relax_weights(model_.items.edit(row).weights, item_prior, 0);
  const std::vector<double> group_prior =
      by_column(model_.context, square(model_.options.group_appeal_sd), scales_.group_context);
  for (const auto& [name, row] : model_.group_rows) {
    relax_weights(model_.groups[row], group_prior, name.starts_with(kSlotGroup) ? 1 : 0);
  }
  for (ViewerRow row = 0; row < viewers_.size(); ++row) {
    for (History& entry : viewers_.edit(row).history) {
      entry.information *= static_cast<float>(keep);
      entry.target *= static_cast<float>(keep);
    }
  }
  model_.pair[kCampaign] = 1;
}

void Learner::adapt_item_scales() {
  std::vector<Evidence> fields(model_.context.field_count());
  for (ItemRow row = 0; row < model_.items.size(); ++row) {
    const ContextWeights& weights = model_.items[row].weights;
    for (std::size_t column = 1; column < weights.mean.size(); ++column) {
      const std::size_t field = model_.context.field_of(static_cast<Feature>(column - 1));
      fields[field].add(weights.mean[column], weights.covariance(column, column), model_.item_context[field]);
    }
  }
  std::vector<double> next = model_.item_context;
  bool moved = false;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    const double variance = fields[field].variance(square(model_.options.context_sd));
    if (!has_moved(model_.item_context[field], variance)) continue;
    next[field] = variance;
    moved = true;
  }
  if (!moved) return;
  const auto from = by_column(model_.context, scales_.appeal, model_.item_context);
  const auto to = by_column(model_.context, scales_.appeal, next);
  for (ItemRow row = 0; row < model_.items.size(); ++row) change_prior(model_.items.edit(row).weights, from, to);
  model_.item_context = std::move(next);
}

void Learner::adapt_group_scales() {
  std::vector<Evidence> fields(model_.context.field_count());
  for (const ContextWeights& weights : model_.groups) {
    for (std::size_t column = 1; column < weights.mean.size(); ++column) {
      const std::size_t field = model_.context.field_of(static_cast<Feature>(column - 1));
      fields[field].add(weights.mean[column], weights.covariance(column, column), scales_.group_context[field]);
    }
  }
  const auto before = scales_.group_context;
  bool moved = false;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    const double variance = fields[field].variance(square(model_.options.group_context_sd));
    if (!has_moved(before[field], variance)) continue;
    scales_.group_context[field] = variance;
    moved = true;
  }
  if (!moved) return;
  const double bias = square(model_.options.group_appeal_sd);
  const auto from = by_column(model_.context, bias, before);
  const auto to = by_column(model_.context, bias, scales_.group_context);
  for (ContextWeights& weights : model_.groups) change_prior(weights, from, to);
}

void Learner::adapt_context_taste_scales() {
  // The diagonal of the precision stands in for the inverse: it overstates how well-determined an entry is, alike in
  // all fields.
  std::vector<Evidence> fields(model_.context.field_count());
  for (std::size_t f = 0; f < model_.context_taste.size(); ++f) {
    const std::size_t field = model_.context.field_of(static_cast<Feature>(f));
    const std::vector<double>& entries = model_.context_taste[f].values();
    for (std::size_t e = 0; e < entries.size(); ++e) {
      fields[field].add(entries[e], 1 / precisions_.context_taste[f](e, e), scales_.context_taste[field]);
    }
  }
  std::vector<double> next = scales_.context_taste;
  for (std::size_t field = 0; field < fields.size(); ++field) {
    const double variance = fields[field].variance(square(model_.options.context_taste_sd));
    if (has_moved(next[field], variance)) next[field] = variance;
  }
  for (std::size_t f = 0; f < model_.context_taste.size(); ++f) {
    const std::size_t field = model_.context.field_of(static_cast<Feature>(f));
    if (next[field] == scales_.context_taste[field]) continue;
    SquareMatrix& precision = precisions_.context_taste[f];
    std::vector<double>& entries = model_.context_taste[f].values();
    std::vector<double> scaled(entries.size());
    for (std::size_t r = 0; r < entries.size(); ++r) {
      for (std::size_t c = 0; c < entries.size(); ++c) scaled[r] += precision(r, c) * entries[c];
    }
    for (std::size_t r = 0; r < entries.size(); ++r) {
      precision(r, r) += 1 / next[field] - 1 / scales_.context_taste[field];
    }
    SquareMatrix factor = precision;
    factorize(factor);
    solve_factorized(factor, scaled);
    entries = scaled;
  }
  scales_.context_taste = std::move(next);
}

}  // namespace matchcue::learn
