#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The demo's live picture: draws a match, and has ffmpeg write what happens over it and make live HLS of it, whose
// programme date time is this machine's clock.

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/replaceable.h"
#include "base/result.h"
#include "runtime/socket.h"
#include "simulate/moment_source.h"

namespace matchcue::cli {

struct LivePictureOptions {
  std::string folder;                ///< where live.m3u8 and its segments go; exists
  std::array<std::string, 2> teams;  ///< home, away
  double speed = 1;                  ///< how much faster than the wall's the match clock runs
  std::uint64_t seed = 1;
};

/// ffmpeg with its font, when this machine has both; otherwise why there can be no picture.
Result<std::string> find_ffmpeg();

/// A thread of its own, and ffmpeg beside it with a lower priority. What is wrong later ends the picture, and says so
/// on standard error.
class LivePicture {
 public:
  /// Errors: unavailable.
  static Result<std::unique_ptr<LivePicture>> start(const std::string& ffmpeg, const LivePictureOptions& options,
                                                    const Clock& clock);
  /// Ends ffmpeg and waits for it.
  ~LivePicture();

  /// The moment happens now: the ball goes there, and score, clock and banner say it. One thread at a time.
  void show(const simulate::TimedMoment& moment);

 private:
  struct Shown {
    std::uint64_t number = 0;
    simulate::TimedMoment moment;
    SteadyTime at;
  };

  LivePicture(const LivePictureOptions& options, const Clock& clock);
  Result<void> spawn(const std::string& ffmpeg);
  void play();
  void write_texts(const Shown& shown, SteadyTime now);
  void write_text(const char* name, const std::string& text);
  bool feed(std::string_view frame);

  LivePictureOptions options_;
  const Clock& clock_;
  runtime::Fd frames_;  ///< to ffmpeg
  int pid_ = 0;
  Replaceable<Shown> shown_{Shown()};
  std::uint64_t shown_count_ = 0;
  std::map<std::string, std::string> texts_;  ///< as written
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace matchcue::cli
