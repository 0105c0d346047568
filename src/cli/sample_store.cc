// SPDX-License-Identifier: Apache-2.0
#include "cli/sample_store.h"

#include "codec/personalize_schema.h"
#include "engine/importer.h"
#include "simulate/sample_data.h"

namespace matchcue::cli {

namespace {

using Write = std::function<Result<void>(const simulate::TextSink&)>;

Result<void> import_text(domain::DatasetKind kind, const Write& write, store::Store& store) {
  engine::RowSinkTo<store::Store> sink(store);
  engine::ImportOptions options;
  options.schema = codec::builtin_schema(kind);
  engine::Importer importer(std::move(options), sink);
  MCUE_TRY_VOID(write([&importer](std::string_view text) { return importer.feed(text); }));
  MCUE_TRY(const engine::ImportReport report, importer.finish());
  CHECK(report.rejected_rows == 0, report.rejects.front().column, report.rejects.front().reason);
  return {};
}

}  // namespace

Result<void> load_sample_data(store::Store& store, std::uint64_t seed) {
  simulate::SampleDataOptions options;
  options.seed = seed;
  MCUE_TRY_VOID(import_text(
      domain::DatasetKind::items, [](const auto& sink) { return sink(simulate::sample_items_csv()); }, store));
  MCUE_TRY_VOID(import_text(
      domain::DatasetKind::users, [&](const auto& sink) { return write_sample_users(options, sink); }, store));
  return import_text(
      domain::DatasetKind::interactions, [&](const auto& sink) { return write_sample_interactions(options, sink); },
      store);
}

}  // namespace matchcue::cli
