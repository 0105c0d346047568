// SPDX-License-Identifier: Apache-2.0
//
// How the engine comes up: what is stored is loaded, and handed to the shards.

#include <map>

#include "codec/personalize_schema.h"
#include "engine/control.h"

namespace matchcue::engine {

using domain::DatasetKind;
using domain::EventId;
using domain::Sequence;

Result<void> Control::start() {
  MCUE_TRY_VOID(load_schemas());
  MCUE_TRY_VOID(load_catalogue());
  MCUE_TRY_VOID(load_filters());
  version_ = learn::LogLearner({}).version();  // until the learner is rebuilt: nobody waits for it
  serve_everywhere();
  MCUE_TRY_VOID(load_events());
  archive_.start();
  learning_.start();
  return {};
}

void Control::stop() {
  learning_.stop();
  archive_.stop();
}

Result<void> Control::load_schemas() {
  for (const DatasetKind kind : {DatasetKind::users, DatasetKind::items, DatasetKind::interactions}) {
    MCUE_TRY(const auto text, reader_->load_schema(kind));
    schemas_[kind] = codec::builtin_schema(kind);
    if (!text) continue;
    auto parsed = codec::parse_schema(kind, *text);
    if (!parsed.ok())
      return Error{ErrorKind::corrupt, "corrupt_schema", "stored schema: " + parsed.error().message, {}};
    schemas_[kind] = *std::move(parsed);
  }
  book_.set_context_schema(schemas_[DatasetKind::interactions]);
  return {};
}

Result<void> Control::load_catalogue() {
  MCUE_TRY(domain::CataloguePtr catalogue, reader_->load_catalogue(std::nullopt));
  catalogue_ = std::make_shared<const RenderedCatalogue>(std::move(catalogue));
  return {};
}

Result<RenderedCataloguePtr> Control::load_rendered(std::uint64_t version) {
  if (catalogue_->catalogue().version() == version) return catalogue_;
  MCUE_TRY(domain::CataloguePtr catalogue, reader_->load_catalogue(version));
  return RenderedCataloguePtr(std::make_shared<const RenderedCatalogue>(std::move(catalogue)));
}

void Control::serve_everywhere() {
  port_.to_shards([catalogue = catalogue_, version = version_](ShardCore& shard) { shard.serve(catalogue, version); });
}

Result<void> Control::load_events() {
  std::map<EventId, std::vector<domain::DecisionBatch>> batches;
  const auto visited = reader_->visit_latest_decisions(options_.reload_bytes_max, [&](domain::DecisionBatch batch) {
    batches[batch.header.event].push_back(std::move(batch));
  });
  // From what is damaged nobody can resume, and they are told so; it is no reason not to serve.
  if (!visited.ok() && visited.error().kind != ErrorKind::corrupt) return visited.error();
  MCUE_TRY(const std::vector<domain::LiveEvent> events, reader_->load_events());
  for (const domain::LiveEvent& event : events) {
    MCUE_TRY(std::vector<domain::Change> changes, reader_->load_latest_changes(event.id, live::kRecentChangesMax));
    book_.restore(event, std::move(changes));
    MCUE_TRY(auto restored, restore_event(event, batches[event.id]));
    const auto parts = std::make_shared<std::map<std::size_t, RestoredEvent>>(std::move(restored));
    for (auto& [shard_index, part] : *parts) {
      port_.to_shard(shard_index, [parts, &part](ShardCore& shard) { shard.restore(std::move(part)); });
    }
  }
  return {};
}

Result<std::map<std::size_t, RestoredEvent>> Control::restore_event(const domain::LiveEvent& event,
                                                                    const std::vector<domain::DecisionBatch>& batches) {
  const auto changes = book_.changes_after(event.id, Sequence(0), live::kRecentChangesMax);
  std::map<Sequence, std::vector<const domain::DecisionBatch*>> by_sequence;
  for (const domain::DecisionBatch& batch : batches) by_sequence[batch.header.sequence].push_back(&batch);
  std::size_t first = changes.size();  // the newest run of changes that all have logged decisions
  while (first > 0 && changes.size() - first < options_.ring_changes_max &&
         by_sequence.contains(changes[first - 1]->sequence)) {
    --first;
  }
  std::map<std::size_t, RestoredEvent> parts;
  for (std::size_t shard = 0; shard < port_.shard_count(); ++shard) {
    parts[shard].event = event;
    if (!changes.empty())
      parts[shard].newest = ChangeMessage{changes.back(),
                                          {event.overrides, book_.subjects_of(event.id), event.filters},
                                          clock_.steady(),
                                          corrected_by(*changes.back())};
  }
  for (std::size_t i = first; i < changes.size(); ++i) {
    for (const domain::DecisionBatch* batch : by_sequence[changes[i]->sequence]) {
      MCUE_TRY(const RenderedCataloguePtr catalogue, load_rendered(batch->header.catalogue_version));
      std::map<std::size_t, std::shared_ptr<domain::DecisionBatch>> split;
      for (auto& [shard, part] : parts) {
        split[shard] = std::make_shared<domain::DecisionBatch>();
        split[shard]->header = batch->header;
        part.decisions.push_back({changes[i], catalogue, split[shard], corrected_by(*changes[i])});
      }
      const std::size_t slots = batch->header.slots.size();
      for (std::size_t row = 0; row < batch->rows(); ++row) {
        domain::DecisionBatch& target = *split[port_.shard_of(batch->viewers[row])];
        target.viewers.push_back(batch->viewers[row]);
        target.traits.push_back(batch->traits[row]);
        if (!batch->past.empty()) target.past.push_back(batch->past[row]);
        target.choices.insert(target.choices.end(), batch->choices.begin() + static_cast<std::ptrdiff_t>(row * slots),
                              batch->choices.begin() + static_cast<std::ptrdiff_t>((row + 1) * slots));
      }
    }
  }
  return parts;
}

}  // namespace matchcue::engine
