#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <memory>

#include "api/access_office.h"
#include "base/clock.h"
#include "cli/access_desk.h"
#include "runtime/loop.h"
#include "store/store.h"

namespace matchcue::cli {

/// Revocations and the audit log in the store; `desk` is told of revocations on `loop`, whose thread is the desk's.
/// All must outlive it, and the store's last answer. Errors: those of the store.
Result<std::unique_ptr<api::AccessOffice>> open_access_office(store::Store& store, AccessDesk& desk,
                                                              runtime::Loop& loop, const access::TicketRules& rules);

}  // namespace matchcue::cli
