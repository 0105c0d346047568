// SPDX-License-Identifier: Apache-2.0
#include "simulate/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/check.h"
#include "base/text.h"
#include "simulate/match_context.h"

namespace matchcue::simulate {
namespace {

// The pitch within the picture.
constexpr double kLeft = 26, kRight = kPictureWidth - 26;
constexpr double kTop = kPictureBarHeight + 14, kBottom = kPictureHeight - 14;
constexpr double kFrame = 1.0 / kPictureRate;
constexpr double kPlayerRadius = 6.5;
constexpr double kBallRadius = 4;

struct Colour {
  std::uint8_t y, u, v;
};
constexpr Colour kGrassDark{92, 108, 96};
constexpr Colour kGrassLight{101, 107, 95};
constexpr Colour kBoard{34, 131, 124};
constexpr Colour kWhite{232, 128, 128};
constexpr Colour kInk{24, 130, 126};
constexpr std::array<Colour, 2> kShirts = {Colour{180, 148, 104}, Colour{62, 178, 122}};

/// Draws into planar YUV 4:2:0 with smooth edges.
class Canvas {
 public:
  explicit Canvas(std::span<std::uint8_t> frame)
      : y_(frame.data()), u_(y_ + kPictureWidth * kPictureHeight), v_(u_ + kPictureWidth * kPictureHeight / 4) {
    CHECK(frame.size() == kPictureBytes, frame.size());
  }

  void box(double x0, double y0, double x1, double y1, Colour colour, double opacity = 1) {
    const auto inside = [&](double x, double y) { return x >= x0 && x < x1 && y >= y0 && y < y1 ? opacity : 0.0; };
    paint(x0, y0, x1, y1, colour, inside);
  }
  void disc(double x, double y, double radius, Colour colour) {
    paint(x - radius - 1, y - radius - 1, x + radius + 2, y + radius + 2, colour,
          [&](double px, double py) { return std::clamp(radius + 0.5 - std::hypot(px - x, py - y), 0.0, 1.0); });
  }
  void ring(double x, double y, double radius, double width, Colour colour) {
    paint(x - radius - 2, y - radius - 2, x + radius + 3, y + radius + 3, colour, [&](double px, double py) {
      return std::clamp(width / 2 + 0.5 - std::abs(std::hypot(px - x, py - y) - radius), 0.0, 1.0);
    });
  }
  void outline(double x0, double y0, double x1, double y1, double width, Colour colour) {
    box(x0, y0, x1, y0 + width, colour);
    box(x0, y1 - width, x1, y1, colour);
    box(x0, y0, x0 + width, y1, colour);
    box(x1 - width, y0, x1, y1, colour);
  }

 private:
  static void blend(std::uint8_t& at, std::uint8_t to, double share) {
    at = static_cast<std::uint8_t>(std::lround(at + (to - at) * share));
  }

  /// `coverage` of a point, in 0..1, within a box that it is 0 outside of.
  template <typename Coverage>
  void paint(double x0, double y0, double x1, double y1, Colour colour, const Coverage& coverage) {
    const int left = std::max(0, static_cast<int>(x0)), right = std::min(kPictureWidth, static_cast<int>(x1) + 1);
    const int top = std::max(0, static_cast<int>(y0)), bottom = std::min(kPictureHeight, static_cast<int>(y1) + 1);
    for (int y = top; y < bottom; ++y) {
      for (int x = left; x < right; ++x) {
        if (const double share = coverage(x + 0.5, y + 0.5); share > 0)
          blend(y_[y * kPictureWidth + x], colour.y, share);
      }
    }
    for (int y = top / 2; y < (bottom + 1) / 2; ++y) {
      for (int x = left / 2; x < (right + 1) / 2; ++x) {
        const double share = coverage(2 * x + 1, 2 * y + 1);
        if (share <= 0) continue;
        blend(u_[y * (kPictureWidth / 2) + x], colour.u, share);
        blend(v_[y * (kPictureWidth / 2) + x], colour.v, share);
      }
    }
  }

  std::uint8_t *y_, *u_, *v_;
};

std::vector<std::uint8_t> draw_pitch() {
  std::vector<std::uint8_t> frame(kPictureBytes);
  Canvas canvas(frame);
  constexpr int kStripes = 12;
  constexpr double kLine = 2;
  const double width = kRight - kLeft, height = kBottom - kTop, middle = (kTop + kBottom) / 2;
  canvas.box(0, 0, kPictureWidth, kPictureHeight, kGrassDark);
  for (int i = 0; i < kStripes; i += 2) {
    canvas.box(kLeft + width * i / kStripes, kPictureBarHeight, kLeft + width * (i + 1) / kStripes, kPictureHeight,
               kGrassLight);
  }
  canvas.outline(kLeft, kTop, kRight, kBottom, kLine, kWhite);
  canvas.box(kPictureWidth / 2.0 - 1, kTop, kPictureWidth / 2.0 + 1, kBottom, kWhite);
  canvas.ring(kPictureWidth / 2.0, middle, height * 0.135, kLine, kWhite);
  canvas.disc(kPictureWidth / 2.0, middle, 3, kWhite);
  // As on a real pitch of 105 by 68 m: penalty area 16.5 by 40.3, goal area 5.5 by 18.3, goal 7.3 wide.
  for (const bool right : {false, true}) {
    const auto area = [&](double deep, double wide) {
      const double x = right ? kRight - width * deep / 105 : kLeft;
      canvas.outline(x, middle - height * wide / 136, x + width * deep / 105, middle + height * wide / 136, kLine,
                     kWhite);
    };
    area(16.5, 40.3);
    area(5.5, 18.3);
    canvas.disc(right ? kRight - width * 11 / 105 : kLeft + width * 11 / 105, middle, 2.2, kWhite);
    const double goal = right ? kRight - kLine : kLeft - 12 + kLine;
    canvas.outline(goal, middle - height * 0.075, goal + 12, middle + height * 0.075, kLine, kWhite);
  }
  canvas.box(0, 0, kPictureWidth, kPictureBarHeight, kBoard);
  return frame;
}

std::string event_of(const TimedMoment& moment) {
  const auto found = moment.state.find("MATCH_EVENT");
  return found == moment.state.end() ? std::string() : domain::to_text(found->second);
}

}  // namespace

std::size_t acting_team(const TimedMoment& moment) {
  if (!moment.subject) return 0;
  for (int player = 0; player < kPlayersPerTeam; ++player) {
    if (player_item(1, player) == *moment.subject) return 1;
  }
  return 0;
}

std::string banner_of(const TimedMoment& moment) {
  const std::string score = fmt::format("{}-{}", moment.score[0], moment.score[1]);
  if (moment.kind == MomentKind::correction) return fmt::format("{}   {}", moment.text, score);
  const std::string event = event_of(moment);
  if (event != "GOAL") {  // "YELLOW CARD France, ...", as people write it
    std::string text = moment.text;
    if (text.starts_with(event))
      std::replace(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(event.size()), '-', ' ');
    return text;
  }
  const std::size_t comma = moment.text.find(", ");
  const std::string who = comma == std::string::npos ? std::string() : "   " + moment.text.substr(comma + 2);
  return fmt::format("GOAL! {}{}", score, who);
}

std::string advance_clock(std::string_view clock, Milliseconds by) {
  const std::size_t plus = clock.find('+');
  const std::string_view running = plus == std::string_view::npos ? clock : clock.substr(plus + 1);
  const std::size_t colon = running.find(':');
  if (colon == std::string_view::npos) return std::string(clock);
  const auto minutes = parse_int(running.substr(0, colon));
  const auto seconds = parse_int(running.substr(colon + 1));
  const auto before_plus = plus == std::string_view::npos ? 0 : parse_int(clock.substr(0, plus));
  if (!minutes || !seconds || !before_plus) return std::string(clock);
  constexpr std::int64_t kHalf = 45 * 60;
  const std::int64_t now = *minutes * 60 + *seconds + by.count() / 1'000;
  if (plus != std::string_view::npos) return fmt::format("{}+{}:{:02}", *before_plus, now / 60, now % 60);
  const std::int64_t end = *minutes * 60 + *seconds < kHalf ? kHalf : 2 * kHalf;
  if (now >= end) return fmt::format("{}+{}:{:02}", end / 60, (now - end) / 60, (now - end) % 60);
  return fmt::format("{:02}:{:02}", now / 60, now % 60);
}

Picture::Picture(std::uint64_t seed) : random_(mix64(seed)), background_(draw_pitch()) {
  for (std::size_t team = 0; team < 2; ++team) {
    for (std::size_t player = 0; player < kPlayers; ++player) players_[team][player] = formation(team, player);
  }
}

double Picture::distance(const Place& a, const Place& b) { return std::hypot((a.x - b.x) * 1.6, a.y - b.y); }

void Picture::approach(Place& from, const Place& to, double share) {
  from.x += (to.x - from.x) * share;
  from.y += (to.y - from.y) * share;
}

/// 4-3-3, as a whole nearer to where the ball is.
Picture::Place Picture::formation(std::size_t team, std::size_t player) const {
  constexpr std::array<Place, kPlayers> kPlaces = {{{0.03, 0.5},
                                                    {0.20, 0.15},
                                                    {0.17, 0.38},
                                                    {0.17, 0.62},
                                                    {0.20, 0.85},
                                                    {0.36, 0.28},
                                                    {0.33, 0.5},
                                                    {0.36, 0.72},
                                                    {0.50, 0.2},
                                                    {0.53, 0.5},
                                                    {0.50, 0.8}}};
  Place place = kPlaces[player];
  if (team == 1) place = {1 - place.x, 1 - place.y};
  const double follows = resting_ ? 0 : player == 0 ? 0.05 : 0.45;
  place.x = std::clamp(place.x + (ball_.x - 0.5) * follows, 0.02, 0.98);
  place.y = std::clamp(place.y + (ball_.y - 0.5) * follows * 0.5, 0.04, 0.96);
  if (resting_ && player > 0) place.x = team == 0 ? std::min(place.x, 0.47) : std::max(place.x, 0.53);
  return place;
}

/// A pass to somebody of the team that has the ball; now and then the other team takes it.
void Picture::choose_target() {
  constexpr double kLost = 0.25;
  if (random_.uniform() < kLost) attacking_ = 1 - attacking_;
  target_ = players_[attacking_][1 + random_.below(kPlayers - 1)];
  target_.x = std::clamp(target_.x + (attacking_ == 0 ? 0.05 : -0.05), 0.04, 0.96);
  pace_ = 2.5;
  frames_left_ = kPictureRate / 2 + static_cast<int>(random_.below(kPictureRate));
}

void Picture::happen(const TimedMoment& moment) {
  const std::string event = event_of(moment);
  attacking_ = acting_team(moment);
  const bool right = attacking_ == 0;
  const double side = random_.uniform() < 0.5 ? -1 : 1;
  resting_ = moment.clock.empty() || moment.clock == "HT";
  pace_ = 9;
  frames_left_ = 3 * kPictureRate;
  if (moment.kind == MomentKind::correction || (resting_ && event != "GOAL")) {
    target_ = {0.5, 0.5};
  } else if (event == "GOAL") {
    target_ = {right ? 1.012 : -0.012, 0.5 + side * 0.03};
  } else if (event == "SHOT") {
    target_ = {right ? 1.02 : -0.02, 0.5 + side * 0.14};
  } else if (event == "PENALTY") {
    target_ = {right ? 1 - 11.0 / 105 : 11.0 / 105, 0.5};
  } else if (event == "THROW") {
    target_ = {right ? 0.995 : 0.005, side < 0 ? 0.01 : 0.99};
  } else {
    target_ = ball_;
    attacking_ = 1 - attacking_;
  }
}

void Picture::step() {
  if (--frames_left_ <= 0 && !resting_) choose_target();
  approach(ball_, target_, std::min(1.0, pace_ * kFrame));
  for (std::size_t team = 0; team < 2; ++team) {
    auto& players = players_[team];
    const auto nearest = std::min_element(players.begin() + 1, players.end(), [&](const Place& a, const Place& b) {
      return distance(a, ball_) < distance(b, ball_);
    });
    for (std::size_t player = 0; player < kPlayers; ++player) {
      const bool chases = !resting_ && &players[player] == &*nearest;
      const Place at_ball{ball_.x + (team == 0 ? -0.015 : 0.015), ball_.y};
      approach(players[player], chases ? at_ball : formation(team, player), (chases ? 3.0 : 1.1) * kFrame);
    }
  }
}

void Picture::draw(std::span<std::uint8_t> frame, bool band) const {
  std::copy(background_.begin(), background_.end(), frame.begin());
  Canvas canvas(frame);
  const auto x_of = [](const Place& place) { return kLeft + place.x * (kRight - kLeft); };
  const auto y_of = [](const Place& place) { return kTop + place.y * (kBottom - kTop); };
  for (std::size_t team = 0; team < 2; ++team) {
    for (const Place& player : players_[team]) {
      canvas.disc(x_of(player), y_of(player), kPlayerRadius + 1, kInk);
      canvas.disc(x_of(player), y_of(player), kPlayerRadius, kShirts[team]);
    }
  }
  canvas.disc(x_of(ball_), y_of(ball_), kBallRadius + 1, kInk);
  canvas.disc(x_of(ball_), y_of(ball_), kBallRadius, kWhite);
  if (band) canvas.box(0, kPictureBandTop, kPictureWidth, kPictureBandTop + kPictureBandHeight, kInk, 0.85);
}

}  // namespace matchcue::simulate
