#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where a slow viewer is handled: what waits for a viewer whose socket takes no more. Bounded, with a named policy for
// each frame. The owner writes to the socket; this only says what comes next.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

namespace matchcue::audience {

/// What may happen to a frame that waits.
enum class WhenSlow {
  superseded,  ///< a newer frame of this kind makes it worthless: it is dropped, unless its first byte was sent
  kept,        ///< it is sent, or the viewer is disconnected
};

/// The unsent frames of one connection, in order. Exists only while there are some: a viewer who keeps up costs one
/// null pointer. Single shard.
///
/// Invariants: bytes() <= bytes_max; a frame whose first byte was sent stays until its last one is; at most one
/// superseded-kind frame waits unsent.
class Outbox {
 public:
  explicit Outbox(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  enum class Added {
    queued,
    superseded,  ///< queued, in the place of an older one
    full,        ///< not queued: the viewer is to be disconnected
  };
  /// Queues the unsent rest of a frame. `begun` says that its first bytes are out already (then it must be the first
  /// frame here). O(frames), and there are few.
  Added add(std::string_view unsent, WhenSlow when_slow, bool begun);

  /// What to send next; empty when nothing waits.
  std::string_view front() const;
  /// `sent` bytes of front() are out.
  void consume(std::size_t sent);

  bool empty() const { return frames_.empty(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Frame {
    std::string bytes;
    std::size_t sent = 0;
    WhenSlow when_slow = WhenSlow::kept;
    bool begun = false;
  };

  std::size_t bytes_max_;
  std::size_t bytes_ = 0;
  std::deque<Frame> frames_;
};

}  // namespace matchcue::audience
