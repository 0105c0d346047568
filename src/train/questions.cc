// SPDX-License-Identifier: Apache-2.0
#include "train/questions.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "dataset/decoded.h"

namespace matchcue::train {

namespace {

constexpr std::size_t kActsMin = 3;

std::uint32_t number_of(const std::vector<std::string>& ids, const std::string& id) {
  const auto found = std::lower_bound(ids.begin(), ids.end(), id);
  return found == ids.end() || *found != id ? kNotThere : static_cast<std::uint32_t>(found - ids.begin());
}

}  // namespace

std::vector<Question> questions_of(std::span<const domain::Interaction> interactions, const dataset::Dataset& data) {
  std::vector<Question> questions;
  for (const domain::Interaction& row : interactions) {
    questions.push_back({number_of(data.viewers, row.viewer.str()), number_of(data.items, row.item.str()), row.context,
                         static_cast<float>(row.event_value)});
  }
  return questions;
}

HeldOutRows hold_out_last_acts(const dataset::Dataset& data) {
  HeldOutRows rows;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    std::size_t acts = 0;
    std::size_t last = 0;
    for (std::size_t row = data.begin[viewer]; row < data.begin[viewer + 1]; ++row) {
      if (data.event_value[row] <= 0) continue;
      ++acts;
      last = row;
    }
    if (acts >= kActsMin) rows.push_back(last);
  }
  return rows;
}

HeldOutRows hold_out_tenth(const dataset::Dataset& data, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  HeldOutRows rows;
  for (std::size_t row = 0; row < data.interaction_count(); ++row) {
    if (random() % 10 == 0) rows.push_back(row);
  }
  return rows;
}

std::vector<Question> questions_of(const HeldOutRows& rows, const dataset::Dataset& data) {
  std::vector<Question> questions;
  std::uint32_t viewer = 0;
  for (const std::size_t row : rows) {
    while (data.begin[viewer + 1] <= row) ++viewer;
    questions.push_back({viewer, data.item[row], dataset::context_of(data, row), data.event_value[row]});
  }
  return questions;
}

void RankingQuality::add(std::span<const float> scores, std::uint32_t wanted) {
  std::size_t place = scores.size() + 1;
  if (wanted != kNotThere) {
    const float score = scores[wanted];
    place = static_cast<std::size_t>(
        std::count_if(scores.begin(), scores.end(), [&](float s) { return !(s < score); }));  // NaN is no good
  }
  places_.add(place);
}

Quality RankingQuality::finish() const {
  const RankingScore score = places_.score();
  return {score.hit, score.ndcg, score.mrr, 0, 0, score.asked};
}

void ProbabilityQuality::add(float log_odds, bool acted) {
  answers_.push_back({log_odds, acted});
  // log(1 + exp(x)) of what speaks against the answer, without overflow.
  const double x = acted ? -static_cast<double>(log_odds) : static_cast<double>(log_odds);
  loss_ += std::max(x, 0.) + std::log1p(std::exp(-std::abs(x)));
}

Quality ProbabilityQuality::finish() const {
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
  quality.asked = sorted.size();
  const double others = static_cast<double>(sorted.size()) - acted;
  if (acted > 0 && others > 0) quality.auc = (ranks - acted * (acted + 1) / 2) / (acted * others);
  if (!sorted.empty()) quality.log_loss = loss_ / static_cast<double>(sorted.size());
  return quality;
}

}  // namespace matchcue::train
