// SPDX-License-Identifier: Apache-2.0
#include "train/co_occurrence.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace matchcue::train {

namespace {

constexpr double kContextPower = .75;

/// Calls `add(a, b, weight)` for each two acts upon different items that are near each other.
template <typename Add>
void for_each_pair(const dataset::Dataset& data, const std::vector<Sequence>& sequences, Add add) {
  constexpr std::size_t kWindow = 5;
  for (const Sequence& each : sequences) {
    const std::size_t end = each.last_target;
    for (std::size_t act = each.begin; act < end; ++act) {
      for (std::size_t k = 1; k <= kWindow && act + k < end; ++k) {
        const std::uint32_t a = data.item[act];
        const std::uint32_t b = data.item[act + k];
        if (a != b) add(a, b, 1 / static_cast<float>(k));
      }
    }
  }
}

/// items x items: positive pointwise mutual information, made symmetric.
torch::Tensor dense_information(const dataset::Dataset& data, const std::vector<Sequence>& sequences) {
  const auto items = static_cast<std::int64_t>(data.item_count());
  auto counts = torch::zeros({items, items});
  float* count = counts.data_ptr<float>();
  for_each_pair(data, sequences, [&](std::int64_t a, std::int64_t b, float weight) {
    count[a * items + b] += weight;
    count[b * items + a] += weight;
  });
  const auto row = counts.sum(1, true) + 1e-9;
  auto context = torch::pow(row.t(), kContextPower);
  context = context / context.sum();
  const auto information = torch::clamp_min(torch::log(counts / row / context + 1e-12), 0);
  return (information + information.t()) / 2;
}

/// The same matrix as its entries above the diagonal; what is left out is 0.
struct InformationPairs {
  struct Entry {
    std::uint32_t first;
    std::uint32_t second;
    float value;
  };
  std::vector<Entry> entries;

  /// The matrix times `basis`, items x columns.
  torch::Tensor times(const torch::Tensor& basis) const {
    const auto from = basis.contiguous();
    const auto product = torch::zeros_like(from);
    const auto columns = static_cast<std::size_t>(from.size(1));
    const float* in = from.data_ptr<float>();
    float* out = product.data_ptr<float>();
    for (const Entry& each : entries) {
      const std::size_t a = each.first * columns;
      const std::size_t b = each.second * columns;
      for (std::size_t k = 0; k < columns; ++k) {
        out[a + k] += each.value * in[b + k];
        out[b + k] += each.value * in[a + k];
      }
    }
    return product;
  }
};

InformationPairs pair_information(const dataset::Dataset& data, const std::vector<Sequence>& sequences) {
  InformationPairs pairs;
  auto& entries = pairs.entries;
  for_each_pair(data, sequences, [&](std::uint32_t a, std::uint32_t b, float weight) {
    entries.push_back({std::min(a, b), std::max(a, b), weight});
  });
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  std::size_t kept = 0;
  for (const auto& each : entries) {
    if (kept > 0 && entries[kept - 1].first == each.first && entries[kept - 1].second == each.second) {
      entries[kept - 1].value += each.value;
    } else {
      entries[kept++] = each;
    }
  }
  entries.resize(kept);
  std::vector<double> row(data.item_count());
  for (const auto& each : entries) {
    row[each.first] += each.value;
    row[each.second] += each.value;
  }
  double all = 0;
  for (const double sum : row) all += std::pow(sum, kContextPower);
  const auto information = [&](double count, std::uint32_t of, std::uint32_t beside) {
    return std::max(0., std::log(count / row[of] / (std::pow(row[beside], kContextPower) / all)));
  };
  for (auto& each : entries) {
    each.value = static_cast<float>(
        (information(each.value, each.first, each.second) + information(each.value, each.second, each.first)) / 2);
  }
  std::erase_if(entries, [](const auto& each) { return each.value == 0; });
  return pairs;
}

/// The leading eigenvectors of a symmetric matrix of which only products are known, by subspace iteration (Halko et al.
/// 2011, algorithm 4.4), each times the root of its eigenvalue, then all scaled.
template <typename Times>
torch::Tensor leading_vectors(Times times, std::int64_t items, std::int64_t width) {
  constexpr double kRootMeanSquare = .1;
  constexpr std::int64_t kSpare = 16;
  constexpr int kPowerIterations = 12;
  const std::int64_t rank = std::min(width, items);
  auto basis = torch::randn({items, std::min(items, rank + kSpare)});
  for (int i = 0; i < kPowerIterations; ++i) basis = std::get<0>(torch::linalg_qr(times(basis)));
  const auto [values, vectors] = torch::linalg_eigh(torch::mm(basis.t(), times(basis)));
  const std::int64_t found = values.size(0);
  auto leading = torch::mm(basis, vectors.narrow(1, found - rank, rank)) *
                 torch::sqrt(torch::clamp_min(values.narrow(0, found - rank, rank), 0)).unsqueeze(0);
  if (rank < width) leading = torch::cat({leading, torch::zeros({items, width - rank})}, 1);
  const auto mean_square = torch::sqrt(leading.square().mean() + 1e-12);
  return leading * (kRootMeanSquare / mean_square);
}

}  // namespace

torch::Tensor co_occurrence_vectors(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                    std::int64_t width, std::size_t dense_items_max) {
  const auto items = static_cast<std::int64_t>(data.item_count());
  if (data.item_count() > dense_items_max) {
    const InformationPairs pairs = pair_information(data, sequences);
    return leading_vectors([&](const torch::Tensor& basis) { return pairs.times(basis); }, items, width);
  }
  const auto information = dense_information(data, sequences);
  return leading_vectors([&](const torch::Tensor& basis) { return torch::mm(information, basis); }, items, width);
}

}  // namespace matchcue::train
