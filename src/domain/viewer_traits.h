#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a decision knows of its viewer. It is recorded with the decision, so that the decision can be made again after
// the viewer's catalogue row has changed.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "domain/value.h"

namespace matchcue::domain {

struct Viewer;

/// Longer text describes a viewer rather than putting them into a group: decisions do not see it.
constexpr std::size_t kTraitBytesMax = 64;

struct ViewerTraits {
  std::optional<int> age;  ///< years; nothing when unknown
  std::string country;     ///< upper case; empty when unknown
  Values fields;           ///< booleans, numbers, and text of at most kTraitBytesMax bytes; no null
  friend bool operator==(const ViewerTraits&, const ViewerTraits&) = default;
};

/// Never null where it stands for a decision's viewer. shared_ptr: thousands of viewers have equal traits, and
/// decisions outlive the session that they were made for.
using TraitsPtr = std::shared_ptr<const ViewerTraits>;

/// The one object for all viewers of whom nothing is known.
const TraitsPtr& no_traits();

/// What decisions know of the viewer with this catalogue row: age, country, and every other column that can be a
/// trait. O(fields).
ViewerTraits traits_of(const Viewer& viewer);

}  // namespace matchcue::domain
