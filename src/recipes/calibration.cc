// SPDX-License-Identifier: Apache-2.0
#include "recipes/calibration.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "base/random.h"
#include "dataset/decoded.h"

namespace matchcue::recipes {

namespace {

using dataset::Dataset;

constexpr double kPriorDeviation = 100;
constexpr double kSlotDeviation = 10;  // log-odds: no slot is e^10 times as likely as another
constexpr double kGainMin = 1e-9;      // nats of all choices
constexpr double kNever = 1e30;        // penalty of a coefficient that is to stay 0
constexpr int kStepsMax = 100;

/// Coefficients of the score (first) and of the slots.
using Coefficients = Eigen::VectorXd;

/// How unlikely what was chosen was, and the derivatives of that.
struct Terms {
  double loss = 0;
  Eigen::VectorXd slope;
  Eigen::MatrixXd curvature;

  explicit Terms(Eigen::Index size)
      : slope(Eigen::VectorXd::Zero(size)), curvature(Eigen::MatrixXd::Zero(size, size)) {}
};

/// Adds one choice: with options i of features x_i and probabilities p_i, the loss's slope is sum p_i x_i - x_chosen,
/// its curvature sum p_i x_i x_i' - (sum p_i x_i) (sum p_i x_i)'.
void add_choice(const ScoredChoice& choice, const Coefficients& at, Terms& terms) {
  const auto slot_of = [](const ScoredOption& option) { return static_cast<Eigen::Index>(1 + option.slot); };
  // Scores relative to the chosen one's, which then is 0.
  const auto score_of = [&](const ScoredOption& option) {
    return static_cast<double>(option.score) - static_cast<double>(choice.chosen.score);
  };
  const auto utility_of = [&](const ScoredOption& option) { return at[0] * score_of(option) + at[slot_of(option)]; };
  const double chosen = utility_of(choice.chosen);
  double most = chosen;
  for (const ScoredOption& other : choice.others) most = std::max(most, utility_of(other));
  double sum = std::exp(chosen - most);
  for (const ScoredOption& other : choice.others) sum += std::exp(utility_of(other) - most);
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(at.size());
  const auto add_option = [&](const ScoredOption& option) {
    const double probability = std::exp(utility_of(option) - most) / sum;
    const double score = score_of(option);
    const Eigen::Index slot = slot_of(option);
    mean[0] += probability * score;
    mean[slot] += probability;
    terms.curvature(0, 0) += probability * score * score;
    terms.curvature(slot, 0) += probability * score;
    terms.curvature(0, slot) += probability * score;
    terms.curvature(slot, slot) += probability;
  };
  add_option(choice.chosen);
  for (const ScoredOption& other : choice.others) add_option(other);
  terms.loss += most - chosen + std::log(sum);
  terms.slope += mean;
  terms.slope[slot_of(choice.chosen)] -= 1;
  terms.curvature -= mean * mean.transpose();
}

/// `penalty` by coefficient: 1 / the variance of its prior.
Terms sum_of(std::span<const ScoredChoice> choices, const Coefficients& at, const Eigen::VectorXd& penalty) {
  Terms sum(at.size());
  for (const ScoredChoice& choice : choices) add_choice(choice, at, sum);
  const Eigen::VectorXd pulled = penalty.cwiseProduct(at);
  sum.loss += pulled.dot(at) / 2;
  sum.slope += pulled;
  sum.curvature.diagonal() += penalty;
  return sum;
}

/// The likeliest coefficients by Newton's method; steps that make it worse are halved.
Coefficients fit(std::span<const ScoredChoice> choices, const Eigen::VectorXd& penalty) {
  Coefficients at = Coefficients::Zero(penalty.size());
  Terms here = sum_of(choices, at, penalty);
  for (int step = 0; step < kStepsMax; ++step) {
    Coefficients change = -here.curvature.ldlt().solve(here.slope);
    double gain = -here.slope.dot(change);
    Terms next = sum_of(choices, at + change, penalty);
    while (next.loss > here.loss && gain > kGainMin) {
      change /= 2;
      gain /= 2;
      next = sum_of(choices, at + change, penalty);
    }
    if (next.loss > here.loss) break;
    at += change;
    here = std::move(next);
    if (gain < kGainMin) break;
  }
  return at;
}

double loss_of(std::span<const ScoredChoice> choices, const Coefficients& at) {
  return sum_of(choices, at, Eigen::VectorXd::Zero(at.size())).loss / static_cast<double>(choices.size());
}

/// How far the others' scores are from the chosen one's, as a root mean square.
double distance_of(std::span<const ScoredChoice> choices) {
  double square = 0;
  double count = 0;
  for (const ScoredChoice& choice : choices) {
    for (const ScoredOption& other : choice.others) {
      const double score = static_cast<double>(other.score) - static_cast<double>(choice.chosen.score);
      square += score * score;
      ++count;
    }
  }
  return count == 0 ? 0 : std::sqrt(square / count);
}

std::size_t slot_count_of(std::span<const ScoredChoice> choices) {
  std::size_t count = 0;
  for (const ScoredChoice& choice : choices) {
    count = std::max<std::size_t>(count, choice.chosen.slot + 1U);
    for (const ScoredOption& other : choice.others) count = std::max<std::size_t>(count, other.slot + 1U);
  }
  return count;
}

/// A choice that is to be scored, with what was known before it.
struct PendingChoice {
  std::size_t viewer = 0;
  std::size_t interaction = 0;
  std::vector<float> state;
  std::vector<std::uint32_t> others;
};

/// Collects choices viewer by viewer, then scores them context by context: a folded context may be as large as the
/// model, so one is kept at a time.
class ChoiceScorer {
 public:
  ChoiceScorer(const scoring::SequenceModel& model, const Dataset& dataset, const ChoiceOptions& options)
      : model_(model),
        dataset_(dataset),
        options_(options),
        random_(options.seed),
        catalogue_(dataset::catalogue_of(dataset)),
        state_(model.state_size()) {}

  /// `asked` are interactions of this viewer.
  void add_viewer(std::size_t viewer, std::span<const std::size_t> asked) {
    model_.start(state_);
    for (std::size_t k = dataset_.begin[viewer]; !asked.empty(); ++k) {
      if (k == asked.front()) {
        asked = asked.subspan(1);
        auto others = draw_others(dataset_.begin[viewer], k);
        if (!others.empty()) pending_.push_back({viewer, k, state_, std::move(others)});
      }
      model_.advance(state_, {catalogue_.items()[dataset_.item[k]], dataset_.event_types[dataset_.event_type[k]],
                              dataset::context_of(dataset_, k), dataset_.timestamp_s[k], dataset_.event_value[k]});
    }
  }

  /// In the order in which they were added.
  std::vector<ScoredChoice> score() const {
    std::map<std::vector<scoring::Code>, std::vector<std::size_t>> by_context;
    for (std::size_t n = 0; n < pending_.size(); ++n) by_context[codes_of(pending_[n].interaction)].push_back(n);
    std::vector<ScoredChoice> choices(pending_.size());
    std::vector<float> scores(dataset_.item_count());
    for (const auto& [codes, numbers] : by_context) {
      const domain::Values context = dataset::context_of(dataset_, pending_[numbers.front()].interaction);
      const auto scorer = model_.fold(catalogue_, {context, {}});
      for (const std::size_t n : numbers) {
        const PendingChoice& each = pending_[n];
        scorer->score(each.state, dataset::traits_of(dataset_, each.viewer), scores);
        choices[n].chosen = option_of(dataset_.item[each.interaction], scores);
        for (const std::uint32_t item : each.others) choices[n].others.push_back(option_of(item, scores));
      }
    }
    return choices;
  }

 private:
  ScoredOption option_of(std::uint32_t item, std::span<const float> scores) const {
    return {scores[item], static_cast<std::uint16_t>(catalogue_.slot_of(item))};
  }

  std::vector<scoring::Code> codes_of(std::size_t interaction) const {
    std::vector<scoring::Code> codes;
    for (const auto& field : dataset_.context) codes.push_back(field[interaction]);
    return codes;
  }

  /// Items that were not chosen at interaction k of a viewer whose first is `begin`.
  std::vector<std::uint32_t> draw_others(std::size_t begin, std::size_t k) {
    std::vector<std::uint32_t> others;
    std::set<std::uint32_t> left_out = {dataset_.item[k]};
    if (options_.remove_seen) left_out.insert(&dataset_.item[begin], &dataset_.item[k]);
    if (!dataset_.impression_begin.empty()) {
      for (std::uint32_t i = dataset_.impression_begin[k]; i < dataset_.impression_begin[k + 1]; ++i) {
        const std::uint32_t shown = dataset_.impression_items[i];
        if (!left_out.contains(shown)) others.push_back(shown);
      }
    } else if (dataset_.item_count() > left_out.size()) {
      while (others.size() < options_.others) {
        const auto drawn = static_cast<std::uint32_t>(random_.below(dataset_.item_count()));
        if (!left_out.contains(drawn)) others.push_back(drawn);
      }
    }
    return others;
  }

  const scoring::SequenceModel& model_;
  const Dataset& dataset_;
  ChoiceOptions options_;
  Random random_;
  domain::Catalogue catalogue_;
  std::vector<float> state_;
  std::vector<PendingChoice> pending_;
};

}  // namespace

Calibration fit_scale(std::span<const ScoredChoice> choices) {
  Calibration result;
  result.choices = choices.size();
  if (choices.empty()) return result;
  const double distance = distance_of(choices);
  Eigen::VectorXd penalty = Eigen::VectorXd::Constant(static_cast<Eigen::Index>(1 + slot_count_of(choices)),
                                                      1 / (kSlotDeviation * kSlotDeviation));
  penalty[0] = kNever;
  result.loss = result.loss_without = loss_of(choices, fit(choices, penalty));
  if (choices.size() < kChoicesMin || distance == 0) return result;
  penalty[0] = distance * distance / (kPriorDeviation * kPriorDeviation);
  const Coefficients fitted = fit(choices, penalty);
  if (!(fitted[0] > 0)) return result;  // the scores say nothing about these choices, or the contrary
  result.scale = fitted[0];
  result.loss = loss_of(choices, fitted);
  return result;
}

std::vector<ScoredChoice> score_choices(const scoring::SequenceModel& model, const Dataset& dataset,
                                        std::span<const std::size_t> asked, const ChoiceOptions& options) {
  ChoiceScorer scorer(model, dataset, options);
  const std::size_t step = std::max<std::size_t>(1, (asked.size() + options.choices_max - 1) / options.choices_max);
  std::vector<std::size_t> of_viewer;
  std::size_t next = 0;
  for (std::size_t viewer = 0; viewer < dataset.viewer_count() && next < asked.size(); ++viewer) {
    of_viewer.clear();
    for (; next < asked.size() && asked[next] < dataset.begin[viewer + 1]; ++next) {
      if (next % step == 0 && asked[next] > dataset.begin[viewer]) of_viewer.push_back(asked[next]);
    }
    if (!of_viewer.empty()) scorer.add_viewer(viewer, of_viewer);
  }
  return scorer.score();
}

std::vector<std::size_t> middle_interactions(const Dataset& dataset) {
  std::vector<std::int64_t> times = dataset.timestamp_s;
  std::sort(times.begin(), times.end());
  std::vector<std::size_t> middle;
  if (times.empty()) return middle;
  const std::int64_t begin_s = times[times.size() * 2 / 5];
  // Of a time at which much happened, all of it.
  const std::int64_t end_s = std::max(times[times.size() * 3 / 5], begin_s + 1);
  if (times.front() == begin_s && times.back() < end_s) return middle;
  for (std::size_t k = 0; k < dataset.interaction_count(); ++k) {
    if (begin_s <= dataset.timestamp_s[k] && dataset.timestamp_s[k] < end_s) middle.push_back(k);
  }
  return middle;
}

}  // namespace matchcue::recipes
