#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The sessions of one shard: who is watching which live event, over which connection, since when, and what is on
// their screen.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/time.h"
#include "domain/decision.h"
#include "domain/ids.h"

namespace matchcue::audience {

/// Most slots of a slate that a session remembers.
constexpr std::size_t kScreenSlotsMax = 16;

/// Most dismissals that are remembered of a viewer; the oldest makes room.
constexpr std::size_t kDismissedMax = 16;

template <typename Peer>
struct Session;

/// An item that a viewer took off their screen: for this moment it does not come back.
struct Dismissed {
  domain::EventId event;
  domain::Sequence moment;
  domain::ItemId item;

  friend bool operator==(const Dismissed&, const Dismissed&) = default;
};

/// A viewer whom this shard owns: one record however many devices they watch on.
template <typename Peer>
struct Viewer {
  domain::ViewerId id;
  domain::TraitsPtr traits = domain::no_traits();
  std::unique_ptr<domain::ViewerPast> past;           ///< null until a filter asks about it
  std::unique_ptr<domain::ViewerId> identified_as;    ///< who they turned out to be; null mostly
  std::unique_ptr<domain::Values> attributes;         ///< that a ticket says, over the catalogue's; null mostly
  std::unique_ptr<std::vector<Dismissed>> dismissed;  ///< null mostly
  std::vector<Session<Peer>*> sessions;
};

/// A viewer's visit to one live event with one device. It outlives its connection by the resume window.
template <typename Peer>
struct Session {
  std::uint64_t key = 0;  ///< never reused
  Peer* peer = nullptr;   ///< null while disconnected
  Viewer<Peer>* viewer = nullptr;
  domain::EventId event;  ///< empty: all events (the sample route, content not mapped)
  domain::ContentId content;
  std::string device;
  bool sample_route = false;
  domain::Sequence sent;          ///< of the newest frame handed to a peer
  domain::Sequence acknowledged;  ///< by the client
  SteadyTime disconnected_at{};
  std::array<std::uint16_t, kScreenSlotsMax> screen;  ///< the newest slate: item indices, kNoItem where empty
  std::uint32_t row = 0;                              ///< this viewer's row in the newest decision batch: a hint
  std::size_t place = 0;                              ///< index in its room
};

/// Single shard. The sessions of an event stand in a dense array in the order they came, which is the order of their
/// sockets' memory: walking them in another order costs a third more.
///
/// Invariants: a session stands in exactly one room, at `place`; a room also holds tombstones (null), at most a quarter
/// of it; a Viewer exists while it has a session.
template <typename Peer>
class SessionTable {
 public:
  using SessionType = Session<Peer>;
  using ViewerType = Viewer<Peer>;
  using Room = std::vector<SessionType*>;

  /// Opens a session. `make_viewer()` fills the viewer's record when it is their first session. O(1).
  template <typename MakeViewer>
  SessionType& open(const domain::ViewerId& viewer, domain::EventId event, MakeViewer make_viewer) {
    std::unique_ptr<ViewerType>& record = viewers_[viewer];
    if (!record) {
      record = std::make_unique<ViewerType>(make_viewer());
      record->id = viewer;
    }
    const std::uint64_t key = next_key_++;
    SessionType& session = *(sessions_[key] = std::make_unique<SessionType>());
    session.key = key;
    session.viewer = record.get();
    session.event = std::move(event);
    session.screen.fill(domain::kNoItem);
    record->sessions.push_back(&session);
    enter(session);
    return session;
  }

  /// Ends a session. Amortised O(1).
  void close(SessionType& session) {
    leave(session);
    ViewerType& viewer = *session.viewer;
    std::erase(viewer.sessions, &session);
    if (viewer.sessions.empty()) viewers_.erase(domain::ViewerId(viewer.id));
    sessions_.erase(session.key);
  }

  /// Gives a session a new key, so that who held the old one has no say any more. O(1).
  std::uint64_t rekey(SessionType& session) {
    auto owner = sessions_.extract(session.key);
    session.key = next_key_++;
    owner.key() = session.key;
    sessions_.insert(std::move(owner));
    return session.key;
  }

  /// Moves a session to another event's room. Amortised O(1).
  void move(SessionType& session, domain::EventId event) {
    leave(session);
    session.event = std::move(event);
    enter(session);
  }

  SessionType* find(std::uint64_t key) const {
    const auto found = sessions_.find(key);
    return found == sessions_.end() ? nullptr : found->second.get();
  }
  ViewerType* find_viewer(const domain::ViewerId& viewer) const {
    const auto found = viewers_.find(viewer);
    return found == viewers_.end() ? nullptr : found->second.get();
  }

  /// An event's sessions in the order they came; null where one has gone.
  const Room& room(const domain::EventId& event) const {
    static const Room kNobody;
    const auto found = rooms_.find(event);
    return found == rooms_.end() ? kNobody : found->second.members;
  }

  /// Ends the sessions that were disconnected before `limit`. O(sessions).
  std::size_t close_disconnected_before(SteadyTime limit) {
    std::vector<SessionType*> expired;
    for (const auto& [key, session] : sessions_) {
      if (session->peer == nullptr && session->disconnected_at < limit) expired.push_back(session.get());
    }
    for (SessionType* session : expired) close(*session);
    return expired.size();
  }

  template <typename Visit>
  void for_each(Visit visit) const {
    for (const auto& [key, session] : sessions_) visit(*session);
  }
  std::size_t size() const { return sessions_.size(); }

 private:
  struct RoomEntry {
    Room members;
    std::size_t tombstones = 0;
  };

  void enter(SessionType& session) {
    Room& members = rooms_[session.event].members;
    session.place = members.size();
    members.push_back(&session);
  }

  void leave(SessionType& session) {
    const auto found = rooms_.find(session.event);
    RoomEntry& room = found->second;
    room.members[session.place] = nullptr;
    ++room.tombstones;
    if (room.tombstones * 4 <= room.members.size()) return;
    std::erase(room.members, nullptr);
    room.tombstones = 0;
    for (std::size_t place = 0; place < room.members.size(); ++place) room.members[place]->place = place;
    if (room.members.empty()) rooms_.erase(found);
  }

  std::uint64_t next_key_ = 1;
  std::unordered_map<std::uint64_t, std::unique_ptr<SessionType>> sessions_;
  std::unordered_map<domain::ViewerId, std::unique_ptr<ViewerType>> viewers_;
  std::unordered_map<domain::EventId, RoomEntry> rooms_;
};

}  // namespace matchcue::audience
