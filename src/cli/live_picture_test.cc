// SPDX-License-Identifier: Apache-2.0
#include "cli/live_picture.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <functional>
#include <sstream>

#include "cli/temporary_folder.h"

namespace matchcue::cli {
namespace {

using ::testing::HasSubstr;

/// Reads until the text has `wanted`; a picture begins within seconds.
std::string read_until(
    const std::string& path, const std::string& wanted, std::function<void()> meanwhile = [] {}) {
  const SystemClock clock;
  const SteadyTime deadline = clock.steady() + std::chrono::seconds(30);
  std::string text;
  while (clock.steady() < deadline && text.find(wanted) == std::string::npos) {
    meanwhile();
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    text = out.str();
    std::this_thread::yield();
  }
  return text;
}

TEST(LivePicture, IsLiveHlsThatSaysWhatHappened) {
  const auto ffmpeg = find_ffmpeg();
  ASSERT_TRUE(ffmpeg.ok()) << ffmpeg.error().message;
  const auto folder = TemporaryFolder::make("picture-test").value();
  const SystemClock clock;
  const auto picture = LivePicture::start(*ffmpeg, {folder.path(), {"Home", "Away"}, 16, 1}, clock).value();
  simulate::TimedMoment goal;
  goal.state["MATCH_EVENT"] = "GOAL";
  goal.clock = "12:34";
  goal.score = {1, 0};
  goal.text = "GOAL Home, Somebody";
  picture->show(goal);
  EXPECT_THAT(read_until(folder.path() + "/banner.txt", "GOAL!"), HasSubstr("GOAL! 1-0   Somebody"));
  EXPECT_THAT(read_until(folder.path() + "/score.txt", "1 - 0"), HasSubstr("Home  1 - 0  Away"));
  EXPECT_THAT(read_until(folder.path() + "/clock.txt", "12:5"), HasSubstr("12:5"));
  const std::string playlist = read_until(folder.path() + "/live.m3u8", "live0.ts");
  EXPECT_THAT(playlist, HasSubstr("#EXT-X-PROGRAM-DATE-TIME:"));
  EXPECT_THAT(playlist, HasSubstr("#EXT-X-INDEPENDENT-SEGMENTS"));
}

TEST(LivePicture, WithoutFfmpegItSaysSo) {
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_THAT(find_ffmpeg().error().message, HasSubstr("ffmpeg is not installed"));
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace matchcue::cli
