// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

#include <algorithm>

#include "base/random.h"

namespace matchcue::learn {

const History* ViewerState::find(ItemRow item) const {
  for (const History& entry : history) {
    if (entry.item == item) return &entry;
  }
  return nullptr;
}

std::optional<ViewerRow> ViewerTable::find(std::string_view viewer) const {
  const std::uint64_t hash = stable_hash(viewer);
  const Bucket& bucket = *buckets_[hash % kBuckets];
  auto key = std::lower_bound(bucket.begin(), bucket.end(), hash,
                              [](const Key& each, std::uint64_t wanted) { return each.hash < wanted; });
  for (; key != bucket.end() && key->hash == hash; ++key) {
    if (viewers_[key->row].id.str() == viewer) return key->row;
  }
  return std::nullopt;
}

ViewerRow ViewerTable::add(ViewerState viewer) {
  const auto row = static_cast<ViewerRow>(viewers_.size());
  const std::uint64_t hash = stable_hash(viewer.id.str());
  viewers_.push_back(std::move(viewer));
  auto& bucket = buckets_[hash % kBuckets];
  auto larger = std::make_shared<Bucket>(*bucket);
  larger->insert(std::upper_bound(larger->begin(), larger->end(), hash,
                                  [](std::uint64_t wanted, const Key& each) { return wanted < each.hash; }),
                 Key{hash, row});
  bucket = std::move(larger);
  return row;
}

ViewerTable ViewerTable::share() {
  ViewerTable copy;
  copy.viewers_ = viewers_.share();
  copy.buckets_ = buckets_;
  return copy;
}

}  // namespace matchcue::learn
