// SPDX-License-Identifier: Apache-2.0
#include "recipes/window_training.h"

#include <algorithm>

namespace matchcue::recipes {

scoring::WindowTables begin_tables(const dataset::Dataset& dataset) {
  scoring::WindowTables tables;
  tables.items = dataset.items;
  tables.item_codes = dataset.item_fields.codes;
  tables.viewer_codes = dataset.viewer_fields.codes;
  tables.context_codes = dataset.context_codes;
  std::vector<std::int32_t> begin{0};
  std::vector<std::int32_t> features;
  for (std::size_t item = 0; item < dataset.item_count(); ++item) {
    for (std::size_t field = 0; field < tables.item_codes.fields().size(); ++field) {
      for (const scoring::Code code : dataset.item_fields.row(field, item)) {
        features.push_back(static_cast<std::int32_t>(tables.item_codes.feature_of(field, code)));
      }
    }
    begin.push_back(static_cast<std::int32_t>(features.size()));
  }
  tables.item_feature_begin = tables.keep(std::move(begin));
  tables.item_features = tables.keep(std::move(features));
  return tables;
}

std::vector<std::uint32_t> viewers_by_item(const dataset::Dataset& dataset) {
  std::vector<std::uint32_t> viewers(dataset.item_count(), 0);
  std::vector<std::size_t> last(dataset.item_count(), static_cast<std::size_t>(-1));
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    for (std::size_t k = dataset.begin[viewer]; k < dataset.begin[viewer + 1]; ++k) {
      const std::uint32_t item = dataset.item[k];
      if (last[item] != viewer) ++viewers[item];
      last[item] = viewer;
    }
  }
  return viewers;
}

}  // namespace matchcue::recipes
