#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Brings one CSV file into a data directory: through the server that has it open, or directly when none has.

#include <functional>
#include <string>

#include "api/http_client.h"
#include "base/result.h"
#include "domain/value.h"
#include "engine/engine.h"
#include "store/store.h"

namespace matchcue::cli {

struct ImportFile {
  domain::DatasetKind kind = domain::DatasetKind::items;
  std::string path;
  std::string schema_path;   ///< becomes the schema in force; empty means the one that is
  std::string rejects_path;  ///< gets one row per rejected row; empty means none
  bool dry_run = false;
};

/// Told now and then how much of the file was taken; `rows` is 0 when only the server knows.
using OnProgress = std::function<void(std::uint64_t bytes, std::uint64_t rows)>;

// Errors of both: file_not_found, file_unreadable, invalid_schema (the message has the corrected schema), those of
// engine::Importer, and unavailable when rejects cannot be written.

/// Waits for the store's answers. The caller's thread.
Result<engine::ImportReport> import_into_store(const ImportFile& file, store::Store& store, const OnProgress& progress);
/// Streams the file to the API; rejects_path then gets at most engine::kRejectsMax rows.
Result<engine::ImportReport> import_through_server(const ImportFile& file, api::HttpClient& client,
                                                   const OnProgress& progress);

/// The whole of a small file. Errors: file_not_found, file_unreadable, too_large (over 1 MB).
Result<std::string> load_text_file(const std::string& path);

}  // namespace matchcue::cli
