// SPDX-License-Identifier: Apache-2.0
#include "evaluate/holdout.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "base/check.h"
#include "base/random.h"
#include "dataset/dataset_hash.h"
#include "dataset/subset.h"

namespace matchcue::evaluate {
namespace {

using dataset::Dataset;

std::size_t length_of(const Dataset& dataset, std::size_t viewer) {
  return dataset.begin[viewer + 1] - dataset.begin[viewer];
}

/// Viewers with at least 2 interactions, in an order that only the seed and their ids decide.
std::vector<std::uint32_t> deal(const Dataset& dataset, std::uint64_t seed) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> dealt;
  for (std::uint32_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (length_of(dataset, viewer) >= 2) dealt.emplace_back(stable_hash(dataset.viewers[viewer], seed), viewer);
  }
  std::sort(dealt.begin(), dealt.end());
  std::vector<std::uint32_t> viewers;
  for (const auto& [hash, viewer] : dealt) viewers.push_back(viewer);
  return viewers;
}

HeldOut hold_out(const Dataset& dataset, std::uint32_t viewer, double truth_share) {
  const std::size_t count = length_of(dataset, viewer);
  // 1e-9: nine tenths of ten are nine, whatever 1 - .1 comes to in binary.
  const auto history = static_cast<std::size_t>((1 - truth_share) * static_cast<double>(count) + 1e-9);
  return {viewer, dataset.begin[viewer] + std::clamp<std::size_t>(history, 1, count - 1), dataset.begin[viewer + 1]};
}

/// Takes `count` viewers from the front of `dealt`.
std::vector<HeldOut> take(const Dataset& dataset, std::span<const std::uint32_t> dealt, double truth_share,
                          std::vector<std::size_t>& train_end) {
  std::vector<HeldOut> held_out;
  for (const std::uint32_t viewer : dealt) {
    held_out.push_back(hold_out(dataset, viewer, truth_share));
    train_end[viewer] = dataset.begin[viewer];
  }
  std::sort(held_out.begin(), held_out.end(), [](const HeldOut& a, const HeldOut& b) { return a.viewer < b.viewer; });
  return held_out;
}

}  // namespace

std::string_view to_string(Protocol protocol) {
  switch (protocol) {
    case Protocol::personalize: return "personalize";
    case Protocol::leave_one_out: return "leave-one-out";
  }
  return {};
}

std::optional<Protocol> parse_protocol(std::string_view text) {
  for (const Protocol protocol : {Protocol::personalize, Protocol::leave_one_out}) {
    if (to_string(protocol) == text) return protocol;
  }
  return std::nullopt;
}

Result<Split> hold_out_viewers(const Dataset& dataset, const PersonalizeHoldOut& options) {
  CHECK(options.test_share > 0 && options.test_share < 1, options.test_share);
  CHECK(options.validation_share >= 0 && options.validation_share < 1 - options.test_share, options.validation_share);
  CHECK(options.truth_share > 0 && options.truth_share < 1, options.truth_share);
  MCUE_TRY_VOID(dataset::check_minimum(dataset, ""));
  const std::vector<std::uint32_t> dealt = deal(dataset, options.seed);
  const auto part = [&](double share) {
    return static_cast<std::size_t>(std::lround(share * static_cast<double>(dealt.size())));
  };
  const std::size_t tested = std::max<std::size_t>(1, part(options.test_share));
  const std::size_t validated = std::min(part(options.validation_share), dealt.size() - tested);
  Split split{Protocol::personalize, {dataset.begin.begin() + 1, dataset.begin.end()}, {}, {}};
  const std::span<const std::uint32_t> viewers(dealt);
  split.test = take(dataset, viewers.first(tested), options.truth_share, split.train_end);
  split.validation = take(dataset, viewers.subspan(tested, validated), options.truth_share, split.train_end);
  return split;
}

Result<Split> leave_one_out(const Dataset& dataset) {
  Split split{Protocol::leave_one_out, {dataset.begin.begin() + 1, dataset.begin.end()}, {}, {}};
  for (std::uint32_t viewer = 0; viewer < dataset.viewer_count(); ++viewer) {
    if (length_of(dataset, viewer) < 3) continue;
    const std::size_t last = dataset.begin[viewer + 1] - 1;
    split.test.push_back({viewer, last, last + 1});
    split.validation.push_back({viewer, last - 1, last});
    split.train_end[viewer] = last - 1;
  }
  if (split.test.empty()) {
    return invalid("too_little_data", "Dataset has fewer than 1 users with at least 3 interactions each");
  }
  return split;
}

Dataset training_part(const Dataset& dataset, const Split& split) {
  CHECK(split.train_end.size() == dataset.viewer_count(), split.train_end.size(), dataset.viewer_count());
  Dataset part = dataset::first_interactions(dataset, split.train_end);
  part.hash = dataset::hash_of(part);
  return part;
}

Result<std::optional<HoldOutRequest>> read_hold_out_flag(const std::string& protocol, HoldOutRequest request) {
  if (protocol.empty()) return std::optional<HoldOutRequest>();
  const auto parsed = parse_protocol(protocol);
  if (!parsed) {
    return invalid("invalid_flag", "--hold-out \"" + protocol + "\": is not personalize or leave-one-out", "hold-out");
  }
  request.protocol = *parsed;
  return std::optional(request);
}

Result<Split> make_split(const Dataset& dataset, const HoldOutRequest& hold_out) {
  if (hold_out.protocol == Protocol::leave_one_out) return leave_one_out(dataset);
  PersonalizeHoldOut options;
  if (hold_out.has_validation) options.validation_share = options.test_share;
  options.seed = hold_out.seed;
  return hold_out_viewers(dataset, options);
}

Result<Dataset> without_held_out(Dataset dataset, const std::optional<HoldOutRequest>& hold_out) {
  if (!hold_out) return dataset;
  MCUE_TRY(const Split split, make_split(dataset, *hold_out));
  return training_part(dataset, split);
}

}  // namespace matchcue::evaluate
