// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_metrics.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

struct Names {
  std::string_view key;
  std::string_view name;
};

constexpr std::array<Names, kRankingMetricCount> kNames = {{
    {"mean_reciprocal_rank_at_25", "MRR@25"},
    {"normalized_discounted_cumulative_gain_at_5", "NDCG@5"},
    {"normalized_discounted_cumulative_gain_at_10", "NDCG@10"},
    {"normalized_discounted_cumulative_gain_at_25", "NDCG@25"},
    {"precision_at_5", "Precision@5"},
    {"precision_at_10", "Precision@10"},
    {"precision_at_25", "Precision@25"},
    {"hit_rate_at_10", "HR@10"},
    {"mean_reciprocal_rank", "MRR"},
    {"novelty_at_25", "Novelty@25"},
}};

/// How people begin a key, and how Personalize does.
constexpr std::array<Names, 2> kBriefly = {
    {{"ndcg_at_", "normalized_discounted_cumulative_gain_at_"}, {"mrr_at_", "mean_reciprocal_rank_at_"}}};

double discount(std::size_t rank) { return 1 / std::log2(1 + static_cast<double>(rank)); }

std::span<const std::uint32_t> within(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff) {
  const auto end = std::upper_bound(hit_ranks.begin(), hit_ranks.end(), cutoff);
  return hit_ranks.first(static_cast<std::size_t>(end - hit_ranks.begin()));
}

}  // namespace

double reciprocal_rank(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff) {
  if (hit_ranks.empty() || (cutoff > 0 && hit_ranks.front() > cutoff)) return 0;
  return 1 / static_cast<double>(hit_ranks.front());
}

double normalized_discounted_gain(std::span<const std::uint32_t> hit_ranks, std::size_t relevant, std::size_t cutoff) {
  CHECK(relevant >= 1 && hit_ranks.size() <= relevant, hit_ranks.size(), relevant);
  double gain = 0;
  for (const std::uint32_t rank : within(hit_ranks, cutoff)) gain += discount(rank);
  double best = 0;
  for (std::size_t rank = 1; rank <= std::min(relevant, cutoff); ++rank) best += discount(rank);
  return gain / best;
}

double precision(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff) {
  return static_cast<double>(within(hit_ranks, cutoff).size()) / static_cast<double>(cutoff);
}

double hit_rate(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff) {
  return !hit_ranks.empty() && hit_ranks.front() <= cutoff ? 1 : 0;
}

double coverage(std::size_t recommended, std::size_t items) {
  CHECK(recommended <= items, recommended, items);
  return items == 0 ? 0 : static_cast<double>(recommended) / static_cast<double>(items);
}

double gini(std::span<double> shown) {
  std::sort(shown.begin(), shown.end());
  const double count = static_cast<double>(shown.size());
  double sum = 0;
  double weighted = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    sum += shown[i];
    weighted += (2 * static_cast<double>(i + 1) - count - 1) * shown[i];
  }
  return sum > 0 ? weighted / (count * sum) : 0;
}

double novelty(std::span<const double> shares) {
  CHECK(!shares.empty());
  double bits = 0;
  for (const double share : shares) {
    CHECK(share > 0 && share <= 1, share);
    bits -= std::log2(share);
  }
  return bits / static_cast<double>(shares.size());
}

std::string_view key_of(RankingMetric metric) { return kNames[static_cast<std::size_t>(metric)].key; }
std::string_view name_of(RankingMetric metric) { return kNames[static_cast<std::size_t>(metric)].name; }

std::optional<RankingMetric> parse_ranking_metric(std::string_view text) {
  std::string key(text);
  for (const auto& [brief, full] : kBriefly) {
    if (text.starts_with(brief)) key = std::string(full) + std::string(text.substr(brief.size()));
  }
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    if (kNames[i].key == key) return static_cast<RankingMetric>(i);
  }
  return std::nullopt;
}

RankingValues measure(std::span<const std::uint32_t> hit_ranks, std::size_t relevant) {
  return {reciprocal_rank(hit_ranks, 25),
          normalized_discounted_gain(hit_ranks, relevant, 5),
          normalized_discounted_gain(hit_ranks, relevant, 10),
          normalized_discounted_gain(hit_ranks, relevant, 25),
          precision(hit_ranks, 5),
          precision(hit_ranks, 10),
          precision(hit_ranks, 25),
          hit_rate(hit_ranks, 10),
          reciprocal_rank(hit_ranks, 0),
          0};
}

}  // namespace matchcue::evaluate
