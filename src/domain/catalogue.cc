// SPDX-License-Identifier: Apache-2.0
#include "domain/catalogue.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "domain/remote.h"

namespace matchcue::domain {

namespace {

constexpr int kAgeMax = 150;
constexpr std::array<std::string_view, 4> kKnownSlots = {"SOCIAL", "MONETIZE", "GENERAL", "PLAYER"};

std::string text_of(const Values& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : to_text(found->second);
}

std::string upper(std::string text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return text;
}

Result<std::optional<int>> age_of(const Values& fields, std::string_view name) {
  const auto found = fields.find(name);
  if (found == fields.end() || std::holds_alternative<std::monostate>(found->second)) return std::optional<int>();
  const std::string field(name);
  const std::string text = to_text(found->second);
  const auto age = parse_int(text);
  if (!age || *age < 0 || *age > kAgeMax) {
    return invalid("wrong_type", field + ": \"" + text + "\" is not an age in years (0..150)", field);
  }
  return std::optional<int>(static_cast<int>(*age));
}

/// SOCIAL, MONETIZE, GENERAL, PLAYER as the sample orders them, then the others by name.
std::vector<SlotName> slot_order(const std::vector<Item>& items) {
  std::vector<SlotName> slots;
  for (const Item& item : items) slots.push_back(item.slot);
  std::sort(slots.begin(), slots.end());
  slots.erase(std::unique(slots.begin(), slots.end()), slots.end());
  const auto rank = [](const SlotName& slot) {
    return std::find(kKnownSlots.begin(), kKnownSlots.end(), slot.str()) - kKnownSlots.begin();
  };
  std::stable_sort(slots.begin(), slots.end(), [&](const SlotName& a, const SlotName& b) { return rank(a) < rank(b); });
  return slots;
}

}  // namespace

Result<Item> make_item(ItemId id, Values fields, std::string document) {
  Item item;
  MCUE_TRY(item.min_age, age_of(fields, "MIN_AGE"));
  item.id = std::move(id);
  const std::string type = text_of(fields, "ITEM_TYPE");
  item.slot = SlotName(type.empty() ? "UNKNOWN" : type);
  item.label = text_of(fields, "ITEM_LABEL");
  MCUE_TRY(item.remote, check_remote(text_of(fields, kRemoteColumn)));
  if (!item.remote.empty()) fields.find(kRemoteColumn)->second = item.remote;
  const std::string countries = text_of(fields, "COUNTRIES");
  if (!countries.empty()) {
    for (const std::string_view country : split(countries, '|')) item.countries.push_back(upper(std::string(country)));
  }
  item.fields = std::move(fields);
  item.document = std::move(document);
  return item;
}

Result<Viewer> make_viewer(ViewerId id, Values fields, std::string document) {
  Viewer viewer;
  MCUE_TRY(viewer.age, age_of(fields, "AGE"));
  viewer.id = std::move(id);
  viewer.country = upper(text_of(fields, "COUNTRY"));
  viewer.fields = std::move(fields);
  viewer.document = std::move(document);
  return viewer;
}

Catalogue::Catalogue(std::uint64_t version, std::vector<Item> items) : version_(version), items_(std::move(items)) {
  std::sort(items_.begin(), items_.end(), [](const Item& a, const Item& b) { return a.id < b.id; });
  slots_ = slot_order(items_);
  for (std::size_t i = 0; i < items_.size(); ++i) {
    slot_of_.push_back(
        static_cast<std::size_t>(std::find(slots_.begin(), slots_.end(), items_[i].slot) - slots_.begin()));
    const bool added = index_.emplace(items_[i].id, i).second;
    CHECK(added, items_[i].id);
  }
}

std::optional<std::size_t> Catalogue::find_item(const ItemId& id) const {
  const auto found = index_.find(id);
  if (found == index_.end()) return std::nullopt;
  return found->second;
}

}  // namespace matchcue::domain
