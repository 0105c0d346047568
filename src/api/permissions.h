#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What an operator needs for each operation: one table, which the router enforces and /openapi.json tells.

#include <optional>

#include "access/operator_tokens.h"
#include "api/route.h"

namespace matchcue::api {

/// The scope that a route asks for; nothing when it is for everybody: health, this description, and the page, which
/// holds no data.
std::optional<access::Scope> scope_of(const Route& route);

}  // namespace matchcue::api
