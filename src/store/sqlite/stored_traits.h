#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The table of viewers' traits: each text once, named by its number, so that a row of feedback is not longer for it.

#include <cstdint>
#include <unordered_map>

#include "domain/viewer_traits.h"
#include "store/sqlite/connection.h"

namespace matchcue::store {

/// So many are remembered, at each end; with one more all are forgotten, and looked up again as they come.
constexpr std::size_t kTraitsRememberedMax = 16'384;

/// Writer thread only.
class TraitsNumbers {
 public:
  /// The number of these traits, which are added when they are new. Cost: a look into memory when this object came
  /// before, else its text is made and looked for in the table. Errors: unavailable.
  Result<std::int64_t> number_of(Connection& connection, const domain::TraitsPtr& traits);
  /// What the present transaction added was undone, in part or whole.
  void on_rollback() { numbers_.clear(); }

 private:
  std::unordered_map<domain::TraitsPtr, std::int64_t> numbers_;  // by object: held, so that no other takes its address
};

/// One thread. A number's traits never change, so what is remembered stays right.
class TraitsByNumber {
 public:
  /// Errors: corrupt when there are none.
  Result<domain::TraitsPtr> load(Connection& connection, std::int64_t number);

 private:
  std::unordered_map<std::int64_t, domain::TraitsPtr> known_;
};

}  // namespace matchcue::store
