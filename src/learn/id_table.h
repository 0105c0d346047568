#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Rows that are found by a viewer's id, with copies that are cheap.

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "learn/shared_blocks.h"

namespace matchcue::learn {

using ViewerRow = std::uint32_t;

/// `T` has an `id` with str(). Thread safety as SharedBlocks.
template <typename T>
class IdTable {
 public:
  IdTable() : buckets_(kBuckets, std::make_shared<const Bucket>()) {}

  std::size_t size() const { return rows_.size(); }
  const T& operator[](ViewerRow row) const { return rows_[row]; }
  T& edit(ViewerRow row) { return rows_.edit(row); }

  /// A few cache lines: O(sqrt(size / kBuckets)) steps through neighbours.
  std::optional<ViewerRow> find(std::string_view id) const {
    const std::uint64_t hash = stable_hash(id);
    const Bucket& bucket = *buckets_[hash % kBuckets];
    // Hashes are spread evenly, so a key is close to where its hash says: fewer cache misses than a binary search.
    auto key = bucket.begin() + static_cast<std::ptrdiff_t>(((hash >> 32) * bucket.size()) >> 32);
    while (key != bucket.begin() && std::prev(key)->hash >= hash) --key;
    while (key != bucket.end() && key->hash < hash) ++key;
    for (; key != bucket.end() && key->hash == hash; ++key) {
      if (rows_[key->row].id.str() == id) return key->row;
    }
    return std::nullopt;
  }

  /// `row.id` must be new.
  ViewerRow add(T row) {
    const auto number = static_cast<ViewerRow>(rows_.size());
    const std::uint64_t hash = stable_hash(row.id.str());
    rows_.push_back(std::move(row));
    auto& bucket = buckets_[hash % kBuckets];
    auto larger = std::make_shared<Bucket>(*bucket);
    larger->insert(std::upper_bound(larger->begin(), larger->end(), hash,
                                    [](std::uint64_t wanted, const Key& each) { return wanted < each.hash; }),
                   Key{hash, number});
    bucket = std::move(larger);
    return number;
  }

  /// A copy for readers. O(size / 64).
  IdTable share() {
    IdTable copy;
    copy.rows_ = rows_.share();
    copy.buckets_ = buckets_;
    return copy;
  }

 private:
  static constexpr std::size_t kBuckets = 1024;
  struct Key {
    std::uint64_t hash;
    ViewerRow row;
  };
  using Bucket = std::vector<Key>;  ///< by hash

  SharedBlocks<T, 64> rows_;
  std::vector<std::shared_ptr<const Bucket>> buckets_;
};

}  // namespace matchcue::learn
