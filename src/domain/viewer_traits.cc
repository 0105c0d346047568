// SPDX-License-Identifier: Apache-2.0
#include "domain/viewer_traits.h"

#include "domain/catalogue.h"

namespace matchcue::domain {

namespace {

bool can_be_trait(const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return false;
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr || text->size() <= kTraitBytesMax;
}

}  // namespace

const TraitsPtr& no_traits() {
  static const TraitsPtr kNothing = std::make_shared<const ViewerTraits>();
  return kNothing;
}

ViewerTraits traits_of(const Viewer& viewer) {
  ViewerTraits traits{viewer.age, viewer.country, {}};
  for (const auto& [name, value] : viewer.fields) {
    if (can_be_trait(value)) traits.fields.emplace_hint(traits.fields.end(), name, value);
  }
  return traits;
}

}  // namespace matchcue::domain
