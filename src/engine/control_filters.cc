// SPDX-License-Identifier: Apache-2.0
//
// Control's part in filters: kept ones, what they would do, and which are in force for an event.
#include "engine/control.h"
#include "filter/catalogue_filter.h"

namespace matchcue::engine {

using domain::DatasetKind;

namespace {

constexpr std::size_t kStoredFiltersMax = 1'000;

Error unknown_filter(const domain::FilterName& name) {
  return not_found("unknown_filter", "unknown filter \"" + name.str() + "\"", "filter");
}

/// Moves the items of a catalogue to those that passed and those that did not.
void sort_items(const domain::Catalogue& catalogue, const filter::ItemMask& passed, FilterOutcome& outcome) {
  for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
    (passed.test(i) ? outcome.passed : outcome.filtered).push_back(catalogue.items()[i].id);
  }
}

}  // namespace

Result<void> Control::load_filters() {
  MCUE_TRY(std::vector<domain::StoredFilter> stored, reader_->load_filters());
  for (domain::StoredFilter& filter : stored) filters_[filter.name] = std::move(filter);
  return {};
}

filter::Schemas Control::filter_schemas() const {
  return {schemas_.at(DatasetKind::users), schemas_.at(DatasetKind::items), schemas_.at(DatasetKind::interactions)};
}

Result<const domain::StoredFilter*> Control::get_filter(const domain::FilterName& name) const {
  const auto found = filters_.find(name);
  if (found == filters_.end()) return unknown_filter(name);
  return &found->second;
}

Result<domain::FilterUse> Control::make_use(const FilterChoice& choice) const {
  MCUE_TRY(const domain::StoredFilter* stored, get_filter(choice.filter));
  MCUE_TRY(const filter::Filter resolved, filter::resolve_filter(stored->expression, filter_schemas()));
  MCUE_TRY_VOID(filter::resolve_values(resolved, choice.values, filter_schemas()));
  return domain::FilterUse{choice.filter, filter::to_text(resolved), choice.values};
}

void Control::put_filter(const domain::FilterName& name, const std::string& expression,
                         Reply<domain::StoredFilter> reply) {
  if (const auto checked = domain::check_filter_name(name.str(), "filter"); !checked.ok())
    return reply(checked.error());
  const auto resolved = filter::resolve_filter(expression, filter_schemas());
  if (!resolved.ok()) return reply(resolved.error());
  if (filters_.size() >= kStoredFiltersMax && !filters_.contains(name)) {
    return reply(Error{ErrorKind::too_large,
                       "too_many_filters",
                       "there are " + std::to_string(filters_.size()) + " filters already; delete one first",
                       {}});
  }
  // In front of the filter: where there is one that asks about the past, there is the index.
  if (filter::needs_past(*resolved)) store_.index_past([](const Result<void>&) {});
  store_.put_filter({name, expression, clock_.wall()},
                    [this, reply = std::move(reply)](const Result<domain::StoredFilter>& stored) {
                      port_.to_control([this, reply, stored] {
                        if (stored.ok()) filters_[stored->name] = *stored;
                        reply(stored);
                      });
                    });
}

void Control::find_filter(const domain::FilterName& name, const Reply<domain::StoredFilter>& reply) {
  const auto found = get_filter(name);
  if (!found.ok()) return reply(found.error());
  reply(**found);
}

void Control::list_filters(const Reply<std::vector<domain::StoredFilter>>& reply) {
  std::vector<domain::StoredFilter> all;
  for (const auto& [name, filter] : filters_) all.push_back(filter);
  reply(std::move(all));
}

void Control::delete_filter(const domain::FilterName& name, Reply<domain::StoredFilter> reply) {
  if (const auto found = get_filter(name); !found.ok()) return reply(found.error());
  for (const domain::LiveEvent& event : book_.list_events()) {
    for (const domain::FilterUse& use : event.filters) {
      if (use.filter != name) continue;
      return reply(Error{
          ErrorKind::conflict, "filter_in_force",
          "filter \"" + name.str() + "\" is in force for event \"" + event.id.str() + "\"; take it out of force first",
          "filter"});
    }
  }
  store_.delete_filter(name, [this, name, reply = std::move(reply)](const Result<domain::StoredFilter>& gone) {
    port_.to_control([this, name, reply, gone] {
      if (gone.ok()) filters_.erase(name);
      reply(gone);
    });
  });
}

void Control::try_filter(const FilterTrial& trial, const Reply<FilterOutcome>& reply) {
  const auto outcome = [&]() -> Result<FilterOutcome> {
    std::string expression = trial.expression;
    if (trial.filter) {
      MCUE_TRY(const domain::StoredFilter* stored, get_filter(*trial.filter));
      expression = stored->expression;
    }
    MCUE_TRY(const filter::Filter resolved, filter::resolve_filter(expression, filter_schemas()));
    MCUE_TRY(const filter::ReadValues values, filter::resolve_values(resolved, trial.values, filter_schemas()));
    const domain::Catalogue& catalogue = catalogue_->catalogue();
    const filter::CatalogueFilter folded(resolved, values, catalogue);
    domain::ViewerTraits traits;
    domain::ViewerPast past;
    if (trial.viewer) {
      MCUE_TRY(const auto row, reader_->load_viewer(*trial.viewer));
      if (row) traits = domain::traits_of(*row);
      MCUE_TRY(const bool indexed, reader_->has_past_index());
      if (folded.questions() > 0 && !indexed) {
        return Error{ErrorKind::conflict, "past_not_indexed",
                     "what viewers did is looked up by an index, which is made when a filter on Interactions is put: "
                     "put it first",
                     "expression"};
      }
      if (folded.questions() > 0) {
        MCUE_TRY(past, reader_->load_past(*trial.viewer));
      }
    }
    domain::PastItems answers;
    folded.answer(past, catalogue, answers);
    filter::ItemMask passed;
    folded.apply({trial.viewer ? trial.viewer->str() : std::string_view(), traits, answers}, passed);
    FilterOutcome made{filter::to_text(resolved),
                       filter::placeholders_of(resolved),
                       folded.personal(),
                       folded.questions() > 0,
                       catalogue.version(),
                       {},
                       {}};
    sort_items(catalogue, passed, made);
    return made;
  }();
  reply(outcome);
}

void Control::use_filter(const UseFilter& request, Reply<ChangeReceipt> reply) {
  domain::FilterChange change{request.in_force, {request.choice.filter, {}, {}}};
  if (request.in_force) {
    auto use = make_use(request.choice);
    if (!use.ok()) return reply(use.error());
    change.use = *std::move(use);
  }
  auto proposal = book_.use_filter(request.event, std::move(change), request.reason, clock_.wall());
  if (!proposal.ok()) return reply(proposal.error());
  if (!proposal->has_value()) return answer_unchanged(request.event, std::move(reply));
  append(std::move(**proposal), std::move(reply));
}

}  // namespace matchcue::engine
