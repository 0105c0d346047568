// SPDX-License-Identifier: Apache-2.0
//
// Revocations of tickets, and the audit log.
#include "store/sqlite/reader.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writes.h"

namespace matchcue::store {

Result<std::vector<domain::Revocation>> SqliteReader::load_revocations() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT ticket, viewer_id, at, until FROM revocations ORDER BY ticket, viewer_id");
  std::vector<domain::Revocation> all;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return all;
    all.push_back({query.text(0), domain::ViewerId(query.text(1)), wall_time_from_ms(query.whole(2)),
                   wall_time_from_ms(query.whole(3))});
  }
}

Result<std::vector<domain::AuditRecord>> SqliteReader::load_audit(std::uint64_t after, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection,
              "SELECT number, at, who, source, operation, target, request, before, after, status FROM audit "
              "WHERE number > ?1 ORDER BY number LIMIT ?2",
              after, sql_limit(limit));
  std::vector<domain::AuditRecord> records;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return records;
    records.push_back({query.count(0), wall_time_from_ms(query.whole(1)), query.text(2), query.text(3), query.text(4),
                       query.text(5), query.text(6), query.text(7), query.text(8), static_cast<int>(query.whole(9))});
  }
}

Result<std::uint64_t> SqliteReader::last_audit_number() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT max(number) FROM audit");
  MCUE_TRY_VOID(query.next());
  return query.count(0);  // NULL reads as 0
}

Result<void> write_revocation(WriteTarget& target, const domain::Revocation& revocation) {
  MCUE_TRY_VOID(Query(target.connection, "DELETE FROM revocations WHERE until < ?1", to_ms(revocation.at)).run());
  return Query(target.connection,
               "INSERT INTO revocations (ticket, viewer_id, at, until) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE "
               "SET at = max(at, excluded.at), until = max(until, excluded.until)",
               revocation.ticket, revocation.viewer.str(), to_ms(revocation.at), to_ms(revocation.until))
      .run();
}

Result<void> write_audit(WriteTarget& target, const domain::AuditRecord& record) {
  return Query(target.connection,
               "INSERT INTO audit (number, at, who, source, operation, target, request, before, after, status) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (number) DO UPDATE SET "
               "status = excluded.status, before = iif(target = '(erased)', '', excluded.before), "
               "after = iif(target = '(erased)', '', excluded.after)",
               record.number, to_ms(record.at), record.who, record.from, record.operation, record.target,
               record.request, record.before, record.after, record.status)
      .run();
}

}  // namespace matchcue::store
