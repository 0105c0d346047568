#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What the demo shows, as text: a screen that is redrawn on a terminal, or one line for a log.

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "simulate/audience_reader.h"

namespace matchcue::simulate {

/// Everything on the screen.
struct DemoScene {
  std::string page_url;
  std::string viewers_url;
  std::array<std::string, 2> teams;
  std::array<int, 2> score{};
  std::string clock;             ///< empty outside play
  std::string timing;            ///< MATCH_TIMING
  std::string setting;           ///< "FINAL in France"
  std::deque<std::string> feed;  ///< what happened, newest last
  std::uint64_t moments = 0;
  std::uint64_t viewers_wanted = 0;
  std::uint64_t viewers_connected = 0;
  std::uint64_t slates = 0;
  double slates_per_second = 0;
  std::uint64_t interactions = 0;
  std::optional<double> last_push_ms;
  std::vector<ScreenShare> on_screen;
};

/// How much of the feed is kept.
constexpr std::size_t kFeedLines = 6;

enum class Paint { plain, colour };

/// The whole screen, lines of at most `width` columns (at least 40), each ending with a newline; no cursor movement.
std::string render_screen(const DemoScene& scene, int width, Paint paint);
/// The same in one line, without newline.
std::string render_line(const DemoScene& scene);

}  // namespace matchcue::simulate
