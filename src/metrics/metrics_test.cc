// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.h"

#include <gmock/gmock.h>
#include <prometheus/counter.h>
#include <prometheus/histogram.h>

namespace matchcue::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Metrics, ExposesCountsUnderTheirDocumentedNames) {
  Metrics metrics("1.2.3");
  metrics.cues("slate", "pushed").Increment(4);
  metrics.resume("lost").Increment();
  metrics.moment_to_screen("write").Observe(.02);
  const std::string text = metrics.exposition();
  EXPECT_THAT(text, HasSubstr("matchcue_cues_total{class=\"slate\",outcome=\"pushed\"} 4"));
  EXPECT_THAT(text, HasSubstr("matchcue_resume_total{continuity=\"lost\"} 1"));
  EXPECT_THAT(text, HasSubstr("matchcue_moment_to_screen_seconds_bucket{stage=\"write\",le=\"0.025\"} 1"));
  EXPECT_THAT(text, HasSubstr("matchcue_build_info{version=\"1.2.3\"} 1"));
}

TEST(MetricsDeathTest, AnUnknownLabelIsAProgrammersError) {
  Metrics metrics("1");
  EXPECT_DEATH(metrics.resume("maybe"), "CHECK");
}

}  // namespace
}  // namespace matchcue::metrics
