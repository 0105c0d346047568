// SPDX-License-Identifier: Apache-2.0
#include "train/losses.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace matchcue::train {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

namespace {

/// Of acts, when sampled.
constexpr double kPopularityPower = .75;
/// Rows of logits that are in memory at a time.
constexpr std::int64_t kChunkRows = 256;

/// Proportional to `weights`, none above 1, and `size` in all.
torch::Tensor cap_at_one(const torch::Tensor& weights, double size) {
  auto shares = weights * (size / weights.sum().item<double>());
  while ((shares > 1).any().item<bool>()) {
    const auto certain = shares >= 1;
    const auto rest = torch::where(certain, torch::zeros_like(shares), shares);
    const double open = size - static_cast<double>(certain.sum().item<std::int64_t>());
    shares = torch::where(certain, torch::ones_like(shares), rest * (open / rest.sum().item<double>()));
  }
  return shares;
}

/// What a row is compared with beside its target, by place in the sample.
struct Rivals {
  const std::int64_t* targets;
  const SeenItems& seen;
  const std::vector<std::int32_t>& places;

  /// Takes the target, which has a logit of its own, and what is seen out of logits of the sample; `begin` is the
  /// number of the first row.
  void take_out(const torch::Tensor& logits, std::int64_t begin) const {
    float* row = logits.data_ptr<float>();
    const auto take_out_item = [&](std::size_t item) {
      if (places[item] >= 0) row[places[item]] = -std::numeric_limits<float>::infinity();
    };
    for (std::int64_t k = begin; k < begin + logits.size(0); ++k, row += logits.size(1)) {
      take_out_item(static_cast<std::size_t>(targets[k]));
      if (seen.empty()) continue;
      for (const std::uint32_t item : seen[static_cast<std::size_t>(k)]) take_out_item(item);
    }
  }
};

class SampledCrossEntropy : public torch::autograd::Function<SampledCrossEntropy> {
 public:
  /// drawn, drawn_bias    of the sample, the bias corrected
  /// wanted, wanted_bias  of each row's target
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& queries, const torch::Tensor& drawn,
                               const torch::Tensor& drawn_bias, const torch::Tensor& wanted,
                               const torch::Tensor& wanted_bias, const Rivals* rivals, const torch::Tensor* weights) {
    const std::int64_t rows = queries.size(0);
    const auto transposed = drawn.t();
    const auto query_gradient = torch::empty_like(queries);
    const auto drawn_gradient = torch::zeros_like(drawn);
    const auto drawn_bias_gradient = torch::zeros_like(drawn_bias);
    const auto wanted_logits = ((queries * wanted).sum(1) + wanted_bias).unsqueeze(1);
    const auto wanted_bias_gradient = torch::empty_like(wanted_bias);
    double loss = 0;
    for (std::int64_t begin = 0; begin < rows; begin += kChunkRows) {
      const std::int64_t count = std::min(kChunkRows, rows - begin);
      const auto chunk = queries.narrow(0, begin, count);
      const auto wanted_logit = wanted_logits.narrow(0, begin, count);
      auto logits = torch::addmm(drawn_bias, chunk, transposed);
      rivals->take_out(logits, begin);
      const auto largest = torch::maximum(logits.amax(1, true), wanted_logit);
      logits.sub_(largest).exp_();
      const auto target = (wanted_logit - largest).exp_();
      const auto sum = logits.sum(1, true) + target;
      auto nats = sum.log() + largest - wanted_logit;
      auto missing = target / sum - 1;
      auto divisor = sum;
      if (weights->defined()) {
        const auto weight = weights->narrow(0, begin, count).unsqueeze(1);
        nats = nats * weight;
        missing = missing * weight;
        divisor = sum / weight;
      }
      loss += nats.sum().item<double>();
      query_gradient.narrow(0, begin, count)
          .copy_(torch::mm(logits, drawn).div_(divisor) + missing * wanted.narrow(0, begin, count));
      drawn_gradient.addmm_(logits.t(), chunk / divisor);
      drawn_bias_gradient.addmv_(logits.t(), divisor.reciprocal().squeeze(1));
      wanted_bias_gradient.narrow(0, begin, count).copy_(missing.squeeze(1));
    }
    const double share = 1. / static_cast<double>(rows);
    const auto wanted_gradient = wanted_bias_gradient.unsqueeze(1) * queries;
    context->save_for_backward({query_gradient.mul_(share), drawn_gradient.mul_(share), drawn_bias_gradient.mul_(share),
                                wanted_gradient.mul_(share), wanted_bias_gradient.mul_(share)});
    return torch::tensor(static_cast<float>(loss * share));
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    tensor_list passed;
    for (const auto& saved : context->get_saved_variables()) passed.push_back(saved * gradients[0]);
    passed.resize(passed.size() + 2);  // of what is no tensor
    return passed;
  }
};

/// Choices between items that were shown, one entry an item; a choice's target is its first.
struct Choices {
  std::vector<std::int64_t> rows;         ///< whose query it is, by entry
  std::vector<std::int64_t> items;        ///< by entry
  std::vector<std::int64_t> choices;      ///< by entry
  std::vector<std::int64_t> columns;      ///< by entry: its place in its choice
  std::vector<std::int64_t> chosen_rows;  ///< by choice
  std::int64_t count = 0;
  std::int64_t largest = 0;  ///< items of a choice

  void add(std::int64_t row, std::int64_t target, std::span<const std::uint32_t> others) {
    const auto add_item = [&](std::int64_t item, std::int64_t column) {
      rows.push_back(row);
      items.push_back(item);
      choices.push_back(count);
      columns.push_back(column);
      largest = std::max(largest, column + 1);
    };
    std::int64_t column = 0;
    add_item(target, column++);
    for (const std::uint32_t item : others) add_item(item, column++);
    chosen_rows.push_back(row);
    ++count;
  }
};

Choices choices_of(const torch::Tensor& targets, const SeenItems& seen, const ShownItems& shown) {
  Choices choices;
  const auto* target = targets.data_ptr<std::int64_t>();
  std::vector<std::uint32_t> others;
  for (std::size_t row = 0; row < shown.size(); ++row) {
    others.assign(shown[row].begin(), shown[row].end());
    std::sort(others.begin(), others.end());
    others.erase(std::unique(others.begin(), others.end()), others.end());
    std::erase_if(others, [&](std::uint32_t item) {
      if (item == target[row]) return true;
      return !seen.empty() && std::find(seen[row].begin(), seen[row].end(), item) != seen[row].end();
    });
    if (!others.empty()) choices.add(static_cast<std::int64_t>(row), target[row], others);
  }
  return choices;
}

}  // namespace

ItemSampler::ItemSampler(std::span<const float> counts, std::size_t size) {
  CHECK(!counts.empty() && size > 0, counts.size(), size);
  auto weights = torch::empty({static_cast<std::int64_t>(counts.size())}, torch::kFloat64);
  std::copy(counts.begin(), counts.end(), weights.data_ptr<double>());
  weights.pow_(kPopularityPower);
  probabilities_ = size < counts.size() ? cap_at_one(weights, static_cast<double>(size)) : torch::ones_like(weights);
}

ItemSample ItemSampler::draw() const {
  ItemSample sample;
  sample.items = torch::nonzero(torch::rand_like(probabilities_) < probabilities_).squeeze(1);
  sample.log_probabilities = probabilities_.index_select(0, sample.items).log().to(torch::kFloat32);
  sample.places.assign(static_cast<std::size_t>(probabilities_.size(0)), -1);
  const auto* items = sample.items.data_ptr<std::int64_t>();
  for (std::int64_t k = 0; k < sample.items.size(0); ++k) {
    sample.places[static_cast<std::size_t>(items[k])] = static_cast<std::int32_t>(k);
  }
  return sample;
}

torch::Tensor sampled_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items, const torch::Tensor& bias,
                                    const torch::Tensor& targets, const SeenItems& seen, const ItemSample& sample,
                                    const torch::Tensor& weights) {
  CHECK(sample.items.size(0) > 0, sample.places.size());
  const Rivals rivals{targets.data_ptr<std::int64_t>(), seen, sample.places};
  return SampledCrossEntropy::apply(queries, items.index_select(0, sample.items),
                                    bias.index_select(0, sample.items) - sample.log_probabilities,
                                    items.index_select(0, targets), bias.index_select(0, targets), &rivals, &weights);
}

torch::Tensor shown_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items, const torch::Tensor& bias,
                                  const torch::Tensor& targets, const SeenItems& seen, const ShownItems& shown,
                                  const torch::Tensor& weights) {
  const Choices choices = choices_of(targets, seen, shown);
  if (choices.count == 0) return torch::zeros({});
  const auto entries = torch::tensor(choices.items, torch::kInt64);
  const auto of_rows = queries.index_select(0, torch::tensor(choices.rows, torch::kInt64));
  const auto scores = (of_rows * items.index_select(0, entries)).sum(1) + bias.index_select(0, entries);
  const auto places =
      torch::tensor(choices.choices, torch::kInt64) * choices.largest + torch::tensor(choices.columns, torch::kInt64);
  const auto table = torch::full({choices.count * choices.largest}, -std::numeric_limits<float>::infinity())
                         .scatter(0, places, scores)
                         .view({choices.count, choices.largest});
  auto nats = table.logsumexp(1) - table.select(1, 0);
  if (weights.defined()) nats = nats * weights.index_select(0, torch::tensor(choices.chosen_rows, torch::kInt64));
  return nats.sum() / targets.size(0);
}

}  // namespace matchcue::train
