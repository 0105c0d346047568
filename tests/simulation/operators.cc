// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/operators.h"

#include <algorithm>
#include <array>
#include <limits>

namespace matchcue::simulation {

using domain::ContentId;
using domain::EventId;
using domain::FilterName;
using domain::ItemId;
using domain::OverrideAction;
using domain::Sequence;
using domain::Value;
using domain::ViewerId;
using engine::ChangeReceipt;

namespace {

constexpr std::array<const char*, 4> kSlots = {"SOCIAL", "MONETIZE", "GENERAL", "PLAYER"};
constexpr std::array<const char*, 4> kHappenings = {"GOAL", "FOUL", "CORNER", "BREAK"};
constexpr std::array<const char*, 3> kCountries = {"", "FRANCE", "BRAZIL"};
constexpr std::array<const char*, 2> kFilters = {"no-social", "unseen"};
constexpr std::array<const char*, 2> kExpressions = {R"(EXCLUDE ItemID WHERE Items.ITEM_TYPE IN ("SOCIAL"))",
                                                     R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click"))"};

}  // namespace

Operators::Operators(World& world, std::vector<std::string> viewers, std::uint64_t seed)
    : world_(world), viewers_(std::move(viewers)), random_(seed) {}

EventId Operators::any_event() { return event(below(world_.plan.events)); }
ItemId Operators::any_item() { return ItemId("i" + std::to_string(below(world_.plan.items))); }

domain::Viewer Operators::make_viewer(const std::string& id) {
  domain::Values fields;
  if (below(4) != 0) fields["AGE"] = Value(static_cast<std::int64_t>(10 + below(40)));
  fields["COUNTRY"] = Value(std::string(kCountries[below(kCountries.size())]));
  return domain::make_viewer(ViewerId(id), std::move(fields), "{}").value();
}

domain::Item Operators::make_item(std::size_t number, bool may_restrict) {
  domain::Values fields;
  fields["ITEM_TYPE"] = Value(std::string(kSlots[number % kSlots.size()]));
  fields["ITEM_LABEL"] = Value("L" + std::to_string(below(1'000)));
  // Every third item is never restricted, so that a pin of it always holds.
  if (may_restrict && number % 3 != 0 && below(2) == 0) {
    if (below(2) == 0) fields["MIN_AGE"] = Value(std::int64_t{18});
    if (below(2) == 0) fields["COUNTRIES"] = Value(std::string("FRANCE|SPAIN"));
  }
  return domain::make_item(ItemId("i" + std::to_string(number)), std::move(fields), "{}").value();
}

domain::Values Operators::state() {
  domain::Values values;
  values["MATCH_EVENT"] = Value(std::string(kHappenings[below(kHappenings.size())]));
  if (below(2) == 0) values["SCORE_DIFFERENCE"] = Value(std::to_string(below(4)));
  return values;
}

void Operators::put_viewers(std::vector<domain::Viewer> rows, bool first) {
  std::vector<std::uint64_t> asked;
  for (const domain::Viewer& row : rows) {
    busy_.insert(row.id.str());
    world_.promises.slates.expect(row);
    asked.push_back(world_.promises.acks.viewers.ask(row.id, row));
  }
  const auto reply = world_.reply<store::WriteSummary>("put viewers", [this, rows, asked, first](const auto& result) {
    for (std::size_t shard = 0; shard < world_.plan.shards; ++shard) {
      // Behind what control has told the shard, so by then the shard knows.
      world_.process->shards[shard]->post([this, shard, rows, stored = result.ok()] {
        for (const domain::Viewer& row : rows) {
          world_.promises.slates.settle(shard, row, stored);
          if (shard == 0) busy_.erase(row.id.str());
        }
      });
    }
    DurableAcks& acks = world_.promises.acks;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      acks.viewers.answer(rows[i].id, asked[i], result.ok() ? nullptr : &result.error());
    }
    acks.check_replaced();
    if (!result.ok()) return;
    if (first) --set_up_left_;
  });
  engine().put_viewers(std::move(rows), reply);
}

void Operators::put_items(std::vector<domain::Item> rows, bool first) {
  for (const domain::Item& row : rows) {
    busy_.insert(row.id.str());
    world_.promises.slates.expect(row);
  }
  const auto reply = world_.reply<store::WriteSummary>("put items", [this, rows, first](const auto& result) {
    for (std::size_t shard = 0; shard < world_.plan.shards; ++shard) {
      world_.process->shards[shard]->post([this, shard, rows, stored = result.ok()] {
        for (const domain::Item& row : rows) {
          world_.promises.slates.settle(shard, row, stored);
          if (shard == 0) busy_.erase(row.id.str());
        }
      });
    }
    if (!result.ok()) return;
    for (const domain::Item& row : rows) world_.promises.acks.on_item(row);
    if (first) --set_up_left_;
  });
  engine().put_items(std::move(rows), reply);
}

void Operators::set_up() {
  set_up_left_ = 2 + world_.plan.events;
  std::vector<domain::Item> items;
  for (std::size_t i = 0; i < world_.plan.items; ++i) items.push_back(make_item(i, true));
  put_items(std::move(items), true);
  std::vector<domain::Viewer> viewers;
  for (const std::string& viewer : viewers_) {
    if (below(4) != 0) viewers.push_back(make_viewer(viewer));
  }
  put_viewers(std::move(viewers), true);
  for (std::size_t e = 0; e < world_.plan.events; ++e) {
    const ContentId content("c" + std::to_string(e));
    engine().map_content(content, event(e),
                         world_.reply<domain::LiveEvent>("map content", [this, content, e](const auto& result) {
                           if (!result.ok()) return;
                           world_.promises.acks.on_content(content, event(e));
                           --set_up_left_;
                         }));
  }
}

void Operators::begin() {
  const auto pause = Milliseconds(1 + below(2 * static_cast<std::uint64_t>(world_.plan.change_every.count())));
  world_.loop->after(pause, [this] {
    if (world_.healing) return;
    if (world_.up()) act();
    begin();
  });
}

engine::Reply<ChangeReceipt> Operators::change_reply(const std::string& what, const EventId& event,
                                                     const std::string& mark,
                                                     std::function<bool(const domain::LiveEvent&)> holds) {
  const std::string name = what + " " + event.str();
  return world_.reply<ChangeReceipt>(
      name, [this, name, event, mark, holds = std::move(holds)](const Result<ChangeReceipt>& result) {
        if (result.ok()) {
          world_.promises.acks.on_change(result->event);
          if (!holds || holds(result->event)) return;
          world_.findings.add("1: an acknowledgement means durable", "what was acknowledged holds", name + " does not");
        } else if (!mark.empty()) {
          world_.promises.refusals.on_refused_change(event, mark, result.error());
        }
      });
}

void Operators::act() {
  change_something();
  if (world_.plan.duplicates && below(4) == 0) change_something();  // at once, before the first is durable
  if (world_.plan.poison && below(3) == 0) say_nonsense();
  if (below(3) == 0) ask_something();
}

void Operators::change_something() {
  const std::uint64_t choice = below(10);
  if (choice < 1 && world_.plan.corrections) return correct();
  if (choice < 2 && world_.plan.corrections) {
    fire();
    return correct();  // of something that may not be on any screen yet
  }
  if (choice < 4 && world_.plan.overrides) return override_item();
  if (choice < 5 && world_.plan.filters) return below(2) == 0 ? put_filter() : use_filter();
  if (choice < 6 && world_.plan.catalogue_changes) return below(2) == 0 ? put_viewer() : put_item();
  if (choice < 7) return set_state();
  fire();
}

void Operators::set_state() {
  const EventId event = any_event();
  const domain::Values asked = state();
  const auto holds = [asked](const domain::LiveEvent& now) {
    return std::all_of(asked.begin(), asked.end(), [&](const auto& field) {
      const auto found = now.state.find(field.first);
      return found != now.state.end() && found->second == field.second;
    });
  };
  engine().set_state({event, asked, {}}, change_reply("set state", event, "", holds));
}

void Operators::fire() {
  const EventId event = any_event();
  engine::FireMoment moment{event, state(), {}, {}};
  if (below(3) == 0) moment.subject = any_item();
  if (below(3) == 0) moment.media_time = world_.scheduler.clock().wall();
  engine().fire_moment(std::move(moment), change_reply("fire", event));
}

void Operators::correct() {
  const EventId event = any_event();
  const auto changes = world_.disk.changes.find(event);
  if (changes == world_.disk.changes.end() || changes->second.empty()) return;
  auto at = changes->second.rbegin();
  for (std::uint64_t back = below(4); back > 0 && std::next(at) != changes->second.rend(); --back) ++at;
  const std::string why = mark();
  engine().correct_moment({event, at->first, state(), {}, {}, why}, change_reply("correct", event, why));
}

void Operators::override_item() {
  const EventId event = any_event();
  constexpr std::array<OverrideAction, 3> kActions = {OverrideAction::pin, OverrideAction::block,
                                                      OverrideAction::release};
  const domain::ItemOverride asked{kActions[below(3)], any_item()};
  const auto holds = [asked](const domain::LiveEvent& now) {
    const auto found = std::find_if(now.overrides.begin(), now.overrides.end(),
                                    [&](const domain::ItemOverride& each) { return each.item == asked.item; });
    return found == now.overrides.end() ? asked.action == OverrideAction::release : found->action == asked.action;
  };
  const std::string why = mark();
  engine().override_item({event, asked, why}, change_reply("override", event, why, holds));
}

void Operators::put_filter() {
  const std::size_t which = below(kFilters.size());
  const FilterName name(kFilters[which]);
  DurableAcks& acks = world_.promises.acks;
  const auto heed = [&acks, name](std::uint64_t asked) {
    return [&acks, name, asked](const Result<domain::StoredFilter>& result) {
      acks.filters.answer(name, asked, result.ok() ? nullptr : &result.error());
      acks.check_replaced();
    };
  };
  if (below(5) == 0) {
    const std::uint64_t asked = acks.filters.ask(name, std::nullopt);
    engine().delete_filter(name, world_.reply<domain::StoredFilter>("delete filter", heed(asked)));
    return;
  }
  const std::uint64_t asked = acks.filters.ask(name, kExpressions[which]);
  engine().put_filter(name, kExpressions[which], world_.reply<domain::StoredFilter>("put filter", heed(asked)));
}

void Operators::use_filter() {
  const EventId event = any_event();
  const std::string why = mark();
  const FilterName name(kFilters[below(kFilters.size())]);
  engine().use_filter({event, below(3) != 0, {name, {}}, why}, change_reply("use filter", event, why));
}

void Operators::put_viewer() {
  if (viewers_.empty()) return;
  const std::string id = viewers_[below(viewers_.size())];
  if (!busy_.contains(id)) put_viewers({make_viewer(id)}, false);
}

void Operators::put_item() {
  const std::size_t number = below(world_.plan.items);
  if (!busy_.contains("i" + std::to_string(number))) put_items({make_item(number, true)}, false);
}

void Operators::ask_something() {
  const EventId event = any_event();
  switch (below(5)) {
    case 0: return engine().settle_learner(world_.reply<engine::LearnerView>("settle learner", [](const auto&) {}));
    case 1:
      return engine().recommend({ViewerId("nobody"), event, {}, {}},
                                world_.reply<engine::Recommendation>("recommend", [](const auto&) {}));
    case 2: return engine().audience(event, world_.reply<engine::AudienceView>("audience", [](const auto&) {}));
    case 3:
      if (viewers_.empty()) return;
      return engine().find_viewer(ViewerId(viewers_[below(viewers_.size())]),
                                  world_.reply<engine::ViewerView>("find viewer", [](const auto&) {}));
    default:
      return engine().read_changes(event, Sequence(below(5)), 100, Milliseconds(below(2) * 1'000),
                                   world_.reply<std::vector<domain::ChangePtr>>("read changes", [](const auto&) {}));
  }
}

void Operators::say_nonsense() {
  const EventId event = any_event();
  const std::string why = mark();
  switch (below(5)) {
    case 0:
      return engine().set_state({event, {{"MATCH_EVENT", Value(why)}, {"NO_SUCH_FIELD", Value(true)}}, {}},
                                change_reply("set nonsense", event, why));
    case 1:
      return engine().fire_moment({event, {{"MATCH_EVENT", Value(why)}}, {}, ItemId("no-such-item")},
                                  change_reply("fire nonsense", event, why));
    case 2:
      return engine().correct_moment({event, Sequence(1'000'000), {}, {}, {}, why},
                                     change_reply("correct nonsense", event, why));
    case 3:
      return engine().override_item({event, {OverrideAction::pin, ItemId("no-such-item")}, why},
                                    change_reply("pin nonsense", event, why));
    default:
      return engine().fire_moment(
          {event,
           {{"SCORE_DIFFERENCE", Value(std::numeric_limits<double>::quiet_NaN())}, {"MATCH_EVENT", Value(why)}},
           {},
           {}},
          change_reply("fire NaN", event, why));
  }
}

void Operators::fire_last() {
  for (std::size_t e = 0; e < world_.plan.events; ++e) {
    engine().fire_moment({event(e), state(), {}, {}}, change_reply("fire last", event(e)));
  }
}

}  // namespace matchcue::simulation
