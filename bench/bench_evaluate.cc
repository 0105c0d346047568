// SPDX-License-Identifier: Apache-2.0
//
// What an evaluation costs, and whether its 95 % intervals are 95 % intervals: in simulated worlds whose truth is
// known.
#include <benchmark/benchmark.h>

#include <cmath>

#include "evaluate/off_policy.h"
#include "evaluate/test_slate_bandit.h"

namespace matchcue::evaluate {
namespace {

void add_trial(benchmark::State& state) {
  OffPolicyLog log(4, Predictions::present);
  Trial trial{0, 0, .2, 1, .1, .05, .1};
  for (auto _ : state) {
    trial.viewer = (trial.viewer + 7) % 50'000;
    trial.slot = (trial.slot + 1) % 4;
    benchmark::DoNotOptimize(log.add(trial).ok());
  }
}
BENCHMARK(add_trial);

/// range(0) viewers, 5 slots, 1,000 resamples.
void evaluate_viewers(benchmark::State& state) {
  const TestSlateBandit bandit(
      {.slots = 5, .peak = 2, .viewers = static_cast<std::size_t>(state.range(0)), .decisions = 4}, 1);
  Random random(1);
  const OffPolicyLog log = bandit.observe(bandit.draw(random), bandit.rival(), Predictions::present);
  for (auto _ : state) benchmark::DoNotOptimize(evaluate(log, {}));
}
BENCHMARK(evaluate_viewers)->Arg(1'500)->Arg(20'000)->Unit(benchmark::kMillisecond);

/// How many of 1,000 intervals cover the truth, for the slate and for single slots; each log of another world.
/// range(0): 0 the uniform target, 1 a peaked rival, 2 the rival with nothing but its favourite.
void coverage(benchmark::State& state) {
  constexpr int kLogs = 1'000;
  constexpr Estimator kShown[] = {Estimator::ips, Estimator::snips, Estimator::dr};
  const auto viewers = static_cast<std::size_t>(state.range(1));
  for (auto _ : state) {
    double slates = 0;
    double slots = 0;
    double slate_covered[3] = {};
    double slot_covered[3] = {};
    for (std::uint64_t seed = 1; seed <= kLogs; ++seed) {
      const TestSlateBandit bandit({.viewers = viewers}, seed);
      Random random(seed);
      const auto log = bandit.draw(random);
      const auto target = state.range(0) == 0   ? bandit.uniform()
                          : state.range(0) == 1 ? bandit.rival()
                                                : bandit.favourite();
      EvaluationOptions options;
      options.bootstrap.resamples = 500;
      const Evaluation evaluation = evaluate(bandit.observe(log, target, Predictions::present), options);
      const auto count = [&](const Finding& finding, double truth, double& total, double* covered) {
        if (finding.judgement.verdict == Verdict::refused) return;
        total += 1;
        for (int e = 0; e < 3; ++e) {
          const Interval& interval = *finding.of(kShown[e]);
          covered[e] += interval.low <= truth && truth <= interval.high ? 1 : 0;
        }
      };
      count(evaluation.slate, bandit.truth(log, target, 4), slates, slate_covered);
      for (std::size_t slot = 0; slot < 4; ++slot) {
        count(evaluation.slots[slot], bandit.truth(log, target, slot), slots, slot_covered);
      }
    }
    state.counters["slates"] = slates;
    state.counters["slots"] = slots;
    for (int e = 0; e < 3; ++e) {
      const std::string name(to_string(kShown[e]));
      state.counters["slate_" + name] = slate_covered[e] / slates;
      state.counters["slot_" + name] = slot_covered[e] / slots;
    }
  }
}
BENCHMARK(coverage)
    ->ArgsProduct({{0, 1, 2}, {300}})
    ->Args({2, 1'000})
    ->ArgNames({"target", "viewers"})
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

/// Share of significant differences between random halves under one policy: range(0) viewers, 20 logs, 100 splits of
/// each.
void equal_halves(benchmark::State& state) {
  constexpr int kLogs = 20;
  constexpr int kSplits = 100;
  const auto viewers = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    double different = 0;
    for (std::uint64_t seed = 1; seed <= kLogs; ++seed) {
      const TestSlateBandit bandit({.viewers = viewers}, seed);
      Random random(seed);
      const auto log = bandit.draw(random);
      for (int split = 0; split < kSplits; ++split) {
        std::vector<std::size_t> half(viewers);
        for (std::size_t& each : half) each = random.below(2);
        TestSlateBandit::Log halves[2] = {{{}, log.tastes}, {{}, log.tastes}};
        for (const auto& row : log.rows) halves[half[row.viewer]].rows.push_back(row);
        EvaluationOptions options;
        options.bootstrap.resamples = 500;
        const Comparison comparison =
            compare(bandit.observe(halves[0], bandit.logging(), Predictions::absent),
                    bandit.observe(halves[1], bandit.logging(), Predictions::absent), options);
        const Interval& interval = *comparison.slate.of(Estimator::logged);
        different += interval.low > 0 || interval.high < 0 ? 1 : 0;
      }
    }
    state.counters["different"] = different / (kLogs * kSplits);
  }
}
BENCHMARK(equal_halves)->Arg(160)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace matchcue::evaluate
