// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_task.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "dataset/decoded.h"

namespace matchcue::evaluate {
namespace {

using dataset::Code;
using scoring::FieldCodes;

constexpr std::uint32_t kNoContext = 0xffffffff;
constexpr std::array<std::size_t, 5> kHistoryEdges = {1, 5, 20, 100, 500};

/// A code as people read it.
std::string name_of(const FieldCodes& field, Code code) {
  if (code == 0) return "unknown";
  switch (field.kind) {
    case FieldCodes::Kind::labels: return field.labels[code - 1];
    case FieldCodes::Kind::booleans: return code == 2 ? "true" : "false";
    case FieldCodes::Kind::numbers: break;
  }
  if (field.edges.empty()) return "any number";
  if (code == 1) return fmt::format("below {:g}", field.edges.front());
  if (code > field.edges.size()) return fmt::format("{:g} and more", field.edges.back());
  return fmt::format("{:g} to {:g}", field.edges[code - 2], field.edges[code - 1]);
}

/// Requests by the codes of one field.
class FieldSlices {
 public:
  FieldSlices(std::string kind, const FieldCodes& field) : kind_(std::move(kind)), field_(field) {}

  void add(Code code, std::size_t request) { by_code_[code].push_back(static_cast<std::uint32_t>(request)); }

  /// In the order of the codes, unknown last. A field that says the same of everybody makes no slice.
  void append_to(std::vector<Slice>& slices, std::size_t values_max) && {
    if (by_code_.size() < 2) return;
    std::vector<Code> codes;
    for (const auto& [code, requests] : by_code_) codes.push_back(code);
    std::stable_sort(codes.begin(), codes.end(),
                     [&](Code a, Code b) { return by_code_.at(a).size() > by_code_.at(b).size(); });
    codes.resize(std::min(codes.size(), values_max));
    std::sort(codes.begin(), codes.end(), [](Code a, Code b) { return a - 1 < b - 1; });  // 0 wraps round to the end
    for (const Code code : codes) {
      slices.push_back({kind_, field_.name, name_of(field_, code), std::move(by_code_.at(code))});
    }
  }

 private:
  std::string kind_;
  const FieldCodes& field_;
  std::map<Code, std::vector<std::uint32_t>> by_code_;
};

}  // namespace

RankingTask::RankingTask(const dataset::Dataset& dataset, const Split& split, std::span<const HeldOut> held_out,
                         const TaskOptions& options)
    : dataset_(dataset),
      options_(options),
      catalogue_(dataset::catalogue_of(dataset)),
      context_numbers_(dataset.interaction_count(), kNoContext) {
  CHECK(std::is_sorted(dataset.items.begin(), dataset.items.end()), "items are not in id order");
  for (const HeldOut& each : held_out) add_viewer(each);
  count_shares(split);
}

void RankingTask::number_contexts(std::size_t begin, std::size_t end) {
  std::vector<Code> codes(dataset_.context.size());
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t field = 0; field < codes.size(); ++field) codes[field] = dataset_.context[field][i];
    const auto [known, is_new] = by_codes_.try_emplace(codes, static_cast<std::uint32_t>(contexts_.size()));
    if (is_new) {
      contexts_.push_back(dataset::context_of(dataset_, i));
      context_examples_.push_back(i);
    }
    context_numbers_[i] = known->second;
  }
}

void RankingTask::add_viewer(const HeldOut& held_out) {
  const std::size_t begin = dataset_.begin[held_out.viewer];
  CHECK(begin < held_out.truth_begin && held_out.truth_begin < held_out.truth_end, held_out.viewer);
  number_contexts(begin, held_out.truth_end);
  const auto seen = [&](std::uint32_t item) {
    const auto first = dataset_.item.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = dataset_.item.begin() + static_cast<std::ptrdiff_t>(held_out.truth_begin);
    return std::find(first, last, item) != last;
  };
  std::map<std::uint32_t, std::vector<std::uint32_t>> by_context;
  for (std::size_t i = held_out.truth_begin; i < held_out.truth_end; ++i) {
    if (options_.seen == Seen::removed && seen(dataset_.item[i])) {
      ++left_out_;
      continue;
    }
    const bool once = options_.asking == Asking::once;
    by_context[context_numbers_[once ? held_out.truth_begin : i]].push_back(dataset_.item[i]);
  }
  if (by_context.empty()) return;
  const auto viewer = static_cast<std::uint32_t>(viewers_.size());
  viewers_.push_back({held_out.viewer, held_out.truth_begin});
  traits_.push_back(dataset::traits_of(dataset_, held_out.viewer));
  for (auto& [context, items] : by_context) {
    std::sort(items.begin(), items.end());
    items.erase(std::unique(items.begin(), items.end()), items.end());
    const auto first = static_cast<std::uint32_t>(relevant_.size());
    relevant_.insert(relevant_.end(), items.begin(), items.end());
    requests_.push_back({viewer, context, first, static_cast<std::uint32_t>(relevant_.size())});
  }
}

void RankingTask::count_shares(const Split& split) {
  std::vector<std::uint32_t> viewers(dataset_.item_count());
  std::vector<std::uint32_t> last_viewer(dataset_.item_count(), kNoContext);
  std::size_t trained = 0;
  for (std::uint32_t viewer = 0; viewer < dataset_.viewer_count(); ++viewer) {
    trained += split.train_end[viewer] > dataset_.begin[viewer] ? 1 : 0;
    for (std::size_t i = dataset_.begin[viewer]; i < split.train_end[viewer]; ++i) {
      const std::uint32_t item = dataset_.item[i];
      viewers[item] += last_viewer[item] == viewer ? 0 : 1;
      last_viewer[item] = viewer;
    }
  }
  for (const std::uint32_t count : viewers) {
    item_shares_.push_back((count + 1.) / (static_cast<double>(trained) + 1));
  }
}

std::vector<Slice> RankingTask::slices(std::size_t values_max) const {
  std::vector<Slice> slices;
  const auto& viewer_fields = dataset_.viewer_fields.codes.fields();
  for (std::size_t field = 0; field < viewer_fields.size(); ++field) {
    FieldSlices by_value("segment", viewer_fields[field]);
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      const auto codes = dataset_.viewer_fields.row(field, viewers_[requests_[i].viewer].number);
      for (const Code code : codes) by_value.add(code, i);
      if (codes.empty()) by_value.add(0, i);
    }
    std::move(by_value).append_to(slices, values_max);
  }
  const auto& context_fields = dataset_.context_codes.fields();
  for (std::size_t field = 0; field < context_fields.size(); ++field) {
    FieldSlices by_value("context", context_fields[field]);
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      by_value.add(dataset_.context[field][context_examples_[requests_[i].context]], i);
    }
    std::move(by_value).append_to(slices, values_max);
  }
  const FieldCodes acts{"acts", FieldCodes::Kind::numbers, {}, {kHistoryEdges.begin(), kHistoryEdges.end()}};
  FieldSlices by_length("history", acts);
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    const Viewer& viewer = viewers_[requests_[i].viewer];
    const std::size_t length = viewer.history_end - dataset_.begin[viewer.number];
    const auto above = std::upper_bound(kHistoryEdges.begin(), kHistoryEdges.end(), length);
    by_length.add(static_cast<Code>(above - kHistoryEdges.begin() + 1), i);
  }
  std::move(by_length).append_to(slices, values_max);
  return slices;
}

}  // namespace matchcue::evaluate
