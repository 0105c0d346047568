// SPDX-License-Identifier: Apache-2.0
#include "base/sha256.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace matchcue {
namespace {

TEST(Sha256, GivesWhatTheStandardSays) {
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesGiveWhatTheWholeGives) {
  const std::vector<std::uint32_t> numbers = {1, 2, 3};
  Sha256 hash;
  hash.add(std::span(numbers).first(1));
  hash.add(std::span(numbers).subspan(1));
  EXPECT_EQ(hash.finish(), sha256({reinterpret_cast<const char*>(numbers.data()), 12}));
}

}  // namespace
}  // namespace matchcue
