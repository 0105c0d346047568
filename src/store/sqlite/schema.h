#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The tables, and how an older database becomes a present one.

#include <string>

#include "store/sqlite/connection.h"

namespace matchcue::store {

/// Brings the database to the present layout (`PRAGMA user_version`), in one transaction.
/// Errors: unsupported when a newer matchcue made it, corrupt, unavailable.
Result<void> migrate(Connection& connection, const std::string& path);

/// Checks that the database has the present layout. Errors: unsupported, corrupt, unavailable.
Result<void> check_layout(Connection& connection, const std::string& path);

/// Keys of the table meta.
constexpr std::string_view kEpochKey = "epoch";
constexpr std::string_view kCatalogueVersionKey = "catalogue_version";
constexpr std::string_view kInteractionsKey = "interactions";
constexpr std::string_view kInteractionsIndexedKey = "interactions_indexed";  ///< see key_index.h
constexpr std::string_view kFeedbackIndexedKey = "feedback_indexed";          ///< see key_index.h
constexpr std::string_view kErasuresKey = "erasures";              ///< persons erased; missing when none ever was
constexpr std::string_view kLogBeginKey = "decision_log_begin";    ///< what was logged in front of it was dropped
constexpr std::string_view kLogSyncedKey = "decision_log_synced";  ///< bytes of decisions.log known to be durable

/// Errors: corrupt when the key is missing, unavailable.
Result<std::string> load_meta(Connection& connection, std::string_view key);
Result<std::uint64_t> load_meta_count(Connection& connection, std::string_view key);
Result<void> save_meta_count(Connection& connection, std::string_view key, std::uint64_t value);

}  // namespace matchcue::store
