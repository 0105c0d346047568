#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The learner's view as people read it.

#include <string>

#include "cli/api_calls.h"

namespace matchcue::cli {

/// `view` as GET /v1/learner answers it. Several lines.
std::string readable_learner(const Json& view);

}  // namespace matchcue::cli
