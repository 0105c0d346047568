#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Filters as they are kept and as they are in force. What they mean is the folder filter/'s.

#include <map>
#include <string>
#include <vector>

#include "base/time.h"
#include "domain/ids.h"

namespace matchcue::domain {

/// A filter that an operator keeps under a name.
struct StoredFilter {
  FilterName name;
  std::string expression;  ///< as it was given
  WallTime created;        ///< when it was first put
  friend bool operator==(const StoredFilter&, const StoredFilter&) = default;
};

/// A filter in force, with all that its evaluation needs: it does not change when the stored filter does.
struct FilterUse {
  FilterName filter;
  std::string expression;  ///< checked, with the schemas' spelling of its columns (filter::to_text)
  std::map<std::string, std::string, std::less<>> values;  ///< by the name of the placeholder, as they were given
  friend bool operator==(const FilterUse&, const FilterUse&) = default;
};

/// An operator puts a filter in force, or takes it out of force.
struct FilterChange {
  bool in_force = true;
  FilterUse use;  ///< only its name when it is taken out of force
  friend bool operator==(const FilterChange&, const FilterChange&) = default;
};

/// Checks what a filter may be called: 1..63 letters and digits of ASCII, "-" and "_", the first a letter or a digit.
/// `field` is how the caller's input names the value. Errors: invalid_id.
Result<void> check_filter_name(std::string_view name, std::string_view field);

}  // namespace matchcue::domain
