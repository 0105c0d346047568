// SPDX-License-Identifier: Apache-2.0
#include "engine/cited_decisions.h"

namespace matchcue::engine {

namespace {

/// Changes that are remembered; feedback rarely cites more at a time.
constexpr std::size_t kKnownMax = 512;

}  // namespace

Result<const CitedDecision*> CitedDecisions::find(const domain::EventId& event, domain::Sequence sequence) {
  const Change change{event, sequence};
  const auto known = known_.find(change);
  if (known != known_.end()) return &known->second;
  MCUE_TRY(CitedDecision cited, load(change));
  if (known_.size() >= kKnownMax) known_.clear();
  return &known_.emplace(change, std::move(cited)).first->second;
}

Result<CitedDecision> CitedDecisions::load(const Change& change) {
  const auto header = reader_->load_decision_header(change.first, change.second);
  // One damaged record must not end the learning: what cites it is left out.
  if (!header.ok() && header.error().kind != ErrorKind::corrupt) return header.error();
  if (!header.ok() || !header->has_value()) return CitedDecision();
  for (const auto& [other, cited] : known_) {
    if (cited.catalogue && cited.catalogue->version() == (*header)->catalogue_version) {
      return CitedDecision{**header, cited.catalogue};
    }
  }
  MCUE_TRY(domain::CataloguePtr catalogue, reader_->load_catalogue((*header)->catalogue_version));
  return CitedDecision{**header, std::move(catalogue)};
}

}  // namespace matchcue::engine
