// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/promises.h"

#include <algorithm>

namespace matchcue::simulation {

using domain::EventId;
using domain::OverrideAction;
using domain::Sequence;
using domain::ViewerId;

namespace {

std::string name_of(const EventId& event, Sequence sequence) {
  return "change " + std::to_string(sequence.value()) + " of event " + event.str();
}

std::string value_text(const domain::Values& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : domain::to_text(found->second);
}

/// The rule is written out a second time here: the product's own must not judge itself.
bool may_see(const domain::ViewerTraits& viewer, const domain::Item& item) {
  if (item.min_age && (!viewer.age || *viewer.age < *item.min_age)) return false;
  return item.countries.empty() ||
         std::find(item.countries.begin(), item.countries.end(), viewer.country) != item.countries.end();
}

}  // namespace

// ---- 1

void DurableAcks::broken(const std::string& what) {
  findings_.add("1: an acknowledgement means durable", what + " is durable, since it was acknowledged", "it is not");
}

void DurableAcks::on_change(const domain::LiveEvent& event) {
  Sequence& newest = changes_[event.id];
  newest = std::max(newest, event.sequence);
  const bool there = event.sequence == Sequence(0) || disk_.find_change(event.id, event.sequence) != nullptr;
  if (!there) broken(name_of(event.id, event.sequence));
}

void DurableAcks::on_feedback(const ViewerId& viewer, const std::string& id) {
  feedback_.insert({viewer, id});
  if (disk_.find_feedback(viewer, id) == nullptr) broken("interaction " + id + " of viewer " + viewer.str());
}

void DurableAcks::check_replaced() {
  const auto viewer_is_there = [&](const ViewerId& id, const domain::Viewer* row) {
    const auto stored = disk_.viewers.find(id);
    if (stored == disk_.viewers.end() || row == nullptr) return stored == disk_.viewers.end() && row == nullptr;
    return stored->second.age == row->age && stored->second.country == row->country &&
           stored->second.fields == row->fields;
  };
  for (const ViewerId& id : viewers.missing(viewer_is_there)) broken("viewer " + id.str());
  const auto filter_is_there = [&](const domain::FilterName& name, const std::string* expression) {
    const auto stored = disk_.filters.find(name);
    if (stored == disk_.filters.end()) return expression == nullptr;
    return expression != nullptr && stored->second.expression == *expression;
  };
  for (const domain::FilterName& name : filters.missing(filter_is_there)) broken("filter " + name.str());
}

bool DurableAcks::has(const domain::Item& item) const {
  const auto versions = disk_.items.find(item.id);
  if (versions == disk_.items.end()) return false;
  return std::any_of(versions->second.begin(), versions->second.end(), [&](const domain::Item& stored) {
    return stored.min_age == item.min_age && stored.countries == item.countries && stored.label == item.label;
  });
}

void DurableAcks::on_item(const domain::Item& item) {
  items_[item.id] = item;
  if (!has(item)) broken("item " + item.id.str());
}

void DurableAcks::on_link(const domain::ViewerLink& link) {
  links_.push_back(link);
  const domain::ViewerLink* stored = disk_.find_link(link.anonymous);
  if (stored == nullptr || stored->viewer != link.viewer) broken("the link of viewer " + link.anonymous.str());
}

void DurableAcks::on_content(const domain::ContentId& content, const EventId& event) {
  contents_[content] = event;
  const auto stored = disk_.contents.find(content);
  if (stored == disk_.contents.end() || stored->second != event) broken("the event of content " + content.str());
}

void DurableAcks::check_all() {
  for (const auto& [event, sequence] : changes_) {
    const bool there = sequence == Sequence(0) || disk_.find_change(event, sequence) != nullptr;
    if (!there) broken(name_of(event, sequence));
  }
  for (const auto& [viewer, id] : feedback_) {
    if (disk_.find_feedback(viewer, id) == nullptr) broken("interaction " + id + " of viewer " + viewer.str());
  }
  for (const auto& [id, item] : items_) {
    if (!has(item)) broken("item " + id.str());
  }
  for (const domain::ViewerLink& link : links_) {
    const domain::ViewerLink* stored = disk_.find_link(link.anonymous);
    if (stored == nullptr || stored->viewer != link.viewer) broken("the link of viewer " + link.anonymous.str());
  }
  for (const auto& [content, event] : contents_) {
    const auto stored = disk_.contents.find(content);
    if (stored == disk_.contents.end() || stored->second != event) broken("the event of content " + content.str());
  }
  check_replaced();
}

// ---- 2 and 7

void SlateRules::restart(std::size_t shards) {
  InForce<ViewerId, domain::Viewer> viewers;
  for (const auto& [id, row] : disk_.viewers) viewers.set(row);
  InForce<domain::ItemId, domain::Item> items;
  for (const auto& [id, versions] : disk_.items) items.set(versions.back());
  viewers_.assign(shards, viewers);
  items_.assign(shards, items);
  pushed_.clear();
}

void SlateRules::expect(const domain::Viewer& row) {
  for (auto& shard : viewers_) shard.expect(row);
}

void SlateRules::expect(const domain::Item& row) {
  for (auto& shard : items_) shard.expect(row);
}

void SlateRules::on_push(const Connection& connection, const SeenFrame& frame) {
  const Sequence sequence(frame.sequence);
  if (frame.type == "retract") {
    const domain::Change* change = disk_.find_change(connection.event, Sequence(frame.sequence + 1));
    if (change == nullptr || !change->retracts()) {
      findings_.add("1: an acknowledgement means durable", "a retract frame belongs to a durable change",
                    "a retract frame with seq " + std::to_string(frame.sequence));
    }
    return;
  }
  if (frame.type != "slate") return;
  const domain::Change* change = disk_.find_change(EventId(frame.event), sequence);
  if (change == nullptr || change->moment != Sequence(frame.moment)) {
    return findings_.add("1: an acknowledgement means durable", "slates are of durable changes",
                         "a slate of " + name_of(EventId(frame.event), sequence));
  }
  const domain::DecisionId decision{change->event, sequence, connection.introduction.hello.viewer};
  pushed_[to_string(decision)] = {decision, frame.cues};
  std::set<std::string> slots;
  for (const SeenCue& cue : frame.cues) {
    if (!slots.insert(cue.slot).second) findings_.add("2: one cue a slot", "slot " + cue.slot + " once", "twice");
    check_cue(connection, frame, *change, cue);
  }
  check_pins(connection, frame, *change);
}

const SlateRules::Standing& SlateRules::standing_at(const domain::Change& change) {
  const auto known = standings_.find({change.event, change.sequence});
  if (known != standings_.end()) return known->second;
  Standing standing;
  const auto& all = disk_.changes.at(change.event);
  const auto here = all.find(change.sequence);
  if (here != all.begin()) standing = standing_at(std::prev(here)->second);
  if (change.override_) {
    const auto [action, item] = *change.override_;
    standing.overrides.erase(item);
    const std::string slot = value_text(disk_.items.at(item).back().fields, "ITEM_TYPE");
    if (action == OverrideAction::pin) {
      std::erase_if(standing.overrides, [&](const auto& other) {
        return other.second == OverrideAction::pin &&
               value_text(disk_.items.at(other.first).back().fields, "ITEM_TYPE") == slot;
      });
    }
    if (action != OverrideAction::release) standing.overrides[item] = action;
  }
  if (change.filter) {
    standing.filters.erase(change.filter->use.filter);
    if (change.filter->in_force) standing.filters[change.filter->use.filter] = change.filter->use;
  }
  return standings_[{change.event, change.sequence}] = standing;
}

void SlateRules::check_eligible(const Connection& connection, const SeenCue& cue) {
  const ViewerId& viewer = connection.introduction.hello.viewer;
  const bool eligible = items_[connection.shard].any(domain::ItemId(cue.item), [&](const domain::Item* item) {
    if (item == nullptr) return false;
    return viewers_[connection.shard].any(viewer, [&](const domain::Viewer* row) {
      const domain::ViewerTraits traits = row == nullptr ? domain::ViewerTraits() : domain::traits_of(*row);
      return may_see(traits, *item);
    });
  });
  if (eligible) return;
  findings_.add("7: eligibility fails closed, at decision and before the push",
                "nothing that viewer " + viewer.str() + " may not see", "item " + cue.item + " in cue " + cue.id);
}

void SlateRules::check_cue(const Connection& connection, const SeenFrame& frame, const domain::Change& change,
                           const SeenCue& cue) {
  const ViewerId& viewer = connection.introduction.hello.viewer;
  const auto id = domain::parse_cue_id(cue.id);
  const domain::DecisionId expected{change.event, change.sequence, viewer};
  if (!id.ok() || id->decision != expected) {
    findings_.add("2: every cue is accounted for", "a cue of decision " + to_string(expected), "cue " + cue.id);
  }
  check_eligible(connection, cue);
  const Standing& standing = standing_at(change);
  const auto override_ = standing.overrides.find(domain::ItemId(cue.item));
  if (override_ != standing.overrides.end() && override_->second == OverrideAction::block) {
    findings_.add("7: what is blocked is not shown",
                  "no cue with item " + cue.item + " in a slate of seq " + std::to_string(frame.sequence),
                  "cue " + cue.id);
  }
  for (const auto& [name, use] : standing.filters) {
    if (use.expression.find("\"" + cue.slot + "\"") == std::string::npos) continue;
    findings_.add("7: what is filtered is not shown", "no item of type " + cue.slot + ": " + use.expression,
                  "item " + cue.item + " in cue " + cue.id);
  }
}

void SlateRules::check_pins(const Connection& connection, const SeenFrame& frame, const domain::Change& change) {
  const Standing& standing = standing_at(change);
  if (!standing.filters.empty()) return;  // they may take out what is pinned
  for (const auto& [item, action] : standing.overrides) {
    if (action != OverrideAction::pin) continue;
    const auto& versions = disk_.items.at(item);
    const bool restricted =
        std::any_of(versions.begin(), versions.end(), [](const auto& row) { return row.restricted(); });
    if (restricted) continue;
    const std::string slot = versions.back().slot.str();
    const auto shown =
        std::find_if(frame.cues.begin(), frame.cues.end(), [&](const SeenCue& cue) { return cue.slot == slot; });
    if (shown != frame.cues.end() && shown->item == item.str()) continue;
    const bool dismissed = std::any_of(disk_.feedback.begin(), disk_.feedback.end(), [&](const domain::Feedback& row) {
      // What was dismissed of a decision that was lost is not stored.
      return row.viewer == connection.introduction.hello.viewer && row.kind == domain::FeedbackKind::dismiss &&
             (row.item == item || !row.attributed) && row.cue.decision.event == change.event;
    });
    if (dismissed && shown == frame.cues.end()) continue;  // their screen is theirs
    findings_.add("an operator's pin holds",
                  "item " + item.str() + " in slot " + slot + " at seq " + std::to_string(frame.sequence),
                  shown == frame.cues.end() ? "nothing" : "item " + shown->item);
  }
}

bool SlateRules::all_logged() const {
  return std::all_of(pushed_.begin(), pushed_.end(), [&](const auto& each) {
    const domain::DecisionId& id = each.second.decision;
    const auto logged = disk_.decision(id);
    return (logged.ok() && logged->has_value()) || disk_.refused_decisions.contains({id.event, id.sequence});
  });
}

void SlateRules::check_logged() {
  for (const auto& [name, pushed] : pushed_) {
    const auto logged = disk_.decision(pushed.decision);
    if (disk_.refused_decisions.contains({pushed.decision.event, pushed.decision.sequence})) continue;
    if (!logged.ok() || !logged->has_value()) {
      return findings_.add("6: every decision is in the log", "decision " + name + " is logged", "it is not");
    }
    const domain::Decision& decision = **logged;
    const auto catalogue = const_cast<Disk&>(disk_).catalogue(decision.header.catalogue_version);
    for (const SeenCue& cue : pushed.cues) {
      const auto id = domain::parse_cue_id(cue.id);
      const domain::Choice choice = decision.choices[id->slot];
      const bool same = choice.item != domain::kNoItem && (*catalogue)->items()[choice.item].id.str() == cue.item;
      if (!same)
        findings_.add("6: what is shown is what is logged", "cue " + cue.id + " as logged", "item " + cue.item);
    }
  }
}

// ---- 4

void Isolation::on_push(const Connection& connection, const SeenFrame& frame) {
  if (connection.introducing || frame.type != "slate") return;
  walk_ = Walk{connection.shard, EventId(frame.event), Sequence(frame.sequence)};
}

void Isolation::on_turn_over(const Edge& edge) {
  if (!walk_) return;
  const Walk walk = *std::exchange(walk_, std::nullopt);
  const domain::Change* change = disk_.find_change(walk.event, walk.sequence);
  if (change == nullptr || change->adjusts()) return;
  for (const ConnectionPtr& connection : edge.connections()) {
    const bool watches = connection->shard == walk.shard && connection->event == walk.event &&
                         connection->session != 0 && connection->open() &&
                         connection->introduction.route == engine::Route::native;
    if (!watches || connection->last_slate >= walk.sequence) continue;
    findings_.add(
        "4: one viewer never delays another's cue",
        "everybody on the shard gets the slate of seq " + std::to_string(walk.sequence.value()) + " in one turn",
        "viewer " + connection->introduction.hello.viewer.str() + " did not");
  }
}

// ---- feedback

void Attribution::check(bool whole) {
  for (; seen_ < disk_.feedback.size(); ++seen_) check_row(disk_.feedback[seen_], whole);
}

void Attribution::check_row(const domain::Feedback& row, bool whole) {
  const domain::DecisionId& id = row.cue.decision;
  const domain::ViewerLink* link = disk_.find_link(id.viewer);
  const bool own = id.viewer == row.viewer || (link != nullptr && link->viewer == row.viewer);
  const std::string name = "interaction " + row.id + " of viewer " + row.viewer.str();
  if (!own) findings_.add("8: bad input changes nothing", "only feedback about one's own cues", name);
  const auto decision = disk_.decision(id);
  // Of decisions for which a part was refused all count as lost.
  const bool refused = disk_.refused_decisions.contains({id.event, id.sequence});
  if (!row.attributed) {
    const bool known = decision.ok() && decision->has_value() && row.cue.slot < (*decision)->choices.size() &&
                       (*decision)->choices[row.cue.slot].item != domain::kNoItem;
    if (whole && known && !refused)
      findings_.add("2: feedback joins its decision", name + " is attributed", "it is not");
    return;
  }
  if (refused) return;
  if (!decision.ok() || !decision->has_value()) {
    return findings_.add("2: feedback joins its decision",
                         "decision " + to_string(id) + " is durable, since durable feedback cites it", "it is not");
  }
  const auto all = disk_.decisions(id);
  const bool same = std::any_of(all.begin(), all.end(), [&](const domain::Decision& logged) {
    const domain::Choice choice = logged.choices[row.cue.slot];
    const auto catalogue = const_cast<Disk&>(disk_).catalogue(logged.header.catalogue_version);
    return choice.item != domain::kNoItem && (*catalogue)->items()[choice.item].id == row.item &&
           choice.propensity == row.propensity && *logged.traits == *row.traits &&
           logged.header.solution_version == row.solution_version;
  });
  if (!same) findings_.add("2: feedback joins its decision", name + " as its decision says", "item " + row.item.str());
}

// ---- 8

void Refusals::on_refused_feedback(const ViewerId& viewer, const std::string& id, const Error& error) {
  if (error.kind == ErrorKind::unavailable) return;  // it may be stored: nobody knows
  feedback_.insert({viewer, id});
  check_all();
}

void Refusals::on_refused_change(const EventId& event, const std::string& mark, const Error& error) {
  if (error.kind == ErrorKind::unavailable) return;
  changes_.insert({event, mark});
}

void Refusals::check_all() {
  for (const auto& [viewer, id] : feedback_) {
    if (disk_.find_feedback(viewer, id) == nullptr) continue;
    findings_.add("8: bad input changes nothing", "refused interaction " + id + " is not stored", "it is");
  }
  for (const auto& [event, mark] : changes_) {
    const auto all = disk_.changes.find(event);
    if (all == disk_.changes.end()) continue;
    for (const auto& [sequence, change] : all->second) {
      if (change.reason != mark && value_text(change.after, "MATCH_EVENT") != mark) continue;
      findings_.add("8: bad input changes nothing", "refused \"" + mark + "\" is nowhere", name_of(event, sequence));
    }
  }
}

}  // namespace matchcue::simulation
