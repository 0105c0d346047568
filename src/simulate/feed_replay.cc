// SPDX-License-Identifier: Apache-2.0
#include "simulate/feed_replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"

namespace matchcue::simulate {
namespace {

using Json = nlohmann::json;
using std::chrono::minutes;

constexpr Milliseconds kBeforeKickOff = minutes(3);
constexpr Milliseconds kBreak = minutes(15);
constexpr Milliseconds kAfterWhistle = minutes(5);
constexpr int kPeriodsMax = 5;

/// The fields of one line that matter here.
struct Fact {
  std::size_t line = 0;
  int period = 1;
  Milliseconds in_period{0};
  std::string type;
  std::string team;
  std::string player;
  std::string fact;
  std::string pass_type;
  std::array<int, 2> score{};
};

/// Reads one line's fields and says which one is wrong.
class LineReader {
 public:
  LineReader(std::string_view name, std::size_t line, const Json& object) : name_(name), line_(line), object_(object) {}

  Error refuse(std::string_view field, std::string_view why) const {
    return invalid("invalid_feed", fmt::format("{}:{}: field \"{}\": {}", name_, line_, field, why),
                   std::string(field));
  }

  Result<std::string> text(const char* field, bool required) const {
    const auto found = object_.find(field);
    if (found == object_.end()) {
      if (required) return refuse(field, "is missing");
      return std::string();
    }
    if (!found->is_string()) return refuse(field, fmt::format("{} is not text", found->dump()));
    return found->get<std::string>();
  }

  Result<int> period() const {
    const auto found = object_.find("period");
    if (found == object_.end()) return refuse("period", "is missing");
    if (!found->is_number_integer() || *found < 1 || *found > kPeriodsMax) {
      return refuse("period", fmt::format("{} is not a whole number of 1..{}", found->dump(), kPeriodsMax));
    }
    return found->get<int>();
  }

  /// "HH:MM:SS.mmm" since the period began.
  Result<Milliseconds> in_period() const {
    MCUE_TRY(const std::string written, text("ts", true));
    const auto bad = [&] { return refuse("ts", fmt::format("\"{}\" is not a time like 00:07:12.643", written)); };
    const auto parts = split(written, ':');
    if (parts.size() != 3) return bad();
    const auto hours = parse_int(parts[0]);
    const auto mins = parse_int(parts[1]);
    const auto secs = parse_double(parts[2]);
    if (!hours || !mins || !secs || *hours < 0 || *hours > 9 || *mins < 0 || *mins > 59 || *secs < 0 || *secs >= 60) {
      return bad();
    }
    return Milliseconds(*hours * 3'600'000 + *mins * 60'000 + static_cast<std::int64_t>(*secs * 1000 + 0.5));
  }

  Result<std::array<int, 2>> score() const {
    const auto found = object_.find("score");
    if (found == object_.end()) return refuse("score", "is missing");
    const auto is_count = [](const Json& value) { return value.is_number_integer() && value >= 0 && value <= 99; };
    if (!found->is_array() || found->size() != 2 || !is_count((*found)[0]) || !is_count((*found)[1])) {
      return refuse("score", fmt::format("{} is not [home, away] with numbers of 0..99", found->dump()));
    }
    return std::array<int, 2>{(*found)[0].get<int>(), (*found)[1].get<int>()};
  }

  Result<Fact> fact() const {
    Fact fact;
    fact.line = line_;
    MCUE_TRY(fact.period, period());
    MCUE_TRY(fact.in_period, in_period());
    MCUE_TRY(fact.type, text("type", true));
    MCUE_TRY(fact.team, text("team", true));
    MCUE_TRY(fact.player, text("player", false));
    MCUE_TRY(fact.fact, text("fact", false));
    MCUE_TRY(fact.pass_type, text("pass_type", false));
    MCUE_TRY(fact.score, score());
    return fact;
  }

 private:
  std::string_view name_;
  std::size_t line_;
  const Json& object_;
};

Result<std::vector<Fact>> read_facts(std::istream& input, std::string_view name) {
  std::vector<Fact> facts;
  std::string text;
  for (std::size_t line = 1; std::getline(input, text); ++line) {
    if (text.find_first_not_of(" \t\r") == std::string::npos) continue;
    const Json object = Json::parse(text, nullptr, false);
    if (!object.is_object()) {
      return invalid("invalid_feed",
                     fmt::format("{}:{}: not a JSON object: {}", name, line, first_characters(text, 60)));
    }
    MCUE_TRY(Fact fact, LineReader(name, line, object).fact());
    if (!facts.empty() && fact.period < facts.back().period) {
      return LineReader(name, line, object).refuse("period", "an earlier period after a later one");
    }
    facts.push_back(std::move(fact));
  }
  if (facts.empty()) return invalid("invalid_feed", fmt::format("{}: no facts in it", name));
  return facts;
}

/// MATCH_EVENT of a fact of play; empty when it tells nothing.
std::string_view match_event_of(const Fact& fact) {
  if (fact.fact == "GOAL" || fact.fact == "PENALTY" || fact.fact == "SUBSTITUTION") return fact.fact;
  if (fact.fact == "CARD") return "YELLOW-CARD";
  if (fact.type == "Injury Stoppage") return "INJURY";
  if (fact.type == "Shot") return "SHOT";
  if (fact.type == "Foul Committed") return "FREE-KICK";
  if (fact.type == "Pass" && fact.pass_type == "Corner") return "THROW";
  return {};
}

Phase phase_of(int period) {
  if (period == 1) return Phase::first_half;
  return period == 2 ? Phase::second_half : Phase::extra_time;
}

/// Walks the facts and writes the moments; knows teams, players and where each period lies in the picture.
class Teller {
 public:
  explicit Teller(const MatchSetting& setting) : setting_(setting) {}

  std::vector<TimedMoment> tell(const std::vector<Fact>& facts) {
    const int last_period = facts.back().period;
    pause(Phase::pre_match, Milliseconds(0), "PRE-MATCH", "line-ups", facts.front().score);
    for (std::size_t i = 0; i < facts.size(); ++i) {
      enter(facts[i]);
      play(facts[i]);
      const bool period_over = i + 1 == facts.size() || facts[i + 1].period != facts[i].period;
      if (period_over) end_period(facts[i], facts[i].period == last_period);
    }
    return std::move(moments_);
  }

 private:
  void enter(const Fact& fact) {
    if (fact.period == period_) return;
    if (period_ != 0) period_start_ = latest_ + kBreak;
    period_ = fact.period;
  }

  void play(const Fact& fact) {
    const int team = team_of(fact.team);
    const Milliseconds offset = std::max(latest_, period_start_ + fact.in_period);
    latest_ = offset;
    const int player = fact.player.empty() ? -1 : player_of(team, fact.player);
    const std::string_view match_event = match_event_of(fact);
    if (match_event.empty()) return;
    const Phase phase = phase_of(fact.period);
    const auto minute = static_cast<int>(std::chrono::duration_cast<minutes>(fact.in_period).count());
    TimedMoment moment;
    moment.offset = offset;
    moment.state =
        context_of(match_event, phase, phase == Phase::second_half ? 45 + minute : minute, fact.score, setting_);
    if (player >= 0) moment.subject = player_item(team, player);
    moment.clock = format_clock(phase, fact.in_period);
    moment.score = fact.score;
    moment.text = fmt::format("{} {}{}{}", match_event, fact.team, fact.player.empty() ? "" : ", ", fact.player);
    moments_.push_back(std::move(moment));
  }

  void end_period(const Fact& fact, bool last) {
    if (!last && fact.period != 1) return;
    const Phase phase = last ? Phase::post_match : Phase::interval;
    const std::string_view event = timing_of(phase, 0);
    pause(phase, latest_, event, last ? "full time" : "half-time", fact.score);
    pause(phase, latest_ + (last ? kAfterWhistle : kBreak / 2), event, last ? "after the match" : "half-time, still",
          fact.score);
  }

  void pause(Phase phase, Milliseconds offset, std::string_view match_event, std::string_view text,
             const std::array<int, 2>& score) {
    TimedMoment moment;
    moment.offset = offset;
    moment.state = context_of(match_event, phase, 0, score, setting_);
    moment.clock = format_clock(phase, Milliseconds(0));
    moment.score = score;
    moment.text = text;
    moments_.push_back(std::move(moment));
  }

  int team_of(const std::string& team) {
    if (home_.empty()) home_ = team;
    return team == home_ ? 0 : 1;
  }

  int player_of(int team, const std::string& player) {
    auto& numbers = players_[static_cast<std::size_t>(team)];
    return numbers.try_emplace(player, static_cast<int>(numbers.size())).first->second;
  }

  MatchSetting setting_;
  std::vector<TimedMoment> moments_;
  std::string home_;
  std::array<std::map<std::string, int>, 2> players_;
  int period_ = 0;
  Milliseconds period_start_ = kBeforeKickOff;
  Milliseconds latest_{0};
};

}  // namespace

Result<std::vector<TimedMoment>> read_feed(std::istream& input, std::string_view name, const MatchSetting& setting) {
  MCUE_TRY(const std::vector<Fact> facts, read_facts(input, name));
  return Teller(setting).tell(facts);
}

Result<std::vector<TimedMoment>> read_feed_file(const std::string& path, const MatchSetting& setting) {
  std::ifstream input(path);
  if (!input) return not_found("file_not_found", fmt::format("cannot read \"{}\"", path), "FILE");
  return read_feed(input, path, setting);
}

}  // namespace matchcue::simulate
