#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a viewer did before, as filters on Interactions see it.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"

namespace matchcue::domain {

/// Of each type of act so many of the newest are known, as in Amazon Personalize.
constexpr std::size_t kPastActsMax = 100;

/// A viewer's newest acts by type. Types are compared without regard to the case of ASCII letters. A value.
class ViewerPast {
 public:
  using ByType = std::map<std::string, std::deque<ItemId>, std::less<>>;

  /// Takes in an act that is newer than all before. Amortised O(log types).
  void add(std::string_view event_type, const ItemId& item);
  /// Takes in an act that is older than all of its type; false when there is no room for it.
  bool add_older(std::string_view event_type, const ItemId& item);

  /// Lower-case type to items, newest last; an item may be there several times.
  const ByType& by_type() const { return by_type_; }

 private:
  ByType by_type_;
};

/// What a decision knows of its viewer's past: for each condition on Interactions of the filters in force, in their
/// order, the items that it names, as ascending indices into the catalogue. Recorded with the decision.
using PastItems = std::vector<std::vector<std::uint16_t>>;
/// shared_ptr: most viewers of an event have equal ones, and decisions outlive the session that they were made for.
using PastItemsPtr = std::shared_ptr<const PastItems>;

/// The one object for all decisions that need not know of the past: no items for no conditions.
const PastItemsPtr& no_past();

}  // namespace matchcue::domain
