#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What can be shown and to whom: items and viewers, each a typed view beside the whole original document.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::domain {

/// An item. `fields` holds every column of the items schema except ITEM_ID.
struct Item {
  ItemId id;
  SlotName slot;               ///< the slot it may fill: its ITEM_TYPE, "UNKNOWN" when blank
  std::string label;           ///< ITEM_LABEL; may be empty
  std::optional<int> min_age;  ///< MIN_AGE: only viewers known to be at least this old
  std::vector<std::string>
      countries;       ///< COUNTRIES, joined by '|': only viewers known to be in one; empty is everywhere
  std::string remote;  ///< JSON that names the component, as check_remote() spells it; "" when none
  Values fields;
  std::string document;       ///< the row or JSON as it was given
  std::uint64_t version = 0;  ///< the catalogue version that this row appeared in

  bool restricted() const { return min_age.has_value() || !countries.empty(); }
};

/// A viewer's catalogue row. `fields` holds every column of the users schema except USER_ID.
struct Viewer {
  ViewerId id;
  std::optional<int> age;  ///< AGE in years
  std::string country;     ///< COUNTRY as given, upper case; empty when unknown
  Values fields;
  std::string document;
  std::uint64_t version = 0;
};

/// Makes the typed view from validated fields. `fields` must not hold the id column.
/// Errors: wrong_type when MIN_AGE or AGE is out of 0..150; those of check_remote().
Result<Item> make_item(ItemId id, Values fields, std::string document);
Result<Viewer> make_viewer(ViewerId id, Values fields, std::string document);

/// All items at one catalogue version, in id order. Immutable; shared between shards.
class Catalogue {
 public:
  Catalogue(std::uint64_t version, std::vector<Item> items);

  std::uint64_t version() const { return version_; }
  const std::vector<Item>& items() const { return items_; }
  const std::vector<SlotName>& slots() const { return slots_; }  ///< distinct, SOCIAL MONETIZE GENERAL PLAYER first
  std::size_t slot_of(std::size_t item) const { return slot_of_[item]; }  ///< index into slots()
  /// Index into items(), or nothing.
  std::optional<std::size_t> find_item(const ItemId& id) const;

 private:
  std::uint64_t version_;
  std::vector<Item> items_;
  std::vector<SlotName> slots_;
  std::vector<std::size_t> slot_of_;
  std::unordered_map<ItemId, std::size_t> index_;
};

/// shared_ptr: every shard and running decision holds the version it started with until it is done.
using CataloguePtr = std::shared_ptr<const Catalogue>;

/// A past interaction as data sets hold it: who did what with which item, when, in which context.
struct Interaction {
  ViewerId viewer;
  ItemId item;
  std::int64_t timestamp_s = 0;  ///< epoch seconds
  std::string event_type;        ///< "CLICK"; empty when the data set has none
  double event_value = 1;
  Values context;  ///< the metadata columns, MATCH_EVENT...
  std::string document;
};

}  // namespace matchcue::domain
