// SPDX-License-Identifier: Apache-2.0
#include "recipes/sequential_ridge.h"

#include <algorithm>

#include "recipes/ridge_system.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;

/// Where the features of a row stand: items, then context, then traits, then the constant.
struct Layout {
  Layout(const Dataset& dataset, const RidgeOptions& options)
      : items(dataset.item_count()),
        context(options.use_context ? dataset.context_codes.feature_count() : 0),
        traits(options.use_traits ? dataset.viewer_fields.codes.feature_count() : 0) {}

  std::size_t size() const { return items + context + traits + 1; }

  std::size_t items;
  std::size_t context;
  std::size_t traits;
};

/// Makes the rows of one viewer after the other.
class RowMaker {
 public:
  RowMaker(const Dataset& dataset, const RidgeOptions& options)
      : dataset_(dataset), layout_(dataset, options), window_(options.window) {
    for (double weight = 1; decays_.size() < window_; weight *= options.decay) {
      decays_.push_back(static_cast<float>(weight));
    }
  }

  const Layout& layout() const { return layout_; }

  /// The features that all rows of a viewer have.
  void start_viewer(std::size_t viewer) {
    shared_.assign(1, {static_cast<std::uint32_t>(layout_.size() - 1), 1});
    if (layout_.traits == 0) return;
    const auto& codes = dataset_.viewer_fields.codes;
    for (std::size_t field = 0; field < codes.fields().size(); ++field) {
      for (const scoring::Code code : dataset_.viewer_fields.row(field, viewer)) {
        add(shared_, layout_.items + layout_.context + codes.feature_of(field, code));
      }
    }
  }

  /// The row of interaction k; `begin` is the viewer's first.
  std::span<const Entry> make(std::size_t begin, std::size_t k) {
    row_ = shared_;
    for (std::size_t back = 1; back <= window_ && begin + back <= k; ++back) {
      row_.push_back({dataset_.item[k - back], decays_[back - 1]});
    }
    if (layout_.context == 0) return row_;
    for (std::size_t field = 0; field < dataset_.context.size(); ++field) {
      const scoring::Code code = dataset_.context[field][k];
      if (code != 0) add(row_, layout_.items + dataset_.context_codes.feature_of(field, code));
    }
    return row_;
  }

 private:
  static void add(std::vector<Entry>& row, std::size_t feature) {
    row.push_back({static_cast<std::uint32_t>(feature), 1});
  }

  const Dataset& dataset_;
  Layout layout_;
  std::size_t window_;
  std::vector<float> decays_;
  std::vector<Entry> shared_;
  std::vector<Entry> row_;
};

}  // namespace

Result<scoring::WindowTables> train_ridge(const Dataset& dataset, const RidgeOptions& options,
                                          const Progress& progress) {
  if (dataset.item_count() > kRidgeItemsMax) {
    return Error{ErrorKind::too_large,
                 "too_large",
                 "sequential-ridge takes at most " + std::to_string(kRidgeItemsMax) + " items, and there are " +
                     std::to_string(dataset.item_count()),
                 {}};
  }
  RowMaker rows(dataset, options);
  const Layout& layout = rows.layout();
  RidgeSystem system(layout.size(), layout.items);
  for (std::size_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (viewer % 256 == 0) {
      progress("reading histories", static_cast<double>(viewer) / static_cast<double>(dataset.viewer_count()));
    }
    rows.start_viewer(viewer);
    const std::size_t begin = dataset.begin[viewer];
    for (std::size_t k = begin; k < dataset.begin[viewer + 1]; ++k) system.add(rows.make(begin, k), dataset.item[k]);
  }
  progress("solving", 0);
  scoring::WindowTables tables = begin_tables(dataset);
  const std::span<const float> weights = tables.keep(std::move(system).solve(options.lambda));
  const auto rows_of = [&](std::size_t first, std::size_t count) {
    return weights.subspan(first * layout.items, count * layout.items);
  };
  tables.window = options.window;
  tables.decay = options.decay;
  tables.floor = options.floor;
  tables.by_item = rows_of(0, layout.items);
  tables.by_context = rows_of(layout.items, layout.context);
  tables.by_viewer = rows_of(layout.items + layout.context, layout.traits);
  tables.base = rows_of(layout.size() - 1, 1);
  progress("solving", 1);
  return tables;
}

}  // namespace matchcue::recipes
