#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What recipes are trained on: viewers, items and what viewers did in order, with every value as a number.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
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

/// A column that recipes are not told of.
struct LeftOutColumn {
  std::string table;  ///< "items", "users", "interactions"
  std::string column;
  std::string reason;  ///< for people
};

/// Interactions are sorted by viewer, then time, then the order they came in. Value type.
struct Dataset {
  std::vector<std::string> items;            ///< ids, ascending; of the items table, of interactions and of impressions
  std::vector<std::string> viewers;          ///< ids, ascending
  CodedRows item_fields;                     ///< a row for each of `items`
  CodedRows viewer_fields;                   ///< a row for each of `viewers`
  std::vector<std::int64_t> item_created_s;  ///< CREATION_TIMESTAMP, else its first interaction, else the newest of all

  std::vector<std::size_t> begin;  ///< interactions of viewer v: begin[v] .. begin[v + 1]
  std::vector<std::uint32_t> item;
  std::vector<std::int64_t> timestamp_s;
  std::vector<std::uint16_t> event_type;  ///< into event_types
  std::vector<float> event_value;
  std::vector<std::string> event_types;         ///< distinct, ascending
  scoring::FeatureCodes context_codes;          ///< the interactions' metadata columns
  std::vector<std::vector<Code>> context;       ///< by field, then interaction; of several labels the lowest code
  std::vector<std::uint32_t> impression_begin;  ///< items shown with interaction k; empty when the data has none
  std::vector<std::uint32_t> impression_items;

  std::string hash;  ///< SHA-256 of all of the above, hexadecimal

  std::vector<LeftOutColumn> left_out;

  std::size_t interaction_count() const { return item.size(); }
  std::size_t viewer_count() const { return viewers.size(); }
  std::size_t item_count() const { return items.size(); }
};

// Personalize trains on nothing less.
constexpr std::size_t kInteractionsMin = 1'000;
constexpr std::size_t kViewersWithTwoMin = 25;

/// Checks that there is enough to train on: kInteractionsMin interactions, and kViewersWithTwoMin viewers who have at
/// least 2 each. `event_type` is the one that was filtered by, or empty. Errors: too_little_data, in Personalize's
/// words.
Result<void> check_minimum(const Dataset& dataset, const std::string& event_type);

}  // namespace matchcue::dataset
