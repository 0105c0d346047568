// SPDX-License-Identifier: Apache-2.0
#include "engine/ranking.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <unordered_map>
#include <unordered_set>

namespace matchcue::engine {

namespace {

/// Smaller comes first: who may be shown, then who is excluded, then who is unknown; each by score.
auto order_of(const RankedItem& ranked) {
  const int group = ranked.excluded.empty() ? 0 : ranked.excluded == kUnknownItem ? 2 : 1;
  return std::tuple(group, -ranked.score);
}

}  // namespace

std::vector<RankedItem> rank_list(const Recommendation& recommendation, std::span<const domain::ItemId> list) {
  std::unordered_map<domain::ItemId, const Candidate*> candidates;
  for (const SlotCandidates& slot : recommendation.slots) {
    for (const Candidate& candidate : slot.candidates) candidates.emplace(candidate.item, &candidate);
  }
  std::vector<RankedItem> ranking;
  std::unordered_set<domain::ItemId> listed;
  for (const domain::ItemId& item : list) {
    if (!listed.insert(item).second) continue;
    const auto found = candidates.find(item);
    ranking.push_back(found == candidates.end() ? RankedItem{item, 0, 0, std::string(kUnknownItem)}
                                                : RankedItem{item, found->second->score, 0, found->second->excluded});
  }
  std::stable_sort(ranking.begin(), ranking.end(),
                   [](const RankedItem& a, const RankedItem& b) { return order_of(a) < order_of(b); });
  const auto end =
      std::find_if(ranking.begin(), ranking.end(), [](const RankedItem& r) { return !r.excluded.empty(); });
  double sum = 0;
  for (auto ranked = ranking.begin(); ranked != end; ++ranked) {
    sum += ranked->share = std::exp(ranked->score - ranking.front().score);
  }
  for (auto ranked = ranking.begin(); ranked != end; ++ranked) ranked->share /= sum;
  return ranking;
}

}  // namespace matchcue::engine
