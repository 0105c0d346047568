// SPDX-License-Identifier: Apache-2.0
#include "engine/explain.h"

#include <algorithm>

namespace matchcue::engine {

std::vector<SlotCandidates> stand(decide::Decider& decider, const domain::Catalogue& catalogue,
                                  std::string_view viewer_id, const domain::ViewerTraits& viewer,
                                  const std::vector<domain::Choice>& choices, const domain::PastItems& past) {
  std::vector<SlotCandidates> slots;
  for (std::size_t s = 0; s < decider.slot_count(); ++s) {
    SlotCandidates slot;
    slot.slot = catalogue.slots()[s];
    if (choices[s].item != domain::kNoItem) slot.chosen = catalogue.items()[choices[s].item].id;
    for (const decide::Standing& standing : decider.standings(s, viewer_id, viewer, past)) {
      slot.candidates.push_back({catalogue.items()[standing.item].id,
                                 standing.score,
                                 {standing.parts.begin(), standing.parts.end()},
                                 standing.propensity,
                                 std::string(standing.excluded)});
    }
    slots.push_back(std::move(slot));
  }
  return slots;
}

Result<ExplainedDecision> explain_decision(domain::Decision decision, domain::CataloguePtr catalogue,
                                           const scoring::SolutionVersion& version) {
  MCUE_TRY(const decide::FiltersInForce filters, decide::FiltersInForce::make(decision.header, *catalogue));
  if (filters.questions() != decision.past.size()) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 "the record answers " + std::to_string(decision.past.size()) +
                     " questions about the past; its filters ask " + std::to_string(filters.questions()),
                 {}};
  }
  decide::Decider decider(decision.header, *catalogue, version);
  std::vector<domain::Choice> again(decider.slot_count());
  decider.draw(decision.viewer.str(), *decision.traits, again.data(), decision.past);
  ExplainedDecision explained;
  explained.identical = again == decision.choices;
  explained.campaign = version.campaign();
  explained.slots =
      stand(decider, *catalogue, decision.viewer.str(), *decision.traits, decision.choices, decision.past);
  explained.decision = std::move(decision);
  explained.catalogue = std::move(catalogue);
  return explained;
}

}  // namespace matchcue::engine
