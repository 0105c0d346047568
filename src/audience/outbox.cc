// SPDX-License-Identifier: Apache-2.0
#include "audience/outbox.h"

#include <algorithm>

#include "base/check.h"

namespace matchcue::audience {

Outbox::Added Outbox::add(std::string_view unsent, WhenSlow when_slow, bool begun) {
  CHECK(!begun || frames_.empty());
  Added added = Added::queued;
  if (when_slow == WhenSlow::superseded) {
    const auto older = std::find_if(frames_.begin(), frames_.end(), [](const Frame& frame) {
      return frame.when_slow == WhenSlow::superseded && !frame.begun;
    });
    if (older != frames_.end()) {
      bytes_ -= older->bytes.size();  // not begun: all of it was counted
      frames_.erase(older);
      added = Added::superseded;
    }
  }
  if (bytes_ + unsent.size() > bytes_max_) return Added::full;
  frames_.push_back({std::string(unsent), 0, when_slow, begun});
  bytes_ += unsent.size();
  return added;
}

std::string_view Outbox::front() const {
  if (frames_.empty()) return {};
  return std::string_view(frames_.front().bytes).substr(frames_.front().sent);
}

void Outbox::consume(std::size_t sent) {
  while (sent > 0) {
    CHECK(!frames_.empty(), sent);
    Frame& frame = frames_.front();
    const std::size_t part = std::min(sent, frame.bytes.size() - frame.sent);
    frame.sent += part;
    frame.begun = true;
    bytes_ -= part;
    sent -= part;
    if (frame.sent == frame.bytes.size()) frames_.pop_front();
  }
}

}  // namespace matchcue::audience
