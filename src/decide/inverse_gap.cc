// SPDX-License-Identifier: Apache-2.0
#include "decide/inverse_gap.h"

#include <algorithm>

#include "base/check.h"

namespace matchcue::decide {

void inverse_gap_weighting(std::span<const float> scores, double gamma, double floor, std::span<double> probabilities) {
  CHECK(!scores.empty() && scores.size() == probabilities.size(), scores.size(), probabilities.size());
  CHECK(gamma >= 0 && floor >= 0 && floor <= 0.05, gamma, floor);
  const double count = static_cast<double>(scores.size());
  const std::size_t best = static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
  const double least = std::min(floor, 1 / (2 * count));
  const double keep = 1 - count * least;
  double others = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (i == best) continue;
    const double gap = static_cast<double>(scores[best]) - static_cast<double>(scores[i]);
    const double weight = 1 / (count + gamma * gap);
    others += weight;
    probabilities[i] = keep * weight + least;
  }
  probabilities[best] = keep * (1 - others) + least;
}

}  // namespace matchcue::decide
