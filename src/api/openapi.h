#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// This API's own description, made from the route table and schemas.json.

#include <string>

namespace matchcue::api {

/// OpenAPI 3.1 as JSON. Made once. Any thread.
const std::string& openapi_document();

}  // namespace matchcue::api
