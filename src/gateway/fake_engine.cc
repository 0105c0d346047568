// SPDX-License-Identifier: Apache-2.0
#include "gateway/fake_engine.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "base/check.h"

namespace matchcue::gateway {

namespace {

constexpr std::chrono::seconds kPatience{5};

std::string line_of(const std::string& viewer, const codec::ClientMessage& message) {
  struct Namer {
    std::string operator()(const codec::HelloMessage&) const { return " hello"; }
    std::string operator()(const codec::ClockMessage&) const { return " clock"; }
    std::string operator()(const codec::AckMessage& ack) const {
      return " ack " + std::to_string(ack.sequence.value());
    }
    std::string operator()(const codec::InteractionMessage& interaction) const {
      return " interaction " + interaction.id;
    }
    std::string operator()(const codec::TicketMessage&) const { return " ticket"; }
    std::string operator()(const codec::UnknownMessage& unknown) const { return " unknown " + unknown.type; }
  };
  return viewer + std::visit(Namer{}, message);
}

void send_to(engine::ViewerPeer& peer, std::string_view text, engine::FrameClass frame_class,
             domain::Sequence sequence) {
  std::string room(engine::kFrameHeadroom, '?');
  room.append(text).append(engine::kFrameTailroom, '?');
  peer.send({room.data() + engine::kFrameHeadroom, text.size(), frame_class, sequence});
}

}  // namespace

void Journal::add(std::string line) {
  const std::lock_guard lock(mutex_);
  lines_.push_back(std::move(line));
  changed_.notify_all();
}

bool Journal::wait_for(const std::string& line) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience,
                           [&] { return std::find(lines_.begin(), lines_.end(), line) != lines_.end(); });
}

std::size_t Journal::count(const std::string& line) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count(lines_.begin(), lines_.end(), line));
}

std::vector<std::string> Journal::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

Result<void> FakeShard::can_introduce(const engine::Introduction& introduction) const {
  CHECK(loop->on_loop_thread());
  const codec::HelloMessage& hello = introduction.hello;
  if (introduction.route == engine::Route::native && hello.content.str() == "nowhere") {
    return not_found("unknown_content", "unknown content \"nowhere\"", "hello.content");
  }
  if (hello.viewer.str() == "full") return unavailable("shutting_down", "this server is shutting down");
  return {};
}

Result<engine::SessionKey> FakeShard::introduce(engine::ViewerPeer* peer, const engine::Introduction& introduction) {
  MCUE_TRY_VOID(can_introduce(introduction));
  const codec::HelloMessage& hello = introduction.hello;
  const bool native = introduction.route == engine::Route::native;
  for (auto& [key, session] : sessions_) {
    const codec::HelloMessage& other = session.introduction.hello;
    if (!native || other.viewer != hello.viewer || other.device != hello.device) continue;
    session.peer->close(engine::CloseReason::replaced);
    sessions_.erase(key);
    break;
  }
  const engine::SessionKey key = next_key_++;
  sessions_[key] = {peer, introduction};
  journal_.add("hello " + hello.viewer.str() + " on " + std::to_string(index_));
  if (hello.resume) {
    journal_.add("resume " + hello.resume->epoch + " " + std::to_string(hello.resume->sequence.value()));
  }
  if (native) {
    const std::string welcome = codec::write_welcome("s" + std::to_string(key), epoch_, domain::Sequence(7),
                                                     codec::Continuity::kept, 20, retry_);
    send_to(*peer, welcome, engine::FrameClass::control, domain::Sequence(7));
  }
  return key;
}

void FakeShard::receive(engine::SessionKey session, const codec::ClientMessage& message) {
  CHECK(loop->on_loop_thread());
  const auto found = sessions_.find(session);
  CHECK(found != sessions_.end(), session);
  journal_.add(line_of(found->second.introduction.hello.viewer.str(), message));
}

void FakeShard::describe_viewer(engine::SessionKey key, const domain::Values& attributes) {
  CHECK(loop->on_loop_thread());
  for (const auto& [name, value] : attributes) {
    journal_.add(sessions_.at(key).introduction.hello.viewer.str() + " is " + name + "=" + domain::to_text(value));
  }
}

void FakeShard::disconnect(engine::SessionKey session) {
  CHECK(loop->on_loop_thread());
  const auto found = sessions_.find(session);
  CHECK(found != sessions_.end(), session);
  journal_.add("bye " + found->second.introduction.hello.viewer.str());
  sessions_.erase(found);
}

void FakeShard::push(domain::Sequence sequence, std::size_t bytes, engine::FrameClass frame_class) {
  CHECK(loop->on_loop_thread());
  std::string text = R"({"t":"slate","seq":)" + std::to_string(sequence.value()) + R"(,"x":")";
  text.resize(std::max(bytes, text.size() + 2) - 2, 'x');
  text += "\"}";
  for (const auto& [key, session] : sessions_) send_to(*session.peer, text, frame_class, sequence);
}

FakeEngine::FakeEngine(std::size_t shards) {
  for (std::size_t i = 0; i < shards; ++i) shards_.push_back(std::make_unique<FakeShard>(i, journal));
}

std::size_t FakeEngine::shard_of(const domain::ViewerId& viewer) const {
  const char last = viewer.str().back();
  return last >= '0' && last <= '9' ? static_cast<std::size_t>(last - '0') % shards_.size() : 0;
}

void FakeEngine::identify_viewer(engine::IdentifyViewer request, engine::Reply<domain::ViewerLink> reply) {
  CHECK(request.by == engine::IdentifiedBy::viewer);
  journal.add("identify " + request.anonymous.str() + " as " + request.viewer.str());
  if (request.anonymous.str() == "taken") {
    return reply(
        Error{ErrorKind::conflict, "already_identified", "viewer \"taken\" was identified as \"v2\"", "viewer"});
  }
  reply(domain::ViewerLink{1, request.anonymous, request.viewer, domain::no_traits(), {}});
}

void FakeEngine::record_interaction(codec::PostedInteraction posted, engine::Reply<engine::FeedbackReceipt> reply) {
  journal.add("posted " + posted.viewer.str() + " " + posted.interaction.id);
  const std::lock_guard lock(mutex_);
  unanswered_.push_back(std::move(reply));
  asked_.notify_all();
}

void FakeEngine::answer_interaction(const Result<engine::FeedbackReceipt>& receipt) {
  engine::Reply<engine::FeedbackReceipt> reply;
  {
    std::unique_lock lock(mutex_);
    CHECK(asked_.wait_for(lock, kPatience, [this] { return !unanswered_.empty(); }));
    reply = std::move(unanswered_.front());
    unanswered_.pop_front();
  }
  reply(receipt);
}

void FakeEngine::refuse() {
  CHECK(false, "the viewers' edge asked for what is not its business");
  std::abort();
}

}  // namespace matchcue::gateway
