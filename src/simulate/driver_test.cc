// SPDX-License-Identifier: Apache-2.0
#include "simulate/driver.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace matchcue::simulate {
namespace {

/// Notes every call as a short line.
class RecordingApi final : public EventApi {
 public:
  explicit RecordingApi(const Clock& clock) : clock_(clock), start_(clock.wall()) {}

  Result<Accepted> set_state(const domain::EventId& event, const domain::Values&, WallTime media_time) override {
    return note(fmt::format("set {}", event.str()), media_time);
  }
  Result<Accepted> fire(const domain::EventId& event, const TimedMoment&, WallTime media_time) override {
    return note(fmt::format("fire {}", event.str()), media_time);
  }
  Result<Accepted> correct(const domain::EventId& event, domain::Sequence wrong, const TimedMoment& moment,
                           WallTime media_time) override {
    return note(fmt::format("correct {} {} {}", event.str(), wrong.value(), moment.reason), media_time);
  }
  Result<void> map_content(const domain::ContentId& content, const domain::EventId& event) override {
    calls.push_back(fmt::format("map {} {}", content.str(), event.str()));
    return {};
  }
  Result<domain::Sequence> latest(const domain::EventId& event) override {
    if (sequence == 0) return not_found("unknown_event", "unknown event \"" + event.str() + "\"");
    return domain::Sequence(sequence);
  }
  Result<std::vector<ChangeSeen>> changes_after(const domain::EventId&, domain::Sequence) override {
    return std::vector<ChangeSeen>();
  }

  std::vector<std::string> calls;
  std::uint64_t sequence = 0;
  std::size_t fail_at = 99;

 private:
  Result<Accepted> note(std::string call, WallTime media_time) {
    if (calls.size() == fail_at) return unavailable("unreachable", "no server");
    sequence += 10;
    calls.push_back(
        fmt::format("{} at {} media {}", call, (clock_.wall() - start_).count(), (media_time - start_).count()));
    return Accepted{domain::Sequence(sequence), true};
  }

  const Clock& clock_;
  WallTime start_;
};

class ManualPause final : public Pause {
 public:
  explicit ManualPause(ManualClock& clock) : clock_(clock) {}
  bool until(SteadyTime when) override {
    if (pauses_left-- == 0) return false;
    if (when > clock_.steady()) clock_.advance(std::chrono::ceil<Milliseconds>(when - clock_.steady()));
    return true;
  }
  int pauses_left = 1'000;

 private:
  ManualClock& clock_;
};

struct DriverTest : testing::Test {
  TimedMoment at(int ms, MomentKind kind = MomentKind::moment) {
    TimedMoment moment;
    moment.offset = Milliseconds(ms);
    moment.kind = kind;
    return moment;
  }
  Result<DriverSummary> play(std::vector<TimedMoment> moments, double speed = 1) {
    MomentList list(std::move(moments));
    Driver driver(api, clock, pause, {domain::EventId("7"), domain::ContentId("c1"), speed});
    return driver.play(list, [&](const TimedMoment&, const Played& one) { played.push_back(one); });
  }

  ManualClock clock;
  ManualPause pause{clock};
  RecordingApi api{clock};
  std::vector<Played> played;
};

TEST_F(DriverTest, PlaysMomentsAtTheirTimes) {
  const auto summary = play({at(5'000), at(6'000), at(9'500)});
  ASSERT_TRUE(summary);
  EXPECT_EQ(api.calls, (std::vector<std::string>{"fire 7 at 0 media 0", "fire 7 at 1000 media 1000",
                                                 "fire 7 at 4500 media 4500"}));
  EXPECT_EQ(summary->moments, 3U);
  EXPECT_EQ(summary->last_sequence, domain::Sequence(30));
}

TEST_F(DriverTest, SpeedShortensTheWaits) {
  ASSERT_TRUE(play({at(0), at(60'000)}, 60));
  EXPECT_EQ(api.calls.back(), "fire 7 at 1000 media 1000");
}

TEST_F(DriverTest, ACorrectionNamesTheSequenceThatItsMomentGot) {
  TimedMoment correction = at(20, MomentKind::correction);
  correction.corrects = 1;
  correction.reason = "VAR";
  const auto summary = play({at(0), at(10), correction});
  ASSERT_TRUE(summary);
  EXPECT_EQ(api.calls.back(), "correct 7 20 VAR at 20 media 20");
  EXPECT_EQ(summary->corrections, 1U);
}

TEST_F(DriverTest, AnInterruptedPauseEndsThePlay) {
  pause.pauses_left = 1;
  const auto summary = play({at(0), at(10)});
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->interrupted);
  EXPECT_EQ(api.calls.size(), 1U);
}

TEST_F(DriverTest, TheFirstRefusedCallEndsThePlay) {
  api.fail_at = 1;
  const auto summary = play({at(0), at(10), at(20)});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().code, "unreachable");
  EXPECT_EQ(played.size(), 1U);
}

TEST_F(DriverTest, PrepareCreatesTheEventOnceAndMapsTheContent) {
  Driver driver(api, clock, pause, {domain::EventId("7"), domain::ContentId("c1"), 1});
  ASSERT_TRUE(driver.prepare({}));
  ASSERT_TRUE(driver.prepare({}));
  EXPECT_EQ(api.calls, (std::vector<std::string>{"set 7 at 0 media 0", "map c1 7", "map c1 7"}));
}

}  // namespace
}  // namespace matchcue::simulate
