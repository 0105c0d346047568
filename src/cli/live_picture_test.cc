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

/// Reads until the text is what is waited for; a picture begins within seconds.
std::string read_until(const std::string& path, const std::function<bool(const std::string&)>& is_it) {
  const SystemClock clock;
  const SteadyTime deadline = clock.steady() + std::chrono::seconds(30);
  std::string text;
  while (clock.steady() < deadline && !is_it(text)) {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    text = out.str();
    std::this_thread::yield();
  }
  return text;
}
std::string read_until(const std::string& path, const std::string& wanted) {
  return read_until(path, [&](const std::string& text) { return text.find(wanted) != std::string::npos; });
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
  const std::string clock_file = folder.path() + "/clock.txt";
  const std::string then = read_until(clock_file, ":");
  EXPECT_NE(read_until(clock_file, [&](const std::string& text) { return !text.empty() && text != then; }), then)
      << "the match goes on between moments";
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
