// SPDX-License-Identifier: Apache-2.0
#include "base/quoted_text.h"

#include <gtest/gtest.h>

namespace matchcue {
namespace {

TEST(QuotedText, IsAJsonString) {
  EXPECT_EQ(quoted_text(""), R"("")");
  EXPECT_EQ(quoted_text("caf\u00e9 \"x\""), "\"caf\u00e9 \\\"x\\\"\"");
  EXPECT_EQ(quoted_text(std::string_view("a\0\r\n\x1b", 5)), R"("a\u0000\r\n\u001b")");
}

TEST(QuotedText, OfLongTextIsItsBeginning) {
  EXPECT_EQ(quoted_text(std::string(80, 'x')), '"' + std::string(80, 'x') + '"');
  EXPECT_EQ(quoted_text(std::string(81, 'x')), '"' + std::string(80, 'x') + "\"...");
  EXPECT_EQ(quoted_text(std::string(79, 'x') + "\u00e9"), '"' + std::string(79, 'x') + "\"...") << "no half characters";
}

}  // namespace
}  // namespace matchcue
