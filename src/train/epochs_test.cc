// SPDX-License-Identifier: Apache-2.0
//
// One number that is pulled towards a target, by the loop that networks are trained in.
#include "train/epochs.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <limits>

namespace matchcue::train {
namespace {

/// Its loss is the square of the distance to `target`, its validation as good as `worths` says, epoch by epoch.
class Pull final : public Training {
 public:
  Pull(torch::Tensor number, double target, std::vector<double> worths)
      : number_(std::move(number)), target_(target), worths_(std::move(worths)) {}

  void begin() override {
    torch::NoGradGuard no_gradients;
    number_.fill_(0);
    ++begun;
  }
  std::size_t begin_epoch(std::mt19937_64& random) override {
    step_noise_ = static_cast<double>(random() % 100) / 1'000;
    ++epochs;
    return 20;
  }
  StepLoss loss(std::size_t) override {
    const auto noise = torch::randn({}) * .01 + step_noise_;
    return {(number_ - target_ + noise).square().sum(), 2};
  }
  Quality validate() override {
    judged.push_back(number_.item<double>());
    Quality quality;
    quality.ndcg = worths_.at(static_cast<std::size_t>(epochs) - 1);
    return quality;
  }

  int begun = 0;
  int epochs = 0;
  std::vector<double> judged;

 private:
  torch::Tensor number_;
  double target_;
  std::vector<double> worths_;
  double step_noise_ = 0;
};

constexpr double kNoClip = std::numeric_limits<double>::infinity();

class EpochsTest : public testing::Test {
 protected:
  EpochsTest() {
    options_.epochs = 6;
    options_.patience = 2;
    options_.learning_rate = .05;
    options_.warm_up = 10;
    std::filesystem::remove(checkpoint_);
  }
  ~EpochsTest() override { std::filesystem::remove(checkpoint_); }

  torch::Tensor number() const { return torch::full({1}, 7., torch::kFloat64).set_requires_grad(true); }
  Fitted train(torch::Tensor number, Pull& pull, const OnEpoch& on_epoch = {}) {
    AveragedAdam optimiser({{number}}, .9, kNoClip);
    return run_epochs(pull, optimiser, options_, on_epoch, stop_);
  }

  std::string checkpoint_ = std::filesystem::temp_directory_path() / ("matchcue-epochs-" + std::to_string(::getpid()));
  EpochOptions options_;
  std::atomic<bool> stop_ = false;
};

TEST_F(EpochsTest, EndsWithoutABetterValidationAndKeepsTheBest) {
  const auto trained = number();
  Pull pull(trained, 3, {.1, .3, .2, .3, 1, 1});
  const Fitted fitted = train(trained, pull);
  EXPECT_EQ(fitted.curve.size(), 4U) << "an equal one is not better";
  EXPECT_EQ(fitted.best_epoch, 2);
  EXPECT_EQ(trained.item<double>(), pull.judged[1]) << "the averaged weights that were judged";
  EXPECT_LT(fitted.curve[3].loss, fitted.curve[0].loss);
}

TEST_F(EpochsTest, WithALastEpochItAsksNoValidationAndEndsThere) {
  const auto whole = number();
  Pull judged(whole, 3, {.1, .2, .3, 0, 0, 0});
  train(whole, judged);
  options_.last_epoch = 3;
  const auto trained = number();
  Pull pull(trained, 3, {});
  const Fitted fitted = train(trained, pull);
  EXPECT_EQ(fitted.best_epoch, 3);
  EXPECT_EQ(trained.item<double>(), whole.item<double>()) << "the same as if the validation had chosen it";
}

TEST_F(EpochsTest, AResumedTrainingEndsInTheSameBits) {
  const std::vector<double> worths = {.1, .2, .3, .4, .3, .5};
  const auto whole = number();
  Pull pull(whole, 3, worths);
  train(whole, pull);
  options_.checkpoint = checkpoint_;
  const auto stopped = number();
  Pull first(stopped, 3, worths);
  train(stopped, first, [&](const EpochReport& report) { stop_ = report.epoch == 2; });
  stop_ = false;
  options_.resume = true;
  const auto resumed = number();
  Pull rest(resumed, 3, {worths.begin() + 2, worths.end()});
  const Fitted fitted = train(resumed, rest);
  EXPECT_EQ(rest.begun, 0);
  EXPECT_EQ(rest.epochs, 4);
  EXPECT_EQ(fitted.curve.size(), 6U);
  EXPECT_EQ(fitted.curve[1].validation.ndcg, .2);
  EXPECT_EQ(resumed.item<double>(), whole.item<double>());
}

TEST_F(EpochsTest, ACheckpointOfOtherWeightsIsIgnored) {
  options_.checkpoint = checkpoint_;
  options_.epochs = 1;
  const auto other = torch::zeros({2}).set_requires_grad(true);
  AveragedAdam optimiser({{other}}, .9, kNoClip);
  Pull others(torch::zeros({1}).set_requires_grad(true), 3, {.1});
  run_epochs(others, optimiser, options_, {}, stop_);
  options_.resume = true;
  const auto trained = number();
  Pull pull(trained, 3, {.1});
  EXPECT_EQ(train(trained, pull).curve.size(), 1U);
  EXPECT_EQ(pull.begun, 1);
}

TEST(AveragedAdam, WeightsHaveARateAndADecayOfTheirOwn) {
  const auto slow = torch::ones({1}, torch::kFloat64).set_requires_grad(true);
  const auto fast = torch::ones({1}, torch::kFloat64).set_requires_grad(true);
  const auto idle = torch::ones({1}, torch::kFloat64).set_requires_grad(true);
  AveragedAdam optimiser({{slow, .5}, {fast, 0, 5}, {idle, .5}}, .9, kNoClip);
  (slow + fast).sum().backward();
  optimiser.step(.1);
  // The first step of Adam is the rate, whatever the gradient.
  EXPECT_NEAR(slow.item<double>(), (1 - .1 * .5) - .1, 1e-6);
  EXPECT_NEAR(fast.item<double>(), 1 - .5, 1e-6);
  EXPECT_EQ(idle.item<double>(), 1) << "it has no gradient";
}

TEST(AveragedAdam, ALargeGradientIsClippedAndTheAverageLags) {
  const auto clipped = torch::zeros({1}, torch::kFloat64).set_requires_grad(true);
  AveragedAdam optimiser({{clipped}}, .9, 1);
  for (const double slope : {1., 1'000.}) {
    (slope * clipped).sum().backward();
    optimiser.step(.1);
  }
  EXPECT_NEAR(clipped.item<double>(), -.2, 1e-6) << "both steps have a gradient of norm 1";
  optimiser.swap();
  EXPECT_GT(clipped.item<double>(), -.2);
  EXPECT_LT(clipped.item<double>(), 0);
  optimiser.swap();
  EXPECT_NEAR(clipped.item<double>(), -.2, 1e-6);
}

}  // namespace
}  // namespace matchcue::train
