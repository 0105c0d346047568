// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/key_index.h"

#include <algorithm>

#include "store/sqlite/schema.h"

namespace matchcue::store {

namespace {

/// So many fresh keys start a move: enough that neighbours share pages, few enough to read back at a start.
constexpr std::size_t kFreshKeysMax = 65'536;

}  // namespace

Result<KeyIndex> KeyIndex::open(Connection& connection, const KeyIndexTables& tables) {
  KeyIndex index(tables);
  MCUE_TRY(const std::uint64_t indexed, load_meta_count(connection, tables.meta_key));
  Query query(connection, tables.load_sql, indexed);
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) break;
    index.fresh_.emplace(query.whole(1), query.whole(0));
  }
  index.start_moving();
  return index;
}

Result<std::vector<std::int64_t>> KeyIndex::find(Connection& connection, std::int64_t key) const {
  std::vector<std::int64_t> numbers;
  for (const Entries* entries : {&fresh_, &moving_}) {
    const auto [first, last] = entries->equal_range(key);
    for (auto entry = first; entry != last; ++entry) numbers.push_back(entry->second);
  }
  Query query(connection, tables_.find_sql, key);
  while (true) {
    MCUE_TRY(const bool more, query.next());
    if (!more) return numbers;
    numbers.push_back(query.whole(0));
  }
}

void KeyIndex::add(std::int64_t key, std::int64_t number) {
  fresh_.emplace(key, number);
  added_.emplace_back(key, number);
}

void KeyIndex::undo(std::size_t added) {
  for (; added_.size() > added; added_.pop_back()) {
    const auto [first, last] = fresh_.equal_range(added_.back().first);
    const auto entry = std::find_if(first, last, [&](const auto& e) { return e.second == added_.back().second; });
    CHECK(entry != last);
    fresh_.erase(entry);
  }
}

Result<void> KeyIndex::move_some(Connection& connection) {
  const std::size_t end = std::min(sorted_.size(), moved_now_ + 2 * added_.size());
  if (end == moved_now_) return {};
  for (; moved_now_ < end; ++moved_now_) {
    MCUE_TRY_VOID(Query(connection, tables_.insert_sql, sorted_[moved_now_].first, sorted_[moved_now_].second).run());
  }
  if (end < sorted_.size()) return {};
  const auto newest = std::max_element(sorted_.begin(), sorted_.end(),
                                       [](const Entry& a, const Entry& b) { return a.second < b.second; });
  return save_meta_count(connection, tables_.meta_key, static_cast<std::uint64_t>(newest->second));
}

void KeyIndex::on_commit() {
  added_.clear();
  moved_ = moved_now_;
  if (moved_ < sorted_.size()) return;
  start_moving();
}

void KeyIndex::on_rollback() {
  undo(0);
  moved_now_ = moved_;
}

/// Only between transactions: what moves has to be committed. Ends the move before it, which is complete.
void KeyIndex::start_moving() {
  moved_ = moved_now_ = 0;
  sorted_.clear();
  moving_.clear();
  if (fresh_.size() < kFreshKeysMax) return;
  moving_.swap(fresh_);
  sorted_.assign(moving_.begin(), moving_.end());
  std::sort(sorted_.begin(), sorted_.end());
}

}  // namespace matchcue::store
