// SPDX-License-Identifier: Apache-2.0
#include "scoring/top_per_slot.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>
#include <optional>

#include "base/random.h"

namespace matchcue::scoring {
namespace {

using Draw = DrawOptions::Draw;

/// A moment and its viewers, all made up.
struct Case {
  std::size_t dimension = 8;
  std::size_t slots = 1;
  std::vector<float> vectors;
  std::vector<float> biases;
  std::vector<std::uint32_t> slot_of;
  std::vector<std::vector<std::uint64_t>> rows;
  std::vector<std::vector<float>> viewers;
  std::vector<std::uint32_t> row_of;
  std::vector<std::uint64_t> hashes;
  std::vector<std::uint64_t> slot_seeds;
  DrawOptions options;

  std::size_t items() const { return biases.size(); }
  bool may_see(std::size_t viewer, std::size_t item) const {
    return (rows[row_of[viewer]][item / 64] >> (item % 64) & 1) != 0;
  }
  FoldedItems fold() const { return {dimension, vectors, biases, slot_of, slots}; }

  std::vector<Pick> choose(Kernel kernel) const {
    const FoldedItems folded = fold();
    EligibleItems eligible(folded);
    for (const auto& row : rows) eligible.add_row(row);
    std::vector<const float*> pointers;
    for (const auto& viewer : viewers) pointers.push_back(viewer.data());
    std::vector<Pick> picks(viewers.size() * slots);
    DrawOptions given = options;
    given.slot_seeds = slot_seeds;
    TopPerSlot(kernel).choose(folded, eligible, {pointers, row_of, hashes}, given, picks);
    return picks;
  }
};

/// Numbers; when `coarse` there are so few of them that many scores tie.
std::vector<float> numbers(Random& random, std::size_t count, bool coarse) {
  std::vector<float> out(count);
  for (float& x : out) {
    x = coarse ? static_cast<float>(random.below(3)) - 1 : static_cast<float>(random.uniform() * 2 - 1);
  }
  return out;
}

struct Shape {
  std::size_t viewers;
  std::size_t items;
  std::size_t dimension;
  std::size_t slots;
};

Case make_case(Random& random, const Shape& shape) {
  Case out;
  const bool coarse = random.below(3) == 0;
  out.dimension = shape.dimension;
  out.slots = shape.slots;
  out.vectors = numbers(random, shape.items * shape.dimension, coarse);
  out.biases = numbers(random, shape.items, coarse);
  for (std::size_t i = 0; i < shape.items; ++i) {
    out.slot_of.push_back(static_cast<std::uint32_t>(random.below(shape.slots)));
  }
  const std::size_t rows = 1 + random.below(5);
  for (std::size_t r = 0; r < rows; ++r) {
    const double share = std::vector<double>{0, .05, .5, .95, 1}[random.below(5)];
    std::vector<std::uint64_t> bits((shape.items + 63) / 64);
    for (std::size_t i = 0; i < shape.items; ++i) {
      if (random.uniform() < share) bits[i / 64] |= std::uint64_t{1} << (i % 64);
    }
    out.rows.push_back(std::move(bits));
  }
  for (std::size_t v = 0; v < shape.viewers; ++v) {
    out.viewers.push_back(numbers(random, shape.dimension, coarse));
    out.row_of.push_back(static_cast<std::uint32_t>(random.below(rows)));
    out.hashes.push_back(random.next());
  }
  for (std::size_t s = 0; s < shape.slots; ++s) out.slot_seeds.push_back(random.next());
  out.options.draw = random.below(4) == 0 ? Draw::best : Draw::inverse_gap;
  out.options.gamma = std::vector<float>{0, .5f, 100, 1e30f}[random.below(4)];
  out.options.floor = std::vector<float>{0, .002f, .05f}[random.below(3)];
  return out;
}

using MultiplyAdd = float (*)(float, float, float);

float fused(float a, float b, float c) { return std::fma(a, b, c); }
float rounded_twice(float a, float b, float c) {
#if defined(__FP_FAST_FMAF)
  return std::fma(a, b, c);
#else
  return a * b + c;
#endif
}
MultiplyAdd arithmetic_of(Kernel kernel) { return kernel == Kernel::portable ? rounded_twice : fused; }

/// One viewer and slot, item by item, as top_per_slot.h says it.
Pick choose_naively(const Case& given, std::size_t viewer, std::size_t slot, MultiplyAdd multiply_add) {
  std::vector<std::size_t> items;
  std::map<std::size_t, float> scores;
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < given.items(); ++i) {
    if (given.slot_of[i] != slot || !given.may_see(viewer, i)) continue;
    float score = given.biases[i];
    for (std::size_t k = 0; k < given.dimension; ++k) {
      score = multiply_add(given.viewers[viewer][k], given.vectors[i * given.dimension + k], score);
    }
    items.push_back(i);
    scores[i] = score;
    if (!best || score > scores[*best]) best = i;
  }
  if (!best) return {};
  if (given.options.draw == Draw::best) return {static_cast<std::uint32_t>(*best), scores[*best], 1};
  const auto count = static_cast<float>(items.size());
  const float least = std::min(given.options.floor, .5f / count) * 0x1p31f;
  const float kept = 0x1p31f - count * least;
  const auto drawn = static_cast<std::int64_t>(mix64(given.slot_seeds[slot] ^ given.hashes[viewer]) >> 33);
  std::int64_t passed = 0;
  std::optional<Pick> pick;
  for (const std::size_t i : items) {
    if (i == *best) continue;
    const float weight = kept / (count + given.options.gamma * (scores[*best] - scores[i]));
    const auto parts = static_cast<std::int64_t>(weight + least);
    passed += parts;
    if (!pick && passed > drawn) {
      pick = {static_cast<std::uint32_t>(i), scores[i], static_cast<float>(parts) * 0x1p-31f};
    }
  }
  const std::int64_t rest = (std::int64_t{1} << 31) - passed;
  EXPECT_GT(rest, 0);
  return pick.value_or(Pick{static_cast<std::uint32_t>(*best), scores[*best], static_cast<float>(rest) * 0x1p-31f});
}

void expect_naive_bits(const Case& given, Kernel kernel) {
  const std::vector<Pick> picks = given.choose(kernel);
  for (std::size_t v = 0; v < given.viewers.size(); ++v) {
    for (std::size_t s = 0; s < given.slots; ++s) {
      const Pick expected = choose_naively(given, v, s, arithmetic_of(kernel));
      const Pick& pick = picks[v * given.slots + s];
      ASSERT_EQ(pick.item, expected.item) << "viewer " << v << " slot " << s;
      ASSERT_EQ(pick.score, expected.score) << "viewer " << v << " slot " << s;
      ASSERT_EQ(pick.propensity, expected.propensity) << "viewer " << v << " slot " << s;
    }
  }
}

/// `items` items of one slot that score what they are said to, whoever looks.
Case scored(std::vector<float> biases, std::size_t viewers) {
  Case out;
  out.biases = std::move(biases);
  out.vectors.resize(out.items() * out.dimension);
  out.slot_of.resize(out.items());
  out.rows = {std::vector<std::uint64_t>((out.items() + 63) / 64, ~std::uint64_t{0})};
  out.slot_seeds = {7};
  Random random(1);
  for (std::size_t v = 0; v < viewers; ++v) {
    out.viewers.emplace_back(out.dimension);
    out.row_of.push_back(0);
    out.hashes.push_back(random.next());
  }
  return out;
}

class TopPerSlotTest : public testing::TestWithParam<Kernel> {};

INSTANTIATE_TEST_SUITE_P(Kernels, TopPerSlotTest, testing::ValuesIn(runnable_kernels()),
                         [](const auto& kernel) { return std::string(name_of(kernel.param)); });

TEST_P(TopPerSlotTest, GivesTheBitsOfTheNaiveLoop) {
  Random random(20240611);
  for (int round = 0; round < 300; ++round) {
    const Shape shape{random.below(80), 1 + random.below(100), 8 * (1 + random.below(12)), 1 + random.below(6)};
    SCOPED_TRACE(testing::Message() << "round " << round << ": " << shape.viewers << " viewers, " << shape.items
                                    << " items, dimension " << shape.dimension << ", " << shape.slots << " slots");
    ASSERT_NO_FATAL_FAILURE(expect_naive_bits(make_case(random, shape), GetParam()));
  }
}

TEST_P(TopPerSlotTest, TenThousandItemsAreExact) {
  Random random(5);
  for (const std::size_t slots : {1, 4}) expect_naive_bits(make_case(random, {3, 10'000, 64, slots}), GetParam());
}

TEST_P(TopPerSlotTest, AsManyTiesAsACatalogueMayHaveItemsLeaveTheBestItsPart) {
  Case given = scored(std::vector<float>(65'535, 1.f), 2);
  given.options.gamma = 0;
  expect_naive_bits(given, GetParam());
}

TEST_P(TopPerSlotTest, ScoresOneViewerToTheSameBits) {
  Random random(3);
  for (int round = 0; round < 50; ++round) {
    Case given = make_case(random, {4, 1 + random.below(150), 8 * (1 + random.below(10)), 1 + random.below(4)});
    const FoldedItems folded = given.fold();
    std::vector<float> scores(given.items());
    for (const auto& viewer : given.viewers) {
      folded.score(viewer, scores, GetParam());
      for (std::size_t i = 0; i < scores.size(); ++i) {
        float expected = given.biases[i];
        for (std::size_t k = 0; k < given.dimension; ++k) {
          expected = arithmetic_of(GetParam())(viewer[k], given.vectors[i * given.dimension + k], expected);
        }
        ASSERT_EQ(scores[i], expected) << "item " << i;
      }
    }
  }
}

TEST_P(TopPerSlotTest, ItemsAreDrawnAsOftenAsTheirPropensitiesSay) {
  constexpr std::size_t kViewers = 400'000;
  Case given = scored({.1f, .9f, .9f, -.4f, .85f, .2f, .899f}, kViewers);
  given.options.gamma = 20;
  std::map<std::uint32_t, std::size_t> count;
  std::map<std::uint32_t, double> propensity;
  for (const Pick& pick : given.choose(GetParam())) {
    ++count[pick.item];
    propensity[pick.item] = static_cast<double>(pick.propensity);
  }
  ASSERT_EQ(count.size(), given.items());
  double chi_square = 0;
  double sum = 0;
  for (const auto& [item, drawn] : count) {
    const double expected = propensity[item] * kViewers;
    chi_square += (static_cast<double>(drawn) - expected) * (static_cast<double>(drawn) - expected) / expected;
    sum += propensity[item];
  }
  EXPECT_NEAR(sum, 1, 1e-6);
  EXPECT_LT(chi_square, 22.46);  // six degrees of freedom: p > .001
  EXPECT_GT(propensity[1], propensity[2]) << "of two that are best the first is";
}

TEST_P(TopPerSlotTest, WhatAViewerGetsDoesNotDependOnWhoElseIsThere) {
  Random random(9);
  const Case all = make_case(random, {70, 40, 64, 4});
  const std::vector<Pick> together = all.choose(GetParam());
  for (const std::size_t viewer : {0, 33, 69}) {
    Case one = all;
    one.viewers = {all.viewers[viewer]};
    one.row_of = {all.row_of[viewer]};
    one.hashes = {all.hashes[viewer]};
    const std::vector<Pick> alone = one.choose(GetParam());
    for (std::size_t s = 0; s < all.slots; ++s) {
      EXPECT_EQ(alone[s].item, together[viewer * all.slots + s].item);
      EXPECT_EQ(alone[s].propensity, together[viewer * all.slots + s].propensity);
    }
  }
}

TEST_P(TopPerSlotTest, APinIsCertainAndNothingEligibleIsNothing) {
  Case given = scored({3, 2, 1}, 3);
  given.rows = {{0b111}, {0b100}, {0}};
  given.row_of = {0, 1, 2};
  given.options.gamma = 1e30f;
  given.options.floor = 0;
  const std::vector<Pick> picks = given.choose(GetParam());
  EXPECT_EQ(picks[0].item, 0u);
  EXPECT_EQ(picks[1].item, 2u);
  EXPECT_EQ(picks[1].propensity, 1.f);
  EXPECT_EQ(picks[2].item, Pick::kNone);
  EXPECT_EQ(picks[2].propensity, 0.f);
}

TEST(TopPerSlot, KernelsWithFusedMultiplyAddsAgreeBitForBit) {
  Random random(11);
  for (int round = 0; round < 20; ++round) {
    const Case given = make_case(random, {60, 90, 64, 4});
    std::optional<std::vector<Pick>> first;
    for (const Kernel kernel : runnable_kernels()) {
      if (kernel == Kernel::portable) continue;
      const std::vector<Pick> picks = given.choose(kernel);
      if (!first) first = picks;
      for (std::size_t i = 0; i < picks.size(); ++i) {
        ASSERT_EQ(picks[i].item, (*first)[i].item);
        ASSERT_EQ(picks[i].score, (*first)[i].score);
        ASSERT_EQ(picks[i].propensity, (*first)[i].propensity);
      }
    }
  }
}

TEST(TopPerSlot, AllKernelsScoreWithinAHundredThousandth) {
  Random random(12);
  for (int round = 0; round < 20; ++round) {
    const Case given = make_case(random, {8, 90, 64, 4});
    const FoldedItems folded = given.fold();
    std::vector<float> portable(given.items());
    std::vector<float> fastest(given.items());
    for (const auto& viewer : given.viewers) {
      folded.score(viewer, portable, Kernel::portable);
      folded.score(viewer, fastest);
      for (std::size_t i = 0; i < portable.size(); ++i) ASSERT_NEAR(portable[i], fastest[i], 1e-5);
    }
  }
}

}  // namespace
}  // namespace matchcue::scoring
