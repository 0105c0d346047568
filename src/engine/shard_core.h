#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The engine's half of one loop: its viewers' sessions, the walk over them at each change, resume, and feedback.
// No socket, clock or store: peers, a port and a clock are given.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "audience/session_table.h"
#include "audience/traits_table.h"
#include "base/clock.h"
#include "engine/change_decider.h"
#include "engine/decision_ring.h"
#include "engine/engine.h"
#include "engine/options.h"
#include "engine/viewer_peer.h"
#include "feedback/attribution.h"
#include "metrics/metrics.h"

namespace matchcue::engine {

using FeedbackDone = std::function<void(Result<FeedbackReceipt>)>;

/// What a shard needs from the world. Calls come from the shard's thread and return at once.
class ShardPort {
 public:
  virtual ~ShardPort() = default;
  /// Logs decisions, before any feedback that is stored later through this port.
  virtual void log(std::shared_ptr<const domain::DecisionBatch> batch) = 0;
  /// Stores joined feedback; `done` runs on the shard's thread when it is durable.
  virtual void store(domain::Feedback feedback, FeedbackDone done) = 0;
  /// Joins to a decision that the shard does not hold any more, then stores.
  virtual void find_and_store(feedback::Report report, FeedbackDone done) = 0;
  /// The viewer's catalogue row. Reads; takes tens of microseconds.
  virtual std::optional<domain::Viewer> load_viewer(const domain::ViewerId& viewer) = 0;
  /// A logged decision; nothing when there is none that can be read. Reads; takes tens of microseconds.
  virtual std::optional<domain::Decision> find_decision(const domain::DecisionId& id) = 0;
  /// What the viewer did before, under all their ids. Reads; takes some 10 us and about 1 us an act.
  virtual domain::ViewerPast load_past(const domain::ViewerId& viewer) = 0;
  /// Whom this viewer was identified as; nothing when they were not. Reads; takes a few microseconds.
  virtual std::optional<domain::ViewerId> find_identity(const domain::ViewerId& viewer) = 0;
  /// Has the past of a viewer, on whichever shard, read again when it is next needed.
  virtual void forget_past(const domain::ViewerId& viewer) = 0;
};

/// A change on its way to the viewers.
struct ChangeMessage {
  domain::ChangePtr change;
  domain::Circumstances circumstances;
  SteadyTime accepted;
  std::vector<domain::Sequence> corrected = {};  ///< correction: the changes that showed what was wrong
};

/// An event as it was when the process started, with what was decided then for this shard's viewers.
struct RestoredEvent {
  domain::LiveEvent event;
  struct Decisions {
    domain::ChangePtr change;
    RenderedCataloguePtr catalogue;  ///< of the batch's version
    std::shared_ptr<const domain::DecisionBatch> batch;
    std::vector<domain::Sequence> corrected = {};  ///< as in ChangeMessage
  };
  std::vector<Decisions> decisions;  ///< in sequence order; every change after the first of them has an entry
  std::optional<ChangeMessage> newest;
};

/// One per shard, on its thread.
class ShardCore final : public ShardEngine {
 public:
  ShardCore(const Options& options, std::string epoch, ShardPort& port, const Clock& clock, metrics::Metrics& metrics);

  // From control, in order.
  void serve(RenderedCataloguePtr catalogue, scoring::SolutionVersionPtr version);
  void restore(RestoredEvent restored);
  void map_content(const domain::ContentId& content, const domain::EventId& event);
  void update_viewer(const domain::Viewer& viewer);
  /// Interactions of this viewer were stored: what is known of their past is read again when a filter next asks.
  void forget_past(const domain::ViewerId& viewer);
  /// An anonymous viewer turned out to be another. Their sessions go on; the two have one past.
  void identify(const domain::ViewerLink& link);
  /// Ends this viewer's sessions, logs what is still to be logged, and forgets them.
  void erase_viewer(const domain::ViewerId& viewer);
  /// The walk: decides for each of this shard's viewers of the event, and pushes.
  void on_change(const ChangeMessage& message);

  // From the gateway.
  Result<void> can_introduce(const Introduction& introduction) const override;
  Result<SessionKey> introduce(ViewerPeer* peer, const Introduction& introduction) override;
  void receive(SessionKey session, const codec::ClientMessage& message) override;
  void describe_viewer(SessionKey session, const domain::Values& attributes) override;
  void disconnect(SessionKey session) override;
  const codec::RetryAdvice& retry() const override { return options_.retry; }
  const std::string& epoch() const override { return epoch_; }

  /// Feedback that came by HTTP. `done` runs on this thread.
  void report(feedback::Report report, FeedbackDone done);
  void add_to(AudienceView& view, const domain::EventId& event) const;
  void add_to(ViewerView& view, const domain::ViewerId& viewer);
  /// Ends sessions whose resume window is over and logs late decisions. Every 100 ms or so.
  void tick();
  /// Logs what is not logged yet.
  void flush();

 private:
  using Table = audience::SessionTable<ViewerPeer>;
  using Session = Table::SessionType;

  /// What a shard knows of one live event.
  struct EventEntry {
    EventEntry(std::size_t changes_max, Milliseconds age_max) : ring(changes_max, age_max) {}
    DecisionRing ring;
    domain::Sequence sequence;                    ///< of the newest change
    domain::Circumstances circumstances;          ///< of that change
    std::optional<ChangeDecider> decider;         ///< of it; after a restart nothing until somebody comes late
    scoring::SolutionVersionPtr moment_version;   ///< decided for the moment being shown; null after a restart
    std::shared_ptr<domain::DecisionBatch> late;  ///< decisions for latecomers, not logged yet
    std::uint64_t slates = 0;
    std::optional<double> last_push_ms;
    std::deque<AudienceView::Push> pushes;  ///< at most kPushesMax
  };
  /// One walk over one room.
  struct Walk;

  EventEntry& entry_of(const domain::EventId& event);
  /// What decides for the newest change of the ring, which is not empty. After a restart it is made here, with the
  /// solution version that is served now.
  ChangeDecider& decider_of(EventEntry& entry);
  void walk_room(Walk& walk, const domain::EventId& room);
  void decide_for(Walk& walk, Session& session);
  /// What the filters in force need to know of a viewer's past, which is read when it is not known yet.
  domain::PastItemsPtr past_for(ChangeDecider& decider, audience::Viewer<ViewerPeer>& viewer);
  static void remember_screen(Session& session, std::span<const domain::Choice> choices);
  /// What of a decision may still be shown: the viewer or an item may be another than when it was made, and the viewer
  /// may have dismissed an item. Valid until the next call.
  std::span<const domain::Choice> still_eligible(const Session& session, const DecidedChange& decided,
                                                 std::span<const domain::Choice> choices);
  void push_slate(Session& session, const DecidedChange& decided, std::span<const domain::Choice> choices);
  void push_sample(Session& session, const DecidedChange& decided, const decide::Decider& decider,
                   std::span<const domain::Choice> choices);
  void retract_from(Session& session, EventEntry& entry, const DecidedChange& decided);
  std::vector<domain::CueId> cues_to_retract(const Session& session, EventEntry& entry, const DecidedChange& decided);

  // Resume (shard_resume.cc).
  Session* find_session(const Introduction& introduction);
  /// What decisions know of a viewer: the catalogue's row, and over it what their ticket says.
  domain::TraitsPtr traits_of(const std::optional<domain::Viewer>& row, const audience::Viewer<ViewerPeer>& record);
  Session& open_session(const Introduction& introduction, const domain::EventId& event);
  bool can_resume(Session& session, EventEntry& entry, const codec::ResumePoint& resume, bool had_session);
  void replay(Session& session, EventEntry& entry, domain::Sequence after);
  void show_current(Session& session, EventEntry& entry);
  DecidedRow decide_late(Session& session, EventEntry& entry);
  /// A decision from before the process began that was not loaded with the ring, and can be shown.
  std::optional<DecidedRow> recall(DecidedChange& decided, const Session& session);
  void flush_late(EventEntry& entry);
  /// From now on latecomers of the newest change are decided for by what is served now.
  void renew_decider(EventEntry& entry);
  /// This viewer's decision for a change, logged or about to be.
  static std::optional<DecidedRow> find_row(const EventEntry& entry, DecidedChange& decided, const Session& session);

  /// Whether the viewer took this item off their screen at the moment that the change shows.
  static bool is_dismissed(const Session& session, const domain::Change& change, const domain::ItemId& item);
  void remember_dismissal(const domain::ViewerId& viewer, audience::Dismissed dismissed);
  /// Adds what a viewer just did to what is known of their past, also where they are known by another id; impressions
  /// are no acts.
  void remember_act(const domain::ViewerId& viewer, domain::FeedbackKind kind, const domain::ItemId& item);
  void forget_past_of_identity(const domain::ViewerId& viewer);
  void receive_interaction(Session& session, const codec::InteractionMessage& interaction);
  void send_text(Session& session, std::string_view text, FrameClass frame_class, domain::Sequence sequence);

  Options options_;
  std::string epoch_;
  ShardPort& port_;
  const Clock& clock_;
  metrics::Metrics& metrics_;
  RenderedCataloguePtr catalogue_;
  scoring::SolutionVersionPtr version_;
  Table sessions_;
  audience::TraitsTable traits_;
  std::unordered_map<domain::EventId, EventEntry> events_;
  std::unordered_map<domain::ContentId, domain::EventId> contents_;
  FrameScratch scratch_;
  std::vector<domain::Choice> choices_;
  std::vector<domain::Choice> shown_;  ///< scratch of still_eligible()
};

}  // namespace matchcue::engine
