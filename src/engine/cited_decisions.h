#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What rows of the feedback log cite: the circumstances of the decision that the viewer acted upon.

#include <map>
#include <utility>

#include "base/result.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "store/store.h"

namespace matchcue::engine {

/// What rows that cite one change have in common.
struct CitedDecision {
  domain::DecisionHeader header;
  domain::CataloguePtr catalogue;  ///< null when the decision's record is gone or damaged
};

/// Remembers the latest. Single thread.
class CitedDecisions {
 public:
  /// `reader` must outlive it.
  explicit CitedDecisions(store::Reader& reader) : reader_(&reader) {}

  /// Valid until the next call. Errors: unavailable, corrupt (the catalogue).
  Result<const CitedDecision*> find(const domain::EventId& event, domain::Sequence sequence);

 private:
  using Change = std::pair<domain::EventId, domain::Sequence>;
  Result<CitedDecision> load(const Change& change);

  store::Reader* reader_;
  std::map<Change, CitedDecision> known_;
};

}  // namespace matchcue::engine
