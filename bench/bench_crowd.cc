// SPDX-License-Identifier: Apache-2.0
//
// How much of what could be gained each policy gains in the crowd:
//
//   crowd_bench [--params FILE.json] [--viewers N] [--draws N] [SEED [FEED.ndjson...]]
//
// FILE.json makes another crowd than the default (data/crowds has some), of N viewers (1,500). Without feeds three
// matches are made from the seed. Figures are means over so many sets of the policies' own draws (1) in front of the
// same crowd. docs/learning.md says what G is; "new" is the share of new items two ticks after they arrived.
#include <fmt/format.h>

#include <array>
#include <ctime>
#include <fstream>
#include <functional>
#include <sstream>

#include "base/check.h"
#include "simulate/crowd_learner_policy.h"
#include "simulate/crowd_policies.h"
#include "simulate/feed_replay.h"
#include "simulate/match_script.h"

namespace {

using namespace matchcue;
using namespace matchcue::simulate;

learn::Settings without(bool learn::Options::*part) {
  learn::Settings settings;
  settings.model.*part = false;
  return settings;
}

constexpr std::size_t kTicksAfterArrival = 2;

/// What every policy is measured in.
struct Setting {
  CrowdParams params;
  std::size_t viewers = 1'500;
  std::uint64_t draws = 1;
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
  while (arguments.size() >= 2 && std::string_view(arguments[0]).starts_with("--")) {
    const std::string_view option = arguments[0];
    CHECK(option == "--params" || option == "--viewers" || option == "--draws", option);
    if (option == "--params") setting.params = read_params(arguments[1]);
    if (option == "--viewers") setting.viewers = std::stoull(arguments[1]);
    if (option == "--draws") setting.draws = std::stoull(arguments[1]);
    CHECK(setting.viewers > 0 && setting.draws > 0, arguments[1]);
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

using MakePolicy = std::function<std::unique_ptr<CrowdPolicy>(std::uint64_t seed)>;

/// The policy's draws are seeded with the crowd's seed first.
void report(const std::string& name, const Setting& setting, const MakePolicy& make_policy) {
  constexpr std::array kColumns = {"G", "@50k", "@200k", "last", "CTR", "of", "new", "of"};
  std::array<double, kColumns.size()> means{};
  const std::clock_t start = std::clock();
  for (std::uint64_t draws = 0; draws < setting.draws; ++draws) {
    CrowdWorld world(setting.params, setting.matches, setting.seed, setting.viewers);
    const auto policy = make_policy(setting.seed + draws * 1'000);
    const CrowdScore score = run_crowd(world, *policy);
    const std::array<double, kColumns.size()> figures = {
        score.total().gain(),
        score.gain_at(50'000).value_or(0),
        score.gain_at(200'000).value_or(0),
        score.gain_last(),
        score.click_rate(),
        score.oracle_click_rate(),
        score.new_share(kTicksAfterArrival, kTicksAfterArrival).value_or(0),
        score.oracle_new_share(kTicksAfterArrival, kTicksAfterArrival).value_or(0)};
    for (std::size_t i = 0; i < means.size(); ++i) means[i] += figures[i] / static_cast<double>(setting.draws);
  }
  fmt::print("{:<28}", name);
  for (std::size_t i = 0; i < means.size(); ++i) fmt::print(" {} {:6.4f} ", kColumns[i], means[i]);
  fmt::print(" CPU {:.1f} s\n", static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  std::fflush(stdout);
}

void report_learner(const std::string& name, const Setting& setting, const learn::Settings& settings) {
  report(name, setting, [&](std::uint64_t seed) { return make_learner_policy(seed, settings); });
}

}  // namespace

int main(int argc, char** argv) {
  const Setting setting = read_arguments({argv + 1, argv + argc});
  report("random", setting, make_random_policy);
  report("popularity, Beta-TS", setting, make_popularity_policy);
  report("linear, SquareCB", setting,
         [](std::uint64_t seed) { return make_linear_policy(seed, CrowdExploration::inverse_gap); });
  report_learner("live-bandit", setting, {});
  report_learner("live-bandit, no context", setting, without(&learn::Options::use_context));
  report_learner("live-bandit, no history", setting, without(&learn::Options::use_history));
  report_learner("live-bandit, no taste", setting, without(&learn::Options::use_taste));
  learn::Settings greedy;
  greedy.model.exploration = 0;
  report_learner("live-bandit, greedy", setting, greedy);
  report("oracle", setting, [](std::uint64_t) { return make_oracle_policy(); });
}
