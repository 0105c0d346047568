#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What an audit record shows, before and after, of changes that no GET shows by itself.

#include "api/route.h"

namespace matchcue::api {

/// Of mapContent: {"content","event"}, the event null while there is none. As a Handler.
Result<void> show_content(Call& call);

/// Of identifyViewer: {"anonymous","identified_as"}, null of somebody who has not been identified. As a Handler.
Result<void> show_identity(Call& call);

/// Of revokeTickets: {"revocations"} of the ticket or viewer that the request is about. As a Handler.
Result<void> show_revocations(Call& call);

}  // namespace matchcue::api
