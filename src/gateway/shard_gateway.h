#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The viewers' edge of one loop: accepts, speaks HTTP, the sample route and the native protocol, and hands viewers to
// the engine's half of the loop that owns them.

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/admission.h"
#include "base/random.h"
#include "engine/engine.h"
#include "gateway/connection.h"
#include "gateway/memory_watch.h"
#include "gateway/options.h"
#include "metrics/metrics.h"
#include "runtime/loop.h"

namespace matchcue::gateway {

/// What the shards of one gateway share. All must outlive it.
struct Surroundings {
  engine::Engine& engine;
  metrics::Metrics& metrics;
  const access::Admission& admission;
  const Replaceable<runtime::TlsContext>* tls = nullptr;  ///< null: viewers connect in the clear
};

/// What the shards of one gateway hold everybody to together.
struct SharedLimits {
  explicit SharedLimits(const Options& options)
      : addresses(options.address), memory(options.memory_bytes_max, options.resident_bytes) {}
  AddressLimits addresses;
  MemoryWatch memory;
};

/// One per loop, on its thread, except where a call says otherwise.
class ShardGateway final : public runtime::FdHandler {
 public:
  ShardGateway(std::size_t index, const Options& options, const Surroundings& surroundings, SharedLimits& shared,
               runtime::Loop& loop, runtime::Fd listener);
  ~ShardGateway() override;

  /// The other shards, for viewers whom they own. Before open().
  void set_shards(std::vector<ShardGateway*> shards) { shards_ = std::move(shards); }
  /// Starts accepting.
  void open();
  /// Stops accepting, tells native viewers to go away, and calls `done` once everything is sent or `patience` is over.
  void shut(Milliseconds patience, std::function<void()> done);
  runtime::Loop& loop() { return loop_; }

  /// The listener is ready.
  void on_ready(std::uint32_t events) override;

  // From connections.
  void on_request(Connection& connection, codec::HttpRequest request);
  void on_message(Connection& connection, std::string_view text);
  /// Whether it may say one more thing, of whatever kind; ends it otherwise.
  bool within_message_limit(Connection& connection);
  void watch(const Connection& connection, bool reading, bool writing);
  /// Ends a connection: its session is told, and it is deleted when no call is under way on it any more.
  void retire(Connection& connection);
  std::span<char> read_buffer() { return read_buffer_; }
  SteadyTime now() const { return loop_.clock().steady(); }
  const Options& options() const { return options_; }
  const std::string& epoch() const { return engine_shard_.epoch(); }
  metrics::Metrics& metrics() { return metrics_; }

 private:
  /// A viewer on the way to the shard that owns them.
  struct Arrival {
    std::unique_ptr<Connection> connection;
    engine::Introduction introduction;
  };

  void accept_some();
  bool admit_address(AddressKey address);
  void shed_one();
  void add(std::unique_ptr<Connection> connection);
  Connection* find(ConnectionId id);

  // HTTP (http_door.cc).
  void open_websocket(Connection& connection, const codec::HttpRequest& request, Speech speech);
  void open_event_stream(Connection& connection, const codec::HttpRequest& request);
  void take_interaction(Connection& connection, const codec::HttpRequest& request);
  void record_at_owner(ConnectionId connection, codec::PostedInteraction posted, bool keep_alive);
  void answer_interaction(ConnectionId connection, const Result<engine::FeedbackReceipt>& receipt, bool keep_alive);
  void respond(Connection& connection, int status, std::string_view content_type, std::string_view body,
               bool keep_alive, std::optional<int> retry_after_s = std::nullopt);
  void refuse(Connection& connection, int status, const Error& error, bool keep_alive);

  // Who may enter (viewer_door.cc).
  bool allows_origin(Connection& connection, const codec::HttpRequest& request);
  bool admit(Connection& connection, std::string_view ticket, engine::Introduction& introduction);
  void turn_away(Connection& connection, const Error& error);
  Result<void> admit_interaction(const codec::HttpRequest& request, const codec::PostedInteraction& posted);
  void renew_ticket(Connection& connection, std::string_view ticket);
  bool still_admitted(Connection& connection);

  // Viewers (shard_gateway.cc).
  void on_native_message(Connection& connection, std::string_view text);
  void on_sample_message(Connection& connection, std::string_view text);
  /// At the shard that owns the viewer: the connection may move there.
  void introduce(Connection& connection, engine::Introduction introduction);
  void introduce_here(Connection& connection, const engine::Introduction& introduction);
  void identify_then_open(Connection& connection, const engine::Introduction& introduction);
  void open_identified(ConnectionId connection, engine::Introduction introduction,
                       const Result<domain::ViewerLink>& identified);
  void open_session(Connection& connection, const engine::Introduction& introduction);
  void refuse_introduction(Connection& connection, const Error& error);
  void leave_session(Connection& connection);
  void fail_sample(Connection& connection);

  void sweep();
  void sweep_one(Connection& connection);
  void wait_for_flush(SteadyTime until, std::function<void()> done);

  std::size_t index_;
  const Options options_;
  engine::Engine& engine_;
  engine::ShardEngine& engine_shard_;
  metrics::Metrics& metrics_;
  const access::Admission& admission_;
  const Replaceable<runtime::TlsContext>* tls_;
  SharedLimits& shared_;
  runtime::Loop& loop_;
  runtime::Fd listener_;
  runtime::Fd spare_;  ///< given up for a moment when there are no descriptors left, to turn people away
  std::vector<ShardGateway*> shards_;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> retired_;
  ViewerLimits viewers_;
  std::vector<char> read_buffer_;
  std::uint64_t accepted_ = 0;
  runtime::TimerId sweep_timer_ = 0;
  bool shut_ = false;
  Random random_;
};

}  // namespace matchcue::gateway
