// SPDX-License-Identifier: Apache-2.0
//
// How much of what could be gained each policy gains in the crowd:
//
//   crowd_bench [--params FILE.json] [SEED [FEED.ndjson...]]
//
// FILE.json makes another crowd than the default (data/crowds has some). Without feeds three matches are made from the
// seed. docs/learning.md says what G is; "new" is the share of new items two ticks after they arrived.
#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <sstream>

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

constexpr std::size_t kTicksAfterArrival = 2;

/// What every policy is measured in.
struct Setting {
  CrowdParams params;
  std::uint64_t seed = 1;
  std::vector<std::vector<TimedMoment>> matches;
};

CrowdParams read_params(const char* path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return parse_crowd_params(text.str(), path).value();
}

Setting read_arguments(std::vector<char*> arguments) {
  Setting setting;
  if (arguments.size() >= 2 && std::string_view(arguments[0]) == "--params") {
    setting.params = read_params(arguments[1]);
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  if (!arguments.empty()) setting.seed = std::stoull(arguments[0]);
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    setting.matches.push_back(read_feed_file(arguments[i], {}).value());
  }
  if (!setting.matches.empty()) return setting;
  for (std::uint64_t match = 0; match < 3; ++match) setting.matches.push_back(make_match(setting.seed + match));
  return setting;
}

void report(const std::string& name, std::unique_ptr<CrowdPolicy> policy, const Setting& setting) {
  CrowdWorld world(setting.params, setting.matches, setting.seed, kViewers);
  const std::clock_t start = std::clock();
  const CrowdScore score = run_crowd(world, *policy);
  fmt::print(
      "{:<28} G {:6.3f}  @50k {:6.3f}  @200k {:6.3f}  last {:6.3f}  CTR {:.4f} of {:.4f}  new {:.3f} of {:.3f}  CPU "
      "{:.1f} s\n",
      name, score.total().gain(), score.gain_at(50'000).value_or(0), score.gain_at(200'000).value_or(0),
      score.gain_last(), score.click_rate(), score.oracle_click_rate(),
      score.new_share(kTicksAfterArrival, kTicksAfterArrival).value_or(0),
      score.oracle_new_share(kTicksAfterArrival, kTicksAfterArrival).value_or(0),
      static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  std::fflush(stdout);
}

void report_learner(const std::string& name, const learn::Settings& settings, const Setting& setting) {
  report(name, make_learner_policy(setting.seed, settings), setting);
}

}  // namespace

int main(int argc, char** argv) {
  const Setting setting = read_arguments({argv + 1, argv + argc});
  report("random", make_random_policy(setting.seed), setting);
  report("popularity, Beta-TS", make_popularity_policy(setting.seed), setting);
  report("linear, SquareCB", make_linear_policy(setting.seed, CrowdExploration::inverse_gap), setting);
  report_learner("live-bandit", {}, setting);
  report_learner("live-bandit, no context", without(&learn::Options::use_context), setting);
  report_learner("live-bandit, no history", without(&learn::Options::use_history), setting);
  report_learner("live-bandit, no taste", without(&learn::Options::use_taste), setting);
  learn::Settings greedy;
  greedy.model.exploration = 0;
  report_learner("live-bandit, greedy", greedy, setting);
  report("oracle", make_oracle_policy(), setting);
}
