// SPDX-License-Identifier: Apache-2.0
#include "audience/traits_table.h"

#include <algorithm>

#include "base/random.h"

namespace matchcue::audience {

domain::TraitsPtr TraitsTable::intern(domain::ViewerTraits traits) {
  if (known_.size() >= sweep_size_) sweep();
  return *known_.insert(std::make_shared<const domain::ViewerTraits>(std::move(traits))).first;
}

void TraitsTable::sweep() {
  // A count of one is ours, and nobody can make more of it but this shard: batches in other threads count as holders.
  std::erase_if(known_, [](const domain::TraitsPtr& traits) { return traits.use_count() == 1; });
  sweep_size_ = std::max(kSweepSizeMin, 2 * known_.size());
}

std::size_t TraitsTable::Hash::operator()(const domain::TraitsPtr& traits) const {
  std::uint64_t hash = stable_hash(traits->country, static_cast<std::uint64_t>(traits->age.value_or(-1)));
  for (const auto& [name, value] : traits->fields) {
    hash = stable_hash(name, hash);
    hash = mix64(hash ^ std::hash<domain::Value>{}(value));
  }
  return static_cast<std::size_t>(hash);
}

}  // namespace matchcue::audience
