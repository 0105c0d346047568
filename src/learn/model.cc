// SPDX-License-Identifier: Apache-2.0
#include "learn/model.h"

#include <algorithm>

#include "domain/remote.h"

namespace matchcue::learn {

double ContextWeights::value(const Columns& columns) const {
  double sum = 0;
  for (const std::uint16_t column : columns) sum += mean[column];
  return sum;
}

double ContextWeights::variance(const Columns& columns) const {
  double sum = 0;
  for (const std::uint16_t row : columns) {
    for (const std::uint16_t column : columns) sum += covariance(row, column);
  }
  return sum;
}

ContextWeights::Direction ContextWeights::direction(const Columns& columns) const {
  Direction direction;
  direction.change.resize(mean.size());
  for (const std::uint16_t column : columns) {
    for (std::size_t r = 0; r < direction.change.size(); ++r) direction.change[r] += covariance(r, column);
  }
  for (const std::uint16_t column : columns) direction.along += direction.change[column];
  return direction;
}

void ContextWeights::move(const Direction& direction, double step, double information) {
  const double shrink = information / (1 + information * direction.along);
  for (std::size_t r = 0; r < direction.change.size(); ++r) {
    mean[r] += step * direction.change[r];
    const double scaled = shrink * direction.change[r];
    for (std::size_t c = 0; c < direction.change.size(); ++c) covariance(r, c) -= scaled * direction.change[c];
  }
}

void ContextWeights::grow(std::size_t size, double variance) {
  mean.resize(size, 0);
  covariance.grow(size, variance);
}

std::vector<std::string> group_names(const domain::Item& item) { return {std::string(kSlotGroup) + item.slot.str()}; }

domain::Values texts_of(const domain::Values& fields) {
  domain::Values texts;
  for (const auto& [name, value] : fields) {
    if (name == domain::kRemoteColumn) continue;  // how it is drawn says nothing about it
    if (std::holds_alternative<std::string>(value)) texts.emplace(name, value);
  }
  return texts;
}

std::size_t count_shared(std::span<const Feature> viewer, std::span<const Feature> item) {
  std::size_t count = 0;
  for (const Feature feature : item) {
    if (std::find(viewer.begin(), viewer.end(), feature) != viewer.end()) ++count;
  }
  return count;
}

Model::Model(const Options& options_in)
    : options(options_in),
      context(options_in.context_values_max),
      metadata(options_in.metadata_values_max),
      subject(1),
      pair({-.1, -.3, .1, 0}) {}

}  // namespace matchcue::learn
