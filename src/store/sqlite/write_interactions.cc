// SPDX-License-Identifier: Apache-2.0
#include <bit>

#include "base/random.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/writes.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

void append_part(std::string& out, std::string_view part) {
  out += std::to_string(part.size());
  out += ':';
  out += part;
}

/// 64 bits of all that makes an interaction the same one. Stored: it may never change.
std::int64_t stable_key(const domain::Interaction& interaction, std::string_view context, std::string& scratch) {
  scratch.clear();
  append_part(scratch, interaction.viewer.str());
  append_part(scratch, interaction.item.str());
  append_part(scratch, std::to_string(interaction.timestamp_s));
  append_part(scratch, interaction.event_type);
  const double value = interaction.event_value + 0.0;  // -0.0 is the same value
  append_part(scratch, std::to_string(std::bit_cast<std::uint64_t>(value)));
  scratch += context;
  return static_cast<std::int64_t>(stable_hash(scratch));
}

/// True when one of the rows with this key is this interaction.
Result<bool> is_stored(WriteTarget& target, const domain::Interaction& interaction, std::int64_t key,
                       std::string_view context) {
  MCUE_TRY(const auto numbers, target.interaction_keys.find(target.connection, key));
  for (const std::int64_t number : numbers) {
    Query query(target.connection,
                "SELECT 1 FROM interactions WHERE number = ?1 AND viewer_id = ?2 AND item_id = ?3 AND timestamp_s = ?4 "
                "AND event_type = ?5 AND event_value = ?6 AND context = ?7",
                number, interaction.viewer.str(), interaction.item.str(), interaction.timestamp_s,
                interaction.event_type, interaction.event_value, context);
    MCUE_TRY(const bool same, query.next());
    if (same) return true;
  }
  return false;
}

/// False when it is stored already.
Result<bool> write_interaction(WriteTarget& target, const domain::Interaction& interaction, std::string& scratch) {
  const std::string context = to_json(interaction.context);
  const std::int64_t key = stable_key(interaction, context, scratch);
  MCUE_TRY(const bool stored, is_stored(target, interaction, key, context));
  if (stored) return false;
  MCUE_TRY_VOID(Query(target.connection,
                      "INSERT INTO interactions (key, viewer_id, item_id, timestamp_s, event_type, event_value, "
                      "context, document) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                      key, interaction.viewer.str(), interaction.item.str(), interaction.timestamp_s,
                      interaction.event_type, interaction.event_value, context, interaction.document)
                    .run());
  target.interaction_keys.add(key, target.connection.last_row());
  return true;
}

}  // namespace

Result<WriteSummary> write_interactions(WriteTarget& target, std::span<const domain::Interaction> interactions) {
  Connection& connection = target.connection;
  WriteSummary summary;
  std::string scratch;
  for (const domain::Interaction& interaction : interactions) {
    MCUE_TRY(const bool added, write_interaction(target, interaction, scratch));
    if (added) {
      ++summary.added;
    } else {
      ++summary.unchanged;
    }
  }
  MCUE_TRY(const std::uint64_t stored, load_meta_count(connection, kInteractionsKey));
  MCUE_TRY_VOID(save_meta_count(connection, kInteractionsKey, stored + summary.added));
  MCUE_TRY(summary.catalogue_version, load_meta_count(connection, kCatalogueVersionKey));
  return summary;
}

}  // namespace matchcue::store
