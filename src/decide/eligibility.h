#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Who may be shown an item at all. Fails closed: an unknown age or country makes a restricted item impossible.

#include <string_view>

#include "domain/catalogue.h"
#include "domain/viewer_traits.h"

namespace matchcue::decide {

/// Why this item cannot be shown to this viewer: "min_age" or "country"; empty when it can. O(countries).
inline std::string_view ineligible_reason(const domain::Item& item, const domain::ViewerTraits& viewer) {
  if (item.min_age && (!viewer.age || *viewer.age < *item.min_age)) return "min_age";
  if (item.countries.empty()) return {};
  for (const std::string& country : item.countries) {
    if (!viewer.country.empty() && country == viewer.country) return {};
  }
  return "country";
}

}  // namespace matchcue::decide
