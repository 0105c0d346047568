// SPDX-License-Identifier: Apache-2.0
#include "cli/engine_host.h"

#include <algorithm>
#include <iostream>
#include <thread>

#include "cli/sample_store.h"
#include "engine/threaded_engine.h"
#include "scoring/open_sequence_model.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {

namespace {

constexpr std::uint64_t kSampleSeed = 1;

void say_what_was_dropped(const engine::RetentionReport& report) {
  if (!report.result.ok()) std::cerr << "retention: " << report.result.error().message << std::endl;
  if (report.bytes_freed == 0) return;
  const std::string left =
      report.kept_from ? "the oldest left are of " + format_rfc3339(*report.kept_from) : "none is left";
  std::cerr << "retention: dropped decisions, " << report.bytes_freed << " bytes; " << left << std::endl;
}

}  // namespace

Result<void> EngineHost::start(const Options& options) {
  MCUE_TRY(store_, store::open_sqlite_store(options.store));
  if (options.sample_data) MCUE_TRY_VOID(fill_when_new());
  control_ = runtime::make_loop("control", clock_);
  control_->start();
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  for (int i = 0; i < (options.shards == 0 ? cores : options.shards); ++i) {
    shards_.push_back(runtime::make_loop("shard-" + std::to_string(i), clock_));
    shards_.back()->start();
    loops_.push_back(shards_.back().get());
  }
  engine::Options engine_options = options.engine;
  engine_options.open_model = [directory = options.store.directory](const std::string& id) {
    return scoring::find_sequence_model(directory, id);
  };
  MCUE_TRY(engine_, engine::start_engine(engine_options, {*store_, *control_, loops_, metrics_}));
  retention_ =
      std::make_unique<engine::Retention>(options.retention, *store_, *control_, metrics_, say_what_was_dropped);
  retention_->start();
  return {};
}

void EngineHost::stop() {
  if (engine_) engine_->stop();
  if (store_) store_->close();
  for (const auto& shard : shards_) shard->stop();
  if (control_) control_->stop();
}

Result<void> EngineHost::fill_when_new() {
  const auto reader = store_->make_reader();
  MCUE_TRY(const domain::CataloguePtr catalogue, reader->load_catalogue(std::nullopt));
  if (!catalogue->items().empty()) return {};
  return load_sample_data(*store_, kSampleSeed);
}

}  // namespace matchcue::cli
