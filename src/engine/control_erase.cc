// SPDX-License-Identifier: Apache-2.0
//
// Removing a person: first from the shards and the learner, so that nothing about them is written any more, then from
// the store. Then the learner begins anew.
#include <atomic>

#include "engine/control.h"

namespace matchcue::engine {

/// Every id that this person is known by.
Result<std::vector<domain::ViewerId>> Control::load_ids_of(const domain::ViewerId& viewer) {
  MCUE_TRY(const auto link, reader_->find_viewer_link(viewer));
  const domain::ViewerId known = link ? link->viewer : viewer;
  MCUE_TRY(const auto links, reader_->load_links_to(known));
  std::vector<domain::ViewerId> ids = {known};
  for (const domain::ViewerLink& each : links) ids.push_back(each.anonymous);
  return ids;
}

void Control::erase_viewer(const domain::ViewerId& viewer, Reply<store::Erasure> reply) {
  const auto ids = load_ids_of(viewer);
  if (!ids.ok()) return reply(ids.error());
  // shared_ptr: the shards count down together.
  const auto left = std::make_shared<std::atomic<std::size_t>>(port_.shard_count());
  port_.to_shards([this, ids = *ids, left, viewer, reply = std::move(reply)](ShardCore& shard) {
    for (const domain::ViewerId& id : ids) shard.erase_viewer(id);
    if (--*left > 0) return;
    learning_.hold([this, viewer, reply] { erase_stored(viewer, reply); });
  });
}

/// On whatever thread the learner is held.
void Control::erase_stored(const domain::ViewerId& viewer, Reply<store::Erasure> reply) {
  store_.erase_viewer(viewer, [this, reply = std::move(reply)](const Result<store::Erasure>& erased) {
    archive_.forget();
    learning_.learn_anew();
    reply(erased);
  });
}

}  // namespace matchcue::engine
