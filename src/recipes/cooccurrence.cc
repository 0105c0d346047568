// SPDX-License-Identifier: Apache-2.0
#include "recipes/cooccurrence.h"

#include <algorithm>
#include <utility>

namespace matchcue::recipes {

namespace {

/// The least and the greatest number that still counts; those of 0 are not asked.
std::pair<std::size_t, std::size_t> bounds(std::vector<std::size_t> numbers, double least, double most) {
  std::erase(numbers, 0U);
  if (numbers.empty()) return {1, 0};
  std::sort(numbers.begin(), numbers.end());
  const auto at = [&](double share) {
    return numbers[static_cast<std::size_t>(share * static_cast<double>(numbers.size() - 1))];
  };
  return {at(least), at(most)};
}

}  // namespace

CooccurrenceCounts::CooccurrenceCounts(const dataset::Dataset& dataset, const CountedRange& range)
    : viewers_of_(dataset.item_count()), items_of_(dataset.viewer_count()) {
  std::vector<std::size_t> of_viewer;
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    of_viewer.push_back(dataset.begin[viewer + 1] - dataset.begin[viewer]);
  }
  std::vector<std::size_t> of_item(dataset.item_count(), 0);
  for (const std::uint32_t item : dataset.item) ++of_item[item];
  const auto [viewer_least, viewer_most] = bounds(of_viewer, range.viewer_min, range.viewer_max);
  const auto [item_least, item_most] = bounds(of_item, range.item_min, range.item_max);
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (of_viewer[viewer] < viewer_least || of_viewer[viewer] > viewer_most) continue;
    ++viewer_count_;
    std::vector<std::uint32_t>& items = items_of_[viewer];
    for (std::size_t k = dataset.begin[viewer]; k < dataset.begin[viewer + 1]; ++k) {
      const std::uint32_t item = dataset.item[k];
      if (of_item[item] >= item_least && of_item[item] <= item_most) items.push_back(item);
    }
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    for (const std::uint32_t item : items) viewers_of_[item].push_back(static_cast<std::uint32_t>(viewer));
  }
}

void CooccurrenceCounts::visit(const std::function<void(std::size_t, std::span<const Together>)>& visit) const {
  std::vector<std::uint32_t> counts(item_count(), 0);
  std::vector<Together> together;
  for (std::size_t item = 0; item < item_count(); ++item) {
    for (const std::uint32_t viewer : viewers_of_[item]) {
      for (const std::uint32_t other : items_of_[viewer]) ++counts[other];
    }
    together.clear();
    counts[item] = 0;
    for (std::uint32_t other = 0; other < counts.size(); ++other) {
      if (counts[other] > 0) together.push_back({other, counts[other]});
      counts[other] = 0;
    }
    visit(item, together);
  }
}

}  // namespace matchcue::recipes
