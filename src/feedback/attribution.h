#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Joins what a viewer did to the decision that put it on the screen.

#include <optional>
#include <span>
#include <string>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/decision.h"

namespace matchcue::feedback {

/// What the viewer says.
struct Report {
  std::string id;  ///< the client's own id of this interaction
  domain::ViewerId viewer;
  domain::CueId cue;
  domain::FeedbackKind kind = domain::FeedbackKind::impression;
  double value = 1;
  WallTime at;
};

/// Checks that the viewer may say this. `identity` is who the viewer whom the cue was decided for was identified as.
/// Errors: not_your_cue (somebody else's), invalid_value (not finite).
Result<void> check_report(const Report& report, const std::optional<domain::ViewerId>& identity = {});

/// The decision that a report is about, as its batch holds it. Borrowed.
struct DecisionRow {
  const domain::DecisionHeader& header;
  std::span<const domain::Choice> choices;  ///< one per header.slots
  const domain::TraitsPtr& traits;          ///< never null
  const domain::Catalogue& catalogue;       ///< at header.catalogue_version
};

/// Joins a checked report to its decision. Without one, or when the slot held no item, the feedback is unattributed:
/// stored, and never trained on. O(1).
domain::Feedback attribute(Report report, const DecisionRow* decision);

}  // namespace matchcue::feedback
