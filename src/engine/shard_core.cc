// SPDX-License-Identifier: Apache-2.0
#include "engine/shard_core.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include <algorithm>
#include <cstring>
#include <map>

namespace matchcue::engine {

using domain::Change;
using domain::ChangeKind;
using domain::Choice;
using domain::CueId;
using domain::DecisionBatch;
using domain::DecisionId;
using domain::EventId;
using domain::kNoItem;
using domain::OverrideAction;
using domain::Sequence;

namespace {

/// How many of the newest changes may still wait unrevealed at a viewer whose picture is behind.
constexpr std::size_t kUnrevealedChangesMax = 8;

/// Of a decision that was lost with the last process, every cue that may be on the screen and is not to be: a cue that
/// never was there does no harm.
void add_lost_cues(const DecisionId& decision, const domain::Catalogue& catalogue, const Change& change,
                   std::vector<CueId>& cues) {
  const auto blocked = change.override_ ? catalogue.find_item(change.override_->item) : std::nullopt;
  for (std::size_t slot = 0; slot < catalogue.slots().size(); ++slot) {
    if (!change.override_ || (blocked && catalogue.slot_of(*blocked) == slot)) cues.push_back({decision, slot});
  }
}

/// A decision in people's words.
ViewerView::Slate slate_of(const DecidedChange& decided, const DecidedRow& row, const domain::ViewerId& viewer) {
  const Change& change = decided.change();
  ViewerView::Slate slate{{change.event, change.sequence, viewer}, change.moment, change.at, {}};
  const std::span<const Choice> choices = row.choices();
  for (std::size_t slot = 0; slot < choices.size(); ++slot) {
    if (choices[slot].item == kNoItem) continue;
    const domain::Item& item = decided.catalogue().items()[choices[slot].item];
    slate.cues.push_back({slot, item.slot, item.id, item.label, choices[slot].propensity, {}});
  }
  return slate;
}

}  // namespace

/// The walk over an event's viewers for one change.
struct ShardCore::Walk {
  EventEntry& entry;
  const DecidedChange& decided;
  ChangeDecider& decider;
  const ChangeMessage& message;
  std::shared_ptr<DecisionBatch> batch;
  std::size_t slates = 0;
  std::size_t cues = 0;
};

ShardCore::ShardCore(const Options& options, std::string epoch, ShardPort& port, const Clock& clock,
                     metrics::Metrics& metrics)
    : options_(options), epoch_(std::move(epoch)), port_(port), clock_(clock), metrics_(metrics) {}

ShardCore::EventEntry& ShardCore::entry_of(const EventId& event) {
  const Milliseconds age_max = std::max(options_.ring_age_max, options_.resume_window);
  return events_.try_emplace(event, options_.ring_changes_max, age_max).first->second;
}

ChangeDecider& ShardCore::decider_of(EventEntry& entry) {
  if (!entry.decider) {
    const DecidedChange& newest = *entry.ring.newest();
    entry.decider.emplace(newest.change(), entry.circumstances, newest.renderer().catalogue(), version_,
                          options_.decide);
  }
  return *entry.decider;
}

void ShardCore::serve(RenderedCataloguePtr catalogue, scoring::SolutionVersionPtr version) {
  if (catalogue_ && catalogue_ != catalogue) {
    const domain::Catalogue& before = catalogue_->catalogue();
    const domain::Catalogue& after = catalogue->catalogue();
    sessions_.for_each([&](Session& session) {
      auto screen = session.screen;
      session.screen.fill(kNoItem);
      for (const std::uint16_t item : screen) {
        if (item == kNoItem) continue;
        const auto now = after.find_item(before.items()[item].id);
        if (now) session.screen[after.slot_of(*now)] = static_cast<std::uint16_t>(*now);
      }
    });
  }
  catalogue_ = std::move(catalogue);
  version_ = std::move(version);
}

void ShardCore::restore(RestoredEvent restored) {
  EventEntry& entry = entry_of(restored.event.id);
  entry.sequence = restored.event.sequence;
  entry.ring.set_dropped(entry.sequence);
  for (const domain::ContentId& content : restored.event.contents) contents_[content] = restored.event.id;
  for (RestoredEvent::Decisions& decisions : restored.decisions) {
    DecidedChange* decided = entry.ring.find(decisions.change->sequence);
    if (decided == nullptr) {
      if (entry.ring.changes().empty()) {
        const std::uint64_t taken = decisions.change->retracts() ? 2 : 1;
        entry.ring.set_dropped(Sequence(decisions.change->sequence.value() - taken));
      }
      decided = &entry.ring.push(
          DecidedChange(decisions.change, decisions.catalogue, options_.slate_lifetime, clock_.steady()));
      decided->set_corrected(std::move(decisions.corrected));
      decided->set_may_lack_rows();
    }
    decided->add(std::move(decisions.batch));
  }
  if (!restored.newest || !catalogue_ || !version_) return;
  entry.circumstances = std::move(restored.newest->circumstances);
  // The newest change is what latecomers are shown, even when nobody was there to be decided for.
  DecidedChange* newest = entry.ring.newest();
  if (newest == nullptr || newest->change().sequence != restored.newest->change->sequence) {
    newest =
        &entry.ring.push(DecidedChange(restored.newest->change, catalogue_, options_.slate_lifetime, clock_.steady()));
    newest->set_corrected(std::move(restored.newest->corrected));
    newest->set_may_lack_rows();
  }
}

void ShardCore::map_content(const domain::ContentId& content, const EventId& event) {
  contents_[content] = event;
  entry_of(event);
  std::vector<Session*> unbound;
  for (Session* session : sessions_.room(EventId())) {
    if (session != nullptr && session->content == content) unbound.push_back(session);
  }
  for (Session* session : unbound) sessions_.move(*session, event);
}

void ShardCore::update_viewer(const domain::Viewer& viewer) {
  if (auto* record = sessions_.find_viewer(viewer.id)) {
    record->traits = traits_of(viewer, *record);
  }
}

void ShardCore::on_change(const ChangeMessage& message) {
  const Change& change = *message.change;
  EventEntry& entry = entry_of(change.event);
  flush_late(entry);
  entry.sequence = change.sequence;
  entry.circumstances = message.circumstances;
  entry.decider.reset();
  if (!catalogue_ || !version_) return;
  // An adjustment is decided by what decided for the moment: what it does not touch draws what it drew.
  if (!change.adjusts() || entry.moment_version == nullptr) entry.moment_version = version_;
  DecidedChange& decided =
      entry.ring.push(DecidedChange(message.change, catalogue_, options_.slate_lifetime, clock_.steady()));
  decided.set_corrected(message.corrected);
  ChangeDecider& decider =
      entry.decider.emplace(change, entry.circumstances, catalogue_, entry.moment_version, options_.decide);
  Walk walk{entry, decided, decider, message, std::make_shared<DecisionBatch>()};
  walk.batch->header = decider.header();
  const std::size_t rows = sessions_.room(change.event).size() + sessions_.room(EventId()).size();
  walk.batch->viewers.reserve(rows);
  walk.batch->traits.reserve(rows);
  walk.batch->choices.reserve(rows * decider.header().slots.size());
  choices_.resize(decider.header().slots.size());
  walk_room(walk, change.event);
  walk_room(walk, EventId());
  if (walk.batch->rows() > 0) {
    decided.add(walk.batch);
    port_.log(walk.batch);
  }
  entry.slates += walk.slates;
  if (walk.slates == 0) return;
  const decide::ExplorationTally& tally = decider.decider().exploration();
  if (tally.draws > 0) metrics_.exploration_share().Set(tally.explored / static_cast<double>(tally.draws));
  const std::chrono::duration<double> taken = clock_.steady() - message.accepted;
  entry.last_push_ms = taken.count() * 1e3;
  entry.pushes.push_back({change.sequence, change.at, *entry.last_push_ms, walk.slates});
  if (entry.pushes.size() > kPushesMax) entry.pushes.pop_front();
  metrics_.moment_to_screen("write").Observe(taken.count());
  metrics_.cues("slate", "pushed").Increment(static_cast<double>(walk.cues));
  metrics_.decisions().Increment(static_cast<double>(walk.batch->rows()));
}

void ShardCore::walk_room(Walk& walk, const EventId& room) {
  for (Session* session : sessions_.room(room)) {
    if (session != nullptr) decide_for(walk, *session);
  }
}

void ShardCore::decide_for(Walk& walk, Session& session) {
  const Change& change = *walk.message.change;
  const domain::Catalogue& catalogue = walk.decided.catalogue();
  const auto& viewer = *session.viewer;
  const std::size_t slots = choices_.size();
  if (session.sample_route && change.first) return;  // the sample pushes nothing on an INSERT
  if (change.retracts()) retract_from(session, walk.entry, walk.decided);
  const domain::PastItemsPtr past = past_for(walk.decider, *session.viewer);
  walk.decider.decider().draw(viewer.id.str(), *viewer.traits, choices_.data(), *past);
  const auto same_item = [&](std::size_t slot) {
    const std::uint16_t shown = session.screen[slot];
    const std::uint16_t item = choices_[slot].item;
    return shown == item || (shown == kNoItem && is_dismissed(session, change, catalogue.items()[item].id));
  };
  if (change.adjusts()) {
    bool unchanged = true;
    for (std::size_t slot = 0; slot < slots; ++slot) unchanged = unchanged && same_item(slot);
    if (unchanged) return;  // nothing on this screen is touched: no new slate
  }
  // A viewer's second device shares the first one's decision: the draw is the same, and is logged once.
  const auto& devices = viewer.sessions;
  const auto logged = std::find_if(devices.begin(), devices.end(), [&](const Session* device) {
    return device->row < walk.batch->rows() && walk.batch->viewers[device->row] == viewer.id;
  });
  if (logged != devices.end()) {
    session.row = (*logged)->row;
  } else {
    session.row = static_cast<std::uint32_t>(walk.batch->rows());
    walk.batch->viewers.push_back(viewer.id);
    walk.batch->traits.push_back(viewer.traits);
    if (!past->empty()) walk.batch->past.push_back(past);
    walk.batch->choices.insert(walk.batch->choices.end(), choices_.begin(), choices_.end());
  }
  if (session.sample_route) {
    push_sample(session, walk.decided, walk.decider.decider(), choices_);
  } else {
    push_slate(session, walk.decided,
               viewer.dismissed == nullptr ? choices_ : still_eligible(session, walk.decided, choices_));
  }
  if (session.peer == nullptr) return;
  ++walk.slates;
  walk.cues += static_cast<std::size_t>(
      std::count_if(choices_.begin(), choices_.end(), [](const Choice& choice) { return choice.item != kNoItem; }));
}

domain::PastItemsPtr ShardCore::past_for(ChangeDecider& decider, audience::Viewer<ViewerPeer>& viewer) {
  if (decider.decider().past_questions() == 0) return domain::no_past();
  // Of somebody who goes on under the id from before, another shard may know more.
  if (viewer.past == nullptr || viewer.identified_as != nullptr)
    viewer.past = std::make_unique<domain::ViewerPast>(port_.load_past(viewer.id));
  return decider.answer(*viewer.past);
}

void ShardCore::remember_act(const domain::ViewerId& viewer, domain::FeedbackKind kind, const domain::ItemId& item) {
  if (kind == domain::FeedbackKind::impression) return;
  auto* record = sessions_.find_viewer(viewer);
  if (record != nullptr && record->past != nullptr) record->past->add(to_string(kind), item);
  forget_past_of_identity(viewer);
}

bool ShardCore::is_dismissed(const Session& session, const Change& change, const domain::ItemId& item) {
  const auto& dismissed = session.viewer->dismissed;
  if (dismissed == nullptr) return false;
  const audience::Dismissed wanted{change.event, change.moment, item};
  return std::find(dismissed->begin(), dismissed->end(), wanted) != dismissed->end();
}

void ShardCore::remember_dismissal(const domain::ViewerId& viewer, audience::Dismissed dismissed) {
  auto* record = sessions_.find_viewer(viewer);
  if (record == nullptr) return;
  if (record->dismissed == nullptr) record->dismissed = std::make_unique<std::vector<audience::Dismissed>>();
  auto& all = *record->dismissed;
  if (std::find(all.begin(), all.end(), dismissed) != all.end()) return;
  if (all.size() >= audience::kDismissedMax) all.erase(all.begin());
  all.push_back(std::move(dismissed));
}

void ShardCore::forget_past_of_identity(const domain::ViewerId& viewer) {
  const auto* record = sessions_.find_viewer(viewer);
  if (record == nullptr) {
    if (const auto identity = port_.find_identity(viewer)) port_.forget_past(*identity);
  } else if (record->identified_as != nullptr) {
    port_.forget_past(*record->identified_as);
  }
}

void ShardCore::identify(const domain::ViewerLink& link) {
  forget_past(link.viewer);
  if (auto* record = sessions_.find_viewer(link.anonymous)) {
    record->identified_as = std::make_unique<domain::ViewerId>(link.viewer);
  }
}

void ShardCore::erase_viewer(const domain::ViewerId& viewer) {
  if (const auto* record = sessions_.find_viewer(viewer)) {
    const auto theirs = record->sessions;  // the record goes with the last of them
    for (Session* session : theirs) {
      if (session->peer != nullptr) session->peer->close(CloseReason::replaced);
      sessions_.close(*session);
    }
  }
  flush();
  for (auto& [id, entry] : events_) {
    for (DecidedChange& decided : entry.ring.changes()) decided.forget(viewer);
  }
}

void ShardCore::forget_past(const domain::ViewerId& viewer) {
  if (auto* record = sessions_.find_viewer(viewer)) record->past.reset();
}

void ShardCore::remember_screen(Session& session, std::span<const Choice> choices) {
  for (std::size_t slot = 0; slot < choices.size(); ++slot) session.screen[slot] = choices[slot].item;
}

void ShardCore::push_slate(Session& session, const DecidedChange& decided, std::span<const Choice> choices) {
  remember_screen(session, choices);
  if (session.peer == nullptr) return;
  session.sent = decided.change().sequence;
  session.peer->send(decided.renderer().slate(session.viewer->id, choices.data(), scratch_));
}

void ShardCore::push_sample(Session& session, const DecidedChange& decided, const decide::Decider& decider,
                            std::span<const Choice> choices) {
  remember_screen(session, choices);
  if (session.peer == nullptr) return;
  const OutFrame frame =
      decided.renderer().sample_push(choices.data(), decider, static_cast<std::size_t>(options_.num_results), scratch_);
  if (frame.size > 0) session.peer->send(frame);
}

void ShardCore::retract_from(Session& session, EventEntry& entry, const DecidedChange& decided) {
  if (session.sample_route || session.peer == nullptr) return;
  const Change& change = decided.change();
  const auto cues = cues_to_retract(session, entry, decided);
  if (cues.empty()) return;
  const std::string reason = change.reason.empty() ? std::string(to_string(change.kind)) : change.reason;
  send_text(session, write_retract(change.retract_sequence(), cues, reason), FrameClass::retract,
            change.retract_sequence());
  metrics_.cues("slate", "retracted").Increment(static_cast<double>(cues.size()));
}

std::vector<CueId> ShardCore::cues_to_retract(const Session& session, EventEntry& entry,
                                              const DecidedChange& retracting) {
  const Change& change = retracting.change();
  std::vector<CueId> cues;
  for (const Sequence wrong : retracting.corrected()) {
    if (entry.ring.find(wrong) != nullptr) continue;
    add_lost_cues({change.event, wrong, session.viewer->id}, catalogue_->catalogue(), change, cues);
  }
  auto& changes = entry.ring.changes();
  std::size_t passed = 0;
  for (auto decided = changes.rbegin(); decided != changes.rend(); ++decided) {
    if (decided->change().sequence >= change.sequence) continue;
    const bool correction = change.kind == ChangeKind::correction;
    if (!correction && ++passed > kUnrevealedChangesMax) break;
    if (correction && decided->change().moment != *change.corrects) continue;
    const auto row = decided->find(session.viewer->id, session.row);
    const domain::Catalogue& catalogue = decided->catalogue();
    const DecisionId decision{change.event, decided->change().sequence, session.viewer->id};
    if (!row && decided->may_lack_rows()) {
      add_lost_cues(decision, catalogue, change, cues);
      continue;
    }
    if (!row) continue;
    const std::span<const Choice> choices = row->choices();
    for (std::size_t slot = 0; slot < choices.size(); ++slot) {
      if (choices[slot].item == kNoItem) continue;
      if (!correction && catalogue.items()[choices[slot].item].id != change.override_->item) continue;
      cues.push_back({decision, slot});
    }
  }
  return cues;
}

void ShardCore::send_text(Session& session, std::string_view text, FrameClass frame_class, Sequence sequence) {
  if (session.peer == nullptr) return;
  char* at = scratch_.reserve(text.size());
  std::memcpy(at, text.data(), text.size());
  if (sequence > session.sent) session.sent = sequence;
  session.peer->send(scratch_.finish(at + text.size(), frame_class, sequence));
}

void ShardCore::receive(SessionKey key, const codec::ClientMessage& message) {
  Session* session = sessions_.find(key);
  if (session == nullptr) return;
  if (const auto* ack = std::get_if<codec::AckMessage>(&message)) {
    const Sequence acknowledged = std::min(ack->sequence, session->sent);
    if (acknowledged <= session->acknowledged) return;
    session->acknowledged = acknowledged;
    metrics_.cues("slate", "acknowledged").Increment();
  } else if (const auto* interaction = std::get_if<codec::InteractionMessage>(&message)) {
    receive_interaction(*session, *interaction);
  }
  // clock: the client reveals by its own playhead; hello: the gateway introduces it anew; unknown: ignored.
}

void ShardCore::receive_interaction(Session& session, const codec::InteractionMessage& interaction) {
  feedback::Report report{interaction.id,   session.viewer->id, interaction.cue,
                          interaction.kind, interaction.value,  clock_.wall()};
  this->report(std::move(report), [this, key = session.key, id = interaction.id](const Result<FeedbackReceipt>& done) {
    Session* still = sessions_.find(key);
    if (still == nullptr) return;
    send_text(*still, done.ok() ? codec::write_interaction_ack(id) : codec::write_error(done.error(), false, id),
              FrameClass::control, Sequence(0));
  });
}

void ShardCore::report(feedback::Report report, FeedbackDone reporter) {
  FeedbackDone done = [this, reporter = std::move(reporter)](const Result<FeedbackReceipt>& receipt) {
    metrics_.feedback(!receipt.ok() ? "refused" : receipt->repeated ? "repeated" : "stored").Increment();
    reporter(receipt);
  };
  const domain::ViewerId& decided_for = report.cue.decision.viewer;
  const auto identity = decided_for == report.viewer ? std::nullopt : port_.find_identity(decided_for);
  if (const auto checked = feedback::check_report(report, identity); !checked.ok()) {
    done(checked.error());
    return;
  }
  const auto known = events_.find(report.cue.decision.event);
  if (known == events_.end() || report.cue.decision.sequence > known->second.sequence) {
    done(not_found("unknown_cue", "unknown cue \"" + to_string(report.cue) + "\"", "cue"));
    return;
  }
  EventEntry& entry = known->second;
  flush_late(entry);
  DecidedChange* decided = entry.ring.find(report.cue.decision.sequence);
  const auto found = decided == nullptr ? std::nullopt : decided->find(decided_for, kNoItem);
  if (!found) {
    const domain::ViewerId viewer = report.viewer;
    port_.find_and_store(std::move(report),
                         [this, viewer, done = std::move(done)](const Result<FeedbackReceipt>& receipt) {
                           forget_past(viewer);  // what it was about is known to the store only
                           forget_past_of_identity(viewer);
                           done(receipt);
                         });
    return;
  }
  const feedback::DecisionRow row{found->header(), found->choices(), found->traits(), decided->catalogue()};
  domain::Feedback feedback = feedback::attribute(std::move(report), &row);
  FeedbackDone remember = [this, viewer = feedback.viewer, kind = feedback.kind, item = feedback.item,
                           event = decided->change().event, moment = decided->change().moment,
                           done = std::move(done)](const Result<FeedbackReceipt>& receipt) {
    if (receipt.ok() && !receipt->repeated && receipt->attributed) {
      remember_act(viewer, kind, item);
      if (kind == domain::FeedbackKind::dismiss) remember_dismissal(viewer, {event, moment, item});
    }
    done(receipt);
  };
  port_.store(std::move(feedback), std::move(remember));
}

void ShardCore::add_to(AudienceView& view, const EventId& event) const {
  const auto known = events_.find(event);
  if (known == events_.end()) return;
  static const domain::Catalogue kNoCatalogue(0, {});
  const domain::Catalogue& catalogue = catalogue_ ? catalogue_->catalogue() : kNoCatalogue;
  const DecidedChange* newest = known->second.ring.newest();
  std::vector<std::uint64_t> shown(catalogue.items().size());
  for (const EventId& room : {event, EventId()}) {
    for (const Session* session : sessions_.room(room)) {
      if (session == nullptr) continue;
      ++view.sessions;
      if (session->peer == nullptr) continue;
      ++view.connections;
      for (const std::uint16_t item : session->screen) {
        if (item == kNoItem) continue;
        const bool gone = newest != nullptr && is_dismissed(*session, newest->change(), catalogue.items()[item].id);
        if (!gone) ++shown[item];
      }
    }
  }
  for (std::size_t item = 0; item < shown.size(); ++item) {
    if (shown[item] == 0) continue;
    view.on_screen.push_back({catalogue.slots()[catalogue.slot_of(item)], catalogue.items()[item].id, shown[item]});
  }
  view.slates += known->second.slates;
  view.last_sequence = std::max(view.last_sequence, known->second.sequence);
  if (known->second.decider) {
    const decide::ExplorationTally& tally = known->second.decider->decider().exploration();
    view.exploration.explored += tally.explored;
    view.exploration.draws += tally.draws;
  }
  view.pushes.insert(view.pushes.end(), known->second.pushes.begin(), known->second.pushes.end());
  if (const auto ms = known->second.last_push_ms) view.last_push_ms = std::max(view.last_push_ms.value_or(0), *ms);
}

void ShardCore::add_to(ViewerView& view, const domain::ViewerId& viewer) {
  if (const auto* record = sessions_.find_viewer(viewer)) {
    for (const Session* session : record->sessions) view.connected = view.connected || session->peer != nullptr;
  }
  for (auto& [event, entry] : events_) {
    flush_late(entry);
    for (DecidedChange& decided : entry.ring.changes()) {
      const auto row = decided.find(viewer, kNoItem);
      if (!row) continue;
      view.recent.push_back({event, decided.change().sequence, viewer});
      view.slates.push_back(slate_of(decided, *row, viewer));
    }
  }
  std::stable_sort(view.slates.begin(), view.slates.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  if (view.slates.size() > kSlatesMax) view.slates.erase(view.slates.begin(), view.slates.end() - kSlatesMax);
}

void ShardCore::tick() {
  flush();
  sessions_.close_disconnected_before(clock_.steady() - options_.resume_window);
}

void ShardCore::flush() {
  for (auto& [event, entry] : events_) flush_late(entry);
}

}  // namespace matchcue::engine
