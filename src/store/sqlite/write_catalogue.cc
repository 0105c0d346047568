// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/rows.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writes.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

enum class RowOutcome { added, replaced, unchanged };

void count_row(WriteSummary& summary, RowOutcome outcome) {
  switch (outcome) {
    case RowOutcome::added: ++summary.added; break;
    case RowOutcome::replaced: ++summary.replaced; break;
    case RowOutcome::unchanged: ++summary.unchanged; break;
  }
}

Result<RowOutcome> write_item(Connection& connection, const domain::Item& item, std::uint64_t version) {
  const std::string countries = join_countries(item.countries);
  const std::string fields = to_json(item.fields);
  bool known = false;
  {
    Query query(connection,
                "SELECT slot = ?2 AND label = ?3 AND min_age IS ?4 AND countries = ?5 AND remote = ?6 AND fields = ?7 "
                "AND document = ?8 FROM items WHERE item_id = ?1 ORDER BY catalogue_version DESC LIMIT 1",
                item.id.str(), item.slot.str(), item.label, item.min_age, countries, item.remote, fields,
                item.document);
    MCUE_TRY(known, query.next());
    if (known && query.whole(0) != 0) return RowOutcome::unchanged;
  }
  MCUE_TRY_VOID(Query(connection,
                      "INSERT OR REPLACE INTO items (item_id, catalogue_version, slot, label, min_age, countries, "
                      "remote, fields, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                      item.id.str(), version, item.slot.str(), item.label, item.min_age, countries, item.remote, fields,
                      item.document)
                    .run());
  return known ? RowOutcome::replaced : RowOutcome::added;
}

Result<RowOutcome> write_viewer(Connection& connection, const domain::Viewer& viewer, std::uint64_t version) {
  const std::string fields = to_json(viewer.fields);
  bool known = false;
  {
    Query query(connection,
                "SELECT age IS ?2 AND country = ?3 AND fields = ?4 AND document = ?5 FROM viewers WHERE viewer_id = ?1",
                viewer.id.str(), viewer.age, viewer.country, fields, viewer.document);
    MCUE_TRY(known, query.next());
    if (known && query.whole(0) != 0) return RowOutcome::unchanged;
  }
  MCUE_TRY_VOID(Query(connection,
                      "INSERT OR REPLACE INTO viewers (viewer_id, version, age, country, fields, document) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                      viewer.id.str(), version, viewer.age, viewer.country, fields, viewer.document)
                    .run());
  return known ? RowOutcome::replaced : RowOutcome::added;
}

/// Writes all rows under the next catalogue version, which comes into being only when one of them changes something.
template <typename Row, typename WriteRow>
Result<WriteSummary> write_rows(Connection& connection, std::span<const Row> rows, WriteRow write_row) {
  WriteSummary summary;
  MCUE_TRY(summary.catalogue_version, load_meta_count(connection, kCatalogueVersionKey));
  const std::uint64_t next_version = summary.catalogue_version + 1;
  for (const Row& row : rows) {
    MCUE_TRY(const RowOutcome outcome, write_row(connection, row, next_version));
    count_row(summary, outcome);
  }
  if (summary.added + summary.replaced > 0) {
    summary.catalogue_version = next_version;
    MCUE_TRY_VOID(save_meta_count(connection, kCatalogueVersionKey, next_version));
  }
  return summary;
}

}  // namespace

Result<WriteSummary> write_items(WriteTarget& target, std::span<const domain::Item> items) {
  return write_rows(target.connection, items, write_item);
}

Result<WriteSummary> write_viewers(WriteTarget& target, std::span<const domain::Viewer> viewers) {
  return write_rows(target.connection, viewers, write_viewer);
}

Result<void> write_schema(WriteTarget& target, domain::DatasetKind kind, const std::string& text) {
  return Query(target.connection, "INSERT OR REPLACE INTO schemas (kind, text) VALUES (?1, ?2)",
               domain::to_string(kind), text)
      .run();
}

}  // namespace matchcue::store
