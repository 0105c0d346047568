#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Makes a Dataset of rows that come in any order.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "dataset/coded_column.h"
#include "dataset/dataset.h"
#include "domain/catalogue.h"

namespace matchcue::dataset {

/// Which interactions are trained on.
struct InteractionFilter {
  std::string event_type;                 ///< only this EVENT_TYPE; empty is all
  std::optional<double> event_value_min;  ///< only an EVENT_VALUE of at least this; one that is missing is 1

  bool takes(const domain::Interaction& interaction) const {
    return (event_type.empty() || interaction.event_type == event_type) &&
           (!event_value_min || interaction.event_value >= *event_value_min);
  }
};

/// The columns that rows may have; metadata columns that no schema lists are passed over.
struct Schemas {
  domain::Schema users{domain::DatasetKind::users, "Users", {}};
  domain::Schema items{domain::DatasetKind::items, "Items", {}};
  domain::Schema interactions{domain::DatasetKind::interactions, "Interactions", {}};
};

/// The sample's: what is in force until other schemas are put.
Schemas builtin_schemas();

/// One thread. Memory: about 60 bytes an interaction, 4 a label of its context, and each id and label once.
///
/// The result depends on the rows and, among interactions of one viewer and second, on their order; on nothing else.
/// Of interactions that are the same in viewer, item, time, type, value and context one is kept, the first.
class DatasetBuilder {
 public:
  DatasetBuilder(const Schemas& schemas, InteractionFilter filter);

  // False when a row with this id was added before; then nothing is added.
  bool add_item(const domain::Item& item);
  bool add_viewer(const domain::Viewer& viewer);
  /// `impressions` are the items that were shown with it; empty when that is not known.
  void add_interaction(const domain::Interaction& interaction, std::span<const std::string_view> impressions = {});

  /// Errors: too_large (over 65,535 event types or 4 G items, viewers, interactions or impressions).
  Result<Dataset> build() &&;

 private:
  /// Ids in the order they came, and their rows of a table.
  struct Ids {
    std::unordered_map<std::string, std::uint32_t> numbers;
    std::vector<std::size_t> rows;  ///< by number; CodedTable::kNoRow while there is no row

    std::uint32_t number_of(std::string_view id);
    /// Sorts the ids into `ids`; returns the place of each number.
    std::vector<std::uint32_t> sort(std::vector<std::string>& ids) const;
    std::vector<std::size_t> rows_in_order(const std::vector<std::uint32_t>& places) const;
  };
  struct Row {
    std::uint32_t viewer;
    std::uint32_t item;
    std::int64_t timestamp_s;
    std::uint64_t key;  ///< 64 bits of all that makes an interaction the same one
    std::uint32_t event_type;
    float event_value;
    std::uint32_t impressions_end;  ///< in impressions_; they begin where the previous row's end
  };

  std::vector<std::uint32_t> order_without_repeats(const std::vector<std::uint32_t>& viewer_places) const;
  void fill_interactions(const std::vector<std::uint32_t>& order, const std::vector<std::uint32_t>& viewer_places,
                         const std::vector<std::uint32_t>& item_places, Dataset& dataset) const;
  void fill_impressions(const std::vector<std::uint32_t>& order, const std::vector<std::uint32_t>& item_places,
                        Dataset& dataset) const;
  void fill_context(const std::vector<std::uint32_t>& order, Dataset& dataset);
  void fill_created(const std::vector<std::uint32_t>& item_places, Dataset& dataset) const;

  InteractionFilter filter_;
  std::vector<LeftOutColumn> left_out_;
  Ids items_;
  Ids viewers_;
  Ids event_types_;
  CodedTable item_table_;
  CodedTable viewer_table_;
  CodedTable context_table_;
  std::unordered_map<std::uint32_t, std::int64_t> created_s_;  ///< by item number
  std::vector<Row> rows_;
  std::vector<std::uint32_t> impressions_;  ///< item numbers
  std::string scratch_;
};

}  // namespace matchcue::dataset
