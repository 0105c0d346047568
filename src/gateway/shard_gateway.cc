// SPDX-License-Identifier: Apache-2.0
#include "gateway/shard_gateway.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "codec/sample_message.h"

namespace matchcue::gateway {

using codec::CloseCode;

namespace {

constexpr std::size_t kReadBufferBytes = 64 * 1024;
constexpr int kAcceptsPerWake = 256;
constexpr int kUnsentBytesMax = 16 * 1024;
constexpr Milliseconds kSweepPeriod{1'000};
constexpr Milliseconds kFlushCheck{10};

runtime::Fd open_spare() { return runtime::Fd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

/// What a viewer does not take waits with us, where a newer slate replaces it; the kernel would keep a megabyte of
/// each.
void keep_little_unsent(int fd) {
  ::setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax, sizeof kUnsentBytesMax);
}

std::string_view transport_of(Speech speech) {
  switch (speech) {
    case Speech::native: return "websocket";
    case Speech::sample: return "sample";
    case Speech::sse: return "sse";
    case Speech::http: return {};
  }
  return {};
}

/// Eleven bytes in base64, as API Gateway names connections: 16 characters, the last one '='.
std::string gateway_id(std::uint64_t seed) {
  std::string text;
  std::string bytes;
  Random random(seed);
  for (int i = 0; i < 11; ++i) bytes.push_back(static_cast<char>(random.next() & 0xff));
  append_base64url(bytes, text);
  return text + '=';
}

}  // namespace

ShardGateway::ShardGateway(std::size_t index, const Options& options, const Surroundings& surroundings,
                           SharedLimits& shared, runtime::Loop& loop, runtime::Fd listener)
    : index_(index),
      options_(options),
      engine_(surroundings.engine),
      engine_shard_(surroundings.engine.shard(index)),
      metrics_(surroundings.metrics),
      admission_(surroundings.admission),
      tls_(surroundings.tls),
      shared_(shared),
      loop_(loop),
      listener_(std::move(listener)),
      spare_(open_spare()),
      viewers_(options.viewer),
      read_buffer_(kReadBufferBytes),
      random_(stable_hash("gateway", index)) {}

ShardGateway::~ShardGateway() = default;

void ShardGateway::open() {
  loop_.add(listener_.get(), EPOLLIN, this);
  sweep_timer_ = loop_.every(kSweepPeriod, [this] { sweep(); });
}

void ShardGateway::on_ready(std::uint32_t) { accept_some(); }

void ShardGateway::accept_some() {
  for (int i = 0; i < kAcceptsPerWake; ++i) {
    sockaddr_storage peer{};
    socklen_t length = sizeof peer;
    auto* const from = reinterpret_cast<sockaddr*>(&peer);
    runtime::Fd fd(::accept4(listener_.get(), from, &length, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd) {
      if (errno == EMFILE || errno == ENFILE) shed_one();
      return;
    }
    const AddressKey address = shared_.addresses.key_of(peer);
    if (!admit_address(address)) continue;
    runtime::set_no_delay(fd.get());
    keep_little_unsent(fd.get());
    runtime::set_send_timeout(fd.get(), options_.silence_max);
    const ConnectionId id = ++accepted_ * shards_.size() + index_;
    auto connection =
        std::make_unique<Connection>(id, std::move(fd), tls_ ? tls_->get() : nullptr, options_.http, now());
    connection->address = address;
    add(std::move(connection));
  }
}

/// Whether somebody may come in from there; counts them. Who may not is let go without a word, which costs nothing.
bool ShardGateway::admit_address(AddressKey address) {
  if (shared_.memory.level() >= Shedding::newcomers) {
    metrics_.refused("memory").Increment();
    return false;
  }
  switch (shared_.addresses.admit(address, now())) {
    case AddressLimits::Admitted::yes: return true;
    case AddressLimits::Admitted::too_many: metrics_.refused("address_connections").Increment(); return false;
    case AddressLimits::Admitted::too_fast: metrics_.refused("address_pace").Increment(); return false;
    case AddressLimits::Admitted::all_too_fast: metrics_.refused("all_pace").Increment(); return false;
  }
  return false;
}

void ShardGateway::shed_one() {
  spare_.reset();
  runtime::Fd turned_away(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  turned_away.reset();
  spare_ = open_spare();
}

void ShardGateway::add(std::unique_ptr<Connection> connection) {
  connection->shard = this;
  Connection& added = *connection;
  connections_[added.id()] = std::move(connection);
  loop_.add(added.fd(), EPOLLIN, &added);
  if (!added.flushed()) watch(added, true, true);
}

Connection* ShardGateway::find(ConnectionId id) {
  const auto found = connections_.find(id);
  return found == connections_.end() ? nullptr : found->second.get();
}

void ShardGateway::watch(const Connection& connection, bool reading, bool writing) {
  if (connection.dropped_ || connection.moving_) return;
  const std::uint32_t events = (reading ? EPOLLIN : 0U) | (writing ? EPOLLOUT : 0U);
  loop_.modify(connection.fd(), events, const_cast<Connection*>(&connection));
}

void ShardGateway::retire(Connection& connection) {
  loop_.remove(connection.fd());
  shared_.addresses.release(connection.address, now());
  auto owned = connections_.extract(connection.id());
  if (!owned.empty()) {
    if (retired_.empty()) {
      loop_.post([this] {
        // Sessions are told here and not in retire(), which the engine may have called from inside a walk.
        for (const auto& retired : retired_) leave_session(*retired);
        retired_.clear();
      });
    }
    retired_.push_back(std::move(owned.mapped()));
  }
  if (const auto transport = transport_of(connection.speech()); !transport.empty()) {
    metrics_.connections(transport).Decrement();
  }
}

void ShardGateway::leave_session(Connection& connection) {
  if (connection.viewer != nullptr) --connection.viewer->connections;
  connection.viewer = nullptr;
  if (connection.session == 0) return;
  engine_shard_.disconnect(connection.session);
  connection.session = 0;
}

void ShardGateway::on_message(Connection& connection, std::string_view text) {
  if (!within_message_limit(connection)) return;
  if (connection.speech() == Speech::native) {
    on_native_message(connection, text);
  } else {
    on_sample_message(connection, text);
  }
}

bool ShardGateway::within_message_limit(Connection& connection) {
  std::string_view pace;
  if (!connection.messages.take(options_.messages_per_second, options_.messages_burst, now())) {
    pace = "connection_pace";
  } else if (connection.viewer != nullptr && !viewers_.take_message(*connection.viewer, now())) {
    pace = "viewer_pace";
  } else if (!shared_.addresses.take_message(connection.address, now())) {
    pace = "address_pace";
  }
  if (pace.empty()) return true;
  metrics_.refused(pace).Increment();
  const bool sample = connection.speech() == Speech::sample;
  connection.close_with(sample ? CloseCode::policy_violation : CloseCode::too_many_messages, "too_many_messages");
  return false;
}

void ShardGateway::on_native_message(Connection& connection, std::string_view text) {
  const auto message = codec::parse_client_message(text);
  if (!message.ok()) {
    const bool fatal = connection.session == 0 || ++connection.bad_messages > options_.bad_messages_max;
    connection.send_text(codec::write_error(message.error(), fatal));
    if (fatal) connection.close_with(CloseCode::bad_message, message.error().code);
    return;
  }
  const auto* hello = std::get_if<codec::HelloMessage>(&*message);
  if (hello != nullptr && connection.session != 0) {
    return connection.send_text(codec::write_error(
        Error{ErrorKind::conflict, "already_introduced", "this connection has said hello before", "t"}, false));
  }
  if (hello != nullptr) {
    engine::Introduction introduction{engine::Route::native, *hello};
    if (admit(connection, hello->ticket, introduction)) introduce(connection, std::move(introduction));
    return;
  }
  if (connection.session == 0) {
    connection.send_text(codec::write_error(invalid("hello_expected", "the first frame must be hello", "t"), true));
    return connection.close_with(CloseCode::bad_message, "hello_expected");
  }
  if (const auto* renewal = std::get_if<codec::TicketMessage>(&*message)) {
    return renew_ticket(connection, renewal->ticket);
  }
  const auto* interaction = std::get_if<codec::InteractionMessage>(&*message);
  if (interaction != nullptr && shared_.memory.level() >= Shedding::interactions) {
    metrics_.refused("memory").Increment();
    return connection.send_text(
        codec::write_error(unavailable("overloaded", "try again later"), false, interaction->id));
  }
  engine_shard_.receive(connection.session, *message);
}

void ShardGateway::on_sample_message(Connection& connection, std::string_view text) {
  const codec::SampleMessage message = codec::parse_sample_message(text);
  if (const auto* introduction = std::get_if<codec::SampleIntroduction>(&message)) {
    codec::HelloMessage hello;
    hello.viewer = introduction->consumer;
    hello.device = introduction->device;
    hello.content = introduction->content;
    leave_session(connection);
    introduce(connection, {engine::Route::sample, std::move(hello)});
  } else if (std::holds_alternative<codec::SampleFailure>(message)) {
    fail_sample(connection);
  } else {
    connection.send_text(codec::kSampleDefault);
  }
}

void ShardGateway::fail_sample(Connection& connection) {
  connection.send_text(codec::write_sample_failure(gateway_id(connection.id()), gateway_id(random_.next())));
}

void ShardGateway::introduce(Connection& connection, engine::Introduction introduction) {
  const std::size_t owner = engine_.shard_of(introduction.hello.viewer);
  if (owner == index_) return introduce_here(connection, introduction);
  loop_.remove(connection.fd());
  connection.moving_ = true;
  auto arrival = std::make_shared<Arrival>();
  arrival->introduction = std::move(introduction);
  // Posted and not done at once: we are inside a call of the connection's, which ends by putting unread bytes aside.
  loop_.post([this, id = connection.id(), owner, arrival] {
    auto node = connections_.extract(id);
    if (node.empty()) return;
    arrival->connection = std::move(node.mapped());
    ShardGateway* target = shards_[owner];
    target->loop_.post([target, arrival] {
      Connection& arrived = *arrival->connection;
      if (target->shut_) return target->retire(arrived);  // too late; the connection ends with `arrival`
      arrived.moving_ = false;
      target->add(std::move(arrival->connection));
      target->introduce_here(arrived, arrival->introduction);
      if (!arrived.dropped_ && !arrived.paused_) arrived.resume_reading();
    });
  });
}

void ShardGateway::introduce_here(Connection& connection, const engine::Introduction& introduction) {
  const bool sample = introduction.route == engine::Route::sample;
  if (!viewers_.take_hello(viewers_.pace_of(introduction.hello.viewer), now())) {
    metrics_.refused("viewer_pace").Increment();
    if (sample) return fail_sample(connection);
    return connection.close_with(CloseCode::try_again_later, "too_many_hellos");
  }
  if (introduction.hello.previously) return identify_then_open(connection, introduction);
  open_session(connection, introduction);
}

/// Who they were is for good: nobody becomes anybody by a hello that is refused.
void ShardGateway::identify_then_open(Connection& connection, const engine::Introduction& introduction) {
  if (const auto possible = engine_shard_.can_introduce(introduction); !possible.ok()) {
    return refuse_introduction(connection, possible.error());
  }
  connection.pause_reading();
  const engine::IdentifyViewer claim{*introduction.hello.previously, introduction.hello.viewer,
                                     engine::IdentifiedBy::viewer};
  engine_.identify_viewer(
      claim, [this, id = connection.id(), introduction](const Result<domain::ViewerLink>& identified) {
        loop_.post([this, id, introduction, identified] { open_identified(id, introduction, identified); });
      });
}

void ShardGateway::open_identified(ConnectionId id, engine::Introduction introduction,
                                   const Result<domain::ViewerLink>& identified) {
  Connection* still = find(id);
  if (still == nullptr || still->closing()) return;
  if (!identified.ok()) {  // they watch as who they say they are, all the same
    introduction.hello.previously.reset();
    still->send_text(codec::write_error(identified.error(), false));
    if (find(id) == nullptr) return;
  }
  open_session(*still, introduction);
  if (find(id) != nullptr) still->resume_reading();
}

void ShardGateway::open_session(Connection& connection, const engine::Introduction& introduction) {
  const bool sample = introduction.route == engine::Route::sample;
  const auto session = engine_shard_.introduce(&connection, introduction);
  if (!session.ok()) return sample ? fail_sample(connection) : refuse_introduction(connection, session.error());
  connection.session = *session;
  connection.viewer = &viewers_.pace_of(introduction.hello.viewer);
  ++connection.viewer->connections;
  if (sample) connection.send_text(codec::kSampleSuccess);
}

void ShardGateway::refuse_introduction(Connection& connection, const Error& error) {
  const bool unknown = error.code == "unknown_content";
  connection.send_text(codec::write_error(error, true));
  connection.close_with(unknown ? CloseCode::unknown_content : CloseCode::try_again_later, error.code);
}

void ShardGateway::sweep() {
  if (index_ == 0) metrics_.shedding().Set(static_cast<double>(shared_.memory.measure()));
  viewers_.forget_idle(now());
  std::vector<Connection*> all;
  all.reserve(connections_.size());
  for (const auto& [id, connection] : connections_) all.push_back(connection.get());
  for (Connection* connection : all) sweep_one(*connection);
}

void ShardGateway::sweep_one(Connection& connection) {
  const auto open_for = now() - connection.opened;
  const auto silent_for = now() - connection.heard;
  if (connection.closing()) {
    if (now() - connection.closing_since > options_.close_timeout) connection.drop();
    return;
  }
  if (shared_.memory.level() >= Shedding::slow_viewers && connection.shed_if_slow()) return;
  switch (connection.speech()) {
    case Speech::http:
      if (silent_for > options_.handshake_timeout || (open_for > options_.handshake_timeout && !connection.paused_)) {
        connection.drop();
      }
      return;
    case Speech::sample:
      if (silent_for > options_.sample_idle_max || open_for > options_.sample_duration_max) {
        connection.close_with(CloseCode::going_away, "Going away");
      }
      return;
    case Speech::native:
      if (connection.session == 0) {
        const bool waits_for_us = connection.paused_;  // until who they were is known
        if (open_for > options_.hello_timeout && !waits_for_us)
          connection.close_with(CloseCode::hello_timeout, "hello_timeout");
        return;
      }
      if (silent_for > options_.silence_max) return connection.close_with(CloseCode::idle, "idle");
      break;
    case Speech::sse: break;
  }
  if (!still_admitted(connection)) return;
  const auto quiet_since =
      std::max(connection.pinged, connection.speech() == Speech::sse ? connection.opened : connection.heard);
  if (now() - quiet_since < options_.ping_interval) return;
  connection.pinged = now();
  std::string ping;
  if (connection.speech() == Speech::sse) {
    ping = ":\n\n";
  } else {
    codec::append_frame(codec::Opcode::ping, "", ping);
  }
  connection.send_raw(ping, audience::WhenSlow::kept);
}

void ShardGateway::shut(Milliseconds patience, std::function<void()> done) {
  shut_ = true;
  loop_.cancel(sweep_timer_);
  loop_.remove(listener_.get());
  listener_.reset();
  std::vector<Connection*> all;
  for (const auto& [id, connection] : connections_) all.push_back(connection.get());
  const auto spread = static_cast<std::uint64_t>(engine_shard_.retry().max_ms) + 1;
  for (Connection* connection : all) {
    const bool speaks_native = connection->speech() == Speech::native || connection->speech() == Speech::sse;
    if (speaks_native) connection->send_text(codec::write_goaway(static_cast<int>(random_.below(spread))));
    const bool sample = connection->speech() == Speech::sample;
    connection->close_with(sample ? CloseCode::going_away : CloseCode::restart, "");
  }
  wait_for_flush(now() + patience, std::move(done));
}

void ShardGateway::wait_for_flush(SteadyTime until, std::function<void()> done) {
  const bool flushed =
      std::all_of(connections_.begin(), connections_.end(), [](const auto& entry) { return entry.second->flushed(); });
  if (!flushed && now() < until) {
    loop_.after(kFlushCheck, [this, until, done = std::move(done)] { wait_for_flush(until, done); });
    return;
  }
  while (!connections_.empty()) connections_.begin()->second->drop();
  loop_.post(std::move(done));  // after what drop() posted
}

}  // namespace matchcue::gateway
