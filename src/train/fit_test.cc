// SPDX-License-Identifier: Apache-2.0
//
// Small audiences whose ways are known, and what a network learns of them.
#include "train/fit.h"

#include <gtest/gtest.h>

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

  void act(std::size_t item, std::int64_t timestamp_s) {
    data_.item.push_back(static_cast<std::uint32_t>(item));
    data_.timestamp_s.push_back(timestamp_s);
    data_.event_value.push_back(1);
  }
  void end_viewer() {
    data_.viewers.push_back("viewer" + std::to_string(1'000 + data_.viewers.size()));
    data_.begin.push_back(data_.item.size());
  }
  const dataset::Dataset& data() const { return data_; }

 private:
  dataset::Dataset data_;
};

FitOptions small_options() {
  FitOptions options;
  options.epochs = 10;
  options.patience = 100;
  options.tokens_max = 400;
  options.learning_rate = .01;
  options.warm_up = 20;
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
  torch::manual_seed(options.seed);
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
  options.epochs = 2;
  options.softmax_items_max = 50;
  options.sampled_items = 25;
  const auto first = train(data, options).network->item_vectors();
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), first));
  options.seed = 2;
  EXPECT_FALSE(torch::equal(train(data, options).network->item_vectors(), first));
}

TEST(Fit, TheSoftmaxIsOverAllOfASmallCatalogueAndOfASampleThatWouldHoldIt) {
  const dataset::Dataset data = chain_data();
  FitOptions options = small_options();
  options.epochs = 2;
  const auto whole = train(data, options).network->item_vectors();
  options.sampled_items = 25;
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), whole)) << "the catalogue is small";
  options.softmax_items_max = 50;
  options.sampled_items = 100;
  EXPECT_TRUE(torch::equal(train(data, options).network->item_vectors(), whole)) << "the sample would hold it";
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
