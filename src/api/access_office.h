#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the API needs of whoever keeps revocations and the audit log.

#include <vector>

#include "domain/access_records.h"
#include "engine/engine.h"

namespace matchcue::api {

/// Any thread; replies on a thread of its own, when it is durable.
class AccessOffice {
 public:
  virtual ~AccessOffice() = default;

  /// In force for every viewer within a second of the reply; `until` of 1970 is as long as a ticket can be good.
  virtual void revoke(domain::Revocation revocation, engine::Reply<domain::Revocation> reply) = 0;
  virtual void list_revocations(engine::Reply<std::vector<domain::Revocation>> reply) = 0;

  /// Gives a record its number and time, and writes it in front of every change that is asked for later. `reply`, which
  /// may be empty, says whether it could.
  virtual domain::AuditRecord begin_record(domain::AuditRecord record, engine::Reply<void> reply) = 0;
  /// Writes it again, whole.
  virtual void finish_record(domain::AuditRecord record, engine::Reply<void> reply) = 0;
  virtual void read_audit(std::uint64_t after, std::size_t limit,
                          engine::Reply<std::vector<domain::AuditRecord>> reply) = 0;
};

}  // namespace matchcue::api
