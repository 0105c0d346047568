// SPDX-License-Identifier: Apache-2.0
#include "train/sequences.h"

#include <algorithm>
#include <cmath>

namespace matchcue::train {

namespace {

std::int64_t count_labels(const scoring::FeatureCodes& codes) {
  std::int64_t labels = 0;
  for (const auto& field : codes.fields()) labels += static_cast<std::int64_t>(field.code_count());
  return labels;
}

/// Adds, at `row`, the share of each label of each field; a field's labels share 1.
void add_shares(const dataset::CodedRows& rows, std::size_t from, float* row) {
  std::size_t first = 0;
  for (std::size_t f = 0; f < rows.codes.fields().size(); ++f) {
    const auto codes = rows.row(f, from);
    if (codes.empty()) row[first] += 1;
    for (const dataset::Code code : codes) row[first + code] += 1 / static_cast<float>(codes.size());
    first += rows.codes.fields()[f].code_count();
  }
}

}  // namespace

SequenceData::SequenceData(const dataset::Dataset& data)
    : data_(data),
      item_labels_(count_labels(data.item_fields.codes)),
      viewer_labels_(count_labels(data.viewer_fields.codes)) {
  for (const auto& field : data.context_codes.fields()) {
    context_first_.push_back(context_labels_);
    context_labels_ += static_cast<std::int64_t>(field.code_count());
  }
}

torch::Tensor SequenceData::item_shares() const {
  const auto shares = torch::zeros({static_cast<std::int64_t>(data_.item_count()), item_labels_});
  for (std::size_t i = 0; i < data_.item_count() && item_labels_ > 0; ++i) {
    add_shares(data_.item_fields, i, shares.data_ptr<float>() + i * static_cast<std::size_t>(item_labels_));
  }
  return shares;
}

/// Of one act that is asked for.
void SequenceData::add_parts(const Sequence& sequence, std::size_t act, const BatchParts& parts, Batch& batch) const {
  if (parts.seen) {
    const std::size_t first = data_.begin[sequence.viewer];
    batch.seen.push_back(std::span(data_.item).subspan(first, act - first));
  }
  if (parts.shown && !data_.impression_begin.empty()) {
    const std::size_t first = data_.impression_begin[act];
    batch.shown.push_back(std::span(data_.impression_items).subspan(first, data_.impression_begin[act + 1] - first));
  }
}

Batch SequenceData::make_batch(const std::vector<Sequence>& sequences, const BatchParts& parts) const {
  std::size_t time = 1;
  std::size_t targets = 0;
  for (const Sequence& each : sequences) {
    time = std::max(time, each.length());
    targets += each.last_target - each.first_target;
  }
  const auto rows = static_cast<std::int64_t>(sequences.size());
  const auto steps = static_cast<std::int64_t>(time);
  const auto fields = static_cast<std::int64_t>(context_first_.size());
  Batch batch;
  batch.items = torch::zeros({rows, steps}, torch::kInt64);
  batch.types = torch::zeros({rows, steps}, torch::kInt64);
  batch.gaps = torch::zeros({rows, steps}, torch::kInt64);
  batch.context = torch::zeros({rows, steps, fields}, torch::kInt64);
  batch.asked = torch::zeros({static_cast<std::int64_t>(targets), fields}, torch::kInt64);
  batch.places = torch::zeros({static_cast<std::int64_t>(targets)}, torch::kInt64);
  batch.targets = torch::zeros({static_cast<std::int64_t>(targets)}, torch::kInt64);
  batch.viewers = torch::zeros({rows, viewer_labels_});
  if (!parts.weights.empty()) batch.weights = torch::zeros({static_cast<std::int64_t>(targets)});
  auto* items = batch.items.data_ptr<std::int64_t>();
  auto* types = batch.types.data_ptr<std::int64_t>();
  auto* gaps = batch.gaps.data_ptr<std::int64_t>();
  const auto label = [&](std::size_t field, std::size_t act) {
    return context_first_[field] + static_cast<std::int64_t>(data_.context[field][act]);
  };
  std::size_t target = 0;
  for (std::size_t row = 0; row < sequences.size(); ++row) {
    const Sequence& sequence = sequences[row];
    for (std::size_t act = sequence.begin; act < sequence.end; ++act) {
      const std::size_t at = row * time + act - sequence.begin;
      items[at] = data_.item[act];
      types[at] = data_.event_type.empty() ? 0 : data_.event_type[act];
      const bool first = act == data_.begin[sequence.viewer];
      gaps[at] = first ? 0 : gap_bucket(data_.timestamp_s[act] - data_.timestamp_s[act - 1]);
      for (std::size_t f = 0; f < context_first_.size(); ++f) {
        batch.context.data_ptr<std::int64_t>()[at * context_first_.size() + f] = label(f, act);
      }
    }
    for (std::size_t act = sequence.first_target; act < sequence.last_target; ++act, ++target) {
      batch.places.data_ptr<std::int64_t>()[target] =
          static_cast<std::int64_t>(row * (time + 1) + act - sequence.begin);
      batch.targets.data_ptr<std::int64_t>()[target] = data_.item[act];
      add_parts(sequence, act, parts, batch);
      if (!parts.weights.empty()) batch.weights.data_ptr<float>()[target] = parts.weights[act];
      for (std::size_t f = 0; f < context_first_.size(); ++f) {
        batch.asked.data_ptr<std::int64_t>()[target * context_first_.size() + f] = label(f, act);
      }
    }
    if (viewer_labels_ > 0) {
      add_shares(data_.viewer_fields, sequence.viewer,
                 batch.viewers.data_ptr<float>() + row * static_cast<std::size_t>(viewer_labels_));
    }
  }
  return batch;
}

std::size_t held_out_acts(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t viewer) {
  return data.begin[viewer + 1] - data.begin[viewer] > 2 * hold_out.acts ? hold_out.acts : 0;
}

std::vector<Sequence> training_sequences(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t steps_max) {
  std::vector<Sequence> sequences;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    const std::size_t end = data.begin[viewer + 1] - held_out_acts(data, hold_out, viewer);
    for (std::size_t begin = data.begin[viewer]; begin < end; begin += steps_max) {
      Sequence piece;
      piece.viewer = static_cast<std::uint32_t>(viewer);
      piece.begin = begin;
      piece.end = std::min(begin + steps_max, end);
      piece.first_target = begin == data.begin[viewer] ? begin : begin + 1;
      piece.last_target = std::min(piece.end + 1, end);
      piece.end = std::min(piece.end, end - 1);  // the last act is only asked for
      if (piece.first_target < piece.last_target) sequences.push_back(piece);
    }
  }
  return sequences;
}

std::vector<float> recency_weights(const dataset::Dataset& data, const std::vector<Sequence>& sequences,
                                   double half_life) {
  std::vector<std::int64_t> times;
  for (const Sequence& each : sequences) {
    for (std::size_t act = each.first_target; act < each.last_target; ++act) times.push_back(data.timestamp_s[act]);
  }
  std::sort(times.begin(), times.end());
  const auto count = static_cast<double>(times.size());
  std::vector<float> weights(data.interaction_count());
  double sum = 0;
  for (const Sequence& each : sequences) {
    for (std::size_t act = each.first_target; act < each.last_target; ++act) {
      const auto newer = times.end() - std::upper_bound(times.begin(), times.end(), data.timestamp_s[act]);
      weights[act] = static_cast<float>(std::exp2(-static_cast<double>(newer) / count / half_life));
      sum += weights[act];
    }
  }
  for (float& weight : weights) weight *= static_cast<float>(count / sum);
  return weights;
}

std::vector<Sequence> held_out_sequences(const dataset::Dataset& data, const HoldOut& hold_out, std::size_t steps_max) {
  std::vector<Sequence> sequences;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    if (held_out_acts(data, hold_out, viewer) == 0) continue;
    const std::size_t target = data.begin[viewer + 1] - hold_out.asked_at;
    const std::size_t begin = target - std::min(steps_max, target - data.begin[viewer]);
    sequences.push_back({static_cast<std::uint32_t>(viewer), begin, target, target, target + 1});
  }
  return sequences;
}

std::vector<std::size_t> targets_of(const std::vector<Sequence>& sequences) {
  std::vector<std::size_t> targets;
  for (const Sequence& each : sequences) targets.push_back(each.first_target);
  return targets;
}

std::vector<std::vector<Sequence>> make_groups(std::vector<Sequence> sequences, std::size_t tokens_max,
                                               std::mt19937_64& random) {
  std::shuffle(sequences.begin(), sequences.end(), random);
  std::stable_sort(sequences.begin(), sequences.end(),
                   [](const Sequence& a, const Sequence& b) { return a.length() > b.length(); });
  std::vector<std::vector<Sequence>> groups;
  std::size_t longest = 0;
  for (const Sequence& each : sequences) {
    if (groups.empty() || (groups.back().size() + 1) * longest > tokens_max) {
      groups.emplace_back();
      longest = std::max<std::size_t>(1, each.length());
    }
    groups.back().push_back(each);
  }
  std::shuffle(groups.begin(), groups.end(), random);
  return groups;
}

}  // namespace matchcue::train
