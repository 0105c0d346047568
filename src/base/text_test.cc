// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>

namespace matchcue {
namespace {

TEST(FirstCharacters, NeverCutsACharacter) {
  const std::string_view text = "a\u00e4\u20ac\U0001f600";  // 1, 2, 3 and 4 bytes
  EXPECT_EQ(first_characters(text, 0), "");
  EXPECT_EQ(first_characters(text, 1), "a");
  EXPECT_EQ(first_characters(text, 2), "a");
  EXPECT_EQ(first_characters(text, 3), "a\u00e4");
  EXPECT_EQ(first_characters(text, 5), "a\u00e4");
  EXPECT_EQ(first_characters(text, 6), "a\u00e4\u20ac");
  EXPECT_EQ(first_characters(text, 9), "a\u00e4\u20ac");
  EXPECT_EQ(first_characters(text, 10), text);
  EXPECT_EQ(first_characters(text, 99), text);
}

}  // namespace
}  // namespace matchcue
