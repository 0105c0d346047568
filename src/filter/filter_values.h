#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What placeholders stand for. As Amazon Personalize has it, a value is text that holds the values themselves, quoted
// and separated by commas: GENRE = "\"comedy\",\"drama\"", AGE = "18".

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/value.h"
#include "filter/expression.h"

namespace matchcue::filter {

constexpr std::size_t kFilterValueCharactersMax = 1'000;

/// Text by the name of its placeholder (without the $), as a caller gives it.
using FilterValues = std::map<std::string, std::string, std::less<>>;
/// The same, read. A placeholder that is not in it is not set.
using ReadValues = std::map<std::string, std::vector<Literal>, std::less<>>;

/// Reads the value of one placeholder: at least one literal. Errors: invalid_filter_value; Error.field is
/// "filter_values.NAME".
Result<std::vector<Literal>> read_filter_value(std::string_view name, std::string_view text);

/// Reads `values` and checks that `filter` can be evaluated with them: every placeholder of an INCLUDE expression is
/// set (an EXCLUDE expression that misses one is left out), none is given that the filter does not have, and a
/// comparison gets one value, an ordering one a number. Errors: invalid_filter_value, unset_placeholder,
/// unknown_placeholder; Error.field is "filter_values.NAME".
Result<ReadValues> read_filter_values(const Filter& filter, const FilterValues& values);

}  // namespace matchcue::filter
