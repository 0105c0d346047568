// SPDX-License-Identifier: Apache-2.0
#include "engine/control.h"

#include <prometheus/histogram.h>

#include <algorithm>
#include <set>

#include "codec/personalize_schema.h"
#include "engine/explain.h"

namespace matchcue::engine {

using domain::ChangePtr;
using domain::DatasetKind;
using domain::EventId;
using domain::Sequence;

namespace {

constexpr std::size_t kItemsMax = 10'000;
constexpr std::size_t kUnchangedMax = 10'000;  ///< replies that wait for what is on its way
/// The newest acts of a viewer that are looked through for what they did with their recent slates.
constexpr std::size_t kViewerActsMax = 500;

Error unknown_event(const EventId& event) {
  return not_found("unknown_event", "unknown event \"" + event.str() + "\"", "event");
}

/// What a viewer is told whose claim the store refused: not whose the id is.
Error claim_refused(const domain::ViewerLink& link) {
  return {ErrorKind::conflict, "already_identified",
          "viewer \"" + link.anonymous.str() + "\" cannot be \"" + link.viewer.str() + "\": who they are is known",
          "hello.previously"};
}

void add_acts(ViewerView& view, const std::vector<domain::Feedback>& acts) {
  for (ViewerView::Slate& slate : view.slates) {
    for (ViewerView::Slate::Cue& cue : slate.cues) {
      std::set<domain::FeedbackKind> kinds;
      for (const domain::Feedback& act : acts) {
        if (act.cue.decision == slate.decision && act.cue.slot == cue.place) kinds.insert(act.kind);
      }
      cue.acts.assign(kinds.begin(), kinds.end());
    }
  }
}

/// Refuses items that would make a catalogue which decisions cannot carry.
Result<void> check_catalogue_limits(const domain::Catalogue& present, const std::vector<domain::Item>& items) {
  std::vector<domain::SlotName> slots = present.slots();
  std::size_t added = 0;
  for (const domain::Item& item : items) {
    if (!present.find_item(item.id)) ++added;
    if (std::find(slots.begin(), slots.end(), item.slot) == slots.end()) slots.push_back(item.slot);
  }
  if (slots.size() > decide::kSlotsMax) {
    return Error{ErrorKind::too_large, "too_many_slots",
                 "item type \"" + slots.back().str() + "\" would be slot " + std::to_string(slots.size()) +
                     "; at most " + std::to_string(decide::kSlotsMax),
                 "ITEM_TYPE"};
  }
  if (present.items().size() + added > kItemsMax) {
    return Error{ErrorKind::too_large,
                 "too_many_items",
                 std::to_string(present.items().size() + added) + " items; at most " + std::to_string(kItemsMax),
                 {}};
  }
  return {};
}

}  // namespace

Control::Control(const Options& options, store::Store& store, ControlPort& port, const Clock& clock,
                 metrics::Metrics& metrics, const runtime::MakeLoop& make_loop)
    : options_(options),
      store_(store),
      reader_(store.make_reader()),
      port_(port),
      clock_(clock),
      metrics_(metrics),
      book_(codec::builtin_schema(DatasetKind::interactions)),
      learning_(options.learner, options.open_model, store, clock, metrics, make_loop,
                [this](scoring::SolutionVersionPtr version, std::function<void()> served) {
                  port_.to_control([this, version = std::move(version), served = std::move(served)] {
                    serve(version);
                    served();
                  });
                }),
      archive_(options.open_model, store, clock, make_loop) {}

void Control::serve(scoring::SolutionVersionPtr version) {
  version_ = std::move(version);
  serve_everywhere();
}

void Control::append(live::Proposal proposal, Reply<ChangeReceipt> reply) {
  const SteadyTime accepted = clock_.steady();
  store_.append_change(
      proposal.change, proposal.after, proposal.previous,
      [this, proposal, accepted, reply = std::move(reply)](const Result<void>& stored) {
        port_.to_control([this, proposal, accepted, reply, stored] { on_outcome(proposal, accepted, stored, reply); });
      });
}

void Control::on_outcome(const live::Proposal& proposal, SteadyTime accepted, const Result<void>& stored,
                         const Reply<ChangeReceipt>& reply) {
  if (stored.ok()) {
    on_durable(proposal, accepted);
  } else {
    book_.abort(proposal);
  }
  const auto receipt = [&](bool changed) -> Result<ChangeReceipt> {
    if (!stored.ok()) return stored.error();
    return ChangeReceipt{changed, *book_.find_event(proposal.change->event)};
  };
  reply(receipt(true));
  const auto waiting = unchanged_.extract(proposal.change);
  if (waiting.empty()) return;
  unchanged_count_ -= waiting.mapped().size();
  for (const auto& each : waiting.mapped()) each(receipt(false));
}

void Control::on_durable(const live::Proposal& proposal, SteadyTime accepted) {
  book_.commit(proposal);
  const ChangeMessage message{
      proposal.change,
      {proposal.after.overrides, book_.subjects_of(proposal.change->event), proposal.after.filters},
      accepted,
      corrected_by(*proposal.change)};
  port_.to_shards([message](ShardCore& shard) { shard.on_change(message); });
  metrics_.ingest_ack().Observe(std::chrono::duration<double>(clock_.steady() - accepted).count());
  answer_waiters(proposal.change->event);
}

std::vector<Sequence> Control::corrected_by(const domain::Change& change) const {
  return change.corrects ? book_.changes_of_moment(change.event, *change.corrects) : std::vector<Sequence>();
}

void Control::answer_unchanged(const EventId& event, Reply<ChangeReceipt> reply) {
  const domain::ChangePtr proposed = book_.newest_in_flight(event);
  if (!proposed) return reply(ChangeReceipt{false, *book_.find_event(event)});
  if (unchanged_count_ == kUnchangedMax) {
    return reply(unavailable("store_queue_full", std::to_string(kUnchangedMax) + " requests are waiting for the disk"));
  }
  ++unchanged_count_;
  unchanged_[proposed].push_back(std::move(reply));
}

void Control::set_state(const SetState& request, Reply<ChangeReceipt> reply) {
  auto proposal = book_.set_state({request.event, request.state, request.media_time, {}}, clock_.wall());
  if (!proposal.ok()) return reply(proposal.error());
  if (!proposal->has_value()) return answer_unchanged(request.event, std::move(reply));
  append(std::move(**proposal), std::move(reply));
}

void Control::fire_moment(const FireMoment& request, Reply<ChangeReceipt> reply) {
  auto proposal = book_.fire_moment({request.event, request.state, request.media_time, request.subject},
                                    catalogue_->catalogue(), clock_.wall());
  if (!proposal.ok()) return reply(proposal.error());
  append(*std::move(proposal), std::move(reply));
}

void Control::correct_moment(const CorrectMoment& request, Reply<ChangeReceipt> reply) {
  auto proposal = book_.correct_moment({request.event, request.state, request.media_time, request.subject},
                                       request.corrects, request.reason, catalogue_->catalogue(), clock_.wall());
  if (!proposal.ok()) return reply(proposal.error());
  append(*std::move(proposal), std::move(reply));
}

void Control::override_item(const OverrideItem& request, Reply<ChangeReceipt> reply) {
  auto proposal =
      book_.override_item(request.event, request.override_, request.reason, catalogue_->catalogue(), clock_.wall());
  if (!proposal.ok()) return reply(proposal.error());
  if (!proposal->has_value()) return answer_unchanged(request.event, std::move(reply));
  append(std::move(**proposal), std::move(reply));
}

void Control::map_content(const domain::ContentId& content, const EventId& event, Reply<domain::LiveEvent> reply) {
  for (const auto& [id, field] : {std::pair{content.str(), "content"}, {event.str(), "event"}}) {
    if (const auto checked = domain::check_id(id, field); !checked.ok()) return reply(checked.error());
  }
  store_.map_content(content, event, [this, content, event, reply = std::move(reply)](const Result<void>& stored) {
    port_.to_control([this, content, event, reply, stored] {
      if (!stored.ok()) return reply(stored.error());
      book_.map_content(content, event);
      port_.to_shards([content, event](ShardCore& shard) { shard.map_content(content, event); });
      reply(*book_.find_event(event));
    });
  });
}

void Control::find_event(const EventId& event, const Reply<domain::LiveEvent>& reply) {
  const domain::LiveEvent* found = book_.find_event(event);
  if (found == nullptr) return reply(unknown_event(event));
  reply(*found);
}

void Control::list_events(const Reply<std::vector<domain::LiveEvent>>& reply) { reply(book_.list_events()); }

Result<std::vector<ChangePtr>> Control::changes_after(const EventId& event, Sequence after, std::size_t limit) {
  if (book_.has_all_after(event, after)) return book_.changes_after(event, after, limit);
  MCUE_TRY(std::vector<domain::Change> stored, reader_->load_changes(event, after, limit));
  std::vector<ChangePtr> changes;
  for (domain::Change& change : stored) changes.push_back(std::make_shared<const domain::Change>(std::move(change)));
  return changes;
}

void Control::read_changes(const EventId& event, Sequence after, std::size_t limit, Milliseconds wait,
                           Reply<std::vector<ChangePtr>> reply) {
  if (book_.find_event(event) == nullptr) return reply(unknown_event(event));
  auto changes = changes_after(event, after, limit);
  if (!changes.ok() || !changes->empty() || wait <= Milliseconds(0)) return reply(std::move(changes));
  waiters_.push_back({event, after, limit, clock_.steady() + wait, std::move(reply)});
}

void Control::answer_waiters(const EventId& event) {
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (waiter->event == event) {
      waiter->reply(changes_after(event, waiter->after, waiter->limit));
      waiter = waiters_.erase(waiter);
    } else {
      ++waiter;
    }
  }
}

void Control::catalogue(const Reply<domain::CataloguePtr>& reply) { reply(catalogue_->catalogue_ptr()); }

void Control::put_items(std::vector<domain::Item> items, Reply<store::WriteSummary> reply) {
  if (const auto checked = check_catalogue_limits(catalogue_->catalogue(), items); !checked.ok()) {
    return reply(checked.error());
  }
  store_.put_items(std::move(items), [this, reply = std::move(reply)](const Result<store::WriteSummary>& stored) {
    port_.to_control([this, reply, stored] {
      if (stored.ok() && stored->catalogue_version != catalogue_->catalogue().version()) {
        if (const auto loaded = load_catalogue(); !loaded.ok()) return reply(loaded.error());
        serve_everywhere();
      }
      reply(stored);
    });
  });
}

void Control::put_viewers(std::vector<domain::Viewer> viewers, Reply<store::WriteSummary> reply) {
  const auto rows = std::make_shared<const std::vector<domain::Viewer>>(viewers);
  store_.put_viewers(std::move(viewers),
                     [this, rows, reply = std::move(reply)](const Result<store::WriteSummary>& stored) {
                       port_.to_control([this, rows, reply, stored] {
                         if (stored.ok() && stored->added + stored->replaced > 0) {
                           port_.to_shards([rows](ShardCore& shard) {
                             for (const domain::Viewer& viewer : *rows) shard.update_viewer(viewer);
                           });
                         }
                         reply(stored);
                       });
                     });
}

void Control::add_interactions(std::vector<domain::Interaction> interactions, Reply<store::WriteSummary> reply) {
  auto viewers = std::make_shared<std::set<domain::ViewerId>>();
  for (const domain::Interaction& interaction : interactions) viewers->insert(interaction.viewer);
  store_.add_interactions(std::move(interactions),
                          [this, viewers, reply = std::move(reply)](const Result<store::WriteSummary>& stored) {
                            port_.to_control([this, viewers, reply, stored] {
                              if (stored.ok() && stored->added > 0) {
                                port_.to_shards([viewers](ShardCore& shard) {
                                  for (const domain::ViewerId& viewer : *viewers) shard.forget_past(viewer);
                                });
                              }
                              reply(stored);
                            });
                          });
}

void Control::find_viewer(const domain::ViewerId& viewer, Reply<ViewerView> reply) {
  auto row = reader_->load_viewer(viewer);
  if (!row.ok()) return reply(row.error());
  const auto identified = reader_->find_viewer_link(viewer);
  if (!identified.ok()) return reply(identified.error());
  const auto earlier = reader_->load_links_to(viewer);
  if (!earlier.ok()) return reply(earlier.error());
  auto acts = reader_->load_feedback(viewer, kViewerActsMax);
  if (!acts.ok()) return reply(acts.error());
  ViewerView view;
  view.viewer = *std::move(row);
  if (*identified) view.identified_as = (*identified)->viewer;
  for (const domain::ViewerLink& link : *earlier) view.earlier_ids.push_back(link.anonymous);
  port_.to_shard(port_.shard_of(viewer),
                 [view, viewer, acts = *std::move(acts), reply = std::move(reply)](ShardCore& shard) mutable {
                   shard.add_to(view, viewer);
                   add_acts(view, acts);
                   const bool linked = view.identified_as || !view.earlier_ids.empty();
                   if (!view.viewer && !view.connected && view.recent.empty() && !linked) {
                     return reply(not_found("unknown_viewer", "unknown viewer \"" + viewer.str() + "\"", "viewer"));
                   }
                   reply(std::move(view));
                 });
}

Result<domain::ViewerLink> Control::make_link(const IdentifyViewer& request) {
  if (request.anonymous == request.viewer) {
    return invalid("same_viewer", "viewer \"" + request.viewer.str() + "\" cannot be identified as themselves",
                   "viewer");
  }
  if (request.by == IdentifiedBy::viewer) {
    MCUE_TRY(const auto row, reader_->load_viewer(request.anonymous));
    if (row) {
      return Error{
          ErrorKind::conflict, "in_catalogue",
          "viewer \"" + request.anonymous.str() + "\" is in the catalogue: only an operator may say who they are",
          "hello.previously"};
    }
    // Whom nobody has seen there is nothing to learn of, and anybody could keep a place for an account that is to come.
    MCUE_TRY(const auto seen, reader_->load_feedback(request.anonymous, 1));
    MCUE_TRY(const auto known, reader_->find_viewer_link(request.anonymous));
    if (seen.empty() && !known) {
      return not_found("nothing_known", "nothing is known of viewer \"" + request.anonymous.str() + "\"",
                       "hello.previously");
    }
  }
  domain::ViewerLink link{0, request.anonymous, request.viewer, domain::no_traits(), clock_.wall()};
  MCUE_TRY(const auto row, reader_->load_viewer(request.viewer));
  if (row) link.traits = std::make_shared<const domain::ViewerTraits>(domain::traits_of(*row));
  return link;
}

void Control::identify_viewer(const IdentifyViewer& request, Reply<domain::ViewerLink> reply) {
  const auto known = reader_->find_viewer_link(request.anonymous);
  if (!known.ok()) return reply(known.error());
  // Pages say it again whenever they connect.
  if (*known && (*known)->viewer == request.viewer) return on_identified(**known, std::move(reply));
  const auto made = make_link(request);
  if (!made.ok()) return reply(made.error());
  store_.identify_viewer(
      *made, [this, by = request.by, link = *made, reply = std::move(reply)](const Result<std::uint64_t>& stored) {
        port_.to_control([this, by, link, reply, stored]() mutable {
          if (!stored.ok() && by == IdentifiedBy::viewer && stored.error().kind == ErrorKind::conflict) {
            return reply(claim_refused(link));
          }
          if (!stored.ok()) return reply(stored.error());
          link.number = *stored;
          port_.to_shards([link](ShardCore& shard) { shard.identify(link); });
          on_identified(link, reply);
        });
      });
}

void Control::on_identified(const domain::ViewerLink& link, Reply<domain::ViewerLink> reply) {
  learning_.await_link(link.number, [link, reply = std::move(reply)] { reply(link); });
}

void Control::forget_past(const domain::ViewerId& viewer) {
  port_.to_shard(port_.shard_of(viewer), [viewer](ShardCore& shard) { shard.forget_past(viewer); });
}

void Control::schema(DatasetKind kind, const Reply<domain::Schema>& reply) { reply(schemas_.at(kind)); }

void Control::put_schema(DatasetKind kind, std::string text, Reply<domain::Schema> reply) {
  auto parsed = codec::parse_schema(kind, text);
  if (!parsed.ok()) return reply(parsed.error());
  domain::Schema schema = *std::move(parsed);
  store_.put_schema(kind, std::move(text), [this, kind, schema, reply = std::move(reply)](const Result<void>& stored) {
    port_.to_control([this, kind, schema, reply, stored] {
      if (!stored.ok()) return reply(stored.error());
      schemas_[kind] = schema;
      if (kind == DatasetKind::interactions) book_.set_context_schema(schema);
      reply(schema);
    });
  });
}

Result<domain::Change> Control::preview_change(const RecommendRequest& request,
                                               domain::Circumstances& circumstances) const {
  domain::Change change;
  change.at = clock_.wall();
  if (request.event) {
    const domain::LiveEvent* event = book_.find_event(*request.event);
    if (event == nullptr) return unknown_event(*request.event);
    change.event = event->id;
    change.sequence = event->sequence;
    change.moment = event->moment;
    change.after = event->state;
    circumstances = {event->overrides, book_.subjects_of(event->id), event->filters};
  }
  for (const auto& [name, value] : request.context) {
    const domain::Field* field = schemas_.at(DatasetKind::interactions).find_field(name);
    if (field == nullptr || !live::is_context_field(name)) {
      return invalid("unknown_field", "context." + name + " is not a context field", "context." + name);
    }
    MCUE_TRY(change.after[name], domain::check_value(*field, value));
  }
  if (request.filter) {
    MCUE_TRY(circumstances.filters.emplace_back(), make_use(*request.filter));
  }
  return change;
}

void Control::recommend(const RecommendRequest& request, const Reply<Recommendation>& reply) {
  domain::Circumstances circumstances;
  const auto change = preview_change(request, circumstances);
  if (!change.ok()) return reply(change.error());
  const auto row = reader_->load_viewer(request.viewer);
  if (!row.ok()) return reply(row.error());
  const domain::Catalogue& catalogue = catalogue_->catalogue();
  decide::Decider decider(decide::make_header(*change, std::move(circumstances), catalogue, *version_, options_.decide),
                          catalogue, *version_);
  const domain::ViewerTraits traits = row->has_value() ? domain::traits_of(**row) : domain::ViewerTraits();
  domain::PastItems past;
  if (decider.past_questions() > 0) {
    const auto acts = reader_->load_past(request.viewer);
    if (!acts.ok()) return reply(acts.error());
    past = decider.answer(*acts);
  }
  std::vector<domain::Choice> choices(decider.slot_count());
  decider.draw(request.viewer.str(), traits, choices.data(), past);
  reply(Recommendation{version_->id(), std::string(version_->campaign()), catalogue.version(), change->after,
                       stand(decider, catalogue, request.viewer.str(), traits, choices, past)});
}

void Control::explain(const domain::DecisionId& id, const Reply<ExplainedDecision>& reply) {
  auto decision = reader_->load_decision(id);
  if (!decision.ok()) return reply(decision.error());
  if (!decision->has_value()) {
    const auto dropped = reader_->has_dropped_decisions(id.event, id.sequence);
    if (!dropped.ok()) return reply(dropped.error());
    if (*dropped) {
      return reply(
          not_found("decision_dropped",
                    "decision \"" + to_string(id) +
                        "\" is not kept any more: retention.decision_days dropped the decisions for its change",
                    "id"));
    }
    return reply(not_found("unknown_decision", "unknown decision \"" + to_string(id) + "\"", "id"));
  }
  auto catalogue = reader_->load_catalogue((*decision)->header.catalogue_version);
  if (!catalogue.ok()) return reply(catalogue.error());
  const auto record = std::make_shared<const domain::Decision>(**std::move(decision));
  find_version(record->header.solution_version,
               [record, catalogue = *catalogue, reply](const Result<scoring::SolutionVersionPtr>& version) {
                 if (!version.ok()) return reply(version.error());
                 reply(explain_decision(*record, catalogue, **version));
               });
}

void Control::find_version(const std::string& id, const Reply<scoring::SolutionVersionPtr>& reply) {
  if (version_->id() == id) return reply(version_);
  if (const auto name = learn::parse_live_version_id(id)) return archive_.find(*name, reply);
  reply(not_found("unknown_solution_version", "unknown solution version \"" + id + "\""));
}

void Control::learner(const Reply<LearnerView>& reply) { learning_.view(reply); }
void Control::settle_learner(Reply<LearnerView> reply) { learning_.settle(std::move(reply)); }
void Control::campaign(Reply<CampaignView> reply) { learning_.campaign(std::move(reply)); }
void Control::deploy_campaign(const std::string& version, Reply<CampaignView> reply) {
  learning_.deploy(version, std::move(reply));
}
void Control::roll_back_campaign(Reply<CampaignView> reply) { learning_.roll_back(std::move(reply)); }
void Control::shadow_campaign(const std::string& version, Reply<CampaignView> reply) {
  learning_.shadow(version, std::move(reply));
}

void Control::read_feedback(const domain::ViewerId& viewer, std::size_t limit,
                            const Reply<std::vector<domain::Feedback>>& reply) {
  reply(reader_->load_feedback(viewer, limit));
}

void Control::find_and_store(feedback::Report report, FeedbackDone done) {
  const auto decision = reader_->load_decision(report.cue.decision);
  // A decision that is damaged is one that was lost: who cites it would say so for ever.
  if (!decision.ok() && decision.error().kind != ErrorKind::corrupt) return done(decision.error());
  domain::Feedback feedback;
  if (decision.ok() && decision->has_value()) {
    const auto rendered = load_rendered((*decision)->header.catalogue_version);
    if (!rendered.ok()) return done(rendered.error());
    const feedback::DecisionRow row{(*decision)->header, (*decision)->choices, (*decision)->traits,
                                    (*rendered)->catalogue()};
    feedback = feedback::attribute(std::move(report), &row);
  } else {
    feedback = feedback::attribute(std::move(report), nullptr);
  }
  const bool attributed = feedback.attributed;
  store_.append_feedback({std::move(feedback)}, [attributed, done = std::move(done)](
                                                    const Result<std::vector<store::FeedbackOutcome>>& stored) {
    if (!stored.ok()) return done(stored.error());
    done(FeedbackReceipt{stored->front() == store::FeedbackOutcome::repeated, attributed});
  });
}

void Control::tick() {
  const SteadyTime now = clock_.steady();
  for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
    if (waiter->until <= now) {
      waiter->reply(std::vector<ChangePtr>());
      waiter = waiters_.erase(waiter);
    } else {
      ++waiter;
    }
  }
}

}  // namespace matchcue::engine
