// SPDX-License-Identifier: Apache-2.0
#include "engine/retention.h"

#include <gtest/gtest.h>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <chrono>
#include <future>

#include "store/decision_log.h"
#include "store/sqlite/test_store.h"

namespace matchcue::engine {
namespace {

constexpr Milliseconds kDay = std::chrono::hours(24);

struct RetentionTest : ::testing::Test {
  store::TestDirectory directory;
  store::TestStore store{directory.path()};
  metrics::Metrics metrics{"test"};

  /// What comes of a server's start on this day.
  RetentionReport look_on_day(int day, const RetentionOptions& options) {
    const ManualClock clock(wall_time_from_ms(1'780'000'000'000) + day * kDay);
    const auto loop = runtime::make_loop("retention", clock);
    std::promise<RetentionReport> looked;
    Retention retention(options, store.store(), *loop, metrics,
                        [&](const RetentionReport& report) { looked.set_value(report); });
    loop->start();
    retention.start();
    RetentionReport report = looked.get_future().get();
    loop->stop();
    return report;
  }
  std::size_t count() {
    std::size_t batches = 0;
    EXPECT_TRUE(store.reader().visit_decisions([&](const domain::DecisionBatch&) { return ++batches > 0; }).ok());
    return batches;
  }
};

TEST_F(RetentionTest, DropsAtTheStartAllThatIsTooOldInAsManyStepsAsItTakes) {
  for (std::uint64_t sequence = 1; sequence <= 100; ++sequence) {
    ASSERT_TRUE(store.log(store::make_batch("match", sequence, 2)).ok());
  }
  EXPECT_EQ(look_on_day(0, {7 * kDay}).bytes_freed, 0U);
  ASSERT_TRUE(store.log(store::make_batch("match", 101, 2)).ok());
  const RetentionReport report = look_on_day(7, {7 * kDay});
  EXPECT_TRUE(report.result.ok());
  EXPECT_GT(report.bytes_freed, 0U);
  EXPECT_EQ(report.kept_from, store::make_batch("match", 101, 2).header.at);
  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(metrics.retention_freed_bytes().Value(), static_cast<double>(report.bytes_freed));
  EXPECT_EQ(metrics.oldest_decision().Value(), 1'780'000'000);
}

TEST_F(RetentionTest, SaysWhyItCouldNot) {
  store.store().close();
  std::filesystem::remove_all(directory.path());
  EXPECT_EQ(look_on_day(0, {kDay}).result.error().code, "store_closed");
}

TEST_F(RetentionTest, KeepsEverythingUnlessItIsToldOtherwise) {
  ASSERT_TRUE(store.log(store::make_batch("match", 1, 2)).ok());
  const ManualClock clock;
  const auto loop = runtime::make_loop("retention", clock);
  Retention retention({}, store.store(), *loop, metrics, [](const RetentionReport&) { FAIL(); });
  loop->start();
  retention.start();
  loop->stop();
  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(store::list_log_segments(store::real_disk(), directory.log()).size(), 1U);
}

}  // namespace
}  // namespace matchcue::engine
