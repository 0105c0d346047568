// SPDX-License-Identifier: Apache-2.0
#include "feedback/attribution.h"

#include <cmath>

namespace matchcue::feedback {

Result<void> check_report(const Report& report, const std::optional<domain::ViewerId>& identity) {
  if (report.cue.decision.viewer != report.viewer && identity != report.viewer) {
    return invalid("not_your_cue",
                   "cue \"" + to_string(report.cue) + "\" is not viewer \"" + report.viewer.str() + "\"'s", "cue");
  }
  if (!std::isfinite(report.value)) return invalid("invalid_value", "value is not a finite number", "value");
  return {};
}

domain::Feedback attribute(Report report, const DecisionRow* decision) {
  domain::Feedback feedback;
  feedback.id = std::move(report.id);
  feedback.viewer = std::move(report.viewer);
  feedback.cue = std::move(report.cue);
  feedback.kind = report.kind;
  feedback.value = report.value;
  feedback.at = report.at;
  if (decision == nullptr || feedback.cue.slot >= decision->choices.size()) return feedback;
  CHECK(decision->header.catalogue_version == decision->catalogue.version());
  const domain::Choice& choice = decision->choices[feedback.cue.slot];
  if (choice.item >= decision->catalogue.items().size()) return feedback;
  feedback.attributed = true;
  feedback.item = decision->catalogue.items()[choice.item].id;
  feedback.slot = decision->header.slots[feedback.cue.slot];
  feedback.propensity = choice.propensity;
  feedback.solution_version = decision->header.solution_version;
  feedback.traits = decision->traits;
  return feedback;
}

}  // namespace matchcue::feedback
