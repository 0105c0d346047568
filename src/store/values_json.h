#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Values as the JSON text that the database keeps. Lossless: 1 and 1.0 stay what they were, and numbers come back with
// the same bits.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/live_event.h"
#include "domain/value.h"
#include "domain/viewer_traits.h"

namespace matchcue::store {

/// Writes values as one JSON object in name order, so equal values give equal text. Numbers must be finite and text
/// must be UTF-8, as domain::check_value makes sure. Cost: linear; any thread.
std::string to_json(const domain::Values& values);
/// Reads what to_json wrote. Errors: corrupt.
Result<domain::Values> parse_values(std::string_view json);

/// {"age":30,"country":"FRANCE","fields":{..}}, the age null when unknown: equal traits give equal text.
std::string to_json(const domain::ViewerTraits& traits);
/// Errors: corrupt.
Result<domain::TraitsPtr> parse_traits(std::string_view json);

/// [{"action":"pin","item":"ITEM_1"}], in the given order.
std::string to_json(const std::vector<domain::ItemOverride>& overrides);
/// Errors: corrupt.
Result<std::vector<domain::ItemOverride>> parse_overrides(std::string_view json);

/// [{"context":{..},"item":"ITEM_18","moments_ago":0}], in the given order.
std::string to_json(const std::vector<domain::Subject>& subjects);
/// Errors: corrupt.
Result<std::vector<domain::Subject>> parse_subjects(std::string_view json);

/// [{"expression":"..","filter":"..","values":{"NAME":".."}}], in the order given.
std::string to_json(const std::vector<domain::FilterUse>& filters);
Result<std::vector<domain::FilterUse>> parse_filter_uses(std::string_view json);

/// {"in_force":true,"use":{..}}
std::string to_json(const domain::FilterChange& change);
Result<domain::FilterChange> parse_filter_change(std::string_view json);

}  // namespace matchcue::store
