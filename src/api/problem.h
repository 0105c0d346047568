#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Errors on the wire: application/problem+json (RFC 9457), both ways. The server writes them, the client reads them
// back into the Error that they came from.

#include <string>
#include <string_view>

#include "base/result.h"

namespace matchcue::api {

constexpr std::string_view kProblemType = "application/problem+json";

/// The one place where a kind of error meets an HTTP status.
int status_for(ErrorKind kind);
/// The kind that a status stands for; `internal` for a status that nothing here sends.
ErrorKind kind_for(int status);
/// The standard phrase of the statuses that this server sends.
std::string_view title_for(int status);

/// Writes {"type","title","status","detail","code","errors":[{"pointer","message"}],"request_id"}. `errors` has one
/// entry when the error names a field: "state.SCORE" becomes the JSON pointer "/state/SCORE".
std::string write_problem(int status, const Error& error, std::string_view request_id);

/// Reads a problem back. A body that is no problem document gives code "http_<status>" and the start of the body.
Error read_problem(int status, std::string_view body);

}  // namespace matchcue::api
