// SPDX-License-Identifier: Apache-2.0
#include "domain/viewer_past.h"

namespace matchcue::domain {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

}  // namespace

const PastItemsPtr& no_past() {
  static const PastItemsPtr kNothing = std::make_shared<const PastItems>();
  return kNothing;
}

void ViewerPast::add(std::string_view event_type, const ItemId& item) {
  std::deque<ItemId>& items = by_type_[lower(event_type)];
  if (items.size() == kPastActsMax) items.pop_front();
  items.push_back(item);
}

bool ViewerPast::add_older(std::string_view event_type, const ItemId& item) {
  std::deque<ItemId>& items = by_type_[lower(event_type)];
  if (items.size() == kPastActsMax) return false;
  items.push_front(item);
  return true;
}

}  // namespace matchcue::domain
