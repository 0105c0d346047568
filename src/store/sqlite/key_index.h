#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Finds the rows that have a 64-bit key, without paying for a random page of an index with every new row.
//
// An index over random keys dirties one 4 KiB page a row, which then goes through the WAL: on a disk of 112 MB/s that
// was 18,000 rows a second, with the disk, not us, at its limit. So new keys stay in memory. Once enough have gathered
// they move into the index table in key order, a few with every commit, so that neighbours share a page. The rows hold
// their keys themselves: what memory held is read back from the newest rows at the next start.

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "store/sqlite/connection.h"

namespace matchcue::store {

/// The statements that tie an index to its tables; literals.
struct KeyIndexTables {
  std::string_view load_sql;    ///< rows numbered above ?1: number, key
  std::string_view find_sql;    ///< numbers in the index table under key ?1
  std::string_view insert_sql;  ///< key ?1, number ?2 into the index table, unless it is there
  std::string_view meta_key;    ///< in meta: every row up to this number is in the index table
};

/// Writer thread only. Rows are numbered in the order of their adding. add() and move_some() happen inside a
/// transaction, and one of on_commit() and on_rollback() follows it.
class KeyIndex {
 public:
  /// Cost: reads the rows that are not in the index table, at most about 100,000 unless one commit added more.
  static Result<KeyIndex> open(Connection& connection, const KeyIndexTables& tables);

  /// Numbers of the rows under `key`: nearly always none or one, and some may be named twice. Keys are not unique:
  /// compare the rows.
  Result<std::vector<std::int64_t>> find(Connection& connection, std::int64_t key) const;
  void add(std::int64_t key, std::int64_t number);

  /// How many keys this transaction has added; undo(n) takes all behind the first n back (a savepoint's rollback).
  std::size_t added() const { return added_.size(); }
  void undo(std::size_t added);

  /// Moves keys into the index table, two for each that this transaction has added.
  Result<void> move_some(Connection& connection);
  void on_commit();
  void on_rollback();

 private:
  using Entry = std::pair<std::int64_t, std::int64_t>;  // key, number
  using Entries = std::unordered_multimap<std::int64_t, std::int64_t>;

  explicit KeyIndex(const KeyIndexTables& tables) : tables_(tables) {}
  void start_moving();

  KeyIndexTables tables_;
  Entries fresh_;              // not in the index table
  Entries moving_;             // being moved: until the last of them is, found here
  std::vector<Entry> sorted_;  // the same as moving_, in key order
  std::size_t moved_ = 0;      // so many of sorted_ are in the index table by commits
  std::size_t moved_now_ = 0;  // and so many with this transaction
  std::vector<Entry> added_;   // by this transaction
};

}  // namespace matchcue::store
