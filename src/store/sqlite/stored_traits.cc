// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/stored_traits.h"

#include "store/values_json.h"

namespace matchcue::store {

namespace {

Result<std::int64_t> find_or_insert(Connection& connection, std::string_view text) {
  {
    Query query(connection, "SELECT number FROM traits WHERE text = ?1", text);
    MCUE_TRY(const bool known, query.next());
    if (known) return query.whole(0);
  }
  MCUE_TRY_VOID(Query(connection, "INSERT INTO traits (text) VALUES (?1)", text).run());
  return connection.last_row();
}

}  // namespace

Result<std::int64_t> TraitsNumbers::number_of(Connection& connection, const domain::TraitsPtr& traits) {
  const auto known = numbers_.find(traits);
  if (known != numbers_.end()) return known->second;
  MCUE_TRY(const std::int64_t number, find_or_insert(connection, to_json(*traits)));
  if (numbers_.size() >= kTraitsRememberedMax) numbers_.clear();
  numbers_.emplace(traits, number);
  return number;
}

Result<domain::TraitsPtr> TraitsByNumber::load(Connection& connection, std::int64_t number) {
  const auto known = known_.find(number);
  if (known != known_.end()) return known->second;
  Query query(connection, "SELECT text FROM traits WHERE number = ?1", number);
  MCUE_TRY(const bool found, query.next());
  if (!found) {
    return Error{ErrorKind::corrupt,
                 "corrupt_database",
                 "feedback names traits " + std::to_string(number) + ", which are not in the database",
                 {}};
  }
  MCUE_TRY(domain::TraitsPtr traits, parse_traits(query.view(0)));
  if (known_.size() >= kTraitsRememberedMax) known_.clear();
  known_.emplace(number, traits);
  return traits;
}

}  // namespace matchcue::store
