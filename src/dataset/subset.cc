// SPDX-License-Identifier: Apache-2.0
#include "dataset/subset.h"

#include "base/check.h"

namespace matchcue::dataset {

namespace {

/// `keeps(viewer, k)` is asked of each interaction in turn.
template <typename Keeps>
Dataset filter(const Dataset& dataset, const Keeps& keeps) {
  Dataset part;
  part.items = dataset.items;
  part.viewers = dataset.viewers;
  part.item_fields = dataset.item_fields;
  part.viewer_fields = dataset.viewer_fields;
  part.item_created_s = dataset.item_created_s;
  part.event_types = dataset.event_types;
  part.context_codes = dataset.context_codes;
  part.context.resize(dataset.context.size());
  const bool has_impressions = !dataset.impression_begin.empty();
  if (has_impressions) part.impression_begin.push_back(0);
  part.begin.push_back(0);
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    for (std::size_t k = dataset.begin[viewer]; k < dataset.begin[viewer + 1]; ++k) {
      if (!keeps(viewer, k)) continue;
      part.item.push_back(dataset.item[k]);
      part.timestamp_s.push_back(dataset.timestamp_s[k]);
      part.event_type.push_back(dataset.event_type[k]);
      part.event_value.push_back(dataset.event_value[k]);
      for (std::size_t field = 0; field < dataset.context.size(); ++field) {
        part.context[field].push_back(dataset.context[field][k]);
      }
      if (!has_impressions) continue;
      part.impression_items.insert(part.impression_items.end(),
                                   dataset.impression_items.begin() + dataset.impression_begin[k],
                                   dataset.impression_items.begin() + dataset.impression_begin[k + 1]);
      part.impression_begin.push_back(static_cast<std::uint32_t>(part.impression_items.size()));
    }
    part.begin.push_back(part.item.size());
  }
  part.hash = dataset.hash + "/part";
  return part;
}

}  // namespace

Dataset first_interactions(const Dataset& dataset, std::span<const std::size_t> end) {
  CHECK(end.size() == dataset.viewer_count(), end.size(), dataset.viewer_count());
  for (std::size_t viewer = 0; viewer < end.size(); ++viewer) {
    CHECK(dataset.begin[viewer] <= end[viewer] && end[viewer] <= dataset.begin[viewer + 1], viewer);
  }
  return filter(dataset, [&](std::size_t viewer, std::size_t k) { return k < end[viewer]; });
}

Dataset without_interactions(const Dataset& dataset, std::span<const std::size_t> left_out) {
  std::vector<bool> kept(dataset.interaction_count(), true);
  for (const std::size_t k : left_out) kept[k] = false;
  return filter(dataset, [&](std::size_t, std::size_t k) { return kept[k]; });
}

}  // namespace matchcue::dataset
