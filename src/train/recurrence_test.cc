// SPDX-License-Identifier: Apache-2.0
//
// Both operations say, and pass back, what a graph of torch's own operations would.
#include "train/recurrence.h"

#include <gtest/gtest.h>

namespace matchcue::train {
namespace {

torch::Tensor random_leaf(torch::IntArrayRef sizes) { return torch::randn(sizes).requires_grad_(); }

class RecurrenceTest : public testing::Test {
 protected:
  RecurrenceTest() { torch::manual_seed(1); }
};

TEST_F(RecurrenceTest, IsTheSumWrittenOut) {
  const auto keep = torch::rand({3, 7, 4}).requires_grad_();
  const auto input = random_leaf({3, 7, 4});
  const auto weights = torch::randn({3, 7, 4});
  const auto gradients = torch::autograd::grad({(linear_recurrence(keep, input) * weights).sum()}, {keep, input});
  auto h = torch::zeros({3, 4});
  auto sum = torch::zeros({});
  for (std::int64_t t = 0; t < 7; ++t) {
    h = keep.select(1, t) * h + input.select(1, t);
    sum = sum + (h * weights.select(1, t)).sum();
  }
  const auto wanted = torch::autograd::grad({sum}, {keep, input});
  EXPECT_TRUE(torch::allclose(gradients[0], wanted[0], 1e-4, 1e-5));
  EXPECT_TRUE(torch::allclose(gradients[1], wanted[1], 1e-4, 1e-5));
}

class CrossEntropyTest : public RecurrenceTest {
 protected:
  static constexpr std::int64_t kRows = 600;  // more than are in memory at a time
  static constexpr std::int64_t kItems = 50;

  /// Compares with torch's, of logits to which `left_out` is added.
  void expect_as_written_out(const SeenItems& seen, const torch::Tensor& left_out, const torch::Tensor& weights = {}) {
    const auto loss = catalogue_cross_entropy(queries_, items_, bias_, targets_, seen, weights);
    const auto gradients = torch::autograd::grad({loss}, {queries_, items_, bias_});
    const auto logits = torch::addmm(bias_, queries_, items_.t()) + left_out;
    const auto nats = -logits.log_softmax(1).gather(1, targets_.unsqueeze(1)).squeeze(1);
    const auto wanted = weights.defined() ? (nats * weights).mean() : nats.mean();
    const auto wanted_gradients = torch::autograd::grad({wanted}, {queries_, items_, bias_});
    EXPECT_NEAR(loss.item<double>(), wanted.item<double>(), 1e-5);
    for (std::size_t k = 0; k < gradients.size(); ++k) {
      EXPECT_TRUE(torch::allclose(gradients[k], wanted_gradients[k], 1e-4, 1e-7)) << k;
    }
  }

  torch::Tensor queries_ = random_leaf({kRows, 8});
  torch::Tensor items_ = random_leaf({kItems, 8});
  torch::Tensor bias_ = random_leaf({kItems});
  torch::Tensor targets_ = torch::randint(kItems, {kRows}, torch::kInt64);
};

TEST_F(CrossEntropyTest, IsThatOfTheWholeCatalogue) { expect_as_written_out({}, torch::zeros({1})); }

TEST_F(CrossEntropyTest, RowsCountWhatTheyWeigh) {
  expect_as_written_out({}, torch::zeros({1}), torch::rand({kRows}) + .1);
}

TEST_F(CrossEntropyTest, IsWithoutWhatWasSeenButForTheTarget) {
  const std::vector<std::uint32_t> acts = {3, 17, 3, 21, 49, 0};
  SeenItems seen;
  auto left_out = torch::zeros({kRows, kItems});
  for (std::int64_t row = 0; row < kRows; ++row) {
    const std::size_t known = static_cast<std::size_t>(row) % (acts.size() + 1);
    seen.push_back(std::span(acts).first(known));
    for (const std::uint32_t item : seen.back()) {
      if (item != targets_[row].item<std::int64_t>()) left_out[row][item] = -std::numeric_limits<float>::infinity();
    }
  }
  expect_as_written_out(seen, left_out);
}

}  // namespace
}  // namespace matchcue::train
