// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include <gtest/gtest.h>

#include <array>

namespace matchcue::cli {
namespace {

/// What a progress line wrote.
std::string written(ProgressLine::Style style, Milliseconds step, int updates) {
  std::FILE* file = std::tmpfile();
  ManualClock clock;
  ProgressLine line("import users", 200'000'000, style, clock, file);
  for (int i = 0; i < updates; ++i) {
    clock.advance(step);
    line.update(50'000'000, 1'234);
  }
  line.finish();
  std::rewind(file);
  std::array<char, 1'000> text{};
  const std::size_t count = std::fread(text.data(), 1, text.size(), file);
  std::fclose(file);
  return {text.data(), count};
}

TEST(ProgressLine, IsWrittenOverOnATerminalAndRemovedAtTheEnd) {
  EXPECT_EQ(written(ProgressLine::Style::terminal, Milliseconds(60), 2),
            "\r\x1b[Kimport users: 50 MB, 25 %, 1234 rows\r\x1b[K");
}

TEST(ProgressLine, IsANewLineEveryFiveSecondsElsewhere) {
  EXPECT_EQ(written(ProgressLine::Style::lines, Milliseconds(2'500), 4),
            "import users: 50 MB, 25 %, 1234 rows\nimport users: 50 MB, 25 %, 1234 rows\n");
}

TEST(ProgressLine, SaysNothingAboutShortWorkOrWhenQuiet) {
  EXPECT_EQ(written(ProgressLine::Style::lines, Milliseconds(1), 100), "");
  EXPECT_EQ(written(ProgressLine::Style::none, Milliseconds(10'000), 10), "");
}

TEST(ProgressLine, CountsRowsOfWorkWithoutBytes) {
  std::FILE* file = std::tmpfile();
  ManualClock clock;
  ProgressLine line("ope", 0, ProgressLine::Style::lines, clock, file);
  line.update_rows("feedback", 1, 0);
  clock.advance(Milliseconds(6'000));
  line.update_rows("feedback", 30, 120);
  std::rewind(file);
  std::array<char, 100> text{};
  const std::size_t count = std::fread(text.data(), 1, text.size(), file);
  std::fclose(file);
  EXPECT_EQ(std::string(text.data(), count), "ope: feedback, 30 rows, 25 %\n");
}

}  // namespace
}  // namespace matchcue::cli
