#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a push costs here and now: a slate rendered, framed and handed to the kernel for each of many loopback sockets.

#include <atomic>
#include <span>
#include <thread>
#include <vector>

#include "domain/decision.h"
#include "domain/ids.h"
#include "engine/slate_renderer.h"
#include "runtime/socket.h"

namespace matchcue::bench {

/// Sockets with somebody at the other end who reads and forgets, on a thread of their own. Single thread.
class PushBaseline {
 public:
  explicit PushBaseline(std::size_t sockets);
  ~PushBaseline();
  PushBaseline(const PushBaseline&) = delete;
  PushBaseline& operator=(const PushBaseline&) = delete;

  /// Renders and frames a slate for each socket, and sends it when `send`. Returns CPU time a slate, in microseconds,
  /// of this thread: the kernel's for handing the bytes through loopback included, the readers' not.
  ///
  /// viewers  at least as many as there are sockets
  /// choices  of one viewer; everybody gets them
  double us_a_push(const engine::SlateRenderer& renderer, std::span<const domain::ViewerId> viewers,
                   std::span<const domain::Choice> choices, bool send);
  std::size_t frame_bytes() const { return frame_bytes_; }

 private:
  void read_all();

  std::vector<runtime::Fd> ours_;
  std::vector<runtime::Fd> theirs_;
  runtime::Fd epoll_;
  engine::FrameScratch scratch_;
  std::size_t frame_bytes_ = 0;
  std::size_t sent_bytes_ = 0;
  std::atomic<std::size_t> read_bytes_{0};
  std::atomic<bool> stopping_{false};
  std::thread reader_;
};

}  // namespace matchcue::bench
