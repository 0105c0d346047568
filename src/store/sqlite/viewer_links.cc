// SPDX-License-Identifier: Apache-2.0
//
// Who anonymous viewers turned out to be.
#include "store/sqlite/reader.h"
#include "store/sqlite/rows.h"
#include "store/sqlite/writes.h"

namespace matchcue::store {

namespace {

Error already_identified(const std::string& message) {
  return {ErrorKind::conflict, "already_identified", message, "viewer"};
}

Result<std::optional<std::string>> find_text(Connection& connection, const char* sql, const domain::ViewerId& viewer) {
  Query query(connection, sql, viewer.str());
  MCUE_TRY(const bool known, query.next());
  return known ? std::optional(query.text(0)) : std::nullopt;
}

/// Checks that the link would be one step from an anonymous viewer to a known one.
Result<void> check_link(Connection& connection, const domain::ViewerLink& link) {
  const std::string anonymous = "\"" + link.anonymous.str() + "\"";
  const std::string viewer = "\"" + link.viewer.str() + "\"";
  MCUE_TRY(const auto other,
           find_text(connection, "SELECT viewer_id FROM viewer_links WHERE anonymous_id = ?1", link.anonymous));
  if (other) {
    return already_identified("viewer " + anonymous + " was identified as \"" + *other + "\"; they cannot be " +
                              viewer + " too");
  }
  MCUE_TRY(const auto somebody,
           find_text(connection, "SELECT viewer_id FROM viewer_links WHERE anonymous_id = ?1", link.viewer));
  if (somebody) {
    return already_identified("viewer " + viewer + " was identified as \"" + *somebody + "\": nobody else, " +
                              anonymous + " neither, can be identified as them");
  }
  MCUE_TRY(const auto earlier,
           find_text(connection, "SELECT anonymous_id FROM viewer_links WHERE viewer_id = ?1", link.anonymous));
  if (earlier) {
    return already_identified("viewer " + anonymous + " is whom \"" + *earlier + "\" was identified as; they are not " +
                              viewer);
  }
  return {};
}

}  // namespace

Result<std::vector<domain::ViewerId>> load_ids_of(Connection& connection, const domain::ViewerId& viewer) {
  std::vector<domain::ViewerId> ids;
  Query query(connection,
              "WITH known (id) AS (SELECT coalesce((SELECT viewer_id FROM viewer_links WHERE anonymous_id = ?1), ?1)) "
              "SELECT id FROM known UNION ALL "
              "SELECT anonymous_id FROM known JOIN viewer_links ON viewer_links.viewer_id = known.id",
              viewer.str());
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return ids;
    ids.emplace_back(query.text(0));
  }
}

Result<std::optional<domain::ViewerLink>> SqliteReader::find_viewer_link(const domain::ViewerId& anonymous) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_LINK_COLUMNS " FROM viewer_links WHERE anonymous_id = ?1", anonymous.str());
  MCUE_TRY(const bool known, query.next());
  if (!known) return std::optional<domain::ViewerLink>();
  MCUE_TRY(auto link, read_link(query, *connection, traits_));
  return std::optional<domain::ViewerLink>(std::move(link));
}

Result<std::uint64_t> SqliteReader::last_viewer_link_number() {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT max(number) FROM viewer_links");
  MCUE_TRY_VOID(query.next());
  return query.count(0);  // NULL reads as 0
}

Result<std::vector<domain::ViewerLink>> SqliteReader::load_viewer_links(std::uint64_t after, std::size_t limit) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_LINK_COLUMNS " FROM viewer_links WHERE number > ?1 ORDER BY number LIMIT ?2",
              after, sql_limit(limit));
  return read_links(query);
}

Result<std::vector<domain::ViewerLink>> SqliteReader::load_links_to(const domain::ViewerId& viewer) {
  MCUE_TRY(Connection * connection, open());
  Query query(*connection, "SELECT " MCUE_LINK_COLUMNS " FROM viewer_links WHERE viewer_id = ?1 ORDER BY number",
              viewer.str());
  return read_links(query);
}

Result<std::vector<domain::ViewerLink>> SqliteReader::read_links(Query& query) {
  std::vector<domain::ViewerLink> links;
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return links;
    MCUE_TRY(links.emplace_back(), read_link(query, *connection_, traits_));
  }
}

Result<std::uint64_t> write_viewer_link(WriteTarget& target, const domain::ViewerLink& link) {
  CHECK(link.anonymous != link.viewer, link.viewer);
  Connection& connection = target.connection;
  {
    Query query(connection, "SELECT number FROM viewer_links WHERE anonymous_id = ?1 AND viewer_id = ?2",
                link.anonymous.str(), link.viewer.str());
    MCUE_TRY(const bool repeated, query.next());
    if (repeated) return query.count(0);
  }
  MCUE_TRY_VOID(check_link(connection, link));
  MCUE_TRY(const std::int64_t traits, target.traits_numbers.number_of(connection, link.traits));
  MCUE_TRY_VOID(Query(connection,
                      "INSERT INTO viewer_links (anonymous_id, viewer_id, traits, at) VALUES (?1, ?2, ?3, ?4)",
                      link.anonymous.str(), link.viewer.str(), traits, to_ms(link.at))
                    .run());
  return static_cast<std::uint64_t>(connection.last_row());
}

}  // namespace matchcue::store
