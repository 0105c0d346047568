// SPDX-License-Identifier: Apache-2.0
//
// How much of what could be gained each policy gains in the crowd: crowd_bench [SEED [FEED.ndjson...]]. Without feeds
// three matches are made from the seed. docs/learning.md says what G is.
#include <fmt/format.h>

#include <ctime>

#include "simulate/crowd_learner_policy.h"
#include "simulate/crowd_policies.h"
#include "simulate/feed_replay.h"
#include "simulate/match_script.h"

namespace {

using namespace matchcue;
using namespace matchcue::simulate;

constexpr std::size_t kViewers = 1'500;

learn::Settings without(bool learn::Options::*part) {
  learn::Settings settings;
  settings.model.*part = false;
  return settings;
}

void report(const std::string& name, std::unique_ptr<CrowdPolicy> policy, std::uint64_t seed,
            const std::vector<std::vector<TimedMoment>>& matches) {
  CrowdWorld world(CrowdParams(), matches, seed, kViewers);
  const std::clock_t start = std::clock();
  const CrowdScore score = run_crowd(world, *policy);
  fmt::print("{:<28} G {:6.3f}  @50k {:6.3f}  @200k {:6.3f}  last {:6.3f}  CTR {:.4f} of {:.4f}  CPU {:.1f} s\n", name,
             score.total().gain(), score.gain_at(50'000).value_or(0), score.gain_at(200'000).value_or(0),
             score.gain_last(), score.click_rate(), score.oracle_click_rate(),
             static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t seed = argc > 1 ? std::stoull(argv[1]) : 1;
  std::vector<std::vector<TimedMoment>> matches;
  for (int i = 2; i < argc; ++i) matches.push_back(read_feed_file(argv[i], {}).value());
  for (std::uint64_t match = 0; matches.size() < 3 && argc <= 2; ++match) matches.push_back(make_match(seed + match));
  report("random", make_random_policy(seed), seed, matches);
  report("popularity, Beta-TS", make_popularity_policy(seed), seed, matches);
  report("linear, SquareCB", make_linear_policy(seed, CrowdExploration::inverse_gap), seed, matches);
  report("live-bandit", make_learner_policy(seed, {}), seed, matches);
  report("live-bandit, no context", make_learner_policy(seed, without(&learn::Options::use_context)), seed, matches);
  report("live-bandit, no history", make_learner_policy(seed, without(&learn::Options::use_history)), seed, matches);
  report("live-bandit, no taste", make_learner_policy(seed, without(&learn::Options::use_taste)), seed, matches);
  learn::Settings greedy;
  greedy.model.exploration = 0;
  report("live-bandit, greedy", make_learner_policy(seed, greedy), seed, matches);
  report("oracle", make_oracle_policy(), seed, matches);
}
