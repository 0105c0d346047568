// SPDX-License-Identifier: Apache-2.0
#include "recipes/popularity.h"

#include <algorithm>
#include <cmath>

namespace matchcue::recipes {

namespace {

using dataset::Dataset;

/// Row by row of features: what log((n_jf + m p_f) / ((n_j + m) p_f)) is for each item.
std::vector<float> context_rows(const Dataset& dataset, double smoothing) {
  const std::size_t n = dataset.item_count();
  std::vector<double> of_item(n, 0);
  for (const std::uint32_t item : dataset.item) of_item[item] += 1;
  std::vector<float> rows(dataset.context_codes.feature_count() * n, 0);
  for (std::size_t field = 0; field < dataset.context.size(); ++field) {
    const std::size_t values = dataset.context_codes.fields()[field].code_count();
    std::vector<double> counts(values * n, 0);
    std::vector<double> of_value(values, 0);
    for (std::size_t k = 0; k < dataset.interaction_count(); ++k) {
      const scoring::Code code = dataset.context[field][k];
      counts[code * n + dataset.item[k]] += 1;
      of_value[code] += 1;
    }
    for (scoring::Code code = 1; code < values; ++code) {
      if (of_value[code] == 0) continue;  // never counted: says nothing
      const double share = of_value[code] / static_cast<double>(dataset.interaction_count());
      float* row = rows.data() + dataset.context_codes.feature_of(field, code) * n;
      for (std::size_t item = 0; item < n; ++item) {
        row[item] = static_cast<float>(
            std::log((counts[code * n + item] + smoothing * share) / ((of_item[item] + smoothing) * share)));
      }
    }
  }
  return rows;
}

}  // namespace

scoring::WindowTables train_popularity(const Dataset& dataset, const PopularityOptions& options) {
  scoring::WindowTables tables = begin_tables(dataset);
  std::vector<float> base;
  for (const std::uint32_t viewers : viewers_by_item(dataset)) {
    base.push_back(std::log(static_cast<float>(viewers) + 1));
  }
  tables.base = tables.keep(std::move(base));
  if (options.use_context) tables.by_context = tables.keep(context_rows(dataset, options.smoothing));
  return tables;
}

scoring::WindowTables train_trend(const Dataset& dataset, const TrendOptions& options) {
  scoring::WindowTables tables = begin_tables(dataset);
  std::vector<double> now(dataset.item_count(), 0);
  std::vector<double> before(dataset.item_count(), 0);
  const auto newest = std::max_element(dataset.timestamp_s.begin(), dataset.timestamp_s.end());
  for (std::size_t k = 0; k < dataset.interaction_count(); ++k) {
    const std::int64_t age = *newest - dataset.timestamp_s[k];
    if (age < options.frequency_s) {
      now[dataset.item[k]] += 1;
    } else if (age < 2 * options.frequency_s) {
      before[dataset.item[k]] += 1;
    }
  }
  std::vector<float> base;
  for (std::size_t item = 0; item < now.size(); ++item) {
    base.push_back(static_cast<float>(std::log((now[item] + options.smoothing) / (before[item] + options.smoothing)) +
                                      .001 * std::log1p(now[item])));
  }
  tables.base = tables.keep(std::move(base));
  return tables;
}

}  // namespace matchcue::recipes
