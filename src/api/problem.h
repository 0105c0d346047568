#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The client's half of codec/problem.h: reads a problem document back into the Error that it came from.

#include <string_view>

#include "base/result.h"

namespace matchcue::api {

/// Reads a problem back; its kind is the one that the status stands for, `internal` for a status that nothing here
/// sends. A body that is no problem document gives code "http_<status>" and the start of the body.
Error read_problem(int status, std::string_view body);

}  // namespace matchcue::api
