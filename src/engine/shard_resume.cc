// SPDX-License-Identifier: Apache-2.0
//
// How a viewer comes, and comes back: sessions are opened, found again, and shown what they missed.

#include "engine/shard_core.h"

#include <prometheus/counter.h>
#include <prometheus/histogram.h>

#include <algorithm>

namespace matchcue::engine {

using domain::Choice;
using domain::DecisionBatch;
using domain::EventId;
using domain::Sequence;

Result<void> ShardCore::can_introduce(const Introduction& introduction) const {
  if (!catalogue_ || !version_) return unavailable("starting", "not ready yet");
  const domain::ContentId& content = introduction.hello.content;
  if (introduction.route == Route::sample || contents_.contains(content)) return {};
  return not_found("unknown_content", "unknown content \"" + content.str() + "\"", "hello.content");
}

Result<SessionKey> ShardCore::introduce(ViewerPeer* peer, const Introduction& introduction) {
  MCUE_TRY_VOID(can_introduce(introduction));
  const auto content = contents_.find(introduction.hello.content);
  const EventId event = content == contents_.end() ? EventId() : content->second;
  if (introduction.route == Route::sample) {
    Session& session = open_session(introduction, event);
    session.peer = peer;
    return session.key;
  }
  Session* known = find_session(introduction);
  const bool had_session = known != nullptr && known->event == event;
  if (known != nullptr && !had_session) {
    sessions_.close(*known);
    known = nullptr;
  }
  Session& session = known != nullptr ? *known : open_session(introduction, event);
  if (session.peer != nullptr) session.peer->close(CloseReason::replaced);
  session.peer = peer;
  session.sent = Sequence(0);
  const SessionKey key = sessions_.rekey(session);
  describe_viewer(key, introduction.attributes);
  EventEntry& entry = entry_of(event);
  const auto& resume = introduction.hello.resume;
  const bool kept = resume && can_resume(session, entry, *resume, had_session);
  const DecidedChange* newest = entry.ring.newest();
  const Sequence start = kept                ? resume->sequence
                         : newest != nullptr ? Sequence(newest->change().sequence.value() - 1)
                                             : entry.sequence;
  const codec::Continuity continuity = resume && !kept ? codec::Continuity::lost : codec::Continuity::kept;
  send_text(session,
            codec::write_welcome(std::to_string(key), epoch_, start, continuity, options_.ping_s, options_.retry),
            FrameClass::control, Sequence(0));
  if (resume) metrics_.resume(kept ? "kept" : "lost").Increment();
  if (introduction.hello.previously) renew_decider(entry);
  if (kept) {
    replay(session, entry, resume->sequence);
  } else {
    show_current(session, entry);
  }
  return key;
}

ShardCore::Session* ShardCore::find_session(const Introduction& introduction) {
  const auto* viewer = sessions_.find_viewer(introduction.hello.viewer);
  if (viewer == nullptr) return nullptr;
  for (Session* session : viewer->sessions) {
    if (session->sample_route || session->content != introduction.hello.content) continue;
    // Without a device name two connections are two devices, unless one of them is waiting to come back.
    const bool same = session->device == introduction.hello.device &&
                      (!session->device.empty() || (session->peer == nullptr && introduction.hello.resume));
    if (same) return session;
  }
  return nullptr;
}

ShardCore::Session& ShardCore::open_session(const Introduction& introduction, const EventId& event) {
  const domain::ViewerId& viewer = introduction.hello.viewer;
  Session& session = sessions_.open(viewer, event, [&] {
    audience::Viewer<ViewerPeer> record;
    if (!introduction.attributes.empty()) record.attributes = std::make_unique<domain::Values>(introduction.attributes);
    record.id = viewer;
    record.traits = traits_of(port_.load_viewer(viewer), record);
    if (auto identity = port_.find_identity(viewer)) {
      record.identified_as = std::make_unique<domain::ViewerId>(*std::move(identity));
    }
    return record;
  });
  session.content = introduction.hello.content;
  session.device = introduction.hello.device;
  session.sample_route = introduction.route == Route::sample;
  return session;
}

domain::TraitsPtr ShardCore::traits_of(const std::optional<domain::Viewer>& row,
                                       const audience::Viewer<ViewerPeer>& record) {
  if (!record.attributes) return row ? traits_.intern(domain::traits_of(*row)) : domain::no_traits();
  domain::Values fields = *record.attributes;
  if (row) fields.insert(row->fields.begin(), row->fields.end());  // what is there already stays
  // Attributes that cannot be a viewer's do not get here: tickets with such are refused.
  return traits_.intern(domain::traits_of(domain::make_viewer(record.id, std::move(fields), "").value()));
}

void ShardCore::describe_viewer(SessionKey key, const domain::Values& attributes) {
  Session* session = sessions_.find(key);
  if (session == nullptr) return;
  audience::Viewer<ViewerPeer>& viewer = *session->viewer;
  if (attributes == (viewer.attributes ? *viewer.attributes : domain::Values())) return;
  viewer.attributes = attributes.empty() ? nullptr : std::make_unique<domain::Values>(attributes);
  viewer.traits = traits_of(port_.load_viewer(viewer.id), viewer);
}

void ShardCore::disconnect(SessionKey key) {
  Session* session = sessions_.find(key);
  if (session == nullptr) return;
  if (session->sample_route) {
    sessions_.close(*session);
    return;
  }
  session->peer = nullptr;
  session->disconnected_at = clock_.steady();
}

bool ShardCore::can_resume(Session& session, EventEntry& entry, const codec::ResumePoint& resume, bool had_session) {
  if (resume.epoch != epoch_ || resume.sequence > entry.sequence) return false;
  if (resume.sequence == entry.sequence) return true;
  if (resume.sequence < entry.ring.dropped()) return false;
  for (DecidedChange& decided : entry.ring.changes()) {
    if (decided.change().sequence <= resume.sequence) continue;
    if (find_row(entry, decided, session)) continue;
    // A session that was there throughout and has no row was not touched by that override.
    const bool untouched = had_session && decided.change().adjusts();
    if (!untouched) return false;
  }
  return true;
}

void ShardCore::replay(Session& session, EventEntry& entry, Sequence after) {
  const auto corrected_later = [&](const DecidedChange& decided) {
    const auto& changes = entry.ring.changes();
    return std::any_of(changes.begin(), changes.end(), [&](const DecidedChange& other) {
      return other.change().corrects == decided.change().moment && other.change().sequence > decided.change().sequence;
    });
  };
  for (DecidedChange& decided : entry.ring.changes()) {
    if (decided.change().sequence <= after) continue;
    if (decided.change().retracts() && decided.change().retract_sequence() > after)
      retract_from(session, entry, decided);
    const auto row = find_row(entry, decided, session);
    if (!row || corrected_later(decided)) continue;
    if (decided.renderer().expires_at() <= clock_.wall()) continue;
    push_slate(session, decided, still_eligible(session, decided, row->choices()));
    ++entry.slates;
  }
}

void ShardCore::show_current(Session& session, EventEntry& entry) {
  DecidedChange* decided = entry.ring.newest();
  if (decided == nullptr || decided->renderer().expires_at() <= clock_.wall()) return;
  auto known = find_row(entry, *decided, session);
  if (!known && decided->may_lack_rows()) known = recall(*decided, session);
  const DecidedRow row = known ? *known : decide_late(session, entry);
  push_slate(session, *decided, still_eligible(session, *decided, row.choices()));
  ++entry.slates;
}

std::span<const Choice> ShardCore::still_eligible(const Session& session, const DecidedChange& decided,
                                                  std::span<const Choice> choices) {
  shown_.assign(choices.begin(), choices.end());
  const domain::Catalogue& present = catalogue_->catalogue();
  for (Choice& choice : shown_) {
    if (choice.item == domain::kNoItem) continue;
    const domain::Item& decided_item = decided.catalogue().items()[choice.item];
    const auto now = present.find_item(decided_item.id);
    const domain::Item& item = now ? present.items()[*now] : decided_item;
    const bool gone = !decide::ineligible_reason(item, *session.viewer->traits).empty() ||
                      is_dismissed(session, decided.change(), decided_item.id);
    if (gone) choice = {};
  }
  return shown_;
}

std::optional<DecidedRow> ShardCore::find_row(const EventEntry& entry, DecidedChange& decided, const Session& session) {
  const domain::ViewerId& viewer = session.viewer->id;
  if (const auto row = decided.find(viewer, session.row)) return row;
  if (!entry.late || entry.late->header.sequence != decided.change().sequence) return std::nullopt;
  // Rows wait here for a tenth of a second at most: there are few.
  const auto row = std::find(entry.late->viewers.begin(), entry.late->viewers.end(), viewer);
  if (row == entry.late->viewers.end()) return std::nullopt;
  return DecidedRow{entry.late.get(), static_cast<std::size_t>(row - entry.late->viewers.begin())};
}

std::optional<DecidedRow> ShardCore::recall(DecidedChange& decided, const Session& session) {
  const domain::ViewerId& viewer = session.viewer->id;
  auto logged = port_.find_decision({decided.change().event, decided.change().sequence, viewer});
  if (!logged || logged->header.catalogue_version != decided.catalogue().version()) return std::nullopt;
  auto batch = std::make_shared<DecisionBatch>();
  batch->header = std::move(logged->header);
  batch->viewers = {viewer};
  batch->traits = {std::move(logged->traits)};
  batch->choices = std::move(logged->choices);
  if (!logged->past.empty()) batch->past = {std::make_shared<const domain::PastItems>(std::move(logged->past))};
  decided.add(std::move(batch));
  return decided.find(viewer, session.row);
}

DecidedRow ShardCore::decide_late(Session& session, EventEntry& entry) {
  ChangeDecider& decider = decider_of(entry);
  if (!entry.late) {
    entry.late = std::make_shared<DecisionBatch>();
    entry.late->header = decider.header();
  }
  const audience::Viewer<ViewerPeer>& viewer = *session.viewer;
  const std::size_t slots = decider.header().slots.size();
  entry.late->viewers.push_back(viewer.id);
  entry.late->traits.push_back(viewer.traits);
  entry.late->choices.resize(entry.late->choices.size() + slots);
  Choice* choices = std::span(entry.late->choices).last(slots).data();
  const domain::PastItemsPtr past = past_for(decider, *session.viewer);
  decider.decider().draw(viewer.id.str(), *viewer.traits, choices, *past);
  if (!past->empty()) entry.late->past.push_back(past);
  return {entry.late.get(), entry.late->rows() - 1};
}

void ShardCore::renew_decider(EventEntry& entry) {
  if (!entry.decider || entry.decider->header().solution_version == version_->id()) return;
  flush_late(entry);
  entry.decider.reset();
}

void ShardCore::flush_late(EventEntry& entry) {
  if (!entry.late) return;
  std::shared_ptr<DecisionBatch> batch = std::move(entry.late);
  entry.late = nullptr;
  DecidedChange* decided = entry.ring.find(batch->header.sequence);
  if (decided != nullptr) decided->add(batch);
  metrics_.decisions().Increment(static_cast<double>(batch->rows()));
  port_.log(std::move(batch));
}

}  // namespace matchcue::engine
