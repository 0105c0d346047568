#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What decides for one change, with the header that its decisions carry.

#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "decide/decider.h"
#include "engine/slate_renderer.h"

namespace matchcue::engine {

/// Large: a shard keeps one for an event, that of its newest change. Owns what the decider looks at.
/// Single shard.
class ChangeDecider {
 public:
  ChangeDecider(const domain::Change& change, domain::Circumstances circumstances, RenderedCataloguePtr catalogue,
                scoring::SolutionVersionPtr version, const decide::Options& options)
      : catalogue_(std::move(catalogue)),
        version_(std::move(version)),
        header_(decide::make_header(change, std::move(circumstances), catalogue_->catalogue(), *version_, options)),
        decider_(header_, catalogue_->catalogue(), *version_) {}

  const domain::DecisionHeader& header() const { return header_; }
  decide::Decider& decider() { return decider_; }
  const decide::Decider& decider() const { return decider_; }
  /// The answers for a viewer with this past; equal answers are one object.
  domain::PastItemsPtr answer(const domain::ViewerPast& past) {
    domain::PastItems items = decider_.answer(past);
    const auto [known, added] = answers_.try_emplace(std::move(items));
    if (added) known->second = std::make_shared<const domain::PastItems>(known->first);
    return known->second;
  }

 private:
  RenderedCataloguePtr catalogue_;
  scoring::SolutionVersionPtr version_;
  domain::DecisionHeader header_;
  decide::Decider decider_;
  std::map<domain::PastItems, domain::PastItemsPtr> answers_;
};

}  // namespace matchcue::engine
