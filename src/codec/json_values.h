#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Values as JSON text: what a viewer's frame and an operator's answer show.

#include <string>

#include "domain/value.h"

namespace matchcue::codec {

/// Appends a value as JSON; numbers round-trip. Cost: O(text).
void append_json(const domain::Value& value, std::string& out);
/// Appends {"NAME":value,...} in name order, nulls included.
void append_json(const domain::Values& values, std::string& out);

}  // namespace matchcue::codec
