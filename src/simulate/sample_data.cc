// SPDX-License-Identifier: Apache-2.0
#include "simulate/sample_data.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "codec/csv.h"
#include "simulate/crowd_moment.h"
#include "simulate/draws.h"

namespace matchcue::embedded {
std::string_view sample_items();
}

namespace matchcue::simulate {

namespace {

constexpr std::size_t kTasteSize = 6;
constexpr double kMetadataShare = 0.5;  // of a viewer's taste
constexpr double kPreference = 0.9;     // weight of taste
constexpr double kBaseAppeal = 0.4;     // standard deviation between items
constexpr double kActing = 1.6;         // for the acting player's profile
constexpr double kActingTeam = 0.6;     // for their team-mates' profiles
constexpr double kOwnTeam = 0.6;
constexpr double kOtherTeam = -0.3;
constexpr std::size_t kPieceBytes = 65'536;

using Taste = std::array<double, kTasteSize>;

constexpr std::array<double, 5> kAgeBands = {.12, .25, .28, .22, .13};
constexpr std::array<std::uint64_t, 6> kAgeFrom = {14, 25, 35, 45, 55, 76};
constexpr std::array<double, 2> kGenderShares = {.6, .4};
constexpr std::array<std::string_view, 2> kGenders = {"MALE", "FEMALE"};
constexpr std::array<double, 6> kCountryShares = {.3, .3, .12, .12, .1, .06};
constexpr std::array<std::string_view, 6> kCountries = {"ARGENTINA", "FRANCE", "NETHERLANDS",
                                                        "SPAIN",     "BRAZIL", "JAPAN"};

/// How often each of kSampleEvents happens.
constexpr std::array<double, 6> kEventShares = {.12, .1, .06, .27, .15, .3};
/// How many of a match's 36 ticks fall into each of kSampleTimings.
constexpr std::array<int, 9> kTicks = {2, 5, 5, 5, 2, 6, 6, 3, 2};

Taste normal_taste(Random& random) {
  Taste taste{};
  for (double& x : taste) x = draw_normal(random);
  return taste;
}

double dot(const Taste& a, const Taste& b) {
  double sum = 0;
  for (std::size_t k = 0; k < kTasteSize; ++k) sum += a[k] * b[k];
  return sum;
}

struct Viewer {
  std::uint64_t age = 0;
  std::size_t gender = 0;
  std::size_t country = 0;
  std::optional<std::size_t> team;  ///< the side they are on: 0 Argentina, 1 France
  Taste taste{};
};

struct Item {
  std::string id;
  std::string label;
  std::string type;
  std::optional<std::size_t> team;
  Taste nature{};
  double appeal = 0;
  double examined = 1;  ///< how often viewers look at its slot
};

/// One moment of one match.
struct Tick {
  std::string_view event, timing, type, venue;
  int score_difference = 0;
  std::optional<std::size_t> team;   ///< whose action it is
  std::optional<std::size_t> actor;  ///< index of the acting player's profile
  std::int64_t at_s = 0;
};

/// Everything that a seed determines.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : seed_(seed) {
    Random random(stable_hash("tastes", seed));
    for (Taste& taste : age_tastes_) taste = normal_taste(random);
    for (Taste& taste : gender_tastes_) taste = normal_taste(random);
    for (Taste& taste : country_tastes_) taste = normal_taste(random);
    make_items(random);
  }

  const std::vector<Item>& items() const { return items_; }

  Viewer viewer(std::uint64_t number) const {
    Random random(stable_hash("viewer", mix64(seed_) + number));
    Viewer viewer;
    const std::size_t band = draw_index(kAgeBands, random);
    viewer.age = kAgeFrom[band] + random.below(kAgeFrom[band + 1] - kAgeFrom[band]);
    viewer.gender = draw_index(kGenderShares, random);
    viewer.country = draw_index(kCountryShares, random);
    const double side = random.uniform();
    if (viewer.country < 2) {
      viewer.team = viewer.country;
    } else if (side < .6) {
      viewer.team = side < .3 ? 0 : 1;
    }
    for (std::size_t k = 0; k < kTasteSize; ++k) {
      const double metadata =
          (age_tastes_[band][k] + country_tastes_[viewer.country][k] + .5 * gender_tastes_[viewer.gender][k]) /
          1.5;  // variance 1 + 1 + .25
      viewer.taste[k] = std::sqrt(kMetadataShare) * metadata + std::sqrt(1 - kMetadataShare) * draw_normal(random);
    }
    return viewer;
  }

  /// What this viewer turns to at this tick.
  const Item& choose(const Viewer& viewer, const Tick& tick, Random& random) const {
    std::array<double, 64> sums{};
    CHECK(items_.size() <= sums.size());
    double sum = 0;
    for (std::size_t i = 0; i < items_.size(); ++i) {
      sum += items_[i].examined * std::exp(appeal(viewer, tick, i));
      sums[i] = sum;
    }
    const auto end = sums.begin() + static_cast<std::ptrdiff_t>(items_.size());
    const auto chosen = std::upper_bound(sums.begin(), end - 1, random.uniform() * sum);
    return items_[static_cast<std::size_t>(chosen - sums.begin())];
  }

 private:
  void make_items(Random& random) {
    std::vector<std::pair<std::string, Taste>> centroids;
    const std::string_view csv = sample_items_csv();
    for (const std::string_view line : split(csv.substr(csv.find('\n') + 1), '\n')) {
      if (line.empty()) continue;
      const auto cells = split(line, ',');
      CHECK(cells.size() >= 12, line);  // the last column, REMOTE, is quoted, and no part of anybody's taste
      Item item{std::string(cells[0]), std::string(cells[1]), std::string(cells[2]), {}, {}, 0, 1};
      if (item.type == "PLAYER") item.team = cells[9] == kCountries[0] ? 0 : 1;
      auto centroid = std::find_if(centroids.begin(), centroids.end(), [&](auto& c) { return c.first == item.type; });
      if (centroid == centroids.end()) centroid = centroids.insert(centroid, {item.type, normal_taste(random)});
      for (std::size_t k = 0; k < kTasteSize; ++k) item.nature[k] = centroid->second[k] + 1.5 * draw_normal(random);
      const double length = std::sqrt(dot(item.nature, item.nature));
      for (double& x : item.nature) x /= length;
      item.appeal = kBaseAppeal * draw_normal(random);
      const auto place = static_cast<std::size_t>(centroid - centroids.begin());
      item.examined = std::array{1., .85, .7, .55}.at(std::min<std::size_t>(place, 3));
      items_.push_back(std::move(item));
    }
  }

  double appeal(const Viewer& viewer, const Tick& tick, std::size_t index) const {
    const Item& item = items_[index];
    double appeal = item.appeal + kPreference * dot(viewer.taste, item.nature);
    appeal += handmade_pull(tick.event, item.label) + handmade_pull(tick.timing, item.label);
    if (!item.team) return appeal;
    if (viewer.team) appeal += *viewer.team == *item.team ? kOwnTeam : kOtherTeam;
    if (tick.team == item.team) appeal += kActingTeam;
    if (tick.actor == index) appeal += kActing;
    return appeal;
  }

  std::uint64_t seed_;
  std::array<Taste, 5> age_tastes_{};
  std::array<Taste, 2> gender_tastes_{};
  std::array<Taste, 6> country_tastes_{};
  std::vector<Item> items_;
};

constexpr std::int64_t kTickSeconds = 180;
constexpr std::uint64_t kTicksPerMatch = 36;
constexpr std::int64_t kMatchesEverySeconds = 86'400;

/// A match's ticks in order: the score follows its goals, and before, between and after nothing is played.
std::vector<Tick> make_match(const Crowd& crowd, std::int64_t starts_at_s, Random& random) {
  std::vector<std::size_t> players;
  for (std::size_t i = 0; i < crowd.items().size(); ++i) {
    if (crowd.items()[i].team) players.push_back(i);
  }
  Tick tick;
  tick.event = "THROW";
  tick.type = kSampleTypes[random.below(kSampleTypes.size())];
  tick.venue = kSampleVenues[random.below(kSampleVenues.size())];
  std::array<int, 2> goals{};
  std::vector<Tick> ticks;
  for (std::size_t timing = 0; timing < kSampleTimings.size(); ++timing) {
    tick.timing = kSampleTimings[timing];
    const bool playing = tick.timing != "PRE-MATCH" && tick.timing != "INTERVAL" && tick.timing != "POST_MATCH";
    for (int i = 0; i < kTicks[timing]; ++i) {
      if (playing) {
        tick.event = kSampleEvents[draw_index(kEventShares, random)];
        tick.actor = players[random.below(players.size())];
        tick.team = crowd.items()[*tick.actor].team;
        if (tick.event == "GOAL") ++goals[*tick.team];
      } else {
        tick.actor.reset();
        tick.team.reset();
      }
      tick.score_difference = std::min(2, std::abs(goals[0] - goals[1]));
      tick.at_s = starts_at_s + static_cast<std::int64_t>(ticks.size()) * kTickSeconds;
      ticks.push_back(tick);
    }
  }
  CHECK(ticks.size() == kTicksPerMatch);
  return ticks;
}

std::string_view event_type(const Item& item, Random& random) {
  const double die = random.uniform();
  const bool question = item.label == "TRIVIA" || item.label == "POLL" || item.label == "QUIZ";
  if (question && die < .5) return "ANSWER";
  if ((item.type == "MONETIZE" || item.label == "BET") && die < .15) return "CONVERT";
  return "CLICK";
}

/// Collects text and hands it on in pieces.
class Pieces {
 public:
  explicit Pieces(const TextSink& sink) : sink_(sink) {}
  Result<void> row(std::initializer_list<std::string_view> cells) {
    codec::append_csv_row(std::span(cells.begin(), cells.size()), text_);
    return text_.size() >= kPieceBytes ? flush() : Result<void>();
  }
  Result<void> flush() {
    const auto taken = sink_(text_);
    text_.clear();
    return taken;
  }

 private:
  const TextSink& sink_;
  std::string text_;
};

}  // namespace

std::string_view sample_items_csv() { return embedded::sample_items(); }

Result<void> write_sample_users(const SampleDataOptions& options, const TextSink& sink) {
  const Crowd crowd(options.seed);
  Pieces pieces(sink);
  MCUE_TRY_VOID(pieces.row({"USER_ID", "AGE", "GENDER", "COUNTRY"}));
  for (std::uint64_t number = 1; number <= options.viewers; ++number) {
    const Viewer viewer = crowd.viewer(number);
    MCUE_TRY_VOID(pieces.row(
        {std::to_string(number), std::to_string(viewer.age), kGenders[viewer.gender], kCountries[viewer.country]}));
  }
  return pieces.flush();
}

Result<void> write_sample_interactions(const SampleDataOptions& options, const TextSink& sink) {
  CHECK(options.viewers > 0);
  const Crowd crowd(options.seed);
  Pieces pieces(sink);
  MCUE_TRY_VOID(pieces.row({"USER_ID", "ITEM_ID", "TIMESTAMP", "EVENT_TYPE", "EVENT_VALUE", "MATCH_EVENT",
                            "MATCH_TIMING", "MATCH_TYPE", "MATCH_VENUE", "SCORE_DIFFERENCE"}));
  // At least twelve matches, so that types, venues and scores all occur; at most 100 interactions a tick.
  const std::uint64_t matches = std::max<std::uint64_t>(12, options.interactions / (100 * kTicksPerMatch) + 1);
  const std::uint64_t ticks = matches * kTicksPerMatch;
  Random random(stable_hash("interactions", options.seed));
  for (std::uint64_t match = 0; match < matches; ++match) {
    const auto age = static_cast<std::int64_t>(matches - match);
    const std::int64_t starts_at_s = options.ends_at_s - age * kMatchesEverySeconds;
    const std::vector<Tick> played = make_match(crowd, starts_at_s, random);
    for (std::uint64_t t = 0; t < kTicksPerMatch; ++t) {
      const Tick& tick = played[t];
      const std::uint64_t place = match * kTicksPerMatch + t;
      const std::uint64_t from = options.interactions * place / ticks;
      const std::uint64_t count = options.interactions * (place + 1) / ticks - from;
      for (std::uint64_t i = 0; i < count; ++i) {
        const double activity = std::pow(random.uniform(), 1.5);  // some viewers do much more than others
        const auto number = static_cast<std::uint64_t>(activity * static_cast<double>(options.viewers)) + 1;
        const Item& item = crowd.choose(crowd.viewer(number), tick, random);
        const std::int64_t at_s = tick.at_s + static_cast<std::int64_t>(i * kTickSeconds / count);
        MCUE_TRY_VOID(
            pieces.row({std::to_string(number), item.id, std::to_string(at_s), event_type(item, random), "1",
                        tick.event, tick.timing, tick.type, tick.venue, std::to_string(tick.score_difference)}));
      }
    }
  }
  return pieces.flush();
}

}  // namespace matchcue::simulate
