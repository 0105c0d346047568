// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/edge.h"

#include <algorithm>

#include "codec/native_message.h"

namespace matchcue::simulation {

using audience::Outbox;
using audience::WhenSlow;

Connection::Connection(SimLoop& world, Scheduler& scheduler, const Plan& plan, std::uint64_t seed, Client client)
    : world_(world), scheduler_(scheduler), plan_(plan), random_(seed), client_(std::move(client)) {}

SteadyTime Connection::next_arrival(SteadyTime& last) {
  const auto latency = std::chrono::microseconds(
      random_.below(static_cast<std::uint64_t>(std::chrono::microseconds(plan_.latency_max).count()) + 1));
  last = std::max(last, scheduler_.clock().steady() + latency);
  return last;
}

void Connection::say(std::string text) {
  world_.at(next_arrival(last_to_server_), [self = shared_from_this(), text = std::move(text)] {
    if (self->client_gone_ || !self->open()) return;
    self->edge_->shards_[self->shard]->post([self, text] {
      if (self->open()) self->edge_->on_message(self, text);
    });
  });
}

void Connection::leave(Milliseconds notice) {
  client_gone_ = true;
  client_ = {};
  world_.at(scheduler_.clock().steady() + notice, [self = shared_from_this()] {
    if (self->edge_ == nullptr) return;
    self->edge_->shards_[self->shard]->post([self] { self->drop(); });
  });
}

void Connection::set_reading(bool reading) {
  reading_ = reading;
  while (reading_ && !unread_.empty()) {
    const std::string text = std::move(unread_.front());
    unread_.pop_front();
    hand_over(text);
  }
}

void Connection::send(const engine::OutFrame& frame) {
  const bool is_slate = frame.frame_class == engine::FrameClass::slate;
  if (closing_ || dropped_ || edge_ == nullptr || !edge_->alive()) return;
  if (is_slate) last_slate = frame.sequence;
  const std::string text(frame.text());
  std::fill(frame.payload - engine::kFrameHeadroom, frame.payload, '#');  // as a transport may
  edge_->events_.on_push(*this, text, is_slate);
  if (edge_ != nullptr && edge_->alive()) write(text, is_slate, frame.sequence.value());
}

void Connection::send_text(const std::string& text) {
  if (open() && edge_->alive()) write(text, false, 0);
}

void Connection::write(std::string_view text, bool is_slate, std::uint64_t sequence) {
  if (!outbox_ && unread_bytes_ + text.size() <= std::max(plan_.kernel_bytes, text.size())) {
    transmit(std::string(text));
    return;
  }
  bool begun = false;
  if (!outbox_) {
    outbox_ = std::make_unique<Outbox>(plan_.outbox_bytes_max);
    begun = random_.below(2) == 0;
  }
  const auto added = outbox_->add(text, is_slate ? WhenSlow::superseded : WhenSlow::kept, begun);
  if (added == Outbox::Added::superseded || added == Outbox::Added::full) {
    const auto older = std::find_if(waiting_.begin(), waiting_.end(),
                                    [](const Waiting& frame) { return frame.slate > 0 && !frame.begun; });
    if (is_slate && older != waiting_.end()) {
      if (client_.on_superseded) client_.on_superseded(older->slate);
      waiting_.erase(older);
    }
  }
  if (added == Outbox::Added::full) return drop();
  waiting_.push_back({is_slate ? sequence : 0, begun});
}

void Connection::transmit(std::string text) {
  unread_bytes_ += text.size();
  world_.at(next_arrival(last_to_client_), [self = shared_from_this(), text = std::move(text)] { self->arrive(text); });
}

void Connection::arrive(std::string text) {
  if (client_gone_) return;
  if (!reading_ || !unread_.empty()) {
    unread_.push_back(std::move(text));
    return;
  }
  hand_over(text);
}

void Connection::hand_over(const std::string& text) {
  unread_bytes_ -= text.size();
  const ConnectionPtr self = shared_from_this();  // the client may let go of it
  if (client_.on_frame) client_.on_frame(text);
  if (edge_ == nullptr || dropped_) return;
  edge_->shards_[shard]->post([self] { self->flush(); });
}

void Connection::flush() {
  while (outbox_ && !dropped_ && edge_ != nullptr && edge_->alive()) {
    const std::string text(outbox_->front());
    if (unread_bytes_ + text.size() > std::max(plan_.kernel_bytes, text.size())) return;
    outbox_->consume(text.size());
    waiting_.pop_front();
    if (outbox_->empty()) outbox_.reset();
    transmit(text);
  }
}

void Connection::close(engine::CloseReason) {
  session = 0;
  closing_ = true;
  if (edge_ != nullptr && edge_->alive()) end_client();
}

void Connection::drop() {
  if (dropped_) return;
  dropped_ = true;
  if (edge_ == nullptr) return;
  edge_->retire(shared_from_this());
  end_client();
}

void Connection::end_client() {
  world_.at(next_arrival(last_to_client_), [self = shared_from_this()] {
    if (self->client_gone_ || !self->client_.on_end) return;
    self->client_gone_ = true;
    const auto on_end = std::move(self->client_.on_end);
    self->client_ = {};
    on_end();
  });
}

void Edge::accept(const ConnectionPtr& connection) {
  connection->edge_ = this;
  connection->shard = connection->random_.below(shards_.size());
  connections_.push_back(connection);
}

void Edge::die() {
  alive_ = false;
  for (const ConnectionPtr& connection : connections_) {
    connection->edge_ = nullptr;
    connection->outbox_.reset();
    connection->end_client();
  }
  dead_ = std::exchange(connections_, {});
}

void Edge::shut() {
  const std::vector<ConnectionPtr> all = connections_;
  for (const ConnectionPtr& connection : all) {
    shards_[connection->shard]->post([connection] { connection->drop(); });
  }
}

void Edge::retire(const ConnectionPtr& connection) {
  std::erase(connections_, connection);
  shards_[connection->shard]->post([this, connection] {
    if (connection->session != 0) engine_.shard(connection->shard).disconnect(connection->session);
    connection->session = 0;
  });
}

void Edge::on_message(const ConnectionPtr& connection, const std::string& text) {
  if (connection->introduction.hello.viewer.empty()) {
    const bool sample = text.starts_with("sample ");
    const auto message = codec::parse_client_message(sample ? std::string_view(text).substr(7) : text);
    CHECK(message.ok(), text);
    const auto* hello = std::get_if<codec::HelloMessage>(&*message);
    CHECK(hello != nullptr, text);
    return introduce(connection, {sample ? engine::Route::sample : engine::Route::native, *hello});
  }
  const auto message = codec::parse_client_message(text);
  if (!message.ok()) return connection->send_text(codec::write_error(message.error(), false));
  if (connection->session == 0) return;
  engine_.shard(connection->shard).receive(connection->session, *message);
}

void Edge::introduce(const ConnectionPtr& connection, engine::Introduction introduction) {
  connection->introduction = std::move(introduction);
  const std::size_t owner = engine_.shard_of(connection->introduction.hello.viewer);
  if (owner == connection->shard) return introduce_here(connection);
  connection->shard = owner;
  shards_[owner]->post([this, connection] {
    if (connection->open()) introduce_here(connection);
  });
}

void Edge::introduce_here(const ConnectionPtr& connection) {
  const engine::Introduction& introduction = connection->introduction;
  if (!introduction.hello.previously) return open_session(connection);
  if (const auto possible = engine_.shard(connection->shard).can_introduce(introduction); !possible.ok()) {
    return refuse(*connection, possible.error());
  }
  const engine::IdentifyViewer claim{*introduction.hello.previously, introduction.hello.viewer,
                                     engine::IdentifiedBy::viewer};
  runtime::Loop* loop = shards_[connection->shard];
  engine_.identify_viewer(claim, [this, loop, connection](const Result<domain::ViewerLink>& identified) {
    events_.on_identified(*connection, identified);
    loop->post([this, connection, identified] {
      if (!connection->open()) return;
      if (!identified.ok()) {
        connection->introduction.hello.previously.reset();
        connection->send_text(codec::write_error(identified.error(), false));
        if (!connection->open()) return;
      }
      open_session(connection);
    });
  });
}

void Edge::open_session(const ConnectionPtr& connection) {
  connection->introducing = true;
  connection->event = events_.event_of(connection->introduction.hello.content);
  const auto session = engine_.shard(connection->shard).introduce(connection.get(), connection->introduction);
  connection->introducing = false;
  if (!session.ok()) return refuse(*connection, session.error());
  connection->session = *session;
}

void Edge::refuse(Connection& connection, const Error& error) {
  connection.send_text(codec::write_error(error, true));
  connection.drop();
}

}  // namespace matchcue::simulation
