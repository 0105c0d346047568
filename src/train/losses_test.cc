// SPDX-License-Identifier: Apache-2.0
//
// A sample says what the whole catalogue would: exactly where it has everything, else on average. A choice is among
// what was shown.
#include "train/losses.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace matchcue::train {
namespace {

constexpr float kOut = -std::numeric_limits<float>::infinity();

torch::Tensor random_leaf(torch::IntArrayRef sizes) { return torch::randn(sizes).requires_grad_(); }

std::vector<std::int64_t> numbers_of(const torch::Tensor& tensor) {
  return {tensor.data_ptr<std::int64_t>(), tensor.data_ptr<std::int64_t>() + tensor.numel()};
}

class LossesTest : public testing::Test {
 protected:
  static constexpr std::int64_t kRows = 600;  // more than are in memory at a time
  static constexpr std::int64_t kItems = 50;

  LossesTest() {
    for (std::size_t i = 0; i < kItems; ++i) counts_.push_back(i == 7 ? 1'000.F : static_cast<float>(1 + i));
    for (std::int64_t row = 0; row < kRows; ++row) {
      some_seen_.push_back(std::span(acts_).first(static_cast<std::size_t>(row) % (acts_.size() + 1)));
    }
  }

  bool is_seen(const SeenItems& seen, std::int64_t row, std::int64_t item) const {
    if (seen.empty()) return false;
    const auto& of_row = seen[static_cast<std::size_t>(row)];
    return std::find(of_row.begin(), of_row.end(), static_cast<std::uint32_t>(item)) != of_row.end();
  }

  void expect_same(const torch::Tensor& loss, const torch::Tensor& wanted) const {
    const auto gradients = torch::autograd::grad({loss}, {queries_, items_, bias_});
    const auto wanted_gradients = torch::autograd::grad({wanted}, {queries_, items_, bias_});
    EXPECT_NEAR(loss.item<double>(), wanted.item<double>(), 1e-5);
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      EXPECT_TRUE(torch::allclose(gradients[k], wanted_gradients[k], 1e-4, 1e-7)) << k;
    }
  }

  const int seeded_ = (torch::manual_seed(1), 1);
  torch::Tensor queries_ = random_leaf({kRows, 8});
  torch::Tensor items_ = random_leaf({kItems, 8});
  torch::Tensor bias_ = random_leaf({kItems});
  torch::Tensor targets_ = torch::randint(kItems, {kRows}, torch::kInt64);
  std::vector<float> counts_;
  std::vector<std::uint32_t> acts_ = {3, 17, 3, 21, 49, 0};
  SeenItems some_seen_;
};

TEST_F(LossesTest, PopularItemsAreDrawnMoreOftenAndNeverMoreThanAlways) {
  const ItemSampler sampler(counts_, 20);
  const auto probabilities = sampler.probabilities();
  EXPECT_NEAR(probabilities.sum().item<double>(), 20, 1e-9);
  EXPECT_EQ(probabilities[7].item<double>(), 1);
  EXPECT_NEAR(probabilities[31].item<double>() / probabilities[15].item<double>(), std::pow(2, .75), 1e-9);
}

TEST_F(LossesTest, ItemsAreDrawnAsOftenAsIsSaid) {
  const ItemSampler sampler(counts_, 20);
  auto drawn = torch::zeros({kItems}, torch::kFloat64);
  constexpr int kDraws = 4'000;
  for (int i = 0; i < kDraws; ++i) {
    for (const std::int64_t item : numbers_of(sampler.draw().items)) drawn.data_ptr<double>()[item] += 1;
  }
  const auto share = drawn / kDraws;
  EXPECT_LT((share - sampler.probabilities()).abs().max().item<double>(), .04);
}

TEST_F(LossesTest, ASampleKnowsWhereItsItemsAreAndFollowsTheSeed) {
  const ItemSampler sampler(counts_, 20);
  torch::manual_seed(5);
  const ItemSample sample = sampler.draw();
  const auto items = numbers_of(sample.items);
  for (std::int64_t i = 0; i < kItems; ++i) {
    const auto found = std::find(items.begin(), items.end(), i);
    EXPECT_EQ(sample.places[static_cast<std::size_t>(i)], found == items.end() ? -1 : found - items.begin());
  }
  EXPECT_NE(numbers_of(sampler.draw().items), items);
  torch::manual_seed(5);
  EXPECT_EQ(numbers_of(sampler.draw().items), items);
}

TEST_F(LossesTest, ASampleOfEverythingIsTheWholeCatalogue) {
  const ItemSample all = ItemSampler(counts_, kItems).draw();
  ASSERT_EQ(all.items.size(0), kItems);
  for (const SeenItems& seen : {SeenItems(), some_seen_}) {
    expect_same(sampled_cross_entropy(queries_, items_, bias_, targets_, seen, all),
                catalogue_cross_entropy(queries_, items_, bias_, targets_, seen));
  }
}

TEST_F(LossesTest, ASamplesLogitsAreCorrectedAndWithoutTheTargetAndWhatWasSeen) {
  const ItemSample sample = ItemSampler(counts_, 20).draw();
  const auto drawn = numbers_of(sample.items);
  for (const SeenItems& seen : {SeenItems(), some_seen_}) {
    auto left_out = torch::zeros({kRows, sample.items.size(0)});
    for (std::int64_t row = 0; row < kRows; ++row) {
      for (std::size_t k = 0; k < drawn.size(); ++k) {
        const bool out = targets_[row].item<std::int64_t>() == drawn[k] || is_seen(seen, row, drawn[k]);
        if (out) left_out[row][static_cast<std::int64_t>(k)] = kOut;
      }
    }
    const auto logits = torch::addmm(bias_, queries_, items_.t());
    const auto rivals = logits.index_select(1, sample.items) - sample.log_probabilities + left_out;
    const auto rows = torch::cat({logits.gather(1, targets_.unsqueeze(1)), rivals}, 1);
    expect_same(sampled_cross_entropy(queries_, items_, bias_, targets_, seen, sample),
                torch::nn::functional::cross_entropy(rows, torch::zeros({kRows}, torch::kInt64)));
  }
}

TEST_F(LossesTest, ASamplesSumIsRightOnAverage) {
  torch::NoGradGuard no_gradients;
  const ItemSampler sampler(counts_, 20);
  const auto query = queries_.narrow(0, 0, 1) * .3;
  const auto target = targets_.narrow(0, 0, 1);
  double sum = 0;
  constexpr int kDraws = 4'000;
  for (int i = 0; i < kDraws; ++i) {
    sum += std::exp(sampled_cross_entropy(query, items_, bias_, target, {}, sampler.draw()).item<double>());
  }
  const double whole = std::exp(catalogue_cross_entropy(query, items_, bias_, target, {}).item<double>());
  EXPECT_NEAR(sum / kDraws, whole, .03 * whole);
}

TEST_F(LossesTest, AChoiceIsAmongWhatWasShown) {
  // Twice the same, the target listed, the target alone, nothing.
  const std::vector<std::vector<std::uint32_t>> lists = {{3, 8, 3, 9}, {5, 1}, {5}, {}, {17, 49, 2, 30, 31}};
  const auto targets = torch::full({kRows}, 5, torch::kInt64);
  ShownItems shown;
  for (std::size_t row = 0; row < kRows; ++row) shown.emplace_back(lists[row % lists.size()]);
  for (const SeenItems& seen : {SeenItems(), some_seen_}) {
    auto left_out = torch::full({kRows, kItems}, kOut);
    for (std::int64_t row = 0; row < kRows; ++row) {
      left_out[row][5] = 0;
      for (const std::uint32_t item : shown[static_cast<std::size_t>(row)]) {
        if (!is_seen(seen, row, item)) left_out[row][item] = 0;
      }
    }
    const auto logits = torch::addmm(bias_, queries_, items_.t()) + left_out;
    expect_same(shown_cross_entropy(queries_, items_, bias_, targets, seen, shown),
                torch::nn::functional::cross_entropy(logits, targets));
  }
}

TEST_F(LossesTest, RowsCountWhatTheyWeigh) {
  const auto weights = torch::rand({kRows}) + .1;
  const ItemSample all = ItemSampler(counts_, kItems).draw();
  expect_same(sampled_cross_entropy(queries_, items_, bias_, targets_, {}, all, weights),
              catalogue_cross_entropy(queries_, items_, bias_, targets_, {}, weights));
  std::vector<std::uint32_t> everything(kItems);
  std::iota(everything.begin(), everything.end(), 0U);
  const ShownItems shown(kRows, everything);
  expect_same(shown_cross_entropy(queries_, items_, bias_, targets_, {}, shown, weights),
              catalogue_cross_entropy(queries_, items_, bias_, targets_, {}, weights));
}

TEST_F(LossesTest, WhereNothingWasShownThereIsNoChoice) {
  const ShownItems shown(kRows);
  EXPECT_EQ(shown_cross_entropy(queries_, items_, bias_, targets_, {}, shown).item<float>(), 0);
}

}  // namespace
}  // namespace matchcue::train
