// SPDX-License-Identifier: Apache-2.0
#include "train/factorization.h"

#include "base/check.h"

namespace matchcue::train {

namespace {

constexpr double kVectorSd = .1;

/// out + what the entries add of `values`' rows.
torch::Tensor add_rows(const torch::Tensor& out, const SparseRows& entries, const torch::Tensor& values) {
  if (values.size(0) == 0) return out;
  auto rows = values.index_select(0, entries.columns);
  const auto weights = values.dim() > 1 ? entries.weights.unsqueeze(1) : entries.weights;
  return out.index_add(0, entries.rows, rows * weights);
}

std::vector<float> floats_of(const torch::Tensor& tensor) {
  const auto whole = tensor.detach().to(torch::kFloat32).contiguous();
  const float* begin = whole.data_ptr<float>();
  return {begin, begin + whole.numel()};
}

}  // namespace

FactorizationImpl::FactorizationImpl(const FactorizationShape& shape, SparseRows item_shares, torch::Tensor known)
    : shape_(shape), item_shares_(std::move(item_shares)), known_(std::move(known)) {
  const auto vectors = [&](const char* name, std::int64_t rows) {
    return register_parameter(name, torch::randn({rows, shape_.width}) * kVectorSd);
  };
  const auto numbers = [&](const char* name, std::int64_t count) {
    return register_parameter(name, torch::zeros({count}));
  };
  item_ids_ = vectors("item_ids", shape_.items);
  history_vectors_ = vectors("history_vectors", shape_.items);
  item_labels_ = vectors("item_labels", shape_.item_labels);
  viewer_labels_ = vectors("viewer_labels", shape_.viewer_labels);
  context_labels_ = vectors("context_labels", shape_.context_labels);
  item_ids_bias_ = numbers("item_ids_bias", shape_.items);
  item_repeat_ = numbers("item_repeat", shape_.items);
  item_label_bias_ = numbers("item_label_bias", shape_.item_labels);
  viewer_bias_ = numbers("viewer_bias", shape_.viewer_labels);
  context_bias_ = numbers("context_bias", shape_.context_labels);
  repeat_ = numbers("repeat", 2 + shape_.levels);
  constant_ = numbers("constant", 1);
}

std::vector<torch::Tensor> FactorizationImpl::vectors() const {
  return {item_ids_, history_vectors_, item_labels_, viewer_labels_, context_labels_};
}

std::vector<torch::Tensor> FactorizationImpl::numbers() const {
  return {item_ids_bias_, item_repeat_, item_label_bias_, viewer_bias_, context_bias_, repeat_, constant_};
}

std::pair<torch::Tensor, torch::Tensor> FactorizationImpl::items() {
  auto vectors = item_ids_;
  auto bias = item_ids_bias_;
  if (!is_training()) {
    vectors = vectors * known_.unsqueeze(1);
    bias = bias * known_ + mean_bias() * (1 - known_);
  } else if (id_dropout_ > 0 && shape_.item_labels > 0) {
    vectors = vectors * (torch::rand({shape_.items, 1}) >= id_dropout_).to(torch::kFloat32);
  }
  return {add_rows(vectors, item_shares_, item_labels_), add_rows(bias, item_shares_, item_label_bias_)};
}

torch::Tensor FactorizationImpl::queries(const FactorizationBatch& batch) {
  auto query = torch::zeros({batch.size(), shape_.width});
  if (shape_.levels > 0) query = query + torch::embedding(context_labels_, batch.context).sum(1);
  query = add_rows(query, batch.traits, viewer_labels_);
  query = add_rows(query, batch.history, history_vectors_);
  return torch::dropout(query, dropout_, is_training() && dropout_ > 0);
}

torch::Tensor FactorizationImpl::repeat_scores(const FactorizationBatch& batch) {
  const auto& features = batch.repeats.weights;
  return torch::mv(features, repeat_) + features.select(1, 0) * item_repeat_.index_select(0, batch.repeats.columns);
}

torch::Tensor FactorizationImpl::catalogue_scores(const FactorizationBatch& batch) {
  const auto [vectors, bias] = items();
  const auto logits = torch::addmm(bias, queries(batch), vectors.t());
  const auto places = batch.repeats.rows * shape_.items + batch.repeats.columns;
  return logits.view(-1).index_add(0, places, repeat_scores(batch)).view({batch.size(), shape_.items});
}

torch::Tensor FactorizationImpl::item_scores(const FactorizationBatch& batch) {
  const auto [vectors, bias] = items();
  auto scores = (queries(batch) * vectors.index_select(0, batch.items)).sum(1) + bias.index_select(0, batch.items);
  scores = scores + constant_;
  if (shape_.levels > 0)
    scores = scores + context_bias_.index_select(0, batch.context.view(-1)).view_as(batch.context).sum(1);
  scores = add_rows(scores, batch.traits, viewer_bias_);
  return scores.index_add(0, batch.repeats.rows, repeat_scores(batch));
}

scoring::FactorizationTables tables_of(Factorization& machine, const FactorizationData& data,
                                       scoring::FactorizationObjective objective, std::size_t history_acts) {
  torch::NoGradGuard no_gradients;
  machine->eval();
  const auto rows = torch::nonzero(machine->known()).view(-1);
  scoring::FactorizationTables tables;
  tables.objective = objective;
  tables.width = static_cast<std::size_t>(machine->shape().width);
  tables.history_acts = history_acts;
  for (std::int64_t k = 0; k < rows.size(0); ++k) {
    tables.items.push_back(data.data().items[static_cast<std::size_t>(rows[k].item<std::int64_t>())]);
  }
  tables.item_fields = data.data().item_fields.codes;
  tables.viewer_fields = data.data().viewer_fields.codes;
  tables.context_fields = data.context_fields();
  const auto [vectors, bias] = machine->items();
  const auto weights = machine->named_parameters();
  for (const auto& array : scoring::arrays_of(tables)) {
    torch::Tensor values;
    if (array.name == "item_vectors") {
      values = vectors.index_select(0, rows);
    } else if (array.name == "item_bias") {
      values = bias.index_select(0, rows);
    } else if (array.name == "constants") {
      const bool odds = objective == scoring::FactorizationObjective::probability;
      values = torch::stack({odds ? weights["constant"][0] : torch::zeros({}), machine->mean_bias()});
    } else {
      values = weights[array.name];
      if (array.name == "history_vectors" || array.name == "item_repeat") values = values.index_select(0, rows);
    }
    *array.values = tables.keep(floats_of(values));
  }
  return tables;
}

}  // namespace matchcue::train
