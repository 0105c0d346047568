#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The operators' pages, on the API's own listener so that they are of its origin: the studio at /studio/, and /demo.
// They are public files; what they ask of the API needs a token as anything does.

#include <optional>
#include <string>

#include "api/http.h"
#include "api/site_files.h"

namespace matchcue::api {

/// Answers GET of "/", "/demo" and what is below "/studio"; nothing for other requests.
///
/// home  the origin of the site that viewers open, which the demo's page shows in frames; "" is none
std::optional<HttpResponse> answer_studio(const SiteFiles& studio, const std::string& home, const HttpRequest& head);

/// The origin of home's site by the name of this request, "" when there is none.
std::string home_origin(const HttpRequest& head, std::uint16_t home_port, bool secure);

}  // namespace matchcue::api
