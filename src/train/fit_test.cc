// SPDX-License-Identifier: Apache-2.0
//
// Small audiences whose ways are known, and what a network learns of them.
#include "train/fit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "train/co_occurrence.h"

namespace matchcue::train {
namespace {

constexpr HoldOut kHoldOut{1, 1};

/// A data set that is written viewer by viewer, act by act.
class Audience {
 public:
  explicit Audience(std::size_t items) {
    for (std::size_t i = 0; i < items; ++i) data_.items.push_back("item" + std::to_string(1'000 + i));
    data_.begin.push_back(0);
  }

  /// `shown` is what the item was chosen from, where that is known.
  void act(std::size_t item, std::int64_t timestamp_s, const std::vector<std::uint32_t>& shown = {}) {
    data_.item.push_back(static_cast<std::uint32_t>(item));
    data_.timestamp_s.push_back(timestamp_s);
    data_.event_value.push_back(1);
    data_.impression_items.insert(data_.impression_items.end(), shown.begin(), shown.end());
    impression_begin_.push_back(static_cast<std::uint32_t>(data_.impression_items.size()));
  }
  void end_viewer() {
    data_.viewers.push_back("viewer" + std::to_string(1'000 + data_.viewers.size()));
    data_.begin.push_back(data_.item.size());
  }
  dataset::Dataset data() const {
    dataset::Dataset data = data_;
    if (!data.impression_items.empty()) data.impression_begin = impression_begin_;
    return data;
  }

 private:
  dataset::Dataset data_;
  std::vector<std::uint32_t> impression_begin_ = {0};
};

FitOptions small_options() {
  FitOptions options;
  options.epochs.epochs = 10;
  options.epochs.patience = 100;
  options.epochs.learning_rate = .01;
  options.epochs.warm_up = 20;
  options.tokens_max = 400;
  options.average = .9;
  return options;
}

/// A network of 16 floats and one block, and how it was trained.
struct Trained {
  Network network = nullptr;
  Fitted fitted;

  double best_ndcg() const { return fitted.curve[static_cast<std::size_t>(fitted.best_epoch) - 1].validation.ndcg; }
};

Trained train(const dataset::Dataset& data, const FitOptions& options) {
  torch::set_num_threads(1);
  torch::manual_seed(options.epochs.seed);
  const SequenceData sequences(data);
  NetworkShape shape;
  shape.width = 16;
  shape.blocks = 1;
  shape.items = static_cast<std::int64_t>(data.item_count());
  Trained trained;
  trained.network = Network(shape, sequences.item_shares(), options.dropout);
  const std::atomic<bool> stop = false;
  trained.fitted = fit(trained.network, sequences, kHoldOut, options, {}, stop);
  return trained;
}

/// Each item has one that follows it in three of five cases; what comes otherwise is rather a low number.
dataset::Dataset chain_data() {
  constexpr std::size_t kItems = 100;
  Audience audience(kItems);
  std::mt19937 random(1);
  for (std::size_t viewer = 0; viewer < 200; ++viewer) {
    std::size_t item = random() % kItems;
    for (std::int64_t act = 0; act < 25; ++act) {
      item = random() % 5 < 3 ? (item * 7 + 3) % kItems : (random() % kItems) * (random() % kItems) / kItems;
      audience.act(item, 1'700'000'000 + act * 60);
    }
    audience.end_viewer();
  }
  return audience.data();
}

TEST(Fit, LearnsNearlyAsWellFromASampleOfTheCatalogue) {
  const dataset::Dataset data = chain_data();
  for (const bool remove_seen : {false, true}) {
    FitOptions options = small_options();
    options.remove_seen = remove_seen;
    const double whole = train(data, options).best_ndcg();
    options.softmax_items_max = 50;
    options.sampled_items = 25;
    const double sampled = train(data, options).best_ndcg();
    EXPECT_GT(whole, .4) << remove_seen;
    EXPECT_GT(sampled, .9 * whole) << remove_seen;
  }
}

TEST(Fit, ASampleFollowsTheSeed) {
  const dataset::Dataset data = chain_data();
  FitOptions options = small_options();
  options.epochs.epochs = 2;
  options.softmax_items_max = 50;
  options.sampled_items = 25;
  const auto first = train(data, options).network->item_vectors();
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), first));
  options.epochs.seed = 2;
  EXPECT_FALSE(torch::equal(train(data, options).network->item_vectors(), first));
}

TEST(Fit, TheSoftmaxIsOverAllOfASmallCatalogueAndOfASampleThatWouldHoldIt) {
  const dataset::Dataset data = chain_data();
  FitOptions options = small_options();
  options.epochs.epochs = 2;
  const auto whole = train(data, options).network->item_vectors();
  options.sampled_items = 25;
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), whole)) << "the catalogue is small";
  options.softmax_items_max = 50;
  options.sampled_items = 100;
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), whole)) << "the sample would hold it";
}

/// What somebody of whom nothing is known gets.
std::vector<float> scores_of_unknown(Network& network) {
  torch::NoGradGuard no_gradients;
  const auto scores = (network->bias() + torch::mv(network->item_vectors(), network->start())).contiguous();
  return {scores.data_ptr<float>(), scores.data_ptr<float>() + scores.numel()};
}

constexpr std::size_t kWinner = 0;
constexpr std::size_t kLoser = 1;

/// Two items are acted upon equally often; one is chosen each time that both are shown, the other is found elsewhere.
dataset::Dataset rivals_data() {
  constexpr std::size_t kItems = 20;
  Audience audience(kItems);
  std::mt19937 random(1);
  for (std::size_t viewer = 0; viewer < 300; ++viewer) {
    std::vector<std::size_t> acts;
    for (std::size_t k = 0; k < 6; ++k) acts.insert(acts.end(), {kWinner, kLoser, 2 + random() % (kItems - 2)});
    std::shuffle(acts.begin(), acts.end(), random);
    std::int64_t now = 1'700'000'000;
    for (const std::size_t item : acts) {
      const bool chosen = item == kWinner;
      audience.act(item, now += 60,
                   chosen ? std::vector<std::uint32_t>{kWinner, kLoser} : std::vector<std::uint32_t>());
    }
    audience.end_viewer();
  }
  return audience.data();
}

double lead_of_winner(const dataset::Dataset& data, double impression_weight) {
  FitOptions options = small_options();
  options.epochs.epochs = 1;  // the order of acts says nothing, so the validation would keep any
  options.tokens_max = 40;
  options.impression_weight = impression_weight;
  Trained trained = train(data, options);
  const std::vector<float> scores = scores_of_unknown(trained.network);
  return scores[kWinner] - scores[kLoser];
}

TEST(Fit, WhatIsChosenBeforeAnotherRanksAboveIt) {
  const dataset::Dataset data = rivals_data();
  const double without = lead_of_winner(data, 0);
  const double with = lead_of_winner(data, .5);
  EXPECT_LT(std::abs(without), .25);
  EXPECT_GT(with, 0);
  // Of acts upon the two, half are choices: the mean of both terms is least where the odds are (.5 + .5 x .5) / .5.
  EXPECT_GT(with - without, .5 * std::log(1.5));
}

TEST(Fit, ImpressionsThatWeighNothingAreAsIfThereWereNone) {
  dataset::Dataset data = rivals_data();
  FitOptions options = small_options();
  options.epochs.epochs = 2;
  options.impression_weight = 0;
  const auto off = train(data, options).network->item_vectors();
  data.impression_begin.clear();
  data.impression_items.clear();
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), off));
  options.impression_weight = .5;
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), off));
}

constexpr std::size_t kLate = 19;

/// Viewers come one after the other. Four in five acts are upon the first five items, but of the last 15 % of viewers
/// half are upon a new one.
dataset::Dataset trend_data() {
  Audience audience(20);
  std::mt19937 random(1);
  for (std::int64_t viewer = 0; viewer < 200; ++viewer) {
    for (std::int64_t act = 0; act < 15; ++act) {
      const bool late = viewer >= 170 && random() % 2 == 0;
      const std::size_t usual = random() % 5 < 4 ? random() % 5 : 5 + random() % 14;
      audience.act(late ? kLate : usual, 1'700'000'000 + viewer * 3'600 + act * 60);
    }
    audience.end_viewer();
  }
  return audience.data();
}

std::size_t place_of_late(const dataset::Dataset& data, double recency_half_life) {
  FitOptions options = small_options();
  options.recency_half_life = recency_half_life;
  Trained trained = train(data, options);
  const std::vector<float> scores = scores_of_unknown(trained.network);
  return 1 + static_cast<std::size_t>(
                 std::count_if(scores.begin(), scores.end(), [&](float score) { return score > scores[kLate]; }));
}

TEST(Fit, WhatBecamePopularLatelyRanksHigherWhereRecencyCounts) {
  const dataset::Dataset data = trend_data();
  const std::size_t without = place_of_late(data, 0);
  const std::size_t with = place_of_late(data, .2);
  EXPECT_GE(without, 4U) << "of all acts it has fewer than each of five others";
  EXPECT_LE(with, 2U);
}

TEST(RecencyWeights, HalveForEachShareOfActsThatIsNewer) {
  Audience audience(2);
  for (const std::int64_t time : {10, 20, 20, 40}) audience.act(0, time);
  audience.end_viewer();
  for (const std::int64_t time : {30, 50, 60, 70, 80}) audience.act(1, time);
  audience.end_viewer();
  const dataset::Dataset data = audience.data();
  // The last act of each who has more than two is held out: seven acts are asked for, at 10, 20, 20, 30, 50, 60, 70.
  const auto weights = recency_weights(data, training_sequences(data, kHoldOut, 200), 1. / 7);
  EXPECT_EQ(weights[3], 0);
  EXPECT_EQ(weights[8], 0);
  EXPECT_NEAR(std::accumulate(weights.begin(), weights.end(), 0.), 7, 1e-5);
  EXPECT_EQ(weights[1], weights[2]) << "at the same time";
  EXPECT_NEAR(weights[7] / weights[6], 2, 1e-5);
  EXPECT_NEAR(weights[4] / weights[1], 2, 1e-5);
  EXPECT_NEAR(weights[1] / weights[0], 4, 1e-5) << "two acts are newer than the first and older than the rest";
}

TEST(CoOccurrence, IsTheSameOfPairsAsOfAMatrix) {
  const dataset::Dataset data = chain_data();
  const auto sequences = training_sequences(data, kHoldOut, 200);
  torch::manual_seed(1);
  const auto dense = co_occurrence_vectors(data, sequences, 16);
  torch::manual_seed(1);
  const auto pairs = co_occurrence_vectors(data, sequences, 16, 0);
  // Eigenvectors are known but for their signs, so what items have in common is compared.
  EXPECT_LT((torch::mm(dense, dense.t()) - torch::mm(pairs, pairs.t())).abs().max().item<double>(), 2e-3);
}

}  // namespace
}  // namespace matchcue::train
