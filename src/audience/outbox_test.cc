// SPDX-License-Identifier: Apache-2.0
#include "audience/outbox.h"

#include <gtest/gtest.h>

#include "base/random.h"

namespace matchcue::audience {
namespace {

using Added = Outbox::Added;

std::string drain(Outbox& outbox) {
  std::string out;
  while (!outbox.empty()) {
    out += outbox.front();
    outbox.consume(outbox.front().size());
  }
  return out;
}

TEST(Outbox, SendsInOrder) {
  Outbox outbox(100);
  outbox.add("rest-", WhenSlow::superseded, true);
  outbox.add("ack-", WhenSlow::kept, false);
  outbox.add("slate", WhenSlow::superseded, false);
  EXPECT_EQ(drain(outbox), "rest-ack-slate");
}

TEST(Outbox, ANewerSlateReplacesAnUnsentOne) {
  Outbox outbox(100);
  outbox.add("old", WhenSlow::superseded, false);
  outbox.add("retract", WhenSlow::kept, false);
  EXPECT_EQ(outbox.add("new", WhenSlow::superseded, false), Added::superseded);
  EXPECT_EQ(drain(outbox), "retractnew");
}

TEST(Outbox, AFrameThatHasBegunIsNeverCut) {
  Outbox outbox(100);
  outbox.add("begun", WhenSlow::superseded, true);
  EXPECT_EQ(outbox.add("new", WhenSlow::superseded, false), Added::queued);
  EXPECT_EQ(drain(outbox), "begunnew");
  outbox.add("abcdef", WhenSlow::superseded, false);
  outbox.consume(2);
  outbox.add("new", WhenSlow::superseded, false);
  EXPECT_EQ(drain(outbox), "cdefnew");
}

TEST(Outbox, IsFullAtItsBoundAndKeepsWhatItHas) {
  Outbox outbox(10);
  EXPECT_EQ(outbox.add("0123456789", WhenSlow::kept, false), Added::queued);
  EXPECT_EQ(outbox.add("x", WhenSlow::kept, false), Added::full);
  EXPECT_EQ(outbox.add(std::string(100, 'x'), WhenSlow::kept, false), Added::full);
  outbox.consume(1);
  EXPECT_EQ(outbox.add("x", WhenSlow::kept, false), Added::queued);
  EXPECT_EQ(drain(outbox), "123456789x");
}

TEST(Outbox, NeverExceedsItsBoundAndNeverLosesAKeptFrame) {
  Random random(11);
  for (int trial = 0; trial < 200; ++trial) {
    Outbox outbox(200);
    std::string kept_expected;
    std::string sent;
    for (int step = 0; step < 300; ++step) {
      const std::size_t size = 1 + random.below(40);
      const bool kept = random.uniform() < .5;
      const auto added =
          outbox.add(std::string(size, kept ? 'K' : 's'), kept ? WhenSlow::kept : WhenSlow::superseded, false);
      if (kept && added != Added::full) kept_expected += std::string(size, 'K');
      ASSERT_LE(outbox.bytes(), 200u);
      if (random.uniform() < .6 && !outbox.empty()) {
        const std::size_t part = 1 + random.below(outbox.front().size());
        sent += outbox.front().substr(0, part);
        outbox.consume(part);
      }
    }
    sent += drain(outbox);
    EXPECT_EQ(outbox.bytes(), 0u);
    std::erase(sent, 's');
    EXPECT_EQ(sent, kept_expected);
  }
}

}  // namespace
}  // namespace matchcue::audience
