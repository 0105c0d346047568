// SPDX-License-Identifier: Apache-2.0
//
// Whether off-policy intervals cover the truth in the crowd: crowd_ope_bench [RUNS [VIEWERS [FEED.ndjson...]]].
//
// Each run is a crowd of its own seed that plays the feeds (without any, one match made from the seed) to the live
// learner through the real decider. The log is asked about other policies, and the answer is compared with what these
// could have expected in the very states that were logged, by the crowd's click probabilities. docs/evaluation.md has
// the figures.
#include <fmt/format.h>

#include <array>
#include <cmath>
#include <map>
#include <unordered_map>

#include "base/random.h"
#include "evaluate/off_policy.h"
#include "evaluate/trial_weigher.h"
#include "simulate/crowd_learner_policy.h"
#include "simulate/crowd_policies.h"
#include "simulate/feed_replay.h"
#include "simulate/match_script.h"

namespace {

using namespace matchcue;
using namespace matchcue::simulate;
using evaluate::Estimator;

using Matches = std::vector<std::vector<TimedMoment>>;

constexpr std::array kShown = {Estimator::ips, Estimator::snips, Estimator::dr};
constexpr std::uint64_t kPilotSeed = 1'000'003;  // of the crowd that says what is popular; no run has it
constexpr std::array kPopularityEpsilons = {.5, .05};
constexpr double kPersonalEpsilon = .3;
constexpr double kPersonalSharpness = 2;
constexpr int kSplits = 1'000;

/// A policy that knows every viewer, softened: proportional to the square of the click probability, with some chance of
/// anything. What it would have done is written down while the crowd is there to be asked.
class PersonalPolicy final : public evaluate::TargetPolicy {
 public:
  const std::string& name() const override { return name_; }

  void record(const evaluate::DecisionContext& context, std::size_t slot, std::span<const double> click_rates) {
    std::vector<float>& row = rows_[key(context, slot)];
    double sum = 0;
    for (const double rate : click_rates) sum += std::pow(rate, kPersonalSharpness);
    for (const double rate : click_rates) {
      row.push_back(static_cast<float>(kPersonalEpsilon / static_cast<double>(click_rates.size()) +
                                       (1 - kPersonalEpsilon) * std::pow(rate, kPersonalSharpness) / sum));
    }
  }

  void probabilities(const evaluate::DecisionContext& context, std::size_t slot, std::span<const std::size_t>,
                     std::span<double> out) const override {
    const std::vector<float>& row = rows_.at(key(context, slot));
    double sum = 0;
    for (const float probability : row) sum += static_cast<double>(probability);
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<double>(row[i]) / sum;
  }

 private:
  static std::uint64_t key(const evaluate::DecisionContext& context, std::size_t slot) {
    return stable_hash(context.viewer.str(), context.header.sequence.value() * evaluate::kSlotsMax + slot);
  }

  std::string name_ = "personal, softened";
  std::unordered_map<std::uint64_t, std::vector<float>> rows_;
};

/// Clicks and impressions by item in a crowd that was shown everything alike.
std::map<domain::ItemId, std::array<double, 2>> count_pilot(const Matches& matches, std::size_t viewers) {
  std::map<domain::ItemId, std::array<double, 2>> counts;
  CrowdWorld world(CrowdParams(), matches, kPilotSeed, viewers);
  const auto policy = make_random_policy(kPilotSeed);
  std::vector<std::size_t> items(viewers * world.slots().size());
  while (world.next_tick()) {
    policy->choose(world, items);
    for (std::size_t j = 0; j < items.size(); ++j) {
      auto& count = counts[world.items()[items[j]].id];
      count[0] += 1;
      count[1] += world.clicks(j / world.slots().size(), items[j]) ? 1 : 0;
    }
  }
  return counts;
}

/// Expected reward of one target policy in the logged states, by slot.
struct Truth {
  std::array<double, kCrowdSlots> reward{};
  std::array<double, kCrowdSlots> trials{};

  double of_slot(std::size_t slot) const { return reward[slot] / trials[slot]; }
  double of_slate() const {
    double sum = 0;
    for (std::size_t slot = 0; slot < kCrowdSlots; ++slot) sum += of_slot(slot);
    return sum;
  }
  double pooled() const {
    double sum = 0;
    double count = 0;
    for (std::size_t slot = 0; slot < kCrowdSlots; ++slot) {
      sum += reward[slot];
      count += trials[slot];
    }
    return sum / count;
  }
};

/// One run: the live learner decides, everything is logged, the crowd is asked for the truth.
class LoggedCrowd final : public CrowdPolicy {
 public:
  LoggedCrowd(std::uint64_t seed, const std::map<domain::ItemId, std::array<double, 2>>& pilot,
              const CrowdWorld& world) {
    evaluate::ItemRewards rewards;
    for (std::size_t i = 0; i < world.items().size(); ++i) {
      const CrowdItem& item = world.items()[i];
      const std::size_t number = trials_.number_of(item.slot, item.id);
      if (number >= world_items_.size()) world_items_.resize(number + 1);
      world_items_[number] = i;
      const auto count = pilot.find(item.id);
      for (double n = 0; count != pilot.end() && n < count->second[0]; ++n) {
        rewards.add(number, n < count->second[1] ? 1 : 0);
      }
    }
    auto personal = std::make_unique<PersonalPolicy>();
    personal_ = personal.get();
    targets_.push_back(evaluate::make_uniform_policy());
    for (const double epsilon : kPopularityEpsilons) {
      targets_.push_back(evaluate::make_popularity_policy(rewards, epsilon));
    }
    targets_.push_back(std::move(personal));
    truths_.resize(targets_.size());
    learner_ =
        make_learner_policy(seed, {}, 0.002,
                            [this](const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
                                   std::span<const domain::Choice> choices) { keep(header, catalogue, choices); });
  }

  std::string_view name() const override { return learner_->name(); }
  void choose(const CrowdWorld& world, std::span<std::size_t> items) override { learner_->choose(world, items); }

  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override {
    for (std::size_t slot = 0; slot < world.slots().size(); ++slot) log_slot(world, shown, slot);
    learner_->learn(world, shown);
  }

  const evaluate::LoggedTrials& trials() const { return trials_; }
  const std::vector<evaluate::TargetPolicyPtr>& targets() const { return targets_; }
  /// Beside targets().
  const std::vector<Truth>& truths() const { return truths_; }

 private:
  void keep(const domain::DecisionHeader& header, const domain::Catalogue& catalogue,
            std::span<const domain::Choice> choices) {
    header_ = header;
    choices_.assign(choices.begin(), choices.end());
    numbers_.clear();
    candidates_.assign(header.slots.size(), {});
    for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
      const std::size_t slot = catalogue.slot_of(i);
      numbers_.push_back(trials_.number_of(header.slots[slot], catalogue.items()[i].id));
      candidates_[slot].push_back(numbers_.back());
    }
  }

  /// `slot` counts as the world's slots do.
  void log_slot(const CrowdWorld& world, std::span<const CrowdShown> shown, std::size_t slot) {
    const auto at = std::find(header_.slots.begin(), header_.slots.end(), world.slots()[slot]);
    const auto place = static_cast<std::size_t>(at - header_.slots.begin());
    const std::vector<std::size_t>& candidates = candidates_[place];
    std::vector<double> rates(candidates.size());
    std::vector<double> target(candidates.size());
    for (std::size_t viewer = 0; viewer < world.viewers().size(); ++viewer) {
      const domain::ViewerId& id = world.viewers()[viewer].id;
      const domain::Choice& choice = choices_[viewer * header_.slots.size() + place];
      const CrowdShown& cell = shown[viewer * world.slots().size() + slot];
      trials_
          .add({header_, id, place, candidates, numbers_[choice.item], static_cast<double>(choice.propensity),
                cell.clicked ? 1.0 : 0.0})
          .value();
      for (std::size_t i = 0; i < rates.size(); ++i) {
        rates[i] = world.click_probability(viewer, world_items_[candidates[i]]);
      }
      const std::size_t number = trials_.trials().back().slot;
      personal_->record({header_, id}, number, rates);
      for (std::size_t t = 0; t < targets_.size(); ++t) {
        targets_[t]->probabilities({header_, id}, number, candidates, target);
        truths_[t].trials[number] += 1;
        for (std::size_t i = 0; i < rates.size(); ++i) truths_[t].reward[number] += target[i] * rates[i];
      }
    }
  }

  evaluate::LoggedTrials trials_;
  std::vector<std::size_t> world_items_;  ///< by number
  std::vector<evaluate::TargetPolicyPtr> targets_;
  PersonalPolicy* personal_ = nullptr;  ///< one of targets_
  std::vector<Truth> truths_;
  std::unique_ptr<CrowdPolicy> learner_;
  domain::DecisionHeader header_;
  std::vector<domain::Choice> choices_;               ///< viewers x header_.slots
  std::vector<std::size_t> numbers_;                  ///< by place in the catalogue
  std::vector<std::vector<std::size_t>> candidates_;  ///< by place in header_.slots
};

/// How intervals of one kind did.
struct Coverage {
  int asked = 0;
  int answered = 0;
  std::array<int, kShown.size()> covered{};
  std::array<double, kShown.size()> width{};
  std::array<double, kShown.size()> error{};
  double truth = 0;

  void add(const evaluate::Finding& finding, double value) {
    ++asked;
    if (finding.judgement.verdict == evaluate::Verdict::refused) return;
    ++answered;
    truth += value;
    for (std::size_t e = 0; e < kShown.size(); ++e) {
      const evaluate::Interval& interval = *finding.of(kShown[e]);
      covered[e] += interval.low <= value && value <= interval.high ? 1 : 0;
      width[e] += interval.high - interval.low;
      error[e] += interval.value - value;
    }
  }

  void print(std::string_view what) const {
    fmt::print("  {:<8} {:>4} of {:>4} answered, true value {:.4f}\n", what, answered, asked, truth / answered);
    for (std::size_t e = 0; e < kShown.size() && answered > 0; ++e) {
      fmt::print("           {:<6} covers {:>4} of {:>4} ({:5.1f} %)  mean width {:.4f}  mean error {:+.5f}\n",
                 evaluate::to_string(kShown[e]), covered[e], answered, 100. * covered[e] / answered,
                 width[e] / answered, error[e] / answered);
    }
  }
};

struct TargetCoverage {
  std::string name;
  Coverage pooled, slate, slot;
  double effective_share = 0;  ///< of the viewers, in the worst slot; a sum over runs
};

void evaluate_run(const LoggedCrowd& run, std::vector<TargetCoverage>& coverages) {
  const evaluate::TrialWeigher weigher(run.trials());
  coverages.resize(run.targets().size());
  for (std::size_t t = 0; t < coverages.size(); ++t) {
    TargetCoverage& coverage = coverages[t];
    coverage.name = run.targets()[t]->name();
    const evaluate::Evaluation evaluation = evaluate::evaluate(weigher.weigh(*run.targets()[t]), {});
    const Truth& truth = run.truths()[t];
    coverage.pooled.add(evaluation.pooled, truth.pooled());
    coverage.slate.add(evaluation.slate, truth.of_slate());
    double least = 1;
    for (std::size_t slot = 0; slot < evaluation.slots.size(); ++slot) {
      coverage.slot.add(evaluation.slots[slot], truth.of_slot(slot));
      const evaluate::Support& support = evaluation.support[slot];
      least = std::min(least, support.viewers_effective / static_cast<double>(support.viewers));
    }
    coverage.effective_share += least;
  }
}

/// How often halves of one log, decided for by one policy, differ significantly: whatever differs there is chance.
struct Halves {
  int splits = 0;
  int different = 0;               ///< the logged policy's value, slates
  int answered = 0;                ///< splits that can say something about the uniform policy
  std::array<int, 2> estimates{};  ///< of these, by IPS and SNIPS

  void print(std::string_view what) const {
    fmt::print("A/A, slates, {} splits of {}: logged {:.1f} %", splits, what, 100. * different / splits);
    if (answered > 0) {
      fmt::print("; uniform by ips {:.1f} %, by snips {:.1f} % of {}", 100. * estimates[0] / answered,
                 100. * estimates[1] / answered, answered);
    }
    fmt::print("\n");
  }
};

/// Splits the viewers into random halves, again and again.
void split_halves(const evaluate::LoggedTrials& trials, std::uint64_t seed, int splits, Halves& halves) {
  Random random(seed);
  for (int split = 0; split < splits; ++split) {
    std::vector<bool> is_left(trials.viewer_count());
    for (auto&& each : is_left) each = random.below(2) == 0;
    evaluate::OffPolicyLog left(trials.slots().size(), evaluate::Predictions::absent);
    evaluate::OffPolicyLog right = left;
    for (const evaluate::LoggedTrials::Trial& each : trials.trials()) {
      evaluate::Trial trial;
      trial.viewer = each.viewer;
      trial.slot = each.slot;
      trial.propensity = static_cast<double>(each.propensity);
      trial.reward = static_cast<double>(each.reward);
      trial.target_probability = 1 / static_cast<double>(trials.candidates_of(each).size());
      (is_left[each.viewer] ? left : right).add(trial).value();
    }
    evaluate::EvaluationOptions options;
    options.bootstrap.seed = random.next();
    options.bootstrap.resamples = 500;
    const evaluate::Finding slate = evaluate::compare(left, right, options).slate;
    const auto is_different = [&](Estimator estimator) {
      return slate.of(estimator)->low > 0 || slate.of(estimator)->high < 0 ? 1 : 0;
    };
    ++halves.splits;
    halves.different += is_different(Estimator::logged);
    if (slate.judgement.verdict == evaluate::Verdict::refused) continue;
    ++halves.answered;
    halves.estimates[0] += is_different(Estimator::ips);
    halves.estimates[1] += is_different(Estimator::snips);
  }
}

Matches matches_of(std::uint64_t seed, const std::vector<std::string>& feeds) {
  Matches matches;
  for (const std::string& feed : feeds) matches.push_back(read_feed_file(feed, {}).value());
  if (matches.empty()) matches.push_back(make_match(seed));
  return matches;
}

}  // namespace

int main(int argc, char** argv) {
  const std::uint64_t runs = argc > 1 ? std::stoull(argv[1]) : 100;
  const std::size_t viewers = argc > 2 ? std::stoull(argv[2]) : 300;
  const std::vector<std::string> feeds(argv + std::min(argc, 3), argv + argc);
  const auto pilot = count_pilot(matches_of(kPilotSeed, feeds), viewers);
  std::vector<TargetCoverage> coverages;
  Halves halves_of_one;
  Halves halves_of_all;
  double trials = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    CrowdWorld world(CrowdParams(), matches_of(seed, feeds), seed, viewers);
    LoggedCrowd run(seed, pilot, world);
    run_crowd(world, run);
    trials += static_cast<double>(run.trials().trials().size());
    evaluate_run(run, coverages);
    if (seed == 1) split_halves(run.trials(), seed, kSplits, halves_of_one);
    split_halves(run.trials(), seed, kSplits / 100, halves_of_all);
    fmt::print(stderr, "\r{} of {} runs", seed, runs);
    std::fflush(stderr);
  }
  fmt::print(stderr, "\n");
  fmt::print("{} runs of {} viewers, {:.0f} trials a run\n", runs, viewers, trials / static_cast<double>(runs));
  for (const TargetCoverage& coverage : coverages) {
    fmt::print("target {}: in the worst slot the weights leave {:.0f} % of the viewers\n", coverage.name,
               100 * coverage.effective_share / static_cast<double>(runs));
    coverage.pooled.print("pooled");
    coverage.slate.print("slate");
    coverage.slot.print("one slot");
  }
  halves_of_one.print("the first run");
  halves_of_all.print("all runs");
}
