#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Everything an operator can set, from one table: matchcue.toml, then the environment, then flags, later ones winning.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "api/server.h"
#include "base/result.h"
#include "cli/access_desk.h"
#include "cli/web_options.h"
#include "engine/options.h"
#include "engine/retention.h"
#include "gateway/options.h"
#include "runtime/socket.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {

/// What `serve` runs with. The defaults are what it runs with when nobody says anything.
struct Options {
  gateway::Options gateway;
  runtime::Address api{"127.0.0.1", 8081};
  api::ServerOptions api_server;  ///< its limits; where it is and what it shows are filled in by `serve`
  AccessOptions access;
  WebOptions web;
  store::SqliteOptions store;
  engine::Options engine;
  engine::RetentionOptions retention;
  int shards = 0;           ///< loops that serve viewers; 0 is one per core
  bool sample_data = true;  ///< an empty data directory gets the sample's items, users and past interactions
  std::string log_level = "info";
};

/// One thing that can be set.
struct Setting {
  std::string key;   ///< "gateway.ping_interval_ms"; in the environment MATCHCUE_GATEWAY__PING_INTERVAL_MS
  std::string help;  ///< what it is, with unit and bounds
  std::function<Result<void>(Options&, const std::string& text)> set;
  std::function<std::string(const Options&)> get;
};

/// The table. Built once.
std::span<const Setting> settings();

/// Sets one value by its key. Errors: unknown_setting (with the nearest key), invalid_setting (key, value, bounds).
Result<void> apply_setting(Options& options, const std::string& key, const std::string& value);

/// The same of "KEY=VALUE", as it stands behind --set. Errors: also when there is no "=".
Result<void> apply_assignment(Options& options, const std::string& assignment);

/// Reads a TOML file. Errors: unreadable_config, invalid_config (file, line, column), and those of apply_setting with
/// the file's name in front.
Result<void> apply_file(Options& options, const std::string& path);

/// Applies every MATCHCUE_* variable; `environment` holds NAME=value texts. Errors as apply_setting, naming the
/// variable.
Result<void> apply_environment(Options& options, std::span<const char* const> environment);

}  // namespace matchcue::cli
