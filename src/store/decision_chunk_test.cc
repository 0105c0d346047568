// SPDX-License-Identifier: Apache-2.0
#include "store/decision_chunk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "base/random.h"
#include "store/crc32c.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using ::testing::HasSubstr;

void expect_rows(const domain::DecisionBatch& part, const domain::DecisionBatch& whole, std::size_t first) {
  const std::size_t slots = whole.header.slots.size();
  EXPECT_EQ(part.header, whole.header);
  ASSERT_EQ(part.past.size(), whole.past.empty() ? 0 : part.rows());
  for (std::size_t row = 0; row < part.rows(); ++row) {
    ASSERT_EQ(part.viewers[row], whole.viewers[first + row]);
    ASSERT_EQ(*part.traits[row], *whole.traits[first + row]);
    if (!whole.past.empty()) {
      ASSERT_EQ(*part.past[row], *whole.past[first + row]);
    }
    for (std::size_t slot = 0; slot < slots; ++slot) {
      ASSERT_EQ(part.choices[row * slots + slot], whole.choices[(first + row) * slots + slot]);
    }
  }
}

/// As make_batch(), with filters in force that ask two questions about the past.
domain::DecisionBatch make_filtered_batch(std::uint64_t sequence, std::size_t rows) {
  domain::DecisionBatch batch = make_batch("match", sequence, rows);
  batch.header.filters = {{domain::FilterName("seen"), "EXCLUDE ..", {}},
                          {domain::FilterName("genre"), "INCLUDE ..", {{"GENRE", "\"a\",\"b\""}}}};
  std::vector<domain::PastItemsPtr> past;
  for (std::uint16_t i = 0; i < 7; ++i) {
    std::vector<std::uint16_t> items(i, i);
    past.push_back(std::make_shared<const domain::PastItems>(domain::PastItems{std::move(items), {i}}));
  }
  for (std::size_t row = 0; row < rows; ++row) batch.past.push_back(past[row % past.size()]);
  return batch;
}

TEST(Crc32c, MatchesThePublishedCheckValue) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
  EXPECT_EQ(crc32c("456789", crc32c("123")), 0xe3069283U);
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);  // RFC 3720 B.4
}

TEST(DecisionChunk, GivesBackWhatWentIn) {
  const auto batch = make_batch("match", 57, 100);
  const auto chunk = encode_decision_chunk(batch, 0);
  ASSERT_TRUE(chunk.ok());
  EXPECT_EQ(chunk->rows, 100U);
  const auto back = decode_decision_chunk(chunk->bytes);
  ASSERT_TRUE(back.ok()) << back.error().message;
  ASSERT_EQ(back->rows(), 100U);
  expect_rows(*back, batch, 0);
}

TEST(DecisionChunk, SplitsABatchByRowsAndLosesNone) {
  const auto batch = make_batch("match", 1, 30'000);
  std::size_t first = 0;
  std::size_t chunks = 0;
  while (first < batch.rows()) {
    const auto chunk = encode_decision_chunk(batch, first);
    ASSERT_TRUE(chunk.ok());
    ASSERT_LE(chunk->bytes.size(), kChunkBytesMax);
    const auto part = decode_decision_chunk(chunk->bytes);
    ASSERT_TRUE(part.ok());
    ASSERT_EQ(part->rows(), chunk->rows);
    expect_rows(*part, batch, first);
    first += chunk->rows;
    ++chunks;
  }
  EXPECT_GE(chunks, 3U);
  EXPECT_LE(chunks, 5U);
}

TEST(DecisionChunk, GivesBackFiltersAndWhatTheyKnewOfThePast) {
  for (const std::size_t rows : {3, 30'000}) {
    const auto batch = make_filtered_batch(1, rows);
    const auto chunk = encode_decision_chunk(batch, 1);
    ASSERT_TRUE(chunk.ok());
    ASSERT_LE(chunk->bytes.size(), kChunkBytesMax);
    const auto part = decode_decision_chunk(chunk->bytes);
    ASSERT_TRUE(part.ok()) << part.error().message;
    ASSERT_EQ(part->rows(), chunk->rows);
    expect_rows(*part, batch, 1);
    const auto found = find_decision(chunk->bytes, domain::ViewerId("viewer2"));
    ASSERT_TRUE(found.ok() && found->has_value());
    EXPECT_EQ((*found)->past, *batch.past[2]);
  }
}

TEST(DecisionChunk, GivesBackFiltersThatAskNothing) {
  auto batch = make_filtered_batch(1, 3);
  batch.past.clear();
  const auto part = decode_decision_chunk(encode_decision_chunk(batch, 0)->bytes);
  ASSERT_TRUE(part.ok()) << part.error().message;
  expect_rows(*part, batch, 0);
}

TEST(DecisionChunk, IsOfOneLayoutWithAndWithoutFilters) {
  EXPECT_EQ(encode_decision_chunk(make_batch("match", 1, 3), 0)->bytes[12], 4);
  EXPECT_EQ(encode_decision_chunk(make_filtered_batch(1, 3), 0)->bytes[12], 4);
}

TEST(DecisionChunk, HoldsDifferentTraitsInEveryRow) {
  auto batch = make_batch("match", 1, 30'000, "");
  for (std::size_t row = 0; row < batch.rows(); ++row) batch.traits[row] = make_traits(static_cast<int>(row), "DE");
  const auto chunk = encode_decision_chunk(batch, 0);
  ASSERT_TRUE(chunk.ok());
  ASSERT_GT(chunk->rows, 1'000U);
  const auto part = decode_decision_chunk(chunk->bytes);
  ASSERT_TRUE(part.ok());
  expect_rows(*part, batch, 0);
}

TEST(DecisionChunk, WritesEqualTraitsOnceAndGivesThemBackAsOneObject) {
  auto batch = make_batch("match", 1, 100);
  for (domain::TraitsPtr& traits : batch.traits) traits = make_traits(30, "ELSEWHERE");
  const std::string bytes = encode_decision_chunk(batch, 0)->bytes;
  const std::size_t first = bytes.find("ELSEWHERE");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(bytes.find("ELSEWHERE", first + 1), std::string::npos);
  const auto back = decode_decision_chunk(bytes);
  EXPECT_EQ(*back->traits[0], *batch.traits[0]);
  EXPECT_EQ(back->traits[0], back->traits[99]);
}

TEST(DecisionChunk, RefusesTheLayoutBeforeThisOne) {
  std::string bytes = encode_decision_chunk(make_batch("match", 1, 3), 0)->bytes;
  bytes[12] = 3;
  const std::uint32_t sum = crc32c(bytes.substr(12), crc32c(bytes.substr(0, 8)));
  std::memcpy(bytes.data() + 8, &sum, sizeof sum);
  const auto batch = decode_decision_chunk(bytes);
  ASSERT_FALSE(batch.ok());
  EXPECT_THAT(batch.error().message, HasSubstr("version 3"));
}

TEST(DecisionChunk, FindsOneViewer) {
  const auto batch = make_batch("match", 57, 100);
  const std::string bytes = encode_decision_chunk(batch, 0)->bytes;
  const auto found = find_decision(bytes, domain::ViewerId("viewer43"));
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->header, batch.header);
  EXPECT_EQ(*(*found)->traits, *batch.traits[43]);
  EXPECT_EQ((*found)->traits->age, 43);
  EXPECT_EQ((*found)->choices, (std::vector<domain::Choice>{batch.choices[86], batch.choices[87]}));
  EXPECT_EQ(find_decision(bytes, domain::ViewerId("viewer0")).value()->traits->age, std::nullopt);
  EXPECT_FALSE(find_decision(bytes, domain::ViewerId("viewer100")).value().has_value());
}

TEST(DecisionChunk, RefusesAHeaderThatDoesNotFit) {
  auto batch = make_batch("match", 1, 1);
  batch.header.context["NOTE"] = std::string(kChunkBytesMax, 'x');
  const auto chunk = encode_decision_chunk(batch, 0);
  ASSERT_FALSE(chunk.ok());
  EXPECT_EQ(chunk.error().kind, ErrorKind::too_large);
}

TEST(DecisionChunk, RefusesEveryFlippedBit) {
  for (const auto& batch : {make_batch("m", 1, 3), make_filtered_batch(1, 3)}) {
    const std::string good = encode_decision_chunk(batch, 0)->bytes;
    for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
      std::string bad = good;
      bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
      ASSERT_FALSE(decode_decision_chunk(bad).ok()) << "bit " << bit;
    }
  }
}

TEST(DecisionChunk, RefusesEveryCut) {
  for (const auto& batch : {make_batch("m", 1, 3), make_filtered_batch(1, 3)}) {
    const std::string good = encode_decision_chunk(batch, 0)->bytes;
    for (std::size_t length = 0; length < good.size(); ++length) {
      ASSERT_FALSE(decode_decision_chunk(good.substr(0, length)).ok()) << length;
    }
    EXPECT_FALSE(decode_decision_chunk(good + "x").ok());
  }
}

TEST(DecisionChunk, SurvivesDamageThatCarriesARightChecksum) {
  const std::string plain = encode_decision_chunk(make_batch("match", 1, 20), 0)->bytes;
  const std::string filtered = encode_decision_chunk(make_filtered_batch(1, 20), 0)->bytes;
  Random random(11);
  for (int round = 0; round < 20'000; ++round) {
    std::string bad = round % 2 == 0 ? plain : filtered;
    for (std::uint64_t flips = 1 + random.below(4); flips > 0; --flips) {
      bad[kChunkPrefixBytes + random.below(bad.size() - kChunkPrefixBytes)] = static_cast<char>(random.next());
    }
    seal_chunk(bad);
    const auto batch = decode_decision_chunk(bad);
    if (!batch.ok()) {
      ASSERT_EQ(batch.error().kind, ErrorKind::corrupt);
    }
  }
}

}  // namespace
}  // namespace matchcue::store
