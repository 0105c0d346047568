// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "base/isa_clones.h"
#include "learn/learner.h"

namespace matchcue::learn {

namespace {

constexpr std::size_t K = kTasteSize;
using Vector = std::array<double, K>;
using Square = std::array<std::array<double, K>, K>;

/// In place Cholesky and inverse for the fixed size.
Square invert(const Square& matrix) {
  Square lower{};
  for (std::size_t j = 0; j < K; ++j) {
    for (std::size_t i = j; i < K; ++i) {
      double sum = matrix[i][j];
      for (std::size_t k = 0; k < j; ++k) sum -= lower[i][k] * lower[j][k];
      lower[i][j] = i == j ? std::sqrt(sum) : sum / lower[j][j];
    }
  }
  Square half{};  // L^-1
  for (std::size_t c = 0; c < K; ++c) {
    half[c][c] = 1 / lower[c][c];
    for (std::size_t r = c + 1; r < K; ++r) {
      double sum = 0;
      for (std::size_t k = c; k < r; ++k) sum -= lower[r][k] * half[k][c];
      half[r][c] = sum / lower[r][r];
    }
  }
  Square result{};
  for (std::size_t r = 0; r < K; ++r) {
    for (std::size_t c = 0; c <= r; ++c) {
      double sum = 0;
      for (std::size_t k = r; k < K; ++k) sum += half[k][r] * half[k][c];
      result[r][c] = result[c][r] = sum;
    }
  }
  return result;
}

/// What a viewer's history says about their taste: G = sum H q q', g = sum T q.
struct Evidence {
  Square information{};
  Vector target{};
};

/// Adds one item of a history. Whole rows, so that they are vectors; what is above the diagonal is written over later.
MCUE_ISA_CLONES void add_evidence(const float* __restrict taste, const float* __restrict spread, double own,
                                  double item_target, double* __restrict information, double* __restrict target) {
  std::array<double, K> q;
  for (std::size_t a = 0; a < K; ++a) q[a] = static_cast<double>(taste[a]);
  for (std::size_t a = 0; a < K; ++a) target[a] += item_target * q[a];
  for (std::size_t a = 0; a < K; ++a) {
    const double scaled = own * q[a];
    for (std::size_t b = 0; b < K; ++b) {
      information[a * K + b] += scaled * q[b] + own * static_cast<double>(spread[a * K + b]);
    }
  }
}

Evidence evidence_of(const Model& model, const ViewerState& viewer) {
  Evidence evidence;
  for (const History& entry : viewer.history) {
    const ItemState& item = model.items[entry.item];
    add_evidence(item.taste.data(), item.taste_covariance.data(), static_cast<double>(entry.information),
                 static_cast<double>(entry.target), evidence.information[0].data(), evidence.target.data());
  }
  for (std::size_t a = 0; a < K; ++a) {
    for (std::size_t b = a + 1; b < K; ++b) evidence.information[a][b] = evidence.information[b][a];
  }
  return evidence;
}

Square posterior_covariance(const Evidence& evidence) {
  Square precision = evidence.information;
  for (std::size_t k = 0; k < K; ++k) precision[k][k] += 1;
  return invert(precision);
}

Vector multiply(const Square& matrix, const Vector& vector) {
  Vector result{};
  for (std::size_t r = 0; r < K; ++r) {
    for (std::size_t c = 0; c < K; ++c) result[r] += matrix[r][c] * vector[c];
  }
  return result;
}

Taste solve_viewer(const Evidence& evidence, const Square& covariance, const Taste& prior) {
  Vector right = evidence.target;
  for (std::size_t k = 0; k < K; ++k) right[k] += static_cast<double>(prior[k]);
  const Vector z = multiply(covariance, right);
  Taste taste;
  for (std::size_t k = 0; k < K; ++k) taste[k] = static_cast<float>(z[k]);
  return taste;
}

}  // namespace

/// The regression of taste on metadata: [sum x x' (x) G S + 1.5 I] vec M = sum x (x) (g - G S g).
void Learner::solve_metadata() {
  Model& model = model_;
  const ViewerTable& viewers = viewers_;
  const std::size_t features = model.metadata.size();
  if (features == 0) return;
  constexpr double kRidge = 1.5;
  SquareMatrix left(features * K);
  std::vector<double> right(features * K);
  for (ViewerRow row = 0; row < viewers.size(); ++row) {
    const ViewerState& viewer = viewers[row];
    if (viewer.known_as) continue;
    const Evidence evidence = evidence_of(model, viewer);
    const Square covariance = posterior_covariance(evidence);
    const Vector smoothed = multiply(evidence.information, multiply(covariance, evidence.target));
    for (const Feature a : viewer.metadata) {
      for (std::size_t k = 0; k < K; ++k) right[a * K + k] += evidence.target[k] - smoothed[k];
    }
    // G S = I - S.
    for (const Feature a : viewer.metadata) {
      for (const Feature b : viewer.metadata) {
        if (b > a) continue;
        for (std::size_t r = 0; r < K; ++r) {
          for (std::size_t c = 0; c < K; ++c) left(a * K + r, b * K + c) += (r == c ? 1. : 0.) - covariance[r][c];
        }
      }
    }
  }
  for (std::size_t i = 0; i < left.size(); ++i) left(i, i) += kRidge;
  factorize(left);
  solve_factorized(left, right);
  for (std::size_t f = 0; f < features; ++f) {
    for (std::size_t k = 0; k < K; ++k) model.metadata_taste[f][k] = static_cast<float>(right[f * K + k]);
  }
}

void Learner::solve_viewers() {
  for (ViewerRow row = 0; row < viewers_.size(); ++row) {
    if (!viewers_[row].known_as) solve_one_viewer(row);
  }
}

void Learner::solve_one_viewer(ViewerRow row) {
  ViewerState& viewer = viewers_.edit(row);
  const Evidence evidence = evidence_of(model_, viewer);
  viewer.taste = solve_viewer(evidence, posterior_covariance(evidence), prior_taste(model_, viewer.metadata));
  viewer.sequence_taste = {};
  for (const History& entry : viewer.history) {
    if (entry.sequence == 0) continue;
    const Taste& q = model_.items[entry.item].taste;
    for (std::size_t k = 0; k < K; ++k) viewer.sequence_taste[k] += entry.sequence * q[k];
  }
}

/// The mean taste of a slot's items, held back by one item's worth of 0.
void Learner::solve_group_taste() {
  Model& model = model_;
  std::vector<float> count(model.groups.size(), 1);
  for (Taste& taste : model.group_taste) taste = {};
  for (ItemRow row = 0; row < model.items.size(); ++row) {
    const ItemState& item = model.items[row];
    if (item.trials == 0) continue;
    const GroupRow slot = item.groups.front();
    count[slot] += 1;
    for (std::size_t k = 0; k < K; ++k) model.group_taste[slot][k] += item.taste[k];
  }
  for (GroupRow group = 0; group < count.size(); ++group) {
    for (float& x : model.group_taste[group]) x /= count[group];
  }
}

void Learner::solve_items() {
  Model& model = model_;
  const ViewerTable& viewers = viewers_;
  std::vector<Square> left(model.items.size());
  std::vector<Vector> right(model.items.size());
  for (ViewerRow row = 0; row < viewers.size(); ++row) {
    const ViewerState& viewer = viewers[row];
    if (viewer.known_as) continue;
    const Square covariance = posterior_covariance(evidence_of(model, viewer));
    Square second{};
    for (std::size_t a = 0; a < K; ++a) {
      for (std::size_t b = 0; b < K; ++b) {
        second[a][b] = covariance[a][b] + static_cast<double>(viewer.taste[a]) * static_cast<double>(viewer.taste[b]);
      }
    }
    for (const History& entry : viewer.history) {
      for (std::size_t a = 0; a < K; ++a) {
        right[entry.item][a] += static_cast<double>(entry.target) * static_cast<double>(viewer.taste[a]);
        for (std::size_t b = 0; b < K; ++b)
          left[entry.item][a][b] += static_cast<double>(entry.information) * second[a][b];
      }
    }
  }
  const double ridge = 1 / scales_.item_taste;
  solve_group_taste();
  for (ItemRow row = 0; row < model.items.size(); ++row) {
    if (model.items[row].trials == 0) continue;
    const Taste& expected = model.group_taste[model.items[row].groups.front()];
    for (std::size_t k = 0; k < K; ++k) {
      left[row][k][k] += ridge;
      right[row][k] += ridge * static_cast<double>(expected[k]);
    }
    const Square covariance = invert(left[row]);
    const Vector q = multiply(covariance, right[row]);
    ItemState& item = model.items.edit(row);
    for (std::size_t a = 0; a < K; ++a) {
      item.taste[a] = static_cast<float>(q[a]);
      for (std::size_t b = 0; b < K; ++b) item.taste_covariance[a * K + b] = static_cast<float>(covariance[a][b]);
    }
  }
}

void Learner::refresh() {
  if (model_.options.use_taste) {
    solve_metadata();
    solve_viewers();
    solve_items();
    solve_viewers();
    if (model_.options.use_context_taste) adapt_context_taste_scales();
  }
  adapt_group_scales();
  adapt_item_scales();
}

}  // namespace matchcue::learn
