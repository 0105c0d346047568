// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset.h"

namespace matchcue::dataset {

Result<void> check_minimum(const Dataset& dataset, const std::string& event_type) {
  const std::string filtered = event_type.empty() ? "" : " after filtering by event type: " + event_type;
  if (dataset.interaction_count() < kInteractionsMin) {
    return invalid("too_little_data", "Dataset has fewer than " + std::to_string(kInteractionsMin) + " interactions" +
                                          filtered + " (it has " + std::to_string(dataset.interaction_count()) + ")");
  }
  std::size_t viewers = 0;
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (dataset.begin[viewer + 1] - dataset.begin[viewer] >= 2) ++viewers;
  }
  if (viewers < kViewersWithTwoMin) {
    return invalid("too_little_data", "Dataset has fewer than " + std::to_string(kViewersWithTwoMin) +
                                          " users with at least 2 interactions each" + filtered + " (it has " +
                                          std::to_string(viewers) + ")");
  }
  return {};
}

}  // namespace matchcue::dataset
