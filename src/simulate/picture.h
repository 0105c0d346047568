#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A football match as a moving picture: a pitch seen from above, two teams and a ball that does what the script says
// has happened. Frames without text; whoever encodes them writes clock, score and banner over the places kept for them.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "simulate/moment_source.h"

namespace matchcue::simulate {

constexpr int kPictureWidth = 640;
constexpr int kPictureHeight = 360;
constexpr int kPictureRate = 25;  ///< frames a second
/// Planar YUV 4:2:0.
constexpr std::size_t kPictureBytes = kPictureWidth * kPictureHeight * 3 / 2;
/// The bar on top is for score and clock, the band at the bottom for the banner. Rows, from the top.
constexpr int kPictureBarHeight = 36;
constexpr int kPictureBandTop = 296;
constexpr int kPictureBandHeight = 40;

/// The team of the acting player, 0 home, 1 away; home when nobody is named.
std::size_t acting_team(const TimedMoment& moment);

/// What is burnt in when a moment happens: "GOAL! 1-0   Lionel Messi".
std::string banner_of(const TimedMoment& moment);

/// The match clock so much later: "12:34", "45+2:10". What is no running clock ("", "HT") stays as it is. A first half
/// goes on as added time at 45:00, a second one at 90:00.
std::string advance_clock(std::string_view clock, Milliseconds by);

/// Single thread.
class Picture {
 public:
  explicit Picture(std::uint64_t seed);

  /// The ball goes where this moment happens: into the net, to a corner, or it lies still.
  void happen(const TimedMoment& moment);
  /// Moves everything by one frame.
  void step();
  /// Writes the frame, kPictureBytes. `band`: with the place for a banner.
  void draw(std::span<std::uint8_t> frame, bool band) const;

 private:
  struct Place {
    double x = 0.5, y = 0.5;  ///< 0..1 along and across the pitch; the home team plays towards 1
  };
  static constexpr std::size_t kPlayers = 11;

  static double distance(const Place& a, const Place& b);
  static void approach(Place& from, const Place& to, double share);
  Place formation(std::size_t team, std::size_t player) const;
  void choose_target();

  Random random_;
  std::vector<std::uint8_t> background_;
  std::array<std::array<Place, kPlayers>, 2> players_;
  Place ball_, target_;
  double pace_ = 3;      ///< how fast the ball goes for its target
  int frames_left_ = 0;  ///< until the next target
  std::size_t attacking_ = 0;
  bool resting_ = true;  ///< before, between and after play
};

}  // namespace matchcue::simulate
