#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the learner remembers of each viewer, in blocks that are shared with the views until they change.

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "domain/ids.h"
#include "learn/model.h"
#include "learn/shared_blocks.h"

namespace matchcue::learn {

/// One item in a viewer's history.
struct History {
  ItemRow item = 0;
  float information = 0;  ///< sum of p (1 - p) over its trials
  float target = 0;       ///< sum of p (1 - p) z.q + y - p: the working response times its weight
  float fatigue = 0;      ///< log2(1 + decayed count of impressions)
  float clicked = 0;      ///< decayed sum of rewards, slowly
  float sequence = 0;     ///< the same, quickly
};

struct ViewerState {
  domain::ViewerId id;
  std::vector<Feature> metadata;
  Taste taste{};                  ///< z
  Taste sequence_taste{};         ///< sum over items of sequence x q
  std::uint64_t seen_moment = 0;  ///< of the newest impression: orders moments of all events
  std::vector<History> history;

  const History* find(ItemRow item) const;
  bool has_sequence() const { return sequence_taste != Taste{}; }
};

using ViewerRow = std::uint32_t;

/// All viewers, by row and by id. Thread safety as SharedBlocks.
class ViewerTable {
 public:
  ViewerTable() : buckets_(kBuckets, std::make_shared<const Bucket>()) {}

  std::size_t size() const { return viewers_.size(); }
  const ViewerState& operator[](ViewerRow row) const { return viewers_[row]; }
  ViewerState& edit(ViewerRow row) { return viewers_.edit(row); }
  /// A few cache lines: O(sqrt(size / kBuckets)) steps through neighbours.
  std::optional<ViewerRow> find(std::string_view viewer) const;
  ViewerRow add(ViewerState viewer);
  ViewerTable share();

 private:
  static constexpr std::size_t kBuckets = 1024;
  struct Key {
    std::uint64_t hash;
    ViewerRow row;
  };
  using Bucket = std::vector<Key>;  ///< by hash

  SharedBlocks<ViewerState, 64> viewers_;
  std::vector<std::shared_ptr<const Bucket>> buckets_;
};

}  // namespace matchcue::learn
