// SPDX-License-Identifier: Apache-2.0
#include "recipes/training_progress.h"

#include <gtest/gtest.h>

namespace matchcue::recipes {
namespace {

TEST(TrainingProgress, ALineSaysWhatIsKnownAndIsReadBack) {
  const std::string line = write_progress({"epoch", {}, 3, 16, 5.25, .125, 42});
  EXPECT_EQ(line, R"({"stage":"epoch","epoch":3,"epochs":16,"loss":5.25,"validation":0.125,"eta_s":42.0})");
  const auto read = read_progress(line);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->stage, "epoch");
  EXPECT_EQ(read->share, std::nullopt);
  EXPECT_EQ(read->epoch, 3U);
  EXPECT_EQ(read->epochs, 16U);
  EXPECT_EQ(read->loss, 5.25);
  EXPECT_EQ(read->validation, .125);
  EXPECT_EQ(read->eta_s, 42);
  EXPECT_EQ(write_progress({"measuring", .5, {}, {}, {}, {}, {}}), R"({"stage":"measuring","share":0.5})");
}

TEST(TrainingProgress, OtherLinesAreNone) {
  for (const char* line : {"", "left out: i.csv line 3", "{\"stage\":", "{}", R"({"stage":3})", "[1]",
                           R"({"error":{"code":"too_little_data"}})"}) {
    EXPECT_FALSE(read_progress(line).has_value()) << line;
  }
}

}  // namespace
}  // namespace matchcue::recipes
