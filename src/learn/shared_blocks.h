#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A growing array whose copies are cheap: they share blocks until one of them is edited.

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace matchcue::learn {

/// The original may be edited and grown by one thread; copies made by share() never change and may be read and dropped
/// by any. No block that a copy holds is ever written to.
template <typename T, std::size_t kBlock>
class SharedBlocks {
 public:
  std::size_t size() const { return size_; }
  const T& operator[](std::size_t index) const { return (*blocks_[index / kBlock])[index % kBlock]; }

  /// For writing. Copies the block first when it was shared since the last time.
  T& edit(std::size_t index) { return own(index / kBlock)[index % kBlock]; }
  void push_back(T value) {
    if (size_ % kBlock == 0) {
      blocks_.push_back(std::make_shared<Block>());
      blocks_.back()->reserve(kBlock);
      shared_.push_back(false);
    }
    own(size_ / kBlock).push_back(std::move(value));
    ++size_;
  }
  /// A copy for readers. O(size / kBlock).
  SharedBlocks share() {
    shared_.assign(shared_.size(), true);
    return *this;
  }

 private:
  using Block = std::vector<T>;

  Block& own(std::size_t block) {
    if (shared_[block]) {
      auto copy = std::make_shared<Block>();
      copy->reserve(kBlock);
      *copy = *blocks_[block];
      blocks_[block] = std::move(copy);
      shared_[block] = false;
    }
    return *blocks_[block];
  }

  std::size_t size_ = 0;
  std::vector<std::shared_ptr<Block>> blocks_;
  std::vector<bool> shared_;
};

}  // namespace matchcue::learn
