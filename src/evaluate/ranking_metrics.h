#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How good rankings are, by the formulas of Amazon Personalize ("Evaluating a solution version with metrics") and of
// the full-ranking leave-one-out literature.
//
// Everything is computed from hit ranks: the places, from 1 and ascending, at which the items that a viewer did act
// upon stand in what the model would have shown. A relevant item that is ranked nowhere has no hit rank.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace matchcue::evaluate {

/// 1 / rank of the first hit, 0 when there is none within the cutoff. cutoff: 0 is the whole ranking.
double reciprocal_rank(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff);

/// Sum of 1/log(1 + rank) over the hits within the cutoff, over that of the best possible ranking: one that begins with
/// min(relevant, cutoff) hits. The base of the logarithm cancels. Source: Jarvelin & Kekalainen 2002, ACM TOIS 20(4).
///
/// relevant  items that should have come first, >= 1; with one of them and a hit at rank r this is 1/log2(1 + r)
double normalized_discounted_gain(std::span<const std::uint32_t> hit_ranks, std::size_t relevant, std::size_t cutoff);

/// Hits within the cutoff, over the cutoff: Personalize divides by K also where fewer than K items are relevant.
double precision(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff);

/// 1 when there is a hit within the cutoff, else 0.
double hit_rate(std::span<const std::uint32_t> hit_ranks, std::size_t cutoff);

/// Distinct items that are ever recommended, over all there are.
double coverage(std::size_t recommended, std::size_t items);

/// How unequally items are shown: 0 when all equally often, nearly 1 when one has everything.
///
/// shown   times shown by item, all items; sorted by the call. 0 when nothing was shown at all.
/// Cost    O(n log n). Source: Gini 1912; as used for recommenders, Fleder & Hosanagar 2009, Management Science 55(5).
double gini(std::span<double> shown);

/// Mean surprise of a list in bits: the mean of -log2 p(i), p(i) being the share of viewers who ever acted upon the
/// item.
///
/// shares  p(i) of each item of the list, (0, 1]; at least one
/// Source  Zhou et al. 2010, PNAS 107(10), "self-information".
double novelty(std::span<const double> shares);

/// What is reported of each request, in this order.
enum class RankingMetric {
  mean_reciprocal_rank_at_25,
  ndcg_at_5,
  ndcg_at_10,
  ndcg_at_25,
  precision_at_5,
  precision_at_10,
  precision_at_25,
  hit_rate_at_10,
  mean_reciprocal_rank,  ///< of the whole ranking
  novelty_at_25,
};
constexpr std::size_t kRankingMetricCount = 10;
/// One value a metric.
using RankingValues = std::array<double, kRankingMetricCount>;

/// As GetSolutionMetrics spells it, "normalized_discounted_cumulative_gain_at_5"; ours in the same manner.
std::string_view key_of(RankingMetric metric);
/// The metric of this key; "ndcg_at_5" and "mrr_at_25" mean the long ones. Nothing when there is none.
std::optional<RankingMetric> parse_ranking_metric(std::string_view text);
/// For tables: "NDCG@5".
std::string_view name_of(RankingMetric metric);

/// All of them but novelty_at_25, which is left 0: that is about what was shown, not about what was hit.
RankingValues measure(std::span<const std::uint32_t> hit_ranks, std::size_t relevant);

}  // namespace matchcue::evaluate
