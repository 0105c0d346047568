// SPDX-License-Identifier: Apache-2.0
#include "engine/decision_ring.h"

#include <algorithm>

namespace matchcue::engine {

void DecidedChange::add(std::shared_ptr<const domain::DecisionBatch> batch) {
  if (batch->header.catalogue_version == catalogue().version()) batches_.push_back(std::move(batch));
}

void DecidedChange::forget(const domain::ViewerId& viewer) {
  for (auto& batch : batches_) {
    const auto place = std::find(batch->viewers.begin(), batch->viewers.end(), viewer);
    if (place == batch->viewers.end()) continue;
    auto without = std::make_shared<domain::DecisionBatch>(*batch);
    without->viewers[static_cast<std::size_t>(place - batch->viewers.begin())] = {};
    batch = std::move(without);
    index_.clear();
    indexed_batches_ = 0;
  }
}

std::optional<DecidedRow> DecidedChange::find(const domain::ViewerId& viewer, std::size_t hint) {
  if (!batches_.empty()) {
    const domain::DecisionBatch& first = *batches_.front();
    if (hint < first.rows() && first.viewers[hint] == viewer) return DecidedRow{&first, hint};
  }
  for (; indexed_batches_ < batches_.size(); ++indexed_batches_) {
    const domain::DecisionBatch& batch = *batches_[indexed_batches_];
    for (std::size_t row = 0; row < batch.rows(); ++row) index_[batch.viewers[row].str()] = DecidedRow{&batch, row};
  }
  const auto found = index_.find(viewer.str());
  return found == index_.end() ? std::nullopt : std::optional(found->second);
}

DecidedChange& DecisionRing::push(DecidedChange decided) {
  changes_.push_back(std::move(decided));
  if (changes_.size() > changes_max_) {
    dropped_ = changes_.front().change().sequence;
    changes_.pop_front();
  }
  return changes_.back();
}

DecidedChange* DecisionRing::find(domain::Sequence sequence) {
  const auto found =
      std::lower_bound(changes_.begin(), changes_.end(), sequence,
                       [](const DecidedChange& decided, domain::Sequence s) { return decided.change().sequence < s; });
  if (found == changes_.end() || found->change().sequence != sequence) return nullptr;
  return &*found;
}

}  // namespace matchcue::engine
