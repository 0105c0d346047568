// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/rows.h"

#include "base/text.h"
#include "domain/remote.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

Error corrupt_word(std::string_view what, std::string_view word) {
  return Error{ErrorKind::corrupt,
               "corrupt_database",
               "unknown " + std::string(what) + " \"" + std::string(word) + "\" in the database",
               {}};
}

domain::Sequence sequence_at(const Query& row, int column) { return domain::Sequence(row.count(column)); }

}  // namespace

Result<domain::Change> read_change(const Query& row) {
  domain::Change change;
  change.event = domain::EventId(row.text(0));
  change.sequence = sequence_at(row, 1);
  const auto kind = domain::parse_change_kind(row.view(2));
  if (!kind) return corrupt_word("kind of change", row.view(2));
  change.kind = *kind;
  change.at = wall_time_from_ms(row.whole(3));
  if (!row.is_null(4)) change.media_time = wall_time_from_ms(row.whole(4));
  if (!row.is_null(5)) change.subject = domain::ItemId(row.text(5));
  if (!row.is_null(6)) change.corrects = sequence_at(row, 6);
  change.reason = row.text(7);
  if (!row.is_null(8)) {
    const auto action = domain::parse_override_action(row.view(8));
    if (!action) return corrupt_word("override action", row.view(8));
    change.override_ = domain::ItemOverride{*action, domain::ItemId(row.text(9))};
  }
  MCUE_TRY(change.before, parse_values(row.view(10)));
  MCUE_TRY(change.after, parse_values(row.view(11)));
  change.first = row.whole(12) != 0;
  change.moment = sequence_at(row, 13);
  if (!row.is_null(14)) {
    MCUE_TRY(change.filter, parse_filter_change(row.view(14)));
  }
  return change;
}

Result<domain::StoredFilter> read_filter(const Query& row) {
  return domain::StoredFilter{domain::FilterName(row.text(0)), row.text(1), wall_time_from_ms(row.whole(2))};
}

Result<domain::Item> read_item(const Query& row, std::uint64_t version) {
  domain::Item item;
  item.id = domain::ItemId(row.text(0));
  item.slot = domain::SlotName(row.text(1));
  item.label = row.text(2);
  if (!row.is_null(3)) item.min_age = static_cast<int>(row.whole(3));
  const std::string_view countries = row.view(4);
  if (!countries.empty()) {
    for (const std::string_view country : split(countries, '|')) item.countries.emplace_back(country);
  }
  // What an older version took unchecked is no component.
  if (auto remote = domain::check_remote(row.view(5)); remote.ok()) item.remote = std::move(remote).value();
  MCUE_TRY(item.fields, parse_values(row.view(6)));
  item.document = row.text(7);
  item.version = version;
  return item;
}

Result<domain::Viewer> read_viewer(const Query& row) {
  domain::Viewer viewer;
  viewer.id = domain::ViewerId(row.text(0));
  viewer.version = row.count(1);
  if (!row.is_null(2)) viewer.age = static_cast<int>(row.whole(2));
  viewer.country = row.text(3);
  MCUE_TRY(viewer.fields, parse_values(row.view(4)));
  viewer.document = row.text(5);
  return viewer;
}

Result<domain::Interaction> read_interaction(const Query& row) {
  domain::Interaction interaction;
  interaction.viewer = domain::ViewerId(row.text(0));
  interaction.item = domain::ItemId(row.text(1));
  interaction.timestamp_s = row.whole(2);
  interaction.event_type = row.text(3);
  interaction.event_value = row.number(4);
  MCUE_TRY(interaction.context, parse_values(row.view(5)));
  interaction.document = row.text(6);
  return interaction;
}

Result<domain::Feedback> read_feedback(const Query& row, Connection& connection, TraitsByNumber& traits) {
  domain::Feedback feedback;
  feedback.viewer = domain::ViewerId(row.text(0));
  feedback.id = row.text(1);
  feedback.cue.decision = {domain::EventId(row.text(2)), sequence_at(row, 3),
                           row.is_null(4) ? feedback.viewer : domain::ViewerId(row.text(4))};
  feedback.cue.slot = static_cast<std::size_t>(row.count(5));
  const auto kind = domain::parse_feedback_kind(row.view(6));
  if (!kind) return corrupt_word("kind of feedback", row.view(6));
  feedback.kind = *kind;
  feedback.value = row.number(7);
  feedback.at = wall_time_from_ms(row.whole(8));
  feedback.attributed = row.whole(9) != 0;
  feedback.item = domain::ItemId(row.text(10));
  feedback.slot = domain::SlotName(row.text(11));
  feedback.propensity = static_cast<float>(row.number(12));
  feedback.solution_version = row.text(13);
  feedback.number = row.count(14);
  if (!row.is_null(15)) {
    MCUE_TRY(feedback.traits, traits.load(connection, row.whole(15)));
  }
  return feedback;
}

Result<domain::ViewerLink> read_link(const Query& row, Connection& connection, TraitsByNumber& traits) {
  domain::ViewerLink link;
  link.number = row.count(0);
  link.anonymous = domain::ViewerId(row.text(1));
  link.viewer = domain::ViewerId(row.text(2));
  MCUE_TRY(link.traits, traits.load(connection, row.whole(3)));
  link.at = wall_time_from_ms(row.whole(4));
  return link;
}

std::string join_countries(const std::vector<std::string>& countries) {
  std::string joined;
  for (const std::string& country : countries) {
    if (!joined.empty()) joined += '|';
    joined += country;
  }
  return joined;
}

}  // namespace matchcue::store
