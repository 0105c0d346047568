// SPDX-License-Identifier: Apache-2.0
#include "filter/catalogue_filter.h"

#include <algorithm>

namespace matchcue::filter {

namespace {

/// The columns that are not among a row's fields.
constexpr std::string_view kItemId = "ITEM_ID";
constexpr std::string_view kUserId = "USER_ID";

const domain::Value* find_value(const domain::Values& fields, const std::string& column) {
  const auto found = fields.find(column);
  return found == fields.end() ? nullptr : &found->second;
}

bool holds_for_item(const Comparison& comparison, const domain::Item& item) {
  if (comparison.column() == kItemId) return comparison.holds_for_id(item.id.str());
  return comparison.holds(find_value(item.fields, comparison.column()));
}

bool holds_for_viewer(const Comparison& comparison, const FilterViewer& viewer) {
  if (comparison.column() == kUserId) return comparison.holds_for_id(viewer.id);
  return comparison.holds(find_value(viewer.traits.fields, comparison.column()));
}

std::vector<Comparison> make_comparisons(const std::vector<Condition>& conditions, const ReadValues& values) {
  std::vector<Comparison> comparisons;
  for (const Condition& condition : conditions) comparisons.emplace_back(condition, values);
  return comparisons;
}

bool misses_a_value(const Expression& expression, const ReadValues& values) {
  const auto misses = [&](const std::vector<Condition>& conditions) {
    return std::any_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
      return !condition.placeholder.empty() && !values.contains(condition.placeholder);
    });
  };
  return misses(expression.viewer_conditions) ||
         std::any_of(expression.alternatives.begin(), expression.alternatives.end(), misses);
}

/// The items that every comparison of one alternative holds for.
ItemMask named_items(const std::vector<Comparison>& comparisons, const domain::Catalogue& catalogue) {
  ItemMask named(catalogue.items().size());
  for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
    const bool all = std::all_of(comparisons.begin(), comparisons.end(), [&](const Comparison& comparison) {
      return holds_for_item(comparison, catalogue.items()[i]);
    });
    if (all) named.set(i);
  }
  return named;
}

/// The items of an answer; with NOT IN, the others.
ItemMask answered(const Comparison& question, const std::vector<std::uint16_t>& answer, std::size_t items) {
  ItemMask mask(items);
  for (const std::uint16_t item : answer) {
    if (item < items) mask.set(item);  // a damaged record may say anything
  }
  if (question.negated()) mask.complement();
  return mask;
}

}  // namespace

CatalogueFilter::CatalogueFilter(const Filter& filter, const ReadValues& values, const domain::Catalogue& catalogue)
    : included_(catalogue.items().size()), excluded_(catalogue.items().size()) {
  for (const Expression& expression : filter.expressions) {
    if (!misses_a_value(expression, values)) add(expression, values, catalogue);
  }
  passed_ = includes_ ? included_ : ItemMask(catalogue.items().size(), true);
  passed_ -= excluded_;
}

void CatalogueFilter::add(const Expression& expression, const ReadValues& values, const domain::Catalogue& catalogue) {
  Personal personal;
  personal.effect = expression.effect;
  personal.viewer = make_comparisons(expression.viewer_conditions, values);
  if (expression.alternatives.front().front().dataset == Dataset::interactions) {
    for (const auto& alternative : expression.alternatives) {
      std::vector<std::size_t>& all = personal.questions.emplace_back();
      for (Comparison& question : make_comparisons(alternative, values)) {
        all.push_back(questions_.size());
        questions_.push_back(std::move(question));
      }
    }
    personal_.push_back(std::move(personal));
    return;
  }
  ItemMask named(catalogue.items().size());
  for (const auto& alternative : expression.alternatives) {
    named |= named_items(make_comparisons(alternative, values), catalogue);
  }
  if (!personal.viewer.empty()) {
    personal.items = std::move(named);
    personal_.push_back(std::move(personal));
  } else if (expression.effect == Effect::include) {
    includes_ = true;
    included_ |= named;
  } else {
    excluded_ |= named;
  }
}

void CatalogueFilter::answer(const domain::ViewerPast& past, const domain::Catalogue& catalogue,
                             domain::PastItems& answers) const {
  for (const Comparison& question : questions_) {
    std::vector<std::uint16_t>& items = answers.emplace_back();
    for (const auto& [event_type, acts] : past.by_type()) {
      if (!question.names_event_type(event_type)) continue;
      for (const domain::ItemId& act : acts) {
        if (const auto item = catalogue.find_item(act)) items.push_back(static_cast<std::uint16_t>(*item));
      }
    }
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
  }
}

bool CatalogueFilter::Personal::applies_to(const FilterViewer& for_whom) const {
  return std::all_of(viewer.begin(), viewer.end(),
                     [&](const Comparison& comparison) { return holds_for_viewer(comparison, for_whom); });
}

const ItemMask& CatalogueFilter::named(const Personal& personal, const FilterViewer& viewer, ItemMask& scratch) const {
  if (personal.items) return *personal.items;
  const std::size_t items = included_.items();
  scratch = ItemMask(items);
  for (const auto& alternative : personal.questions) {
    ItemMask all(items, true);
    for (const std::size_t question : alternative) all &= answered(questions_[question], viewer.past[question], items);
    scratch |= all;
  }
  return scratch;
}

void CatalogueFilter::apply(const FilterViewer& viewer, ItemMask& passed) const {
  CHECK(viewer.past.size() == questions_.size(), viewer.past.size(), questions_.size());
  ItemMask scratch;
  passed = included_;
  bool includes = includes_;
  for (const Personal& personal : personal_) {
    if (personal.effect != Effect::include || !personal.applies_to(viewer)) continue;
    includes = true;
    passed |= named(personal, viewer, scratch);
  }
  if (!includes) passed.complement();  // of none
  passed -= excluded_;
  for (const Personal& personal : personal_) {
    if (personal.effect != Effect::exclude || !personal.applies_to(viewer)) continue;
    passed -= named(personal, viewer, scratch);
  }
}

}  // namespace matchcue::filter
