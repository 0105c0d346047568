// SPDX-License-Identifier: Apache-2.0
//
// What serves, act by act and without torch, says what the trained network says of whole sequences.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "train/export.h"

#include "base/random.h"
#include "dataset/decoded.h"
#include "scoring/open_sequence_model.h"
#include "scoring/solution_folder.h"

namespace matchcue::train {
namespace {

using scoring::FieldCodes;

constexpr std::size_t kItems = 60;
constexpr std::size_t kViewers = 120;

scoring::FeatureCodes labels_and_numbers(const char* labels, const char* numbers) {
  return scoring::FeatureCodes({{labels, FieldCodes::Kind::labels, {"one", "three", "two"}, {}},
                                {numbers, FieldCodes::Kind::numbers, {}, {10, 20}}});
}

/// Each row has a few labels of the first field and at most one number.
dataset::CodedRows random_rows(const scoring::FeatureCodes& codes, std::size_t rows, Random& random) {
  dataset::CodedRows out{codes, std::vector<std::vector<std::uint32_t>>(2, {0}),
                         std::vector<std::vector<dataset::Code>>(2)};
  for (std::size_t r = 0; r < rows; ++r) {
    for (dataset::Code code = 1; code <= 3; ++code) {
      if (random.below(2) == 0) out.values[0].push_back(code);
    }
    if (random.below(4) > 0) out.values[1].push_back(static_cast<dataset::Code>(1 + random.below(3)));
    for (std::size_t f = 0; f < 2; ++f) out.begin[f].push_back(static_cast<std::uint32_t>(out.values[f].size()));
  }
  return out;
}

/// Viewers with 5 to 200 acts; every feature that a network can be told of is there.
dataset::Dataset random_data() {
  Random random(1);
  dataset::Dataset data;
  for (std::size_t i = 0; i < kItems; ++i) data.items.push_back("item" + std::to_string(100 + i));
  for (std::size_t v = 0; v < kViewers; ++v) data.viewers.push_back("viewer" + std::to_string(1'000 + v));
  data.item_fields = random_rows(labels_and_numbers("GENRE", "LENGTH"), kItems, random);
  data.viewer_fields = random_rows(labels_and_numbers("TEAM", "AGE"), kViewers, random);
  data.context_codes = labels_and_numbers("MATCH_EVENT", "MINUTE");
  data.context.resize(2);
  data.event_types = {"CLICK", "WATCH"};
  data.begin.push_back(0);
  for (std::size_t v = 0; v < kViewers; ++v) {
    std::int64_t now = 1'700'000'000;
    for (std::size_t act = 5 + random.below(v % 3 == 0 ? 200 : 30); act > 0; --act) {
      now += static_cast<std::int64_t>(random.below(std::uint64_t{1} << (2 * random.below(11))));
      data.item.push_back(static_cast<std::uint32_t>(random.below(kItems)));
      data.timestamp_s.push_back(now);
      data.event_type.push_back(static_cast<std::uint16_t>(random.below(2)));
      data.event_value.push_back(1);
      for (auto& field : data.context) field.push_back(static_cast<dataset::Code>(random.below(4)));
    }
    data.begin.push_back(data.item.size());
  }
  return data;
}

NetworkShape shape_with_everything(Cell cell, const SequenceData& sequences) {
  NetworkShape shape;
  shape.cell = cell;
  shape.width = 32;
  shape.items = kItems;
  shape.item_labels = sequences.item_labels();
  shape.viewer_labels = sequences.viewer_labels();
  shape.context_labels = sequences.context_labels();
  shape.event_types = 2;
  shape.gaps = kGapBuckets;
  shape.gate = true;
  return shape;
}

/// With nothing left at the zeros and ones that training begins with.
Network random_network(const NetworkShape& shape, const SequenceData& sequences) {
  torch::manual_seed(1);
  Network network(shape, sequences.item_shares(), .1);
  torch::NoGradGuard no_gradients;
  for (auto& weights : network->parameters()) weights.add_(torch::randn_like(weights) * .05);
  network->start().add_(torch::randn({shape.width}));
  network->eval();
  return network;
}

/// The places of a viewer's acts that are asked for: the first, some, the last.
std::vector<Sequence> asked_sequences(const dataset::Dataset& data) {
  std::vector<Sequence> sequences;
  for (std::uint32_t v = 0; v < data.viewer_count(); ++v) {
    const std::size_t begin = data.begin[v];
    const std::size_t end = data.begin[v + 1];
    for (const std::size_t target : {begin, (begin + end) / 2, end - 1}) {
      sequences.push_back({v, begin, target, target, target + 1});
    }
  }
  return sequences;
}

std::vector<std::vector<float>> torch_scores(Network& network, const SequenceData& data,
                                             const std::vector<Sequence>& sequences) {
  torch::NoGradGuard no_gradients;
  std::vector<std::vector<float>> scores;
  const auto items = network->item_vectors();
  for (const Sequence& each : sequences) {
    const Batch batch = data.make_batch({each});
    const auto queries = network->queries(batch, network->states(batch, items));
    const auto row = torch::addmm(network->bias(), queries, items.t()).contiguous();
    scores.emplace_back(row.data_ptr<float>(), row.data_ptr<float>() + kItems);
  }
  return scores;
}

/// The same from an opened folder, in one pass over each viewer's acts.
std::vector<std::vector<float>> served_scores(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                              const std::vector<Sequence>& sequences) {
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  std::vector<std::vector<float>> scores;
  std::vector<float> state(model.state_size());
  std::size_t next = 0;
  for (const Sequence& each : sequences) {
    if (each.first_target == each.begin) {
      model.start(state);
      next = each.begin;
    }
    for (; next < each.first_target; ++next) {
      const domain::Values context = dataset::context_of(data, next);
      model.advance(state, {catalogue.items()[data.item[next]], data.event_types[data.event_type[next]], context,
                            data.timestamp_s[next]});
    }
    const domain::Values asked = dataset::context_of(data, each.first_target);
    scores.emplace_back(kItems);
    model.fold(catalogue, {asked, {}})->score(state, dataset::traits_of(data, each.viewer), scores.back());
  }
  return scores;
}

std::vector<std::size_t> top_ten(const std::vector<float>& scores) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return scores[a] > scores[b]; });
  order.resize(10);
  return order;
}

class Equality : public testing::TestWithParam<Cell> {
 protected:
  Equality() : data_(random_data()), sequences_(data_), root_(testing::TempDir() + "train_equality_test") {}
  ~Equality() override { std::filesystem::remove_all(root_); }

  dataset::Dataset data_;
  SequenceData sequences_;
  std::string root_;
};
INSTANTIATE_TEST_SUITE_P(Export, Equality, testing::Values(Cell::rg_lru, Cell::min_gru),
                         [](const auto& tested) { return tested.param == Cell::rg_lru ? "RgLru" : "MinGru"; });

TEST_P(Equality, ActByActIsWhatWholeSequencesAre) {
  Network network = random_network(shape_with_everything(GetParam(), sequences_), sequences_);
  const nlohmann::json manifest = {{"recipe", "user-personalization"}, {"data_hash", "abc"}};
  const auto id = export_version(network, sequences_, {}, .5, manifest, root_);
  ASSERT_TRUE(id.ok()) << id.error().message;
  EXPECT_EQ(export_version(network, sequences_, {}, .5, manifest, root_).value(), id.value());
  const auto model = scoring::open_sequence_model(root_ + "/" + id.value());
  ASSERT_TRUE(model.ok()) << model.error().message;

  const std::vector<Sequence> asked = asked_sequences(data_);
  const auto trained = torch_scores(network, sequences_, asked);
  const auto served = served_scores(*model.value(), data_, asked);
  float difference = 0;
  float size = 0;
  std::size_t same = 0;
  for (std::size_t row = 0; row < asked.size(); ++row) {
    for (std::size_t i = 0; i < kItems; ++i) {
      difference = std::max(difference, std::abs(trained[row][i] - served[row][i]));
      size = std::max(size, std::abs(trained[row][i]));
    }
    same += top_ten(trained[row]) == top_ten(served[row]);
  }
  RecordProperty("largest_difference", std::to_string(difference));
  std::printf("largest difference %.2g among scores up to %.2g; %zu of %zu lists of ten are the same\n",
              static_cast<double>(difference), static_cast<double>(size), same, asked.size());
  EXPECT_GT(size, 1) << "scores that are all nearly 0 would be equal too easily";
  EXPECT_LE(difference, 1e-4);
  EXPECT_GE(static_cast<double>(same), .999 * static_cast<double>(asked.size()));
}

TEST_P(Equality, WhatTheNetworkWasNotToldOfHasNoArrays) {
  NetworkShape shape;
  shape.cell = GetParam();
  shape.width = 16;
  shape.blocks = 1;
  shape.items = kItems;
  SequenceData bare(data_);
  Network network(shape, torch::zeros({kItems, 0}), 0);
  const auto tables = tables_of(network, bare);
  EXPECT_TRUE(tables.item_fields.fields().empty());
  EXPECT_TRUE(tables.event_types.empty());
  EXPECT_EQ(tables.item_vectors.size(), kItems * 16);
  EXPECT_TRUE(tables.gaps.empty());
}

TEST_P(Equality, ItemsThatNobodyActedUponAreServedByTheirMetadata) {
  const std::uint32_t unused = 7;
  for (std::uint32_t& item : data_.item) item = item == unused ? 8 : item;
  Network network = random_network(shape_with_everything(GetParam(), sequences_), sequences_);
  const auto tables = tables_of(network, sequences_);
  EXPECT_EQ(tables.items.size(), kItems - 1);
  EXPECT_EQ(std::count(tables.items.begin(), tables.items.end(), data_.items[unused]), 0);
  EXPECT_EQ(tables.item_bias[unused], network->bias()[unused + 1].item<float>());
}

}  // namespace
}  // namespace matchcue::train
