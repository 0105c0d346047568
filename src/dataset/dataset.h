#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What recipes are trained on: viewers, items and what viewers did in order, with every value as a number.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scoring/feature_codes.h"

namespace matchcue::dataset {

using Code = scoring::Code;

/// The codes of each row of a table, field by field, several a row where a text has several labels.
struct CodedRows {
  scoring::FeatureCodes codes;
  /// Of field f and row r: codes[f][begin[f][r] .. begin[f][r + 1]).
  std::vector<std::vector<std::uint32_t>> begin;
  std::vector<std::vector<Code>> values;

  std::span<const Code> row(std::size_t field, std::size_t row_index) const {
    return {values[field].data() + begin[field][row_index], values[field].data() + begin[field][row_index + 1]};
  }
};

/// Interactions are sorted by viewer, then time, then the order they came in. Value type.
struct Dataset {
  std::vector<std::string> items;    ///< ids, ascending; every item of the items table or of an interaction
  std::vector<std::string> viewers;  ///< ids, ascending
  CodedRows item_fields;             ///< a row for each of `items`
  CodedRows viewer_fields;           ///< a row for each of `viewers`
  std::vector<std::int64_t> item_created_s;  ///< CREATION_TIMESTAMP, else the item's first interaction

  std::vector<std::size_t> begin;  ///< interactions of viewer v: begin[v] .. begin[v + 1]
  std::vector<std::uint32_t> item;
  std::vector<std::int64_t> timestamp_s;
  std::vector<std::uint16_t> event_type;  ///< into event_types
  std::vector<float> event_value;
  std::vector<std::string> event_types;         ///< distinct, ascending
  scoring::FeatureCodes context_codes;          ///< the interactions' metadata columns
  std::vector<std::vector<Code>> context;       ///< by field, then interaction
  std::vector<std::uint32_t> impression_begin;  ///< items shown with interaction k; empty when the data has none
  std::vector<std::uint32_t> impression_items;

  std::string hash;  ///< SHA-256 of all of the above, hexadecimal

  std::size_t interaction_count() const { return item.size(); }
  std::size_t viewer_count() const { return viewers.size(); }
  std::size_t item_count() const { return items.size(); }
};

}  // namespace matchcue::dataset
