#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Errors as application/problem+json (RFC 9457): the same on every HTTP edge.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::codec {

constexpr std::string_view kProblemType = "application/problem+json";

/// The one place where a kind of error meets an HTTP status.
int status_of(ErrorKind kind);

/// What a Retry-After says, in seconds: longer where somebody has to restart something first. Nothing for an error that
/// trying again does not help.
std::optional<int> retry_after_s(const Error& error);

/// Writes {"type","title","status","detail","code","errors":[{"pointer","message"}],"request_id"}. `errors` has one
/// entry when the error names a field: "state.SCORE" becomes the JSON pointer "/state/SCORE". An empty `request_id` is
/// left out. Text that is not UTF-8 is replaced by '?' where it is not.
std::string write_problem(int status, const Error& error, std::string_view request_id = {});

}  // namespace matchcue::codec
