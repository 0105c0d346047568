// SPDX-License-Identifier: Apache-2.0
#include "engine/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "codec/personalize_schema.h"

namespace matchcue::engine {
namespace {

using domain::DatasetKind;
using testing::ElementsAre;
using testing::SizeIs;

/// Keeps rows by their document, as the store keeps them by id.
class FakeSink final : public RowSink {
 public:
  void put_items(std::vector<domain::Item> rows, Reply<store::WriteSummary> reply) override {
    for (const auto& row : rows) items.push_back(row);
    answer(keep(rows, [](const domain::Item& row) { return row.id.str(); }), reply);
  }
  void put_viewers(std::vector<domain::Viewer> rows, Reply<store::WriteSummary> reply) override {
    for (const auto& row : rows) viewers.push_back(row);
    answer(keep(rows, [](const domain::Viewer& row) { return row.id.str(); }), reply);
  }
  void add_interactions(std::vector<domain::Interaction> rows, Reply<store::WriteSummary> reply) override {
    for (const auto& row : rows) interactions.push_back(row);
    answer(keep(rows, [](const domain::Interaction& row) { return row.document; }), reply);
  }

  std::vector<domain::Item> items;
  std::vector<domain::Viewer> viewers;
  std::vector<domain::Interaction> interactions;
  std::vector<std::size_t> batches;
  std::optional<Error> failure;
  bool hold = false;  ///< keep the replies instead of answering
  std::vector<std::function<void()>> held;

 private:
  template <typename Rows, typename Key>
  store::WriteSummary keep(const Rows& rows, Key key) {
    store::WriteSummary summary;
    batches.push_back(rows.size());
    for (const auto& row : rows) {
      auto [stored, added] = documents_.emplace(key(row), row.document);
      if (added) {
        ++summary.added;
      } else if (stored->second == row.document) {
        ++summary.unchanged;
      } else {
        ++summary.replaced;
      }
      stored->second = row.document;
    }
    return summary;
  }
  void answer(store::WriteSummary summary, const Reply<store::WriteSummary>& reply) {
    if (failure) return reply(*failure);
    if (hold) {
      held.push_back([reply, summary] { reply(summary); });
    } else {
      reply(summary);
    }
  }

  std::map<std::string, std::string> documents_;
};

Result<ImportReport> import_csv(DatasetKind kind, const std::string& csv, FakeSink& sink, ImportOptions options = {}) {
  options.schema = codec::builtin_schema(kind);
  Importer importer(std::move(options), sink);
  MCUE_TRY_VOID(importer.feed(csv));
  return importer.finish();
}

const std::string kUsers = "USER_ID,AGE,COUNTRY\n1,30,France\n2,,\n";

TEST(Importer, UsersBecomeTypedViewersWithTheirWholeRow) {
  FakeSink sink;
  const auto report = import_csv(DatasetKind::users, kUsers, sink);
  ASSERT_TRUE(report.ok()) << report.error().message;
  EXPECT_EQ(report->rows, 2U);
  EXPECT_EQ(report->rejected_rows, 0U);
  EXPECT_EQ(report->written.added, 2U);
  ASSERT_THAT(sink.viewers, SizeIs(2));
  EXPECT_EQ(sink.viewers[0].age, 30);
  EXPECT_EQ(sink.viewers[0].country, "FRANCE");
  EXPECT_EQ(sink.viewers[0].document, R"({"USER_ID":"1","AGE":30,"COUNTRY":"France"})");
  EXPECT_TRUE(sink.viewers[0].fields.contains("GENDER"));
  EXPECT_FALSE(sink.viewers[0].fields.contains("USER_ID"));
  EXPECT_EQ(sink.viewers[1].age, std::nullopt);
}

TEST(Importer, InteractionsSplitIntoMeaningAndContext) {
  FakeSink sink;
  const auto report = import_csv(DatasetKind::interactions,
                                 "TIMESTAMP,ITEM_ID,USER_ID,EVENT_TYPE,EVENT_VALUE,MATCH_EVENT,MATCH_TIMING\n"
                                 "1700000000,i,u,CLICK,2.5,GOAL,\n",
                                 sink);
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_THAT(sink.interactions, SizeIs(1));
  const domain::Interaction& row = sink.interactions[0];
  EXPECT_EQ(row.viewer.str(), "u");
  EXPECT_EQ(row.item.str(), "i");
  EXPECT_EQ(row.timestamp_s, 1'700'000'000);
  EXPECT_EQ(row.event_type, "CLICK");
  EXPECT_EQ(row.event_value, 2.5);
  EXPECT_EQ(row.context, (domain::Values{{"MATCH_EVENT", std::string("GOAL")}}));
}

TEST(Importer, TheSameFileASecondTimeChangesNothing) {
  FakeSink sink;
  ASSERT_TRUE(import_csv(DatasetKind::users, kUsers, sink).ok());
  const auto again = import_csv(DatasetKind::users, kUsers, sink);
  EXPECT_EQ(again->written.unchanged, 2U);
  EXPECT_EQ(again->written.added + again->written.replaced, 0U);
}

TEST(Importer, BadRowsAreReportedWithLineColumnValueAndReasonAndTheOthersAreWritten) {
  FakeSink sink;
  std::size_t told = 0;
  ImportOptions options;
  options.on_reject = [&](const Reject&) { ++told; };
  const auto report =
      import_csv(DatasetKind::users, "USER_ID,AGE\n1,old\n,3\n2,200\n3,\"4\n4,5,6\n5,6\n5,7\n", sink, options);
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 7U);
  EXPECT_EQ(report->rejected_rows, 6U);
  EXPECT_EQ(told, 6U);
  EXPECT_THAT(sink.viewers, SizeIs(1));
  std::vector<std::string> rejects;
  for (const Reject& reject : report->rejects) {
    rejects.push_back(std::to_string(reject.line) + "|" + reject.column + "|" + reject.value + "|" + reject.reason);
  }
  EXPECT_THAT(rejects, ElementsAre("2|AGE|old|AGE: \"old\" is not a int",
                                   "3|USER_ID||USER_ID has no value, and its type is not nullable",
                                   "4|AGE|200|AGE: \"200\" is not an age in years (0..150)",
                                   "5|AGE|4\n4,5,6\n5,6\n5,7\n|the quote that opens this cell is never closed",
                                   "6||6|the row has 3 cells, and the header has 2 columns",
                                   "8|USER_ID|5|the same id is on line 7"));
}

TEST(Importer, TimesAreEpochSeconds) {
  FakeSink sink;
  const std::string head = "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n";
  const auto report = import_csv(DatasetKind::interactions,
                                 head + "u,i,CLICK,1700000000000\nu,i,CLICK,-1\nu,i,CLICK,99999999999999999\n", sink);
  ASSERT_THAT(report->rejects, SizeIs(3));
  EXPECT_EQ(report->rejects[0].reason, "epoch seconds are required, and this looks like milliseconds");
  EXPECT_EQ(report->rejects[1].reason, "not a time in epoch seconds");
  EXPECT_EQ(report->rejects[2].column, "TIMESTAMP");
}

TEST(Importer, MissingAndUnknownColumnsEndTheImport) {
  FakeSink sink;
  const auto missing = import_csv(DatasetKind::interactions, "USER_ID,EVENT_TYPE\n", sink);
  EXPECT_EQ(missing.error().code, "missing_columns");
  EXPECT_EQ(missing.error().message, "Input CSV is missing the following columns: [ITEM_ID, TIMESTAMP]");
  const auto unknown = import_csv(DatasetKind::users, "USER_ID,CONTRY\n", sink);
  EXPECT_EQ(unknown.error().code, "unknown_column");
  EXPECT_EQ(unknown.error().message, "column \"CONTRY\" is not in the schema of users; the nearest is COUNTRY");
}

TEST(Importer, ADryRunChecksEverythingAndWritesNothing) {
  FakeSink sink;
  ImportOptions options;
  options.dry_run = true;
  const auto report = import_csv(DatasetKind::users, "USER_ID,AGE\n1,2\n2,x\n", sink, options);
  EXPECT_EQ(report->rows, 2U);
  EXPECT_EQ(report->rejected_rows, 1U);
  EXPECT_EQ(report->written.added, 0U);
  EXPECT_THAT(sink.batches, SizeIs(0));
}

TEST(Importer, RowsGoInBatchesAndAtMostTwoAreUnanswered) {
  FakeSink sink;
  sink.hold = true;
  ImportOptions options;
  options.schema = codec::builtin_schema(DatasetKind::users);
  options.batch_rows_max = 2;
  Importer importer(options, sink);
  ASSERT_TRUE(importer.feed("USER_ID\n1\n2\n3\n4\n5\n").ok());
  EXPECT_THAT(sink.batches, ElementsAre(2, 2));
  for (const auto& reply : std::exchange(sink.held, {})) reply();
  sink.hold = false;
  const auto report = importer.finish();
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(sink.batches, ElementsAre(2, 2, 1));
  EXPECT_EQ(report->written.added, 5U);
}

TEST(Importer, AFailedWriteEndsTheImport) {
  FakeSink sink;
  sink.failure = unavailable("disk_full", "no space left");
  const auto report = import_csv(DatasetKind::users, kUsers, sink);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, "disk_full");
}

TEST(Importer, TheReportKeepsAThousandRejectsAndCountsAll) {
  FakeSink sink;
  std::string csv = "USER_ID,AGE\n";
  for (int i = 0; i < 1'500; ++i) csv += std::to_string(i) + ",x\n";
  const auto report = import_csv(DatasetKind::users, csv, sink);
  EXPECT_EQ(report->rejected_rows, 1'500U);
  EXPECT_THAT(report->rejects, SizeIs(kRejectsMax));
}

TEST(Importer, ItemsOfTheSampleLoadWithTheirTypes) {
  FakeSink sink;
  const auto report = import_csv(DatasetKind::items,
                                 "ITEM_ID,ITEM_LABEL,ITEM_TYPE,MIN_AGE,COUNTRIES\n"
                                 "ITEM_ID_9,BET,GENERAL,18,France|Argentina\nITEM_ID_1,TRIVIA,,,\n",
                                 sink);
  ASSERT_TRUE(report.ok()) << report.error().message;
  ASSERT_THAT(sink.items, SizeIs(2));
  EXPECT_EQ(sink.items[0].min_age, 18);
  EXPECT_THAT(sink.items[0].countries, ElementsAre("FRANCE", "ARGENTINA"));
  EXPECT_EQ(sink.items[1].slot.str(), "UNKNOWN");
}

TEST(Importer, TheReportAsJson) {
  ImportReport report;
  report.rows = 3;
  report.rejected_rows = 1;
  report.written.added = 2;
  report.rejects.push_back({4, "AGE", "\"x\"", "not a int"});
  EXPECT_EQ(to_json(report),
            R"({"rows":3,"rejected_rows":1,"written":{"added":2,"replaced":0,"unchanged":0,"catalogue_version":0},)"
            R"("rejects":[{"line":4,"column":"AGE","value":"\"x\"","reason":"not a int"}]})");
}

}  // namespace
}  // namespace matchcue::engine
