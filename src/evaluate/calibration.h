#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Whether a model's scores mean what they say: predicted against observed probabilities of being acted upon.
//
// With b = log_odds_scale, item i of a request is predicted to be acted upon with probability
// exp(b s_i) / sum_j exp(b s_j): a difference of two scores is worth b in log-odds. Of a request with m relevant items
// m times that is expected.

#include <cstdint>
#include <span>
#include <vector>

#include "evaluate/viewer_bootstrap.h"

namespace matchcue::evaluate {

/// A tenth of what was predicted: the pairs of request and item that were given about the same probability.
struct ReliabilityBin {
  std::uint64_t pairs = 0;
  double predicted = 0;  ///< mean probability of a pair
  double observed = 0;   ///< share of pairs acted upon
  double low = 0;        ///< of observed, 95 %: Wilson 1927, JASA 22(158)
  double high = 0;
  double acts = 0;  ///< pairs acted upon
};

struct Calibration {
  std::vector<ReliabilityBin> bins;  ///< by probability, ascending; up to ten, of about as many predicted acts each
  double error = 0;  ///< acts that would have to move to another bin for all to be as predicted, over all acts; 0..1
  double scale = 0;  ///< the model's log_odds_scale
  Interval fitted;   ///< the scale that these requests would have, by one step of Newton's method from the model's
};

/// Folds requests one by one. Memory: some kilobytes. Single thread.
class CalibrationSums {
 public:
  /// scale  log_odds_scale() of the model, > 0
  explicit CalibrationSums(double scale);

  /// scores    of the items that could be recommended
  /// relevant  places among `scores` of those that were acted upon
  /// Cost      O(scores); no allocation once warm
  void add(std::span<const float> scores, std::span<const std::uint32_t> relevant);

  /// O(1). After at least one request.
  Calibration finish() const;

 private:
  struct Bucket {
    std::uint64_t pairs = 0;
    double expected = 0;
    double acts = 0;
  };

  double scale_;
  std::vector<Bucket> buckets_;  ///< eighths of a doubling of the probability, down to 2^-64
  std::vector<double> logits_;
  double slope_ = 0;      ///< of the log-likelihood in the scale
  double curvature_ = 0;  ///< minus its second derivative
};

}  // namespace matchcue::evaluate
