// SPDX-License-Identifier: Apache-2.0
#include "simulate/match_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "simulate/sample_data.h"

namespace matchcue::simulate {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

// Means of the big European leagues, a match, both teams together.
constexpr double kShots = 24.5;
constexpr double kFouls = 22;
constexpr double kCorners = 10;
constexpr double kSubstitutions = 8;
constexpr double kInjuries = 2;
constexpr double kPenalties = 0.3;
constexpr double kGoalPerShot = 0.106;
constexpr double kGoalPerPenalty = 0.77;
constexpr double kCardPerFoul = 0.18;
constexpr double kGoalTakenBack = 0.05;
constexpr double kHomeShare = 0.54;
constexpr int kSubstitutionsPerTeamMax = 5;

constexpr Milliseconds kBeforeKickOff = minutes(3);
constexpr Milliseconds kBreak = minutes(15);
constexpr Milliseconds kAfterWhistle = minutes(5);
constexpr Milliseconds kHalf = minutes(45);
constexpr Milliseconds kGapMin = seconds(15);
constexpr Milliseconds kAfterGoal = seconds(70);
constexpr Milliseconds kToPenaltyKick = seconds(75);

constexpr std::array<std::string_view, 2 * kPlayersPerTeam> kPlayers = {
    "Lionel Messi",   "Paulo Dybala",   "Di Maria",      "Sergio Aguero",  "L Martinez",
    "A Gomez",        "E Martinez",     "Marcos Acuna",  "Angel Correa",   "Lucas Ocampos",
    "Kylian Mbappe",  "N Kante",        "Karim Benzema", "Paul Pogba",     "Hugo Lloris",
    "Raphael Varane", "Kingsley Coman", "A Griezmann",   "Theo Hernandez", "Mike Maignan"};

// Who tends to shoot; goalkeepers (E Martinez, Lloris, Maignan) have 0, and do not foul or take corners either.
constexpr std::array<int, 2 * kPlayersPerTeam> kShootWeights = {9, 6, 5, 7, 7, 4, 0, 2, 4, 4,
                                                                9, 1, 8, 4, 0, 2, 5, 6, 2, 0};

enum class Incident { shot, foul, corner, substitution, injury, penalty };

struct Planned {
  Milliseconds at;  ///< in the half
  Incident incident;
};

/// Knuth's method; the means here are small.
int draw_poisson(Random& random, double mean) {
  const double limit = std::exp(-mean);
  int count = 0;
  for (double product = random.uniform(); product > limit; product *= random.uniform()) ++count;
  return count;
}

Milliseconds draw_between(Random& random, Milliseconds low, Milliseconds high) {
  return low + Milliseconds(static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>((high - low).count()))));
}

/// Writes one match from front to back; every moment goes through add().
class Writer {
 public:
  explicit Writer(std::uint64_t seed) : random_(mix64(seed)) {
    setting_.type = kSampleTypes[random_.below(kSampleTypes.size())];
    setting_.venue = kSampleVenues[random_.below(kSampleVenues.size())];
  }

  std::vector<TimedMoment> write() {
    add_pause(Phase::pre_match, kBeforeKickOff - minutes(2), "PRE-MATCH",
              fmt::format("{} against {} in a minute or two", kScriptTeams[0], kScriptTeams[1]));
    play_half(Phase::first_half, kBeforeKickOff, draw_between(random_, minutes(1), minutes(5)));
    add_pause(Phase::interval, half_end_, "INTERVAL", "half-time");
    add_pause(Phase::interval, half_end_ + kBreak / 2, "INTERVAL", "half-time, still");
    play_half(Phase::second_half, half_end_ + kBreak, draw_between(random_, minutes(3), minutes(8)));
    add_pause(Phase::post_match, half_end_, "POST-MATCH", "full time");
    add_pause(Phase::post_match, half_end_ + kAfterWhistle, "POST-MATCH", "after the match");
    return std::move(moments_);
  }

 private:
  void play_half(Phase phase, Milliseconds start, Milliseconds added) {
    phase_ = phase;
    half_start_ = start;
    const Milliseconds length = kHalf + added;
    Milliseconds earliest = kGapMin;
    for (const Planned& planned : plan_half(phase, length)) {
      const Milliseconds at = std::max(planned.at, earliest);
      if (at >= length - kGapMin) break;
      earliest = play(planned.incident, at) + kGapMin;
    }
    half_end_ = half_start_ + std::max(length, earliest);
  }

  std::vector<Planned> plan_half(Phase phase, Milliseconds length) {
    const double share = static_cast<double>(length.count()) / static_cast<double>((2 * kHalf).count());
    std::vector<Planned> planned;
    const auto plan = [&](Incident incident, double mean, Milliseconds from) {
      for (int count = draw_poisson(random_, mean); count > 0; --count) {
        planned.push_back({draw_between(random_, from, length), incident});
      }
    };
    plan(Incident::shot, kShots * share, Milliseconds(0));
    plan(Incident::foul, kFouls * share, Milliseconds(0));
    plan(Incident::corner, kCorners * share, Milliseconds(0));
    plan(Incident::injury, kInjuries * share, Milliseconds(0));
    plan(Incident::penalty, kPenalties * share, Milliseconds(0));
    // Nearly all changes of players come in the second half, from its tenth minute on.
    plan(Incident::substitution, phase == Phase::second_half ? kSubstitutions * 0.95 : kSubstitutions * 0.05,
         phase == Phase::second_half ? minutes(10) : minutes(20));
    std::stable_sort(planned.begin(), planned.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    return planned;
  }

  /// Plays one incident at a time of the half; returns when the game goes on.
  Milliseconds play(Incident incident, Milliseconds at) {
    const int team = random_.uniform() < kHomeShare ? 0 : 1;
    switch (incident) {
      case Incident::shot: return play_shot(at, team, draw_shooter(team), kGoalPerShot);
      case Incident::foul:
        add(at, random_.uniform() < kCardPerFoul ? "YELLOW-CARD" : "FREE-KICK", team, draw_player(team));
        return at;
      case Incident::corner: add(at, "THROW", team, draw_player(team)); return at;
      case Incident::injury: add(at, "INJURY", team, draw_player(team)); return at + minutes(1);
      case Incident::substitution:
        if (substitutions_[static_cast<std::size_t>(team)]++ < kSubstitutionsPerTeamMax) {
          add(at, "SUBSTITUTION", team, draw_player(team));
        }
        return at;
      case Incident::penalty: {
        const int shooter = draw_shooter(team);
        add(at, "PENALTY", team, shooter);
        return play_shot(at + kToPenaltyKick, team, shooter, kGoalPerPenalty);
      }
    }
    return at;
  }

  Milliseconds play_shot(Milliseconds at, int team, int player, double goal_probability) {
    if (random_.uniform() >= goal_probability) {
      add(at, "SHOT", team, player);
      return at;
    }
    ++score_[static_cast<std::size_t>(team)];
    add(at, "GOAL", team, player);
    if (random_.uniform() >= kGoalTakenBack) return at + kAfterGoal;
    const std::size_t goal = moments_.size() - 1;
    const Milliseconds decided = at + draw_between(random_, seconds(45), seconds(110));
    --score_[static_cast<std::size_t>(team)];
    add(decided, "FREE-KICK", team, player);
    TimedMoment& correction = moments_.back();
    correction.kind = MomentKind::correction;
    correction.corrects = goal;
    correction.reason = "VAR: offside";
    correction.text = fmt::format("VAR: no goal, {} was offside", name_of(team, player));
    return decided;
  }

  void add(Milliseconds at, std::string_view match_event, int team, int player) {
    TimedMoment moment = base(phase_, at, half_start_ + at, match_event);
    moment.subject = player_item(team, player);
    moment.text =
        fmt::format("{} {}, {}", match_event, kScriptTeams[static_cast<std::size_t>(team)], name_of(team, player));
    moments_.push_back(std::move(moment));
  }

  void add_pause(Phase phase, Milliseconds offset, std::string_view match_event, std::string text) {
    TimedMoment moment = base(phase, Milliseconds(0), offset, match_event);
    moment.text = std::move(text);
    moments_.push_back(std::move(moment));
  }

  TimedMoment base(Phase phase, Milliseconds in_half, Milliseconds offset, std::string_view match_event) const {
    const auto minute = static_cast<int>(std::chrono::duration_cast<minutes>(in_half).count());
    TimedMoment moment;
    moment.offset = offset;
    moment.state = context_of(match_event, phase, phase == Phase::second_half ? 45 + minute : minute, score_, setting_);
    moment.clock = format_clock(phase, in_half);
    moment.score = score_;
    return moment;
  }

  int draw_player(int team) {
    for (;;) {
      const auto player = static_cast<int>(random_.below(kPlayersPerTeam));
      if (kShootWeights[static_cast<std::size_t>(team * kPlayersPerTeam + player)] > 0) return player;
    }
  }

  int draw_shooter(int team) {
    const auto first = kShootWeights.begin() + team * kPlayersPerTeam;
    int total = 0;
    for (int i = 0; i < kPlayersPerTeam; ++i) total += first[i];
    auto left = static_cast<int>(random_.below(static_cast<std::uint64_t>(total)));
    int player = 0;
    while (left >= first[player]) left -= first[player++];
    return player;
  }

  static std::string_view name_of(int team, int player) {
    return kPlayers[static_cast<std::size_t>(team * kPlayersPerTeam + player)];
  }

  Random random_;
  MatchSetting setting_;
  std::vector<TimedMoment> moments_;
  std::array<int, 2> score_{};
  std::array<int, 2> substitutions_{};
  Phase phase_ = Phase::pre_match;
  Milliseconds half_start_{0};
  Milliseconds half_end_{0};
};

}  // namespace

std::vector<TimedMoment> make_match(std::uint64_t seed) { return Writer(seed).write(); }

}  // namespace matchcue::simulate
