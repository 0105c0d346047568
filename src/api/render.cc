// SPDX-License-Identifier: Apache-2.0
#include "api/render.h"

#include <type_traits>

namespace matchcue::api {
namespace {

Json time_or_null(const std::optional<WallTime>& time) { return time ? Json(format_rfc3339(*time)) : Json(); }

Json version_or_null(const std::string& version) { return version.empty() ? Json() : Json(version); }

template <typename Id>
Json id_or_null(const std::optional<Id>& id) {
  return id ? Json(id->str()) : Json();
}

Json to_json(const domain::ItemOverride& override_) {
  return {{"action", domain::to_string(override_.action)}, {"item", override_.item.str()}};
}

Json to_json(const engine::Candidate& candidate) {
  return {{"item", candidate.item.str()},
          {"score", candidate.score},
          {"parts", Json(candidate.parts)},
          {"propensity", candidate.propensity},
          {"excluded", candidate.excluded.empty() ? Json() : Json(candidate.excluded)}};
}

Json to_json(const engine::SlotCandidates& slot) {
  Json candidates = Json::array();
  for (const engine::Candidate& candidate : slot.candidates) candidates.push_back(to_json(candidate));
  return {{"slot", slot.slot.str()}, {"chosen", id_or_null(slot.chosen)}, {"candidates", std::move(candidates)}};
}

Json to_json(const std::vector<engine::SlotCandidates>& slots) {
  Json all = Json::array();
  for (const engine::SlotCandidates& slot : slots) all.push_back(to_json(slot));
  return all;
}

template <typename Id>
Json ids_of(const std::vector<Id>& ids) {
  Json all = Json::array();
  for (const Id& id : ids) all.push_back(id.str());
  return all;
}

Json to_object(const std::map<std::string, std::string, std::less<>>& texts) {
  Json object = Json::object();
  for (const auto& [name, text] : texts) object[name] = text;
  return object;
}

Json to_json(const domain::FilterUse& use) {
  return {{"filter", use.filter.str()}, {"expression", use.expression}, {"filter_values", to_object(use.values)}};
}

Json filters_in_force(const std::vector<domain::FilterUse>& filters) {
  Json all = Json::array();
  for (const domain::FilterUse& use : filters) all.push_back(to_json(use));
  return all;
}

Json to_json(const domain::FilterChange& change) {
  Json json = {{"in_force", change.in_force}};
  json.update(to_json(change.use));
  return json;
}

/// The items that the filters' conditions on Interactions named for the viewer.
Json logged_past(const engine::ExplainedDecision& explained) {
  Json all = Json::array();
  for (const auto& items : explained.decision.past) {
    Json named = Json::array();
    for (const std::uint16_t item : items) {
      if (item < explained.catalogue->items().size()) named.push_back(explained.catalogue->items()[item].id.str());
    }
    all.push_back(std::move(named));
  }
  return all;
}

/// What the log says was pushed: per slot the item and how likely it was.
Json logged_choices(const engine::ExplainedDecision& explained) {
  const domain::DecisionHeader& header = explained.decision.header;
  Json choices = Json::array();
  for (std::size_t slot = 0; slot < explained.decision.choices.size() && slot < header.slots.size(); ++slot) {
    const domain::Choice& choice = explained.decision.choices[slot];
    const bool filled = explained.catalogue && choice.item < explained.catalogue->items().size();
    const domain::Item* item = filled ? &explained.catalogue->items()[choice.item] : nullptr;
    choices.push_back({{"slot", header.slots[slot].str()},
                       {"item", item != nullptr ? Json(item->id.str()) : Json()},
                       {"label", item != nullptr ? Json(item->label) : Json()},
                       {"propensity", static_cast<double>(choice.propensity)}});
  }
  return choices;
}

}  // namespace

Json to_json(const domain::Value& value) {
  return std::visit(
      [](const auto& held) -> Json {
        if constexpr (std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) {
          return Json();
        } else {
          return Json(held);
        }
      },
      value);
}

Json to_json(const domain::Values& values) {
  Json object = Json::object();
  for (const auto& [name, value] : values) object[name] = to_json(value);
  return object;
}

Json to_json(const domain::StoredFilter& filter) {
  return {{"name", filter.name.str()}, {"expression", filter.expression}, {"created", format_rfc3339(filter.created)}};
}

Json to_json(const engine::FilterOutcome& outcome) {
  return {{"expression", outcome.expression},
          {"placeholders", outcome.placeholders},
          {"personal", outcome.personal},
          {"asks_past", outcome.asks_past},
          {"catalogue_version", outcome.catalogue_version},
          {"passed", ids_of(outcome.passed)},
          {"filtered", ids_of(outcome.filtered)}};
}

Json to_json(const domain::LiveEvent& event) {
  Json overrides = Json::array();
  for (const domain::ItemOverride& override_ : event.overrides) overrides.push_back(to_json(override_));
  Json contents = Json::array();
  for (const domain::ContentId& content : event.contents) contents.push_back(content.str());
  return {{"id", event.id.str()},
          {"sequence", event.sequence.value()},
          {"moment", event.moment.value()},
          {"state", to_json(event.state)},
          {"overrides", std::move(overrides)},
          {"filters", filters_in_force(event.filters)},
          {"contents", std::move(contents)}};
}

Json to_json(const domain::Change& change) {
  return {{"event", change.event.str()},
          {"sequence", change.sequence.value()},
          {"kind", domain::to_string(change.kind)},
          {"at", format_rfc3339(change.at)},
          {"media_time", time_or_null(change.media_time)},
          {"subject", id_or_null(change.subject)},
          {"corrects", change.corrects ? Json(change.corrects->value()) : Json()},
          {"reason", change.reason},
          {"override", change.override_ ? to_json(*change.override_) : Json()},
          {"filter", change.filter ? to_json(*change.filter) : Json()},
          {"before", to_json(change.before)},
          {"after", to_json(change.after)},
          {"first", change.first},
          {"moment", change.moment.value()}};
}

Json to_json(const std::vector<domain::ChangePtr>& changes) {
  Json all = Json::array();
  for (const domain::ChangePtr& change : changes) all.push_back(to_json(*change));
  return all;
}

Json to_json(const domain::Item& item) {
  return {{"id", item.id.str()},         {"slot", item.slot.str()},
          {"label", item.label},         {"min_age", item.min_age ? Json(*item.min_age) : Json()},
          {"countries", item.countries}, {"fields", to_json(item.fields)},
          {"version", item.version}};
}

Json to_json(const domain::Feedback& feedback) {
  return {{"viewer", feedback.viewer.str()},
          {"id", feedback.id},
          {"cue", domain::to_string(feedback.cue)},
          {"kind", domain::to_string(feedback.kind)},
          {"value", feedback.value},
          {"at", format_rfc3339(feedback.at)},
          {"attributed", feedback.attributed},
          {"item", feedback.item.str()},
          {"slot", feedback.slot.str()},
          {"propensity", static_cast<double>(feedback.propensity)},
          {"solution_version", feedback.solution_version}};
}

Json to_json(const store::WriteSummary& summary) {
  return {{"added", summary.added},
          {"replaced", summary.replaced},
          {"unchanged", summary.unchanged},
          {"catalogue_version", summary.catalogue_version}};
}

Json to_json(const engine::ChangeReceipt& receipt) {
  return {{"changed", receipt.changed}, {"event", to_json(receipt.event)}};
}

Json to_json(const engine::AudienceView& view) {
  Json on_screen = Json::array();
  for (const auto& shown : view.on_screen) {
    on_screen.push_back({{"slot", shown.slot.str()}, {"item", shown.item.str()}, {"sessions", shown.sessions}});
  }
  return {{"connections", view.connections},
          {"sessions", view.sessions},
          {"on_screen", std::move(on_screen)},
          {"slates", view.slates},
          {"last_sequence", view.last_sequence.value()},
          {"exploration_share", view.exploration.draws > 0
                                    ? Json(view.exploration.explored / static_cast<double>(view.exploration.draws))
                                    : Json()},
          {"last_push_ms", view.last_push_ms ? Json(*view.last_push_ms) : Json()}};
}

Json to_json(const engine::RewardRate& rate) { return {{"value", rate.value}, {"low", rate.low}, {"high", rate.high}}; }

Json to_json(const engine::LearnerView& view) {
  Json slots = Json::array();
  for (const auto& slot : view.slots) {
    slots.push_back({{"slot", slot.slot.str()},
                     {"trials", slot.trials},
                     {"recent_trials", slot.recent_trials},
                     {"shown", to_json(slot.shown)},
                     {"random", to_json(slot.random)},
                     {"popularity", to_json(slot.popularity)}});
  }
  Json items = Json::array();
  for (const auto& item : view.items) {
    items.push_back({{"item", item.item.str()},
                     {"slot", item.slot.str()},
                     {"trials", item.trials},
                     {"recent_trials", item.recent_trials},
                     {"reward_rate", item.reward_rate},
                     {"share", item.share},
                     {"appeal", item.appeal},
                     {"appeal_sd", item.appeal_sd},
                     {"appeal_before", item.appeal_before},
                     {"is_new", item.is_new}});
  }
  Json minutes = Json::array();
  for (const auto& minute : view.minutes) {
    minutes.push_back({{"at", format_rfc3339(minute.at)},
                       {"trials", minute.trials},
                       {"shown", to_json(minute.shown)},
                       {"random", to_json(minute.random)}});
  }
  return {{"state", view.state},
          {"trouble", view.trouble},
          {"solution_version", view.solution_version},
          {"steps", view.steps},
          {"feedback", view.feedback},
          {"waiting", view.waiting},
          {"viewers", view.viewers},
          {"lag_s", view.lag_s},
          {"fallback_until", time_or_null(view.fallback_until)},
          {"reward_ratio_random", view.reward_ratio_random},
          {"reward_ratio_popularity", view.reward_ratio_popularity},
          {"recent_minutes", view.recent_minutes},
          {"slots", std::move(slots)},
          {"items", std::move(items)},
          {"minutes", std::move(minutes)}};
}

Json to_json(const engine::CampaignView::ShadowPart& part) {
  return {{"trials", part.trials},
          {"agreement", part.agreement},
          {"shown", part.shown},
          {"own", to_json(part.own)},
          {"effective_trials", part.effective_trials}};
}

Json to_json(const engine::CampaignView::Shadow& shadow) {
  Json slots = Json::array();
  for (const auto& [slot, part] : shadow.slots) {
    Json each = {{"slot", slot.str()}};
    each.update(to_json(part));
    slots.push_back(std::move(each));
  }
  Json json = {{"solution_version", shadow.solution_version}};
  json.update(to_json(shadow.all));
  json["slots"] = std::move(slots);
  return json;
}

Json to_json(const engine::CampaignView& view) {
  Json history = Json::array();
  for (const auto& each : view.history) {
    history.push_back({{"solution_version", version_or_null(each.solution_version)},
                       {"at", format_rfc3339(each.at)},
                       {"step", each.step}});
  }
  return {{"solution_version", version_or_null(view.solution_version)},
          {"recipe", view.recipe},
          {"viewers", view.viewers},
          {"weight", view.weight},
          {"preparing", version_or_null(view.preparing)},
          {"trouble", view.trouble},
          {"history", std::move(history)},
          {"shadow", view.shadow ? to_json(*view.shadow) : Json()}};
}

Json to_json(const Training& training) {
  const auto or_null = [](const auto& value) { return value ? Json(*value) : Json(); };
  const Training::Progress& progress = training.progress;
  Json error;
  if (training.error) {
    error = {{"code", training.error->code}, {"message", training.error->message}, {"field", training.error->field}};
  }
  return {{"id", training.id},
          {"recipe", training.recipe},
          {"state", to_string(training.state)},
          {"started", format_rfc3339(training.started)},
          {"ended", time_or_null(training.ended)},
          {"progress",
           {{"stage", progress.stage},
            {"share", or_null(progress.share)},
            {"epoch", or_null(progress.epoch)},
            {"epochs", or_null(progress.epochs)},
            {"loss", or_null(progress.loss)},
            {"validation", or_null(progress.validation)},
            {"eta_s", or_null(progress.eta_s)}}},
          {"solution_version", version_or_null(training.solution_version)},
          {"error", std::move(error)}};
}

Json to_json(const store::Erasure& erasure) {
  Json ids = Json::array();
  for (const domain::ViewerId& id : erasure.ids) ids.push_back(id.str());
  return {{"ids", std::move(ids)},
          {"viewers", erasure.viewers},
          {"interactions", erasure.interactions},
          {"feedback", erasure.feedback},
          {"links", erasure.links},
          {"traits", erasure.traits},
          {"decisions", erasure.decisions},
          {"snapshots", erasure.snapshots},
          {"bytes_searched", erasure.bytes_searched},
          {"bytes_found", erasure.bytes_found}};
}

Json to_json(const domain::ViewerLink& link) {
  return {{"anonymous", link.anonymous.str()}, {"viewer", link.viewer.str()}, {"at", format_rfc3339(link.at)}};
}

Json to_json(const domain::Revocation& revocation) {
  const auto optional = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  return {{"ticket", optional(revocation.ticket)},
          {"viewer", optional(revocation.viewer.str())},
          {"at", format_rfc3339(revocation.at)},
          {"until", format_rfc3339(revocation.until)}};
}

Json to_json(const engine::ViewerView::Slate& slate) {
  Json cues = Json::array();
  for (const auto& cue : slate.cues) {
    Json acts = Json::array();
    for (const domain::FeedbackKind kind : cue.acts) acts.push_back(domain::to_string(kind));
    cues.push_back({{"cue", domain::to_string(domain::CueId{slate.decision, cue.place})},
                    {"slot", cue.slot.str()},
                    {"item", cue.item.str()},
                    {"label", cue.label},
                    {"propensity", cue.propensity},
                    {"acts", std::move(acts)}});
  }
  return {{"decision", domain::to_string(slate.decision)},
          {"event", slate.decision.event.str()},
          {"sequence", slate.decision.sequence.value()},
          {"moment", slate.moment.value()},
          {"at", format_rfc3339(slate.at)},
          {"cues", std::move(cues)}};
}

Json to_json(const domain::ViewerId& id, const engine::ViewerView& view) {
  Json earlier_ids = Json::array();
  for (const domain::ViewerId& earlier : view.earlier_ids) earlier_ids.push_back(earlier.str());
  Json recent = Json::array();
  for (const domain::DecisionId& decision : view.recent) recent.push_back(domain::to_string(decision));
  Json slates = Json::array();
  for (const auto& slate : view.slates) slates.push_back(to_json(slate));
  return {{"id", id.str()},
          {"known", view.viewer.has_value()},
          {"connected", view.connected},
          {"identified_as", view.identified_as ? Json(view.identified_as->str()) : Json()},
          {"earlier_ids", std::move(earlier_ids)},
          {"fields", view.viewer ? to_json(view.viewer->fields) : Json::object()},
          {"recent", std::move(recent)},
          {"slates", std::move(slates)}};
}

namespace {

/// What a recommendation was made with.
Json basis_of(const engine::Recommendation& recommendation) {
  return {{"solution_version", recommendation.solution_version},
          {"campaign", version_or_null(recommendation.campaign)},
          {"catalogue_version", recommendation.catalogue_version},
          {"context", api::to_json(recommendation.context)}};
}

}  // namespace

Json to_json(const engine::Recommendation& recommendation) {
  Json json = basis_of(recommendation);
  json["slots"] = to_json(recommendation.slots);
  return json;
}

Json to_json(const engine::Recommendation& recommendation, const std::vector<engine::RankedItem>& ranking) {
  Json items = Json::array();
  for (const engine::RankedItem& ranked : ranking) {
    const bool known = ranked.excluded != engine::kUnknownItem;
    const bool choosable = ranked.excluded.empty();
    items.push_back({{"item", ranked.item.str()},
                     {"score", known ? Json(ranked.score) : Json()},
                     {"share", choosable ? Json(ranked.share) : Json()},
                     {"excluded", choosable ? Json() : Json(ranked.excluded)}});
  }
  Json json = basis_of(recommendation);
  json["ranking"] = std::move(items);
  return json;
}

Json to_json(const engine::ExplainedDecision& explained) {
  const domain::Decision& decision = explained.decision;
  const domain::DecisionHeader& header = decision.header;
  const domain::ViewerTraits& traits = *decision.traits;
  Json overrides = Json::array();
  for (const domain::ItemOverride& override_ : header.overrides) overrides.push_back(to_json(override_));
  return {{"id", domain::to_string(domain::DecisionId{header.event, header.sequence, decision.viewer})},
          {"event", header.event.str()},
          {"sequence", header.sequence.value()},
          {"moment", header.moment.value()},
          {"viewer", decision.viewer.str()},
          {"age", traits.age ? Json(*traits.age) : Json()},
          {"country", traits.country.empty() ? Json() : Json(traits.country)},
          {"viewer_metadata", to_json(traits.fields)},
          {"at", format_rfc3339(header.at)},
          {"catalogue_version", header.catalogue_version},
          {"solution_version", header.solution_version},
          {"campaign", version_or_null(explained.campaign)},
          {"floor", header.floor},
          {"seed", std::to_string(header.seed)},
          {"context", to_json(header.context)},
          {"overrides", std::move(overrides)},
          {"filters", filters_in_force(header.filters)},
          {"past", logged_past(explained)},
          {"identical", explained.identical},
          {"choices", logged_choices(explained)},
          {"slots", to_json(explained.slots)}};
}

}  // namespace matchcue::api
