// SPDX-License-Identifier: Apache-2.0
#include "decide/filters_in_force.h"

#include "filter/parse.h"

namespace matchcue::decide {

namespace {

Result<filter::CatalogueFilter> fold(const domain::FilterUse& use, const domain::Catalogue& catalogue) {
  MCUE_TRY(const filter::Filter parsed, filter::parse_filter(use.expression));
  MCUE_TRY(const filter::ReadValues values, filter::read_filter_values(parsed, use.values));
  return filter::CatalogueFilter(parsed, values, catalogue);
}

}  // namespace

Result<FiltersInForce> FiltersInForce::make(const domain::DecisionHeader& header, const domain::Catalogue& catalogue) {
  FiltersInForce filters;
  filters.everybodys_ = filter::ItemMask(catalogue.items().size(), true);
  for (const domain::FilterUse& use : header.filters) {
    auto folded = fold(use, catalogue);
    if (!folded.ok()) {
      return Error{ErrorKind::corrupt,
                   "corrupt_filter",
                   "the recorded filter \"" + use.filter.str() + "\" is not understood: " + folded.error().message,
                   {}};
    }
    if (folded->personal()) {
      filters.personal_.push_back(*std::move(folded));
    } else {
      filters.everybodys_ &= folded->passed();
    }
  }
  return filters;
}

std::size_t FiltersInForce::questions() const {
  std::size_t questions = 0;
  for (const filter::CatalogueFilter& personal : personal_) questions += personal.questions();
  return questions;
}

domain::PastItems FiltersInForce::answer(const domain::ViewerPast& past, const domain::Catalogue& catalogue) const {
  domain::PastItems answers;
  for (const filter::CatalogueFilter& personal : personal_) personal.answer(past, catalogue, answers);
  return answers;
}

void FiltersInForce::apply(std::string_view viewer_id, const domain::ViewerTraits& viewer,
                           const domain::PastItems& past) {
  if (!personal()) return;
  CHECK(past.size() == questions(), past.size(), questions());
  passed_ = everybodys_;
  std::span<const std::vector<std::uint16_t>> answers(past);
  for (const filter::CatalogueFilter& personal : personal_) {
    personal.apply({viewer_id, viewer, answers.first(personal.questions())}, passed_one_);
    answers = answers.subspan(personal.questions());
    passed_ &= passed_one_;
  }
}

}  // namespace matchcue::decide
