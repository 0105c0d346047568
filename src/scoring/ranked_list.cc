// SPDX-License-Identifier: Apache-2.0
#include "scoring/ranked_list.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

namespace matchcue::scoring {

std::vector<RankedItem> rank_list(const SequenceModel& model, const domain::Catalogue& catalogue,
                                  const domain::MomentContext& moment, std::span<const float> state,
                                  const domain::ViewerTraits& traits, std::span<const domain::ItemId> list) {
  std::vector<domain::ItemId> unknown;
  std::vector<std::size_t> known;  // places in the catalogue, in the order of the list
  std::unordered_set<domain::ItemId> listed;
  for (const domain::ItemId& id : list) {
    if (!listed.insert(id).second) continue;
    if (const auto place = catalogue.find_item(id)) {
      known.push_back(*place);
    } else {
      unknown.push_back(id);
    }
  }
  std::vector<std::size_t> sorted = known;  // a catalogue is in id order
  std::sort(sorted.begin(), sorted.end());
  std::vector<domain::Item> items;
  for (const std::size_t place : sorted) items.push_back(catalogue.items()[place]);
  const domain::Catalogue part(catalogue.version(), std::move(items));
  std::vector<float> scores(sorted.size());
  model.fold(part, moment)->score(state, traits, scores);

  const auto score_of = [&](std::size_t place) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), place) - sorted.begin();
    return static_cast<double>(scores[static_cast<std::size_t>(at)]);
  };
  std::stable_sort(known.begin(), known.end(), [&](std::size_t a, std::size_t b) { return score_of(a) > score_of(b); });
  const double scale = model.log_odds_scale() > 0 ? model.log_odds_scale() : 1;
  double sum = 0;
  std::vector<RankedItem> ranked;
  for (const std::size_t place : known) {
    const double weight = std::exp(scale * (score_of(place) - score_of(known.front())));
    sum += weight;
    ranked.push_back({catalogue.items()[place].id, weight});
  }
  for (RankedItem& item : ranked) *item.score /= sum;
  for (domain::ItemId& id : unknown) ranked.push_back({std::move(id), std::nullopt});
  return ranked;
}

}  // namespace matchcue::scoring
