// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_audience_policy.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "codec/personalize_schema.h"

namespace matchcue::simulate {
namespace {

/// A schema has at most so many context fields; a world may have more.
constexpr std::size_t kContextFieldsMax = 5;

domain::Field context_field(const std::string& name, const domain::Value& value) {
  domain::Field field;
  field.name = name;
  field.type = std::holds_alternative<std::int64_t>(value) ? domain::FieldType::int64 : domain::FieldType::string;
  field.nullable = true;
  return field;
}

/// Interactions whose context is the world's: the fields that have the most values, when there are too many.
domain::Schema context_schema(const CrowdWorld& world) {
  std::map<std::string, std::set<domain::Value>> values;
  for (const CrowdTick& tick : world.ticks()) {
    for (const auto& [name, value] : tick.context) values[name].insert(value);
  }
  std::vector<std::string> names;
  for (const auto& [name, seen] : values) names.push_back(name);
  std::stable_sort(names.begin(), names.end(),
                   [&](const auto& a, const auto& b) { return values[a].size() > values[b].size(); });
  names.resize(std::min(names.size(), kContextFieldsMax));
  domain::Schema schema = codec::builtin_schema(domain::DatasetKind::interactions);
  std::erase_if(schema.fields, [](const domain::Field& field) {
    return !codec::is_reserved_column(domain::DatasetKind::interactions, field.name);
  });
  for (const std::string& name : names) schema.fields.push_back(context_field(name, *values[name].begin()));
  return schema;
}

}  // namespace

void AudiencePolicy::choose(const CrowdWorld& world, std::span<std::size_t> items) {
  std::fill(items.begin(), items.end(), kNoCrowdItem);
  if (trouble_) return;
  if (auto shown = show(world, items); !shown.ok()) trouble_ = std::move(shown).error();
}

void AudiencePolicy::learn(const CrowdWorld& world, std::span<const CrowdShown> shown) {
  if (trouble_) return;
  if (auto reported = report(world, shown); !reported.ok()) trouble_ = std::move(reported).error();
}

Result<void> AudiencePolicy::show(const CrowdWorld& world, std::span<std::size_t> items) {
  MCUE_TRY_VOID(put_what_is_new(world));
  MCUE_TRY_VOID(audience_.fire(moment_of(world.tick(), world)));
  const std::size_t slots = world.slots().size();
  cues_.assign(items.size(), {});
  for (std::size_t viewer = 0; viewer < world.viewers().size(); ++viewer) {
    for (const CrowdCue& cue : audience_.slates()[viewer]) {
      const auto slot = std::find_if(world.slots().begin(), world.slots().end(),
                                     [&](const domain::SlotName& name) { return name.str() == cue.slot; });
      const auto item = std::find_if(world.items().begin(), world.items().end(),
                                     [&](const CrowdItem& known) { return known.id.str() == cue.item; });
      if (slot == world.slots().end() || item == world.items().end()) continue;  // not the crowd's
      const std::size_t cell = viewer * slots + static_cast<std::size_t>(slot - world.slots().begin());
      items[cell] = static_cast<std::size_t>(item - world.items().begin());
      if (!world.is_available(items[cell])) {
        return Error{
            ErrorKind::conflict,
            "crowd_played_before",
            cue.item + " is shown before it arrives: this server has played to a crowd before; start a new one",
            {}};
      }
      cues_[cell] = cue.id;
    }
  }
  const auto empty = std::find(items.begin(), items.end(), kNoCrowdItem);
  if (empty == items.end()) return {};
  const auto cell = static_cast<std::size_t>(empty - items.begin());
  return Error{ErrorKind::internal,
               "empty_slot",
               fmt::format("tick {}: viewer {} was shown nothing in slot {}", world.tick_number(),
                           world.viewers()[cell / slots].id.str(), world.slots()[cell % slots].str()),
               {}};
}

Result<void> AudiencePolicy::report(const CrowdWorld& world, std::span<const CrowdShown> shown) {
  std::vector<CrowdAct> acts;
  for (std::size_t cell = 0; cell < shown.size(); ++cell) {
    const std::size_t viewer = cell / world.slots().size();
    acts.push_back({viewer, cues_[cell], domain::FeedbackKind::impression});
    if (shown[cell].clicked) acts.push_back({viewer, cues_[cell], domain::FeedbackKind::click});
  }
  MCUE_TRY_VOID(audience_.act(acts));
  return audience_.settle();
}

Result<void> AudiencePolicy::put_what_is_new(const CrowdWorld& world) {
  std::vector<CrowdItem> items;
  for (std::size_t i = 0; i < world.items().size(); ++i) {
    if (world.is_available(i)) items.push_back(world.items()[i]);
  }
  if (items.size() == items_put_) return {};
  const bool first = items_put_ == 0;
  items_put_ = items.size();
  if (first) {
    context_ = context_schema(world);
    MCUE_TRY_VOID(audience_.put_context(context_));
  }
  MCUE_TRY_VOID(audience_.put_items(items));  // those that are there already change nothing
  if (!first) return {};
  MCUE_TRY_VOID(audience_.put_viewers(world.viewers()));
  return audience_.connect();
}

/// The tick's context exactly: what is not in it is removed from the event's state.
TimedMoment AudiencePolicy::moment_of(const CrowdTick& tick, const CrowdWorld& world) const {
  TimedMoment moment = tick.moment;
  moment.state.clear();
  for (const domain::Field& field : context_.fields) {
    if (codec::is_reserved_column(domain::DatasetKind::interactions, field.name)) continue;
    const auto said = tick.context.find(field.name);
    moment.state[field.name] = said == tick.context.end() ? domain::Value() : said->second;
  }
  moment.subject.reset();
  if (tick.subject) moment.subject = world.items()[*tick.subject].id;
  return moment;
}

}  // namespace matchcue::simulate
