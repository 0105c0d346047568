#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One simulated viewer's socket: connect, upgrade, frames in and out, and the ways to behave badly. Loop thread.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/websocket.h"
#include "runtime/loop.h"
#include "runtime/socket.h"
#include "runtime/tls.h"
#include "simulate/load_report.h"
#include "simulate/load_viewer.h"

namespace matchcue::simulate {

class LoadShard;

/// What is done to a viewer.
enum class Fate { none, stuck, killed };

class LoadConnection final : public runtime::FdHandler {
 public:
  /// `number` counts the crowd's viewers from 0. The shard outlives the connection.
  LoadConnection(LoadShard& shard, std::size_t number, Fate fate);

  /// Begins to connect. A failure is counted, and tried again when the crowd reconnects.
  void open();
  void on_ready(std::uint32_t events) override;
  /// Sends the cumulative acknowledgement that is owed, if one is.
  void acknowledge();

  void act(std::string_view cue, std::string_view kind);
  /// Does nothing of its own accord any more.
  void rest() { viewer_.rest(); }
  /// Breaks off abruptly and connects anew, if it is welcomed.
  void break_off();

  /// Whether it waits for a slate of these or for an answer to an interaction, and that can still come.
  bool waits_for(const Expectation& due) const;

  const LoadViewer& viewer() const { return viewer_; }
  bool accountable() const { return fate_ == Fate::none; }

 private:
  enum class State { closed, connecting, upgrading, open, idle };

  bool connect_socket();
  void on_connected();
  void read_all();
  std::span<char> take_upgrade_answer(std::span<char> chunk);
  void read_frames(std::span<char> chunk);
  void on_message(std::string_view text);
  void after_message(bool was_welcomed);
  void say(codec::Opcode opcode, std::string_view payload);
  void say_all();
  void flush();
  ssize_t transmit();
  void kill();
  void vanish();
  void forget_connection();
  void close(std::string_view why);
  void retry_or_give_up();
  std::uint32_t next_mask() { return static_cast<std::uint32_t>(random_.next()); }

  LoadShard& shard_;
  std::size_t number_;
  Fate fate_;
  Random random_;
  LoadViewer viewer_;
  State state_ = State::closed;
  runtime::Fd fd_;
  std::unique_ptr<runtime::TlsStream> tls_;
  codec::FrameReader reader_;
  std::string head_;  ///< of the upgrade's answer, while it is incomplete
  std::string out_;   ///< what the socket did not take yet
  std::vector<std::string> messages_;
  std::uint64_t slates_before_ = 0;
  bool counted_opening_ = false;
  bool owing_ = false;
  bool wants_write_ = false;
};

}  // namespace matchcue::simulate
