#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What decides for one change, with the header that its decisions carry.

#include <utility>
#include <vector>

#include "decide/decider.h"
#include "engine/slate_renderer.h"

namespace matchcue::engine {

/// Large: a shard keeps one for an event, that of its newest change. Owns the catalogue that the decider looks at.
/// Single shard.
class ChangeDecider {
 public:
  ChangeDecider(const domain::Change& change, domain::Circumstances circumstances, RenderedCataloguePtr catalogue,
                const scoring::SolutionVersion& version, const decide::Options& options)
      : catalogue_(std::move(catalogue)),
        header_(decide::make_header(change, std::move(circumstances), catalogue_->catalogue(), version, options)),
        decider_(header_, catalogue_->catalogue(), version) {}

  const domain::DecisionHeader& header() const { return header_; }
  decide::Decider& decider() { return decider_; }
  const decide::Decider& decider() const { return decider_; }

 private:
  RenderedCataloguePtr catalogue_;
  domain::DecisionHeader header_;
  decide::Decider decider_;
};

}  // namespace matchcue::engine
