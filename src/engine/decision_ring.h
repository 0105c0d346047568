#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The recent decisions of one shard for one live event: what resume rebuilds frames from, and what feedback joins to.

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "domain/decision.h"
#include "engine/slate_renderer.h"

namespace matchcue::engine {

/// One viewer's decision where it lies in its batch. Borrowed.
struct DecidedRow {
  const domain::DecisionBatch* batch = nullptr;
  std::size_t row = 0;

  const domain::DecisionHeader& header() const { return batch->header; }
  const domain::TraitsPtr& traits() const { return batch->traits[row]; }
  std::span<const domain::Choice> choices() const {
    const std::size_t slots = batch->header.slots.size();
    return std::span(batch->choices).subspan(row * slots, slots);
  }
};

/// One change with the decisions made for it here, by one catalogue version. What makes them is not kept: see
/// ChangeDecider. Single shard.
class DecidedChange {
 public:
  /// `since` is when it came here.
  DecidedChange(domain::ChangePtr change, RenderedCataloguePtr catalogue, Milliseconds slate_lifetime, SteadyTime since)
      : change_(std::move(change)), renderer_(*change_, std::move(catalogue), slate_lifetime), since_(since) {}

  const domain::Change& change() const { return *change_; }
  const SlateRenderer& renderer() const { return renderer_; }
  const domain::Catalogue& catalogue() const { return renderer_.catalogue()->catalogue(); }
  SteadyTime since() const { return since_; }

  /// Of a correction: the changes that showed what was wrong.
  const std::vector<domain::Sequence>& corrected() const { return corrected_; }
  void set_corrected(std::vector<domain::Sequence> corrected) { corrected_ = std::move(corrected); }
  /// What was decided before this process began may have been lost with it.
  bool may_lack_rows() const { return may_lack_rows_; }
  void set_may_lack_rows() { may_lack_rows_ = true; }

  /// Adds decisions that are logged or about to be, made with this catalogue version; others cannot be shown, and are
  /// left out.
  void add(std::shared_ptr<const domain::DecisionBatch> batch);
  /// What was decided for this viewer stays, for nobody. O(viewers).
  void forget(const domain::ViewerId& viewer);
  /// This viewer's decision, or nothing. O(1): tries row `hint` first.
  std::optional<DecidedRow> find(const domain::ViewerId& viewer, std::size_t hint);

 private:
  void index(std::uint32_t row);
  DecidedRow row(std::uint32_t number) const;

  domain::ChangePtr change_;
  SlateRenderer renderer_;
  SteadyTime since_;
  std::vector<std::shared_ptr<const domain::DecisionBatch>> batches_;
  std::vector<std::uint32_t> first_rows_;  ///< of each batch, when the rows of all are counted through
  std::uint32_t rows_ = 0;
  /// Rows by their viewer's hash, with linear probing; made when a hint first misses. 8 bytes a row and not a node of
  /// a map: every change of a match with 100,000 viewers has one.
  std::vector<std::uint32_t> index_;
  std::uint32_t indexed_rows_ = 0;
  std::vector<domain::Sequence> corrected_;
  bool may_lack_rows_ = false;
};

/// The newest changes, oldest first. Bounded in number and age: the oldest makes room; the newest always stays. Single
/// shard.
class DecisionRing {
 public:
  DecisionRing(std::size_t changes_max, Milliseconds age_max) : changes_max_(changes_max), age_max_(age_max) {}

  DecidedChange& push(DecidedChange decided);
  DecidedChange* find(domain::Sequence sequence);
  DecidedChange* newest() { return changes_.empty() ? nullptr : &changes_.back(); }
  const DecidedChange* newest() const { return changes_.empty() ? nullptr : &changes_.back(); }
  std::deque<DecidedChange>& changes() { return changes_; }
  /// The newest change that made room for another; everything after it is here.
  domain::Sequence dropped() const { return dropped_; }
  /// What was before the first push is not here either.
  void set_dropped(domain::Sequence sequence) { dropped_ = sequence; }

 private:
  std::size_t changes_max_;
  Milliseconds age_max_;
  std::deque<DecidedChange> changes_;
  domain::Sequence dropped_;
};

}  // namespace matchcue::engine
