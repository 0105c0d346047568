// SPDX-License-Identifier: Apache-2.0
#include "train/co_occurrence.h"

#include <algorithm>

namespace matchcue::train {

torch::Tensor co_occurrence_vectors(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                    std::int64_t width) {
  constexpr std::size_t kWindow = 5;
  constexpr double kContextPower = .75;
  constexpr double kRootMeanSquare = .1;
  constexpr std::int64_t kSpare = 16;  // of the subspace iteration: Halko et al. 2011, algorithm 4.4
  constexpr int kPowerIterations = 12;
  const auto items = static_cast<std::int64_t>(data.item_count());
  auto counts = torch::zeros({items, items});
  float* count = counts.data_ptr<float>();
  for (const Sequence& each : sequences) {
    const std::size_t end = each.last_target;
    for (std::size_t act = each.begin; act < end; ++act) {
      for (std::size_t k = 1; k <= kWindow && act + k < end; ++k) {
        const std::int64_t a = data.item[act];
        const std::int64_t b = data.item[act + k];
        if (a == b) continue;
        count[a * items + b] += 1 / static_cast<float>(k);
        count[b * items + a] += 1 / static_cast<float>(k);
      }
    }
  }
  const auto row = counts.sum(1, true) + 1e-9;
  auto context = torch::pow(row.t(), kContextPower);
  context = context / context.sum();
  const auto information = torch::clamp_min(torch::log(counts / row / context + 1e-12), 0);
  const auto symmetric = (information + information.t()) / 2;
  const std::int64_t rank = std::min(width, items);
  auto basis = torch::randn({items, std::min(items, rank + kSpare)});
  for (int i = 0; i < kPowerIterations; ++i) basis = std::get<0>(torch::linalg_qr(torch::mm(symmetric, basis)));
  const auto [values, vectors] = torch::linalg_eigh(torch::mm(basis.t(), torch::mm(symmetric, basis)));
  const std::int64_t found = values.size(0);
  auto leading = torch::mm(basis, vectors.narrow(1, found - rank, rank)) *
                 torch::sqrt(torch::clamp_min(values.narrow(0, found - rank, rank), 0)).unsqueeze(0);
  if (rank < width) leading = torch::cat({leading, torch::zeros({items, width - rank})}, 1);
  const auto mean_square = torch::sqrt(leading.square().mean() + 1e-12);
  return leading * (kRootMeanSquare / mean_square);
}

}  // namespace matchcue::train
