// SPDX-License-Identifier: Apache-2.0
#include "evaluate/reward_model.h"

#include <cmath>

#include "base/check.h"
#include "base/random.h"

namespace matchcue::evaluate {
namespace {

constexpr double kRootSmoothing = 2;  // all trials are pulled to one half, a little

double log_odds(double rate) { return std::log(rate / (1 - rate)); }
double rate_of(double odds) { return 1 / (1 + std::exp(-odds)); }

}  // namespace

RewardModel::RewardModel(std::size_t slot_count, const Options& options) : options_(options), slots_(slot_count) {
  CHECK(slot_count >= 1);
  CHECK(options.folds >= 2 && options.folds <= 20, options.folds);
  CHECK(options.smoothing > 0, options.smoothing);
  CHECK(options.context_weight >= 0 && options.context_weight <= 1, options.context_weight);
  all_.total.resize(options.folds);
  for (Cell& slot : slots_) slot.total.resize(options.folds);
}

RewardModel::Encoded RewardModel::encode(const domain::Values& context) {
  Encoded encoded;
  for (const auto& [field, value] : context) {
    if (std::holds_alternative<std::monostate>(value)) continue;
    std::string key = field + '\n' + domain::to_text(value);
    if (fitted_ || values_.size() >= options_.values_max) {
      const auto found = values_.find(key);
      if (found != values_.end()) encoded.push_back(found->second);
      continue;
    }
    const auto number = static_cast<std::uint32_t>(values_.size());
    encoded.push_back(values_.emplace(std::move(key), number).first->second);
  }
  return encoded;
}

std::size_t RewardModel::fold_of(std::uint32_t viewer) const {
  return mix64(options_.seed ^ mix64(viewer)) % options_.folds;
}

void RewardModel::count(Cell& cell, std::size_t fold, const Encoded& context, double reward) const {
  cell.total[fold].trials += 1;
  cell.total[fold].reward += reward;
  for (const std::uint32_t value : context) {
    const std::size_t place = value * options_.folds + fold;
    if (place >= cell.by_value.size()) cell.by_value.resize((value + std::size_t{1}) * options_.folds);
    cell.by_value[place].trials += 1;
    cell.by_value[place].reward += reward;
  }
}

void RewardModel::add(std::uint32_t viewer, std::size_t slot, std::size_t item, const Encoded& context, double reward) {
  CHECK(!fitted_ && slot < slots_.size(), fitted_, slot);
  CHECK(reward >= 0 && reward <= 1, reward);
  if (item >= items_.size()) items_.resize(item + 1);
  Cell& cell = items_[item];
  if (cell.total.empty()) {
    cell.slot = slot;
    cell.total.resize(options_.folds);
  }
  CHECK(cell.slot == slot, item, cell.slot, slot);
  const std::size_t fold = fold_of(viewer);
  count(all_, fold, context, reward);
  count(slots_[slot], fold, context, reward);
  count(cell, fold, context, reward);
}

void RewardModel::fit_cell(Cell& cell, const Cell* parent) const {
  const double smoothing = parent == nullptr ? kRootSmoothing : options_.smoothing;
  /// The rate of all folds but `fold`, of the counts that begin at `first`.
  const auto rate_without = [&](const std::vector<Count>& counts, std::size_t first, std::size_t fold, double prior) {
    Count sum;
    for (std::size_t other = 0; other < options_.folds && first < counts.size(); ++other) {
      if (other == fold) continue;
      sum.trials += counts[first + other].trials;
      sum.reward += counts[first + other].reward;
    }
    return (sum.reward + smoothing * prior) / (sum.trials + smoothing);
  };
  cell.total.resize(options_.folds);
  cell.log_odds.resize(options_.folds);
  cell.terms.resize(values_.size() * options_.folds);
  for (std::size_t fold = 0; fold < options_.folds; ++fold) {
    const double prior = parent == nullptr ? 0.5 : rate_of(parent->log_odds[fold]);
    const double odds = log_odds(rate_without(cell.total, 0, fold, prior));
    cell.log_odds[fold] = odds;
    for (std::size_t first = 0; first < cell.terms.size(); first += options_.folds) {
      const double expected = rate_of(odds + (parent == nullptr ? 0 : parent->terms[first + fold]));
      cell.terms[first + fold] = log_odds(rate_without(cell.by_value, first, fold, expected)) - odds;
    }
  }
}

void RewardModel::fit() {
  CHECK(!fitted_);
  fit_cell(all_, nullptr);
  for (Cell& slot : slots_) fit_cell(slot, &all_);
  for (Cell& item : items_) {
    if (!item.total.empty()) fit_cell(item, &slots_[item.slot]);
  }
  fitted_ = true;
}

double RewardModel::predict(std::uint32_t viewer, std::size_t slot, std::size_t item, const Encoded& context) const {
  CHECK(fitted_ && slot < slots_.size(), fitted_, slot);
  const bool known = item < items_.size() && !items_[item].total.empty();
  const Cell& cell = known ? items_[item] : slots_[slot];
  const std::size_t fold = fold_of(viewer);
  double terms = 0;
  for (const std::uint32_t value : context) terms += cell.terms[value * options_.folds + fold];
  return rate_of(cell.log_odds[fold] + options_.context_weight * terms);
}

}  // namespace matchcue::evaluate
