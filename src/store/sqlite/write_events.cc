// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/writes.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

std::optional<std::int64_t> ms_or_null(const std::optional<WallTime>& time) {
  return time ? std::optional(to_ms(*time)) : std::nullopt;
}

Result<void> check_sequence(Connection& connection, const domain::EventId& event, domain::Sequence previous) {
  Query query(connection, "SELECT sequence FROM events WHERE event_id = ?1", event.str());
  MCUE_TRY(const bool row, query.next());
  const std::uint64_t stored = row ? query.count(0) : 0;
  if (stored == previous.value()) return {};
  return Error{ErrorKind::conflict,
               "sequence_conflict",
               "live event \"" + event.str() + "\" is at sequence " + std::to_string(stored) + ", not " +
                   std::to_string(previous.value()),
               {}};
}

}  // namespace

Result<void> write_change(WriteTarget& target, const domain::Change& change, const domain::LiveEvent& event,
                          domain::Sequence previous) {
  Connection& connection = target.connection;
  MCUE_TRY_VOID(check_sequence(connection, change.event, previous));
  const std::string state = to_json(event.state);
  const std::string overrides = to_json(event.overrides);
  const std::string filters = to_json(event.filters);
  MCUE_TRY_VOID(Query(connection,
                      "INSERT INTO events (event_id, sequence, moment, state, overrides, filters) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (event_id) "
                      "DO UPDATE SET sequence = ?2, moment = ?3, state = ?4, overrides = ?5, filters = ?6",
                      event.id.str(), event.sequence.value(), event.moment.value(), state, overrides, filters)
                    .run());
  const std::string before = to_json(change.before);
  const std::string after = to_json(change.after);
  std::optional<std::string_view> subject, override_action, override_item;
  if (change.subject) subject = change.subject->str();
  if (change.override_) {
    override_action = domain::to_string(change.override_->action);
    override_item = change.override_->item.str();
  }
  std::optional<std::string> filter;
  if (change.filter) filter = to_json(*change.filter);
  std::optional<std::uint64_t> corrects;
  if (change.corrects) corrects = change.corrects->value();
  return Query(connection,
               "INSERT INTO changes (event_id, sequence, kind, at, media_time, subject, corrects, reason, "
               "override_action, override_item, before, after, first, moment, filter) "
               "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
               change.event.str(), change.sequence.value(), domain::to_string(change.kind), to_ms(change.at),
               ms_or_null(change.media_time), subject, corrects, change.reason, override_action, override_item, before,
               after, change.first, change.moment.value(), filter)
      .run();
}

Result<void> write_content(WriteTarget& target, const domain::ContentId& content, const domain::EventId& event) {
  MCUE_TRY_VOID(Query(target.connection,
                      "INSERT INTO events (event_id, sequence, moment, state, overrides) VALUES (?1, 0, 0, '{}', '[]') "
                      "ON CONFLICT (event_id) DO NOTHING",
                      event.str())
                    .run());
  return Query(target.connection,
               "INSERT INTO contents (content_id, event_id) VALUES (?1, ?2) "
               "ON CONFLICT (content_id) DO UPDATE SET event_id = ?2",
               content.str(), event.str())
      .run();
}

}  // namespace matchcue::store
