#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The filters that a decision's header names, over its catalogue: an item has to pass all of them.

#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/decision.h"
#include "filter/catalogue_filter.h"

namespace matchcue::decide {

/// Single thread: it has scratch space of its own.
class FiltersInForce {
 public:
  /// Errors: corrupt_filter when the header has a filter that this program does not understand.
  /// Cost: O(items x conditions).
  static Result<FiltersInForce> make(const domain::DecisionHeader& header, const domain::Catalogue& catalogue);

  /// True when what passes depends on the viewer.
  bool personal() const { return !personal_.empty(); }
  /// True when the item passes the filters that are the same for every viewer.
  bool passes_everybodys(std::size_t item) const { return everybodys_.test(item); }

  /// How many answers about a viewer's past they need; 0: nothing has to be known of it.
  std::size_t questions() const;
  /// The answers for a viewer with this past. Cost: O(questions x acts).
  domain::PastItems answer(const domain::ViewerPast& past, const domain::Catalogue& catalogue) const;

  /// Looks at a viewer: passes() is about them then. `past` has questions() answers.
  void apply(std::string_view viewer_id, const domain::ViewerTraits& viewer, const domain::PastItems& past);
  /// True when the item passes all filters for the viewer looked at last.
  bool passes(std::size_t item) const { return personal() ? passed_.test(item) : everybodys_.test(item); }

 private:
  filter::ItemMask everybodys_;
  std::vector<filter::CatalogueFilter> personal_;
  filter::ItemMask passed_;
  filter::ItemMask passed_one_;  // scratch
};

}  // namespace matchcue::decide
