// SPDX-License-Identifier: Apache-2.0
//
// What holds for every CSV file: writing and reading are inverse, and chunk borders do not matter.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "codec/csv.h"

namespace matchcue::codec {
namespace {

using Table = std::vector<std::vector<std::string>>;

struct Collect final : CsvHandler {
  Result<void> on_header(std::span<const std::string> columns) override {
    table.emplace_back(columns.begin(), columns.end());
    return {};
  }
  void on_row(std::uint64_t, std::span<std::string> cells) override { table.emplace_back(cells.begin(), cells.end()); }
  void on_problem(CsvProblem problem) override { problems.push_back(problem.reason); }
  Table table;
  std::vector<std::string> problems;
};

Collect read(const std::string& text, std::size_t chunk) {
  Collect collect;
  CsvReader reader(collect);
  Result<void> ended;
  for (std::size_t at = 0; at < text.size() && ended.ok(); at += chunk) ended = reader.feed(text.substr(at, chunk));
  if (ended.ok()) ended = reader.finish();
  if (!ended.ok()) collect.problems.push_back(ended.error().message);
  return collect;
}

rc::Gen<std::string> any_text() {
  const auto piece =
      rc::gen::element<std::string>("a", ",", "\"", "\\", "\n", "\r\n", " ", "\xc3\xa4", "|", "\xef\xbb\xbf");
  return rc::gen::map(rc::gen::container<std::vector<std::string>>(piece), [](const std::vector<std::string>& pieces) {
    std::string text;
    for (const std::string& part : pieces) text += part;
    return text;
  });
}

TEST(CsvProperty, WritingAndReadingAreInverse) {
  EXPECT_TRUE(rc::check([] {
    const auto columns = *rc::gen::inRange<std::size_t>(1, 5);
    Table table(1);
    for (std::size_t c = 0; c < columns; ++c) table[0].push_back("C" + std::to_string(c));
    const auto rows = *rc::gen::inRange<std::size_t>(0, 6);
    for (std::size_t r = 0; r < rows; ++r) {
      table.push_back(*rc::gen::container<std::vector<std::string>>(columns, any_text()));
    }
    std::string text;
    for (const auto& row : table) append_csv_row(std::vector<std::string_view>(row.begin(), row.end()), text);
    const Collect collect = read(text, *rc::gen::inRange<std::size_t>(1, 40));
    RC_ASSERT(collect.problems.empty());
    RC_ASSERT(collect.table == table);
  }));
}

TEST(CsvProperty, ChunkBordersDoNotMatterWhateverTheBytes) {
  EXPECT_TRUE(rc::check([] {
    const std::string text = "A,B\n" + *any_text();
    const Collect whole = read(text, text.size());
    const Collect parts = read(text, *rc::gen::inRange<std::size_t>(1, 8));
    RC_ASSERT(whole.table == parts.table);
    RC_ASSERT(whole.problems == parts.problems);
  }));
}

}  // namespace
}  // namespace matchcue::codec
