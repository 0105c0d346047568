// SPDX-License-Identifier: Apache-2.0
#include "train/quality.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace matchcue::train {

nlohmann::json json_of(const Quality& quality, std::string_view asked) {
  if (!quality.of_rankings) return {{"auc", quality.auc}, {"log_loss", quality.log_loss}, {asked, quality.asked}};
  return {{"hit_at_10", quality.hit},
          {"normalized_discounted_cumulative_gain_at_10", quality.ndcg},
          {"mean_reciprocal_rank", quality.mrr},
          {asked, quality.asked}};
}

std::size_t place_of(std::span<const float> scores, std::uint32_t wanted) {
  if (wanted == kNotThere) return scores.size() + 1;
  const float score = scores[wanted];
  return static_cast<std::size_t>(std::count_if(scores.begin(), scores.end(), [&](float s) { return !(s < score); }));
}

void RankingCount::add(std::size_t place) {
  if (place <= 10) {
    sums_.hit += 1;
    sums_.ndcg += 1 / std::log2(1. + static_cast<double>(place));
  }
  sums_.mrr += 1 / static_cast<double>(place);
  ++sums_.asked;
}

Quality RankingCount::finish() const {
  const double share = sums_.asked > 0 ? 1 / static_cast<double>(sums_.asked) : 0;
  Quality means = sums_;
  for (double* sum : {&means.hit, &means.ndcg, &means.mrr}) *sum *= share;
  return means;
}

void ProbabilityCount::add(float log_odds, bool acted) {
  answers_.push_back({log_odds, acted});
  // log(1 + exp(x)) of what speaks against the answer, without overflow.
  const double x = acted ? -static_cast<double>(log_odds) : static_cast<double>(log_odds);
  loss_ += std::max(x, 0.) + std::log1p(std::exp(-std::abs(x)));
}

Quality ProbabilityCount::finish() const {
  std::vector<Answer> sorted = answers_;
  std::sort(sorted.begin(), sorted.end(), [](const Answer& a, const Answer& b) { return a.log_odds < b.log_odds; });
  double acted = 0;
  double ranks = 0;  // of those acted upon
  for (std::size_t begin = 0; begin < sorted.size();) {
    std::size_t end = begin;
    double acted_here = 0;
    for (; end < sorted.size() && sorted[end].log_odds == sorted[begin].log_odds; ++end)
      acted_here += sorted[end].acted;
    ranks += acted_here * (static_cast<double>(begin + 1 + end) / 2);
    acted += acted_here;
    begin = end;
  }
  Quality quality;
  quality.of_rankings = false;
  quality.asked = sorted.size();
  const double others = static_cast<double>(sorted.size()) - acted;
  if (acted > 0 && others > 0) quality.auc = (ranks - acted * (acted + 1) / 2) / (acted * others);
  if (!sorted.empty()) quality.log_loss = loss_ / static_cast<double>(sorted.size());
  return quality;
}

}  // namespace matchcue::train
