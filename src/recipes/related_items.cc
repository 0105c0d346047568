// SPDX-License-Identifier: Apache-2.0
#include "recipes/related_items.h"

#include <algorithm>
#include <cmath>

#include "scoring/metadata_index.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;
using Near = scoring::MetadataIndex::Near;

/// Lists of near items on their way into tables.
class NearLists {
 public:
  NearLists(std::size_t items, std::size_t count_max) : lists_(items), count_max_(count_max) {}

  /// Keeps the nearest; lower items first among equals.
  void set(std::size_t item, std::vector<Near> near) {
    const auto nearer = [](const Near& a, const Near& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.item < b.item;
    };
    const std::size_t kept = std::min(near.size(), count_max_);
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end(), nearer);
    near.resize(kept);
    lists_[item] = std::move(near);
  }

  void fill(scoring::WindowTables& tables) const {
    std::vector<std::int32_t> begin{0};
    std::vector<std::int32_t> items;
    std::vector<float> weights;
    for (const auto& list : lists_) {
      for (const Near& near : list) {
        items.push_back(static_cast<std::int32_t>(near.item));
        weights.push_back(near.weight);
      }
      begin.push_back(static_cast<std::int32_t>(items.size()));
    }
    tables.near_begin = tables.keep(std::move(begin));
    tables.near_items = tables.keep(std::move(items));
    tables.near_weights = tables.keep(std::move(weights));
  }

 private:
  std::vector<std::vector<Near>> lists_;
  std::size_t count_max_;
};

/// The floor is a tenth of the median nearness, and popularity stays below it: so whatever is related comes before
/// whatever is only popular, a few weak relations apart.
scoring::WindowTables finish(const Dataset& dataset, const NearLists& lists, const RelatedOptions& options) {
  scoring::WindowTables tables = begin_tables(dataset);
  tables.window = options.window;
  tables.decay = options.decay;
  lists.fill(tables);
  std::vector<float> weights(tables.near_weights.begin(), tables.near_weights.end());
  tables.floor = 1;
  if (!weights.empty()) {
    const auto middle = weights.begin() + static_cast<std::ptrdiff_t>(weights.size() / 2);
    std::nth_element(weights.begin(), middle, weights.end());
    tables.floor = .1 * static_cast<double>(*middle);
  }
  const auto viewers = viewers_by_item(dataset);
  const double most = viewers.empty() ? 1 : std::max(1U, *std::max_element(viewers.begin(), viewers.end()));
  std::vector<float> base;
  for (const std::uint32_t count : viewers) base.push_back(static_cast<float>(tables.floor * count / most));
  tables.base = tables.keep(std::move(base));
  return tables;
}

}  // namespace

scoring::WindowTables train_sims(const Dataset& dataset, const SimsOptions& options) {
  const CooccurrenceCounts counts(dataset, options.range);
  NearLists lists(dataset.item_count(), options.related.related_max);
  counts.visit([&](std::size_t item, std::span<const Together> together) {
    std::vector<Near> near;
    for (const Together& other : together) {
      if (other.viewers < options.cointeractions_min) continue;
      const double share = static_cast<double>(other.viewers) / static_cast<double>(counts.viewers_of(item));
      const double popularity =
          static_cast<double>(counts.viewers_of(other.item)) / static_cast<double>(counts.viewer_count());
      near.push_back({other.item, static_cast<float>(share / std::pow(popularity, options.popularity_discount))});
    }
    lists.set(item, std::move(near));
  });
  return finish(dataset, lists, options.related);
}

scoring::WindowTables train_similar_items(const Dataset& dataset, const SimilarItemsOptions& options) {
  const scoring::WindowTables metadata = begin_tables(dataset);
  const bool has_metadata = !metadata.item_features.empty();
  const double weight = has_metadata ? options.metadata_weight : 0;
  const scoring::MetadataIndex index(metadata.item_codes, metadata.item_feature_begin, metadata.item_features);
  const CooccurrenceCounts counts(dataset, {});
  NearLists lists(dataset.item_count(), options.related.related_max);
  std::vector<float> nearness(dataset.item_count(), 0);
  counts.visit([&](std::size_t item, std::span<const Together> together) {
    for (const Together& other : together) {
      const double common = other.viewers;
      const double cosine = common / std::sqrt(static_cast<double>(counts.viewers_of(item)) *
                                               static_cast<double>(counts.viewers_of(other.item)));
      nearness[other.item] = static_cast<float>((1 - weight) * cosine * common / (common + options.confidence));
    }
    if (weight > 0) {
      for (const Near& other : index.nearest_to(item, dataset.item_count())) {
        nearness[other.item] += static_cast<float>(weight) * other.weight;
      }
    }
    std::vector<Near> near;
    for (std::uint32_t other = 0; other < nearness.size(); ++other) {
      if (nearness[other] > 0) near.push_back({other, nearness[other]});
      nearness[other] = 0;
    }
    lists.set(item, std::move(near));
  });
  return finish(dataset, lists, options.related);
}

}  // namespace matchcue::recipes
