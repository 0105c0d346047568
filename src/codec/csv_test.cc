// SPDX-License-Identifier: Apache-2.0
#include "codec/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::codec {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Cells = std::vector<std::string>;

struct Reading final : CsvHandler {
  Result<void> on_header(std::span<const std::string> columns) override {
    header.assign(columns.begin(), columns.end());
    return refuse_header ? Result<void>(invalid("refused", "refused")) : Result<void>();
  }
  void on_row(std::uint64_t line, std::span<std::string> cells) override {
    rows.emplace_back(cells.begin(), cells.end());
    lines.push_back(line);
  }
  void on_problem(CsvProblem problem) override { problems.push_back(std::move(problem)); }

  bool refuse_header = false;
  Cells header;
  std::vector<Cells> rows;
  std::vector<std::uint64_t> lines;
  std::vector<CsvProblem> problems;
  Result<void> ended;
};

Reading read(std::string_view text, std::size_t chunk = std::string_view::npos) {
  Reading reading;
  CsvReader reader(reading);
  while (!text.empty() && reading.ended.ok()) {
    reading.ended = reader.feed(text.substr(0, chunk));
    text.remove_prefix(std::min(chunk, text.size()));
  }
  if (reading.ended.ok()) reading.ended = reader.finish();
  return reading;
}

TEST(Csv, ReadsHeaderAndRowsWithTheirLineNumbers) {
  const Reading reading = read("A,B\n1,2\n\n3,4\n");
  EXPECT_TRUE(reading.ended.ok());
  EXPECT_THAT(reading.header, ElementsAre("A", "B"));
  EXPECT_THAT(reading.rows, ElementsAre(Cells{"1", "2"}, Cells{"3", "4"}));
  EXPECT_THAT(reading.lines, ElementsAre(2, 4));
}

TEST(Csv, TheLastRowNeedsNoLineFeed) { EXPECT_THAT(read("A,B\n1,").rows, ElementsAre(Cells{"1", ""})); }

TEST(Csv, ByteOrderMarkAndCarriageReturnsAreNotData) {
  const Reading reading = read(
      "\xef\xbb\xbf"
      "A,B\r\n1,\"2\"\r\n\r\n3,4\r\n");
  EXPECT_THAT(reading.header, ElementsAre("A", "B"));
  EXPECT_THAT(reading.rows, ElementsAre(Cells{"1", "2"}, Cells{"3", "4"}));
}

TEST(Csv, BackslashEscapesAndDoubledQuotesBothMeanTheCharacter) {
  EXPECT_THAT(read("A\n\"say \\\"hi\\\", \\\\o/\"\n\"say \"\"hi\"\"\"\n").rows,
              ElementsAre(Cells{"say \"hi\", \\o/"}, Cells{"say \"hi\""}));
}

TEST(Csv, AnyOtherBackslashIsItself) {
  EXPECT_THAT(read("A,B\n\"C:\\dir\",a\\b\n").rows, ElementsAre(Cells{"C:\\dir", "a\\b"}));
}

TEST(Csv, AQuotedCellMaySpanLines) {
  const Reading reading = read("A,B\n\"x\ny\",1\n2,3\n");
  EXPECT_THAT(reading.rows, ElementsAre(Cells{"x\ny", "1"}, Cells{"2", "3"}));
  EXPECT_THAT(reading.lines, ElementsAre(2, 4));
}

TEST(Csv, WrongNumberOfCellsCostsOnlyThatRow) {
  const Reading reading = read("A,B\n1\n1,2,3\n1,2\n");
  EXPECT_THAT(reading.rows, ElementsAre(Cells{"1", "2"}));
  ASSERT_EQ(reading.problems.size(), 2U);
  EXPECT_EQ(reading.problems[0].line, 2U);
  EXPECT_EQ(reading.problems[0].column, "B");
  EXPECT_EQ(reading.problems[0].reason, "the row has 1 cells, and the header has 2 columns");
  EXPECT_EQ(reading.problems[1].line, 3U);
  EXPECT_EQ(reading.problems[1].value, "3");
}

TEST(Csv, AQuoteThatIsNeverClosedCostsOnlyItsOwnLine) {
  for (const std::string rest : {"3,4\n", "3,\"4\"\n"}) {
    const Reading reading = read("A,B\n1,\"2\n" + rest);
    ASSERT_EQ(reading.problems.size(), 1U) << rest;
    EXPECT_EQ(reading.problems[0].line, 2U);
    EXPECT_EQ(reading.problems[0].column, "B");
    EXPECT_EQ(reading.problems[0].reason, "the quote that opens this cell is never closed");
    EXPECT_THAT(reading.rows, ElementsAre(Cells{"3", "4"}));
  }
}

TEST(Csv, TextBehindAClosingQuoteIsNamed) {
  const Reading reading = read("A,B\n\"1\"x,2\n3,4\n");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_EQ(reading.problems[0].column, "A");
  EXPECT_EQ(reading.problems[0].reason, "there is text behind the closing quote");
  EXPECT_EQ(reading.rows.size(), 1U);
}

TEST(Csv, InvalidUtf8IsNamedAndShownAsReplacementCharacters) {
  const Reading reading = read("A,B\n1,a\xff\xc3\xa4\n3,4\n");
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_EQ(reading.problems[0].column, "B");
  EXPECT_EQ(reading.problems[0].value, "a\xef\xbf\xbd\xc3\xa4");
  EXPECT_EQ(reading.problems[0].reason, "not UTF-8");
  EXPECT_EQ(reading.rows.size(), 1U);
}

TEST(Csv, CellsHoldTwentyThousandCharactersAndNoMore) {
  std::string most;
  for (std::size_t i = 0; i < CsvLimits().cell_chars_max; ++i) most += "\xc3\xa4";
  const Reading reading = read("A,B\n1," + most + "\n2,\"x" + most + "\"\n3,4\n");
  ASSERT_EQ(reading.rows.size(), 2U);
  EXPECT_EQ(reading.rows[0][1], most);
  ASSERT_EQ(reading.problems.size(), 1U);
  EXPECT_EQ(reading.problems[0].line, 3U);
  EXPECT_EQ(reading.problems[0].reason, "longer than 20000 characters");
}

TEST(Csv, ARowThatIsTooLongIsDroppedUpToItsLineFeed) {
  for (const std::size_t chunk : {std::size_t{1000}, std::string_view::npos}) {
    const Reading reading = read("A\n" + std::string(3 * CsvLimits().row_bytes_max, 'x') + "\nlast\n", chunk);
    ASSERT_EQ(reading.problems.size(), 1U);
    EXPECT_THAT(reading.problems[0].reason, HasSubstr("longer than 1048576 bytes"));
    EXPECT_THAT(reading.rows, ElementsAre(Cells{"last"}));
    EXPECT_THAT(reading.lines, ElementsAre(3));
  }
}

TEST(Csv, ChunkBordersChangeNothing) {
  const std::string text =
      "\xef\xbb\xbf"
      "A,B\r\n\"a\"\"b\",\"c\\\"\nd\"\r\nx,\"y\nz,1\n\xc3\xa4,\n";
  const Reading whole = read(text);
  EXPECT_EQ(whole.rows.size(), 3U);
  for (std::size_t chunk = 1; chunk < text.size(); ++chunk) {
    const Reading parts = read(text, chunk);
    EXPECT_EQ(parts.rows, whole.rows) << chunk;
    EXPECT_EQ(parts.lines, whole.lines) << chunk;
    EXPECT_EQ(parts.problems.size(), whole.problems.size()) << chunk;
  }
}

TEST(Csv, HeadersThatCannotBeUsedEndTheReading) {
  EXPECT_EQ(read("").ended.error().message, "the file is empty: its first row must name the columns");
  EXPECT_EQ(read("A,,C\n").ended.error().message, "column 2 has no name in the first row");
  EXPECT_EQ(read("A,B,A\n").ended.error().message, "the first row names column A twice");
  EXPECT_THAT(read("A,\"B\n").ended.error().message, HasSubstr("never closed"));
}

TEST(Csv, TheFirstColumnMayBeUnnamedWhereThatIsAllowed) {
  EXPECT_FALSE(read(",A\n0,1\n").ended.ok());
  Reading reading;
  CsvLimits limits;
  limits.first_column_unnamed = true;
  CsvReader reader(reading, limits);
  ASSERT_TRUE(reader.feed(",A\n0,1\n").ok());
  ASSERT_TRUE(reader.finish().ok());
  EXPECT_THAT(reading.header, ElementsAre("", "A"));
  EXPECT_THAT(reading.rows, ElementsAre(Cells{"0", "1"}));
}

TEST(Csv, TheHandlerMayRefuseTheHeader) {
  Reading reading;
  reading.refuse_header = true;
  CsvReader reader(reading);
  EXPECT_EQ(reader.feed("A\n1\n").error().code, "refused");
  EXPECT_THAT(reading.rows, IsEmpty());
}

TEST(Csv, WritesWhatItReads) {
  std::string text;
  const std::vector<std::string_view> cells = {"plain", "a,b", "say \"hi\"", "back\\slash", "two\nlines", ""};
  append_csv_row(cells, text);
  EXPECT_EQ(text, "plain,\"a,b\",\"say \\\"hi\\\"\",\"back\\\\slash\",\"two\nlines\",\n");
}

}  // namespace
}  // namespace matchcue::codec
