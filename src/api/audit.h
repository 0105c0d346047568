#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Every change that is asked for over the API is written down: before it is made, so that none is made unseen, and
// again with what came of it, before it is answered.

#include <memory>

#include "api/route.h"
#include "domain/access_records.h"

namespace matchcue::api {

/// Whether an operation changes something that an operator is answerable for. What viewers do is not that.
bool is_audited(const Route& route);

/// Whether the record of an operation does not say whom it was about: erasing a person must not leave their name here.
bool forgets_whom(const Route& route);

/// Runs the handler of an audited route with a record around it. API thread.
void run_audited(const Route& route, Call call, const domain::AuditRecord& record);

/// The same of a streamed body.
std::unique_ptr<BodySink> make_audited(std::unique_ptr<BodySink> sink, const Services& services,
                                       const domain::AuditRecord& record);

}  // namespace matchcue::api
