#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Seven items, three viewers and what they did: what the tests filter.

#include <string>
#include <utility>
#include <vector>

#include "domain/catalogue.h"
#include "filter/catalogue_filter.h"
#include "filter/resolve.h"

namespace matchcue::filter::test {

inline const domain::Schema& items_schema() {
  using domain::FieldType;
  static const domain::Schema schema{domain::DatasetKind::items,
                                     "Items",
                                     {{"ITEM_ID", FieldType::string, false, false, false},
                                      {"ITEM_TYPE", FieldType::string, true, true, false},
                                      {"ITEM_LABEL", FieldType::string, true, false, false},
                                      {"CATEGORY", FieldType::string, true, true, false},
                                      {"DESCRIPTION", FieldType::string, true, true, false},
                                      {"GENRE", FieldType::string, true, true, false},
                                      {"COUNTRY", FieldType::string, true, true, false},
                                      {"IS_MONETIZE", FieldType::string, true, true, false},
                                      {"PRICE", FieldType::float64, true, false, false},
                                      {"FIFA_OVR_RATE", FieldType::int32, true, false, false},
                                      {"CREATION_TIMESTAMP", FieldType::int64, true, false, false},
                                      {"SYNOPSIS", FieldType::string, true, false, true},
                                      {"IN_STOCK", FieldType::boolean, true, false, false}}};
  return schema;
}

inline const domain::Schema& users_schema() {
  using domain::FieldType;
  static const domain::Schema schema{domain::DatasetKind::users,
                                     "Users",
                                     {{"USER_ID", FieldType::string, false, false, false},
                                      {"AGE", FieldType::int32, true, false, false},
                                      {"COUNTRY", FieldType::string, true, true, false},
                                      {"TEAMS", FieldType::string, true, true, false},
                                      {"MEMBERSHIP_STATUS", FieldType::string, true, true, false},
                                      {"PREMIUM", FieldType::boolean, true, false, false}}};
  return schema;
}

inline const domain::Schema& interactions_schema() {
  using domain::FieldType;
  static const domain::Schema schema{domain::DatasetKind::interactions,
                                     "Interactions",
                                     {{"USER_ID", FieldType::string, false, false, false},
                                      {"ITEM_ID", FieldType::string, false, false, false},
                                      {"TIMESTAMP", FieldType::int64, false, false, false},
                                      {"EVENT_TYPE", FieldType::string, false, false, false},
                                      {"LOCATION", FieldType::string, true, true, false}}};
  return schema;
}

inline Schemas schemas() { return {users_schema(), items_schema(), interactions_schema()}; }

inline domain::Item item(const std::string& id, domain::Values fields) {
  auto made = domain::make_item(domain::ItemId(id), std::move(fields), {});
  return *std::move(made);
}

/// In id order: bet, poll, quiz, reserve, shop, star, trainers.
inline const domain::Catalogue& catalogue() {
  using Whole = std::int64_t;
  static const domain::Catalogue catalogue(
      1, {item("bet", {{"ITEM_TYPE", "MONETIZE"},
                       {"ITEM_LABEL", "BET"},
                       {"IS_MONETIZE", "Y"},
                       {"COUNTRY", "FRANCE"},
                       {"PRICE", 10.0},
                       {"IN_STOCK", true},
                       {"CREATION_TIMESTAMP", Whole{1'700'000'100}}}),
          item("shop", {{"ITEM_TYPE", "MONETIZE"},
                        {"ITEM_LABEL", "SHOP"},
                        {"IS_MONETIZE", "Y"},
                        {"CATEGORY", "shoe|boot"},
                        {"DESCRIPTION", "boot"},
                        {"PRICE", 25.5},
                        {"CREATION_TIMESTAMP", Whole{1'700'000'200}}}),
          item("trainers", {{"ITEM_TYPE", "MONETIZE"},
                            {"IS_MONETIZE", "N"},
                            {"CATEGORY", "shoe"},
                            {"DESCRIPTION", "running"},
                            {"PRICE", 60.0},
                            {"CREATION_TIMESTAMP", Whole{1'700'000'300}}}),
          item("poll", {{"ITEM_TYPE", "SOCIAL"}, {"ITEM_LABEL", "POLL \"who wins\""}, {"GENRE", "comedy|drama"}}),
          item("quiz", {{"ITEM_TYPE", "GENERAL"}, {"GENRE", "drama"}, {"COUNTRY", std::monostate{}}}),
          item("star", {{"ITEM_TYPE", "PLAYER"}, {"FIFA_OVR_RATE", Whole{91}}, {"COUNTRY", "FRANCE|SPAIN"}}),
          item("reserve", {{"ITEM_TYPE", "PLAYER"}, {"FIFA_OVR_RATE", Whole{70}}, {"COUNTRY", "FRANCE"}})});
  return catalogue;
}

/// A viewer with a past.
struct Person {
  std::string id;
  domain::ViewerTraits traits;
  std::vector<std::pair<std::string, std::string>> did;  ///< event type, item

  domain::ViewerPast past() const {
    domain::ViewerPast past;
    for (const auto& [event_type, item] : did) past.add(event_type, domain::ItemId(item));
    return past;
  }
};

/// The items that pass for a person.
inline ItemMask passed_by(const CatalogueFilter& filter, const Person& person) {
  domain::PastItems answers;
  filter.answer(person.past(), catalogue(), answers);
  ItemMask passed;
  filter.apply({person.id, person.traits, answers}, passed);
  return passed;
}

inline Person kid() {
  return {"kid",
          {12, "FRANCE", {{"AGE", std::int64_t{12}}, {"COUNTRY", "FRANCE"}, {"TEAMS", "reds|blues"}}},
          {{"click", "poll"}, {"STREAM", "quiz"}, {"Favorite", "star"}, {"click", "star"}}};
}
inline Person adult() {
  return {"adult",
          {30, "GERMANY", {{"AGE", std::int64_t{30}}, {"COUNTRY", "Germany"}, {"MEMBERSHIP_STATUS", "gold"}}},
          {{"Click", "bet"}}};
}
inline Person stranger() { return {"stranger", {}, {}}; }

/// "bet poll": what passes, in id order; or the error's first line.
inline std::string passing(const Person& person, const std::string& expression, const FilterValues& values = {}) {
  const auto first_line = [](const std::string& text) { return text.substr(0, text.find('\n')); };
  const auto filter = resolve_filter(expression, schemas());
  if (!filter.ok()) return first_line(filter.error().message);
  const auto read = resolve_values(*filter, values, schemas());
  if (!read.ok()) return first_line(read.error().message);
  const CatalogueFilter folded(*filter, *read, catalogue());
  const ItemMask passed = passed_by(folded, person);
  std::string ids;
  for (std::size_t i = 0; i < catalogue().items().size(); ++i) {
    if (!passed.test(i)) continue;
    if (!ids.empty()) ids += ' ';
    ids += catalogue().items()[i].id.str();
  }
  return ids;
}

}  // namespace matchcue::filter::test
