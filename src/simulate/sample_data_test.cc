// SPDX-License-Identifier: Apache-2.0
#include "simulate/sample_data.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace matchcue::simulate {
namespace {

using Write = Result<void> (*)(const SampleDataOptions&, const TextSink&);

std::string text_of(Write write, const SampleDataOptions& options) {
  std::string text;
  const auto written = write(options, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  });
  EXPECT_TRUE(written.ok());
  return text;
}

/// Rows without the header, by column. None of the sample's cells is quoted; REMOTE, behind them, is.
std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  for (const std::string_view line : split(csv, '\n')) {
    if (line.empty()) continue;
    const auto cells = split(line, ',');
    rows.emplace_back(cells.begin(), cells.end());
  }
  rows.erase(rows.begin());
  return rows;
}

SampleDataOptions small() {
  SampleDataOptions options;
  options.viewers = 300;
  options.interactions = 20'000;
  return options;
}

template <typename Values>
std::set<std::string> set_of(const Values& values) {
  return {values.begin(), values.end()};
}

TEST(SampleData, TheFortySampleItemsAreCompiledIn) {
  const std::string_view csv = sample_items_csv();
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), 41);
  EXPECT_TRUE(csv.starts_with("ITEM_ID,ITEM_LABEL,ITEM_TYPE,"));
  EXPECT_TRUE(
      csv.ends_with("ITEM_ID_40,PLAYER_MERCHANDISE,MONETIZE,,,,,,,,Y,N,\"{\"\"remote\"\":\"\"ad\"\",\"\"module\"\":"
                    "\"\"./Merchandise\"\"}\"\n"));
}

TEST(SampleData, TheSameSeedGivesTheSameBytesAndAnotherSeedDoesNot) {
  SampleDataOptions options = small();
  options.interactions = 2'000;
  for (const Write write : {write_sample_users, write_sample_interactions}) {
    const std::string text = text_of(write, options);
    EXPECT_EQ(text, text_of(write, options));
    SampleDataOptions other = options;
    other.seed = 2;
    EXPECT_NE(text, text_of(write, other));
  }
}

TEST(SampleData, UsersHaveTheSampleColumnsAndPlausibleValues) {
  const auto rows = rows_of(text_of(write_sample_users, small()));
  ASSERT_EQ(rows.size(), 300U);
  EXPECT_EQ(rows[0][0], "1");
  EXPECT_EQ(rows[299][0], "300");
  std::map<std::string, int> countries;
  for (const auto& row : rows) {
    const auto age = parse_int(row[1]);
    ASSERT_TRUE(age && *age >= 14 && *age <= 75) << row[1];
    ++countries[row[3]];
  }
  EXPECT_GT(countries["FRANCE"], 50);
  EXPECT_GT(countries["ARGENTINA"], 50);
}

TEST(SampleData, InteractionsUseExactlyTheSimulatorsValues) {
  const SampleDataOptions options = small();
  const auto rows = rows_of(text_of(write_sample_interactions, options));
  ASSERT_EQ(rows.size(), options.interactions);
  std::vector<std::set<std::string>> seen(10);
  std::int64_t last = 0;
  for (const auto& row : rows) {
    ASSERT_EQ(row.size(), 10U);
    for (std::size_t c = 0; c < row.size(); ++c) seen[c].insert(row[c]);
    const std::int64_t at = parse_int(row[2]).value_or(0);
    EXPECT_GE(at, last);
    EXPECT_LE(at, options.ends_at_s);
    last = at;
  }
  EXPECT_EQ(seen[1].size(), 40U);
  EXPECT_EQ(seen[5], set_of(kSampleEvents));
  EXPECT_EQ(seen[6], set_of(kSampleTimings));
  EXPECT_EQ(seen[7], set_of(kSampleTypes));
  EXPECT_EQ(seen[8], set_of(kSampleVenues));
  EXPECT_EQ(seen[9], (std::set<std::string>{"0", "1", "2"}));
}

/// Share of this item among the rows with (or without) this value in this column.
double share(const std::vector<std::vector<std::string>>& rows, const std::string& item, std::size_t column,
             const std::string& value, bool with) {
  double all = 0, those = 0;
  for (const auto& row : rows) {
    if ((row[column] == value) != with) continue;
    ++all;
    if (row[1] == item) ++those;
  }
  return those / all;
}

TEST(SampleData, WhatViewersDoDependsOnWhatHappens) {
  const auto rows = rows_of(text_of(write_sample_interactions, small()));
  struct Case {
    std::string item;
    std::size_t column;
    std::string value;
  };
  for (const Case& c : {Case{"ITEM_ID_9", 5, "GOAL"}, Case{"ITEM_ID_15", 5, "GOAL"}, Case{"ITEM_ID_5", 6, "INTERVAL"},
                        Case{"ITEM_ID_1", 6, "INTERVAL"}, Case{"ITEM_ID_3", 6, "INTERVAL"}}) {
    EXPECT_GT(share(rows, c.item, c.column, c.value, true), 1.4 * share(rows, c.item, c.column, c.value, false))
        << c.item << " at " << c.value;
  }
}

TEST(SampleData, ViewersPreferThePlayersOfTheirOwnCountry) {
  std::map<std::string, std::string> country_of, team_of;
  for (const auto& row : rows_of(text_of(write_sample_users, small()))) country_of[row[0]] = row[3];
  for (const auto& row : rows_of(std::string(sample_items_csv()))) team_of[row[0]] = row[9];
  int own = 0, other = 0;
  for (const auto& row : rows_of(text_of(write_sample_interactions, small()))) {
    const std::string& country = country_of[row[0]];
    const std::string& team = team_of[row[1]];
    if (team.empty() || (country != "FRANCE" && country != "ARGENTINA")) continue;
    ++(country == team ? own : other);
  }
  EXPECT_GT(own, 3 * other / 2);
}

TEST(SampleData, AFullDiskEndsTheWriting) {
  const auto full = [](std::string_view) -> Result<void> { return unavailable("disk_full", "no space left"); };
  EXPECT_EQ(write_sample_users(small(), full).error().code, "disk_full");
  EXPECT_EQ(write_sample_interactions(small(), full).error().code, "disk_full");
}

}  // namespace
}  // namespace matchcue::simulate
