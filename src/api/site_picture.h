#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A live picture's playlist and segments, sent from the folder that they are being written to.

#include <string>

#include "api/site_files.h"

namespace matchcue::api {

/// Answers GET and HEAD of /live.m3u8 and /live<N>.ts alone. Cost: reads the file.
SiteReply answer_picture(const std::string& folder, const SiteRequest& request);

}  // namespace matchcue::api
