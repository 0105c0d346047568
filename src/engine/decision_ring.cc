// SPDX-License-Identifier: Apache-2.0
#include "engine/decision_ring.h"

#include <algorithm>
#include <bit>
#include <functional>

namespace matchcue::engine {

namespace {

constexpr std::uint32_t kNoRow = UINT32_MAX;

std::size_t hash_of(const domain::ViewerId& viewer) { return std::hash<std::string_view>()(viewer.str()); }

}  // namespace

void DecidedChange::add(std::shared_ptr<const domain::DecisionBatch> batch) {
  if (batch->header.catalogue_version != catalogue().version()) return;
  first_rows_.push_back(rows_);
  rows_ += static_cast<std::uint32_t>(batch->rows());
  batches_.push_back(std::move(batch));
}

void DecidedChange::forget(const domain::ViewerId& viewer) {
  for (auto& batch : batches_) {
    const auto place = std::find(batch->viewers.begin(), batch->viewers.end(), viewer);
    if (place == batch->viewers.end()) continue;
    auto without = std::make_shared<domain::DecisionBatch>(*batch);
    without->viewers[static_cast<std::size_t>(place - batch->viewers.begin())] = {};
    batch = std::move(without);
    index_.clear();
    indexed_rows_ = 0;
  }
}

std::optional<DecidedRow> DecidedChange::find(const domain::ViewerId& viewer, std::size_t hint) {
  if (!batches_.empty()) {
    const domain::DecisionBatch& first = *batches_.front();
    if (hint < first.rows() && first.viewers[hint] == viewer) return DecidedRow{&first, hint};
  }
  while (indexed_rows_ < rows_) index(indexed_rows_++);
  if (index_.empty()) return std::nullopt;
  const std::size_t mask = index_.size() - 1;
  for (std::size_t at = hash_of(viewer) & mask; index_[at] != kNoRow; at = (at + 1) & mask) {
    const DecidedRow found = row(index_[at]);
    if (found.batch->viewers[found.row] == viewer) return found;
  }
  return std::nullopt;
}

/// A later row of the same viewer takes the place of the earlier one.
void DecidedChange::index(std::uint32_t number) {
  if (index_.size() < 2 * std::size_t{rows_}) {
    index_.assign(std::bit_ceil(2 * std::size_t{rows_}), kNoRow);
    for (std::uint32_t earlier = 0; earlier < number; ++earlier) index(earlier);
  }
  const DecidedRow added = row(number);
  const domain::ViewerId& viewer = added.batch->viewers[added.row];
  const std::size_t mask = index_.size() - 1;
  std::size_t at = hash_of(viewer) & mask;
  for (; index_[at] != kNoRow; at = (at + 1) & mask) {
    const DecidedRow there = row(index_[at]);
    if (there.batch->viewers[there.row] == viewer) break;
  }
  index_[at] = number;
}

DecidedRow DecidedChange::row(std::uint32_t number) const {
  const auto batch = std::upper_bound(first_rows_.begin(), first_rows_.end(), number) - first_rows_.begin() - 1;
  const auto place = static_cast<std::size_t>(batch);
  return {batches_[place].get(), number - first_rows_[place]};
}

DecidedChange& DecisionRing::push(DecidedChange decided) {
  const SteadyTime oldest = decided.since() - age_max_;
  changes_.push_back(std::move(decided));
  while (changes_.size() > changes_max_ || changes_.front().since() < oldest) {
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
