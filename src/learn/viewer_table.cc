// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

#include <algorithm>
#include <iterator>

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
  // Hashes are spread evenly, so a key is close to where its hash says: fewer cache misses than a binary search.
  auto key = bucket.begin() + static_cast<std::ptrdiff_t>(((hash >> 32) * bucket.size()) >> 32);
  while (key != bucket.begin() && std::prev(key)->hash >= hash) --key;
  while (key != bucket.end() && key->hash < hash) ++key;
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
