#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Recipe popularity-count: what people acted upon most in this context, from smoothed counts.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "scoring/solution_version.h"

namespace matchcue::scoring {

constexpr std::string_view kPopularityCount = "popularity-count";

/// How often an item was acted upon, in total and by (context field, value as text).
struct ItemCounts {
  std::uint64_t total = 0;
  std::map<std::pair<std::string, std::string>, std::uint64_t> by_context;
};
using Counts = std::map<domain::ItemId, ItemCounts>;

/// Writes counts as the artefact's bytes: text, one line an entry, ids and values in URL-safe base64.
std::string encode_popularity_count(const Counts& counts);

/// Reads an artefact. The score of item i in context c is, up to a factor that makes the best item 1,
///   (n_i + a) * prod_f [ (n_ifv + m p_fv) / ((n_i + m) p_fv) ]
/// with p_fv the share of value v of field f over all items, a = 1 and m = 20: naive Bayes with the m-estimate of
/// probability (Cestnik 1990, "Estimating probabilities", ECAI). A value never counted says nothing and is left out.
/// Errors: corrupt, naming the line.
Result<SolutionVersionPtr> decode_popularity_count(std::string_view bytes);

}  // namespace matchcue::scoring
