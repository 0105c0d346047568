#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The optimiser of both networks.

#include "train/torch.h"

#include <cstdint>
#include <vector>

namespace matchcue::train {

/// Something that is trained.
struct TrainedWeights {
  torch::Tensor tensor;  ///< shared with the network
  double decay = 0;      ///< that it shrinks by in a step, times the step's rate
  double rate = 1;       ///< of the step's
};

/// AdamW (Loshchilov & Hutter 2019, arXiv:1711.05101) with a moving average of the weights, which is what is judged and
/// kept. Weights without a gradient stay as they are. Single thread; the same gradients give the same bits.
class AveragedAdam {
 public:
  /// average  what is kept of it in a step, [0, 1); less at first, where it would be mostly the beginning
  /// clip     largest norm of all gradients together; infinite: they are taken as they are
  AveragedAdam(std::vector<TrainedWeights> weights, double average, double clip);

  /// Takes the gradients, and sets them to 0.
  void step(double rate);
  std::int64_t steps() const { return steps_; }

  /// Swaps the weights for their averages, and back.
  void swap();
  /// Begins the average anew, after the weights were set from outside.
  void forget();

  /// Copies of the weights as they are now.
  std::vector<torch::Tensor> copy() const;
  void restore(const std::vector<torch::Tensor>& copies);

  /// All that a step changes, but for their number: what another optimiser of the same weights goes on from.
  std::vector<torch::Tensor> state() const;
  void set_state(const std::vector<torch::Tensor>& state, std::int64_t steps);

 private:
  struct Moments {
    torch::Tensor first, second, average;
  };

  std::vector<TrainedWeights> weights_;
  std::vector<Moments> moments_;
  double average_;
  double clip_;
  std::int64_t steps_ = 0;
};

}  // namespace matchcue::train
