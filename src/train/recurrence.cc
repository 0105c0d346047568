// SPDX-License-Identifier: Apache-2.0
#include "train/recurrence.h"

#include <algorithm>
#include <limits>

namespace matchcue::train {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

namespace {

/// Rows of logits that are in memory at a time.
constexpr std::int64_t kChunkRows = 256;

/// Takes out of each row of logits what is seen, which is given for all rows; `begin` is the first row's number there.
void take_out(const torch::Tensor& logits, const SeenItems& seen, std::int64_t begin) {
  float* row = logits.data_ptr<float>();
  for (std::int64_t k = 0; k < logits.size(0); ++k, row += logits.size(1)) {
    for (const std::uint32_t item : seen[static_cast<std::size_t>(begin + k)]) {
      row[item] = -std::numeric_limits<float>::infinity();
    }
  }
}

class LinearRecurrence : public torch::autograd::Function<LinearRecurrence> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& keep, const torch::Tensor& input) {
    const auto state = torch::empty_like(input);
    const std::int64_t batch = input.size(0);
    const std::int64_t time = input.size(1);
    const std::int64_t width = input.size(2);
    const float* a = keep.data_ptr<float>();
    const float* b = input.data_ptr<float>();
    float* h = state.data_ptr<float>();
    for (std::int64_t row = 0; row < batch; ++row) {
      const std::int64_t start = row * time * width;
      std::copy_n(b + start, width, h + start);
      for (std::int64_t at = start + width; at < start + time * width; ++at) h[at] = a[at] * h[at - width] + b[at];
    }
    context->save_for_backward({keep, state});
    return state;
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    const auto outer = gradients[0].contiguous();
    const auto keep_gradient = torch::empty_like(outer);
    const auto input_gradient = torch::empty_like(outer);
    const std::int64_t batch = outer.size(0);
    const std::int64_t time = outer.size(1);
    const std::int64_t width = outer.size(2);
    const float* a = saved[0].data_ptr<float>();
    const float* h = saved[1].data_ptr<float>();
    const float* g = outer.data_ptr<float>();
    float* da = keep_gradient.data_ptr<float>();
    float* db = input_gradient.data_ptr<float>();
    for (std::int64_t row = 0; row < batch; ++row) {
      const std::int64_t start = row * time * width;
      const std::int64_t last = start + (time - 1) * width;
      std::copy_n(g + last, width, db + last);
      for (std::int64_t t = time - 2; t >= 0; --t) {
        const std::int64_t at = start + t * width;
        for (std::int64_t k = at; k < at + width; ++k) db[k] = g[k] + a[k + width] * db[k + width];
      }
      std::fill_n(da + start, width, 0.F);
      for (std::int64_t at = start + width; at < start + time * width; ++at) da[at] = db[at] * h[at - width];
    }
    return {keep_gradient, input_gradient};
  }
};

class CatalogueCrossEntropy : public torch::autograd::Function<CatalogueCrossEntropy> {
 public:
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& queries, const torch::Tensor& items,
                               const torch::Tensor& bias, const torch::Tensor& targets, const SeenItems* seen,
                               const torch::Tensor* weights) {
    const std::int64_t rows = queries.size(0);
    const auto transposed = items.t();
    const auto query_gradient = torch::empty_like(queries);
    const auto item_gradient = torch::zeros_like(items);
    const auto bias_gradient = torch::zeros_like(bias);
    double loss = 0;
    for (std::int64_t begin = 0; begin < rows; begin += kChunkRows) {
      const std::int64_t count = std::min(kChunkRows, rows - begin);
      const auto chunk = queries.narrow(0, begin, count);
      const auto target = targets.narrow(0, begin, count).unsqueeze(1);
      auto logits = torch::addmm(bias, chunk, transposed);
      const auto wanted = logits.gather(1, target);
      if (!seen->empty()) {
        take_out(logits, *seen, begin);
        logits.scatter_(1, target, wanted);
      }
      // Probabilities, but for a factor of each row: to divide queries by it costs less.
      const auto largest = logits.amax(1, true);
      logits.sub_(largest).exp_();
      const auto sum = logits.sum(1, true);
      auto nats = sum.log() + largest - wanted;
      auto divisor = sum;
      if (weights->defined()) {
        const auto weight = weights->narrow(0, begin, count).unsqueeze(1);
        nats = nats * weight;
        divisor = sum / weight;
      }
      loss += nats.sum().item<double>();
      logits.scatter_add_(1, target, -sum);
      query_gradient.narrow(0, begin, count).copy_(torch::mm(logits, items).div_(divisor));
      item_gradient.addmm_(logits.t(), chunk / divisor);
      bias_gradient.addmv_(logits.t(), divisor.reciprocal().squeeze(1));
    }
    const double share = 1. / static_cast<double>(rows);
    context->save_for_backward({query_gradient.mul_(share), item_gradient.mul_(share), bias_gradient.mul_(share)});
    return torch::tensor(static_cast<float>(loss * share));
  }

  static tensor_list backward(AutogradContext* context, const tensor_list& gradients) {
    const auto saved = context->get_saved_variables();
    return {saved[0] * gradients[0], saved[1] * gradients[0], saved[2] * gradients[0],
            torch::Tensor(),         torch::Tensor(),         torch::Tensor()};
  }
};

}  // namespace

torch::Tensor linear_recurrence(const torch::Tensor& keep, const torch::Tensor& input) {
  return LinearRecurrence::apply(keep.contiguous(), input.contiguous());
}

torch::Tensor catalogue_cross_entropy(const torch::Tensor& queries, const torch::Tensor& items,
                                      const torch::Tensor& bias, const torch::Tensor& targets, const SeenItems& seen,
                                      const torch::Tensor& weights) {
  return CatalogueCrossEntropy::apply(queries, items, bias, targets, &seen, &weights);
}

}  // namespace matchcue::train
