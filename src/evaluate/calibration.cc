// SPDX-License-Identifier: Apache-2.0
#include "evaluate/calibration.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/check.h"
#include "base/normal.h"

namespace matchcue::evaluate {
namespace {

constexpr std::size_t kPerDoubling = 8;
constexpr std::size_t kBuckets = 64 * kPerDoubling;
constexpr std::size_t kBins = 10;
constexpr double kConfidence = .95;

/// Bucket 0 is the least likely.
std::size_t bucket_of(double log_probability) {
  const double place = -log_probability / std::numbers::ln2 * double{kPerDoubling};
  const double held = std::clamp(place, 0., double{kBuckets - 1});
  return kBuckets - 1 - static_cast<std::size_t>(held);
}

void set_interval(ReliabilityBin& bin) {
  const double n = static_cast<double>(bin.pairs);
  const double z = normal_quantile((1 + kConfidence) / 2);
  const double p = bin.observed;
  const double centre = (p + z * z / (2 * n)) / (1 + z * z / n);
  const double reach = z / (1 + z * z / n) * std::sqrt(p * (1 - p) / n + z * z / (4 * n * n));
  bin.low = std::max(0., centre - reach);
  bin.high = std::min(1., centre + reach);
}

}  // namespace

CalibrationSums::CalibrationSums(double scale) : scale_(scale), buckets_(kBuckets) { CHECK(scale > 0, scale); }

void CalibrationSums::add(std::span<const float> scores, std::span<const std::uint32_t> relevant) {
  CHECK(!relevant.empty() && relevant.size() <= scores.size(), relevant.size(), scores.size());
  logits_.resize(scores.size());
  // Scores are taken as differences from the largest, so that nothing overflows and equal ones have no spread at all.
  const auto largest = static_cast<double>(*std::max_element(scores.begin(), scores.end()));
  const auto below = [&](std::size_t i) { return static_cast<double>(scores[i]) - largest; };
  double sum = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    logits_[i] = scale_ * below(i);
    sum += std::exp(logits_[i]);
  }
  const double normaliser = std::log(sum);
  const double times = static_cast<double>(relevant.size());
  double mean = 0;
  double square = 0;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    const double log_probability = logits_[i] - normaliser;
    const double probability = std::exp(log_probability);
    Bucket& bucket = buckets_[bucket_of(log_probability)];
    ++bucket.pairs;
    bucket.expected += times * probability;
    mean += probability * below(i);
    square += probability * below(i) * below(i);
  }
  for (const std::uint32_t place : relevant) {
    buckets_[bucket_of(logits_[place] - normaliser)].acts += 1;
    slope_ += below(place) - mean;
  }
  curvature_ += times * std::max(0., square - mean * mean);
}

Calibration CalibrationSums::finish() const {
  Calibration calibration;
  calibration.scale = scale_;
  double total = 0;
  for (const Bucket& bucket : buckets_) total += bucket.expected;
  CHECK(total > 0, total);
  ReliabilityBin bin;
  double expected = 0;
  double before = 0;
  double moved = 0;
  const auto close = [&] {
    if (bin.pairs == 0) return;
    bin.predicted = expected / static_cast<double>(bin.pairs);
    bin.observed = bin.acts / static_cast<double>(bin.pairs);
    set_interval(bin);
    moved += std::abs(expected - bin.acts) / 2;
    calibration.bins.push_back(bin);
    before += expected;
    bin = {};
    expected = 0;
  };
  for (const Bucket& bucket : buckets_) {
    bin.pairs += bucket.pairs;
    bin.acts += bucket.acts;
    expected += bucket.expected;
    const double tenth = total / double{kBins};
    if (before + expected >= tenth * (std::floor(before / tenth + 1e-9) + 1 - 1e-9)) close();
  }
  close();
  calibration.error = moved / total;
  const double step = curvature_ > 0 ? slope_ / curvature_ : 0;
  const double spread = curvature_ > 0 ? 1 / std::sqrt(curvature_) : 0;
  const double reach = spread * normal_quantile((1 + kConfidence) / 2);
  calibration.fitted = {scale_ + step, scale_ + step - reach, scale_ + step + reach, spread};
  return calibration;
}

}  // namespace matchcue::evaluate
