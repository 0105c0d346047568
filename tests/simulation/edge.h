#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The viewers' edge without sockets: connections with latency, a kernel's buffer and the product's own outbox, which
// may be cut, half-open or not read. It does with the engine what gateway/ does.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "audience/outbox.h"
#include "engine/engine.h"
#include "tests/simulation/plan.h"
#include "tests/simulation/scheduler.h"

namespace matchcue::simulation {

class Edge;

/// One connection, both ends of it. shared_ptr: the client and the process each hold on to it as long as they like.
class Connection final : public engine::ViewerPeer, public std::enable_shared_from_this<Connection> {
 public:
  struct Client {
    std::function<void(std::string_view text)> on_frame;
    std::function<void()> on_end;
    std::function<void(std::uint64_t sequence)> on_superseded;  ///< a slate that will not come
  };

  Connection(SimLoop& world, Scheduler& scheduler, const Plan& plan, std::uint64_t seed, Client client);

  // The client's end. World.
  void say(std::string text);
  /// The client is gone; the server learns of it after `notice`. No more calls to the client.
  void leave(Milliseconds notice);
  void set_reading(bool reading);

  // The server's end. The loop of `shard`.
  void send(const engine::OutFrame& frame) override;
  void close(engine::CloseReason reason) override;
  void send_text(const std::string& text);
  void drop();
  bool open() const { return !closing_ && !dropped_ && edge_ != nullptr; }
  std::size_t outbox_bytes() const { return outbox_ ? outbox_->bytes() : 0; }

  engine::Introduction introduction;  ///< once it has said hello
  domain::EventId event;              ///< that its content carries
  engine::SessionKey session = 0;
  std::size_t shard = 0;
  bool introducing = false;     ///< inside the engine's introduce()
  domain::Sequence last_slate;  ///< handed to it

 private:
  friend class Edge;
  /// A frame that waits in the outbox.
  struct Waiting {
    std::uint64_t slate = 0;  ///< sequence of a slate, else 0
    bool begun = false;
  };

  void write(std::string_view text, bool is_slate, std::uint64_t sequence);
  void transmit(std::string text);
  void arrive(std::string text);
  void hand_over(const std::string& text);
  void flush();
  void end_client();
  SteadyTime next_arrival(SteadyTime& last);

  SimLoop& world_;
  Scheduler& scheduler_;
  const Plan& plan_;
  Random random_;
  Client client_;
  Edge* edge_ = nullptr;  ///< null before it is accepted, and when the process is gone
  bool closing_ = false;
  bool dropped_ = false;
  bool client_gone_ = false;
  bool reading_ = true;
  std::size_t unread_bytes_ = 0;  ///< sent, and not read by the client
  std::deque<std::string> unread_;
  std::unique_ptr<audience::Outbox> outbox_;
  std::deque<Waiting> waiting_;
  SteadyTime last_to_client_{};
  SteadyTime last_to_server_{};
};

using ConnectionPtr = std::shared_ptr<Connection>;

/// One process's edge.
class Edge {
 public:
  struct Events {
    std::function<void(const Connection& connection, std::string_view text, bool is_slate)> on_push;  ///< by the engine
    std::function<void(const Connection& connection, const Result<domain::ViewerLink>& identified)> on_identified;
    std::function<domain::EventId(const domain::ContentId& content)> event_of;
  };

  Edge(engine::Engine& engine, std::vector<runtime::Loop*> shards, Events events)
      : engine_(engine), shards_(std::move(shards)), events_(std::move(events)) {}

  /// World.
  void accept(const ConnectionPtr& connection);
  /// The process died: what the engine still says is heard by nobody, and the clients find out.
  void die();
  /// Ends all connections in good order.
  void shut();
  bool alive() const { return alive_; }
  const std::vector<ConnectionPtr>& connections() const { return connections_; }

 private:
  friend class Connection;
  void on_message(const ConnectionPtr& connection, const std::string& text);
  void introduce(const ConnectionPtr& connection, engine::Introduction introduction);
  void introduce_here(const ConnectionPtr& connection);
  void open_session(const ConnectionPtr& connection);
  static void refuse(Connection& connection, const Error& error);
  void retire(const ConnectionPtr& connection);

  engine::Engine& engine_;
  std::vector<runtime::Loop*> shards_;
  Events events_;
  std::vector<ConnectionPtr> connections_;
  std::vector<ConnectionPtr> dead_;  ///< which the engine may still speak to
  bool alive_ = true;
};

}  // namespace matchcue::simulation
