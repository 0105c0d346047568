// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_params.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/text.h"

namespace matchcue::simulate {
namespace {

using Json = nlohmann::json;

struct Number {
  std::string_view name;
  double CrowdParams::*member;
  double least, most;
};
constexpr std::array kNumbers = {
    Number{"rho", &CrowdParams::rho, 0, 1},
    Number{"alpha", &CrowdParams::alpha, -20, 20},
    Number{"pref", &CrowdParams::pref, 0, 10},
    Number{"base", &CrowdParams::base, 0, 10},
    Number{"ev", &CrowdParams::ev, 0, 10},
    Number{"pc", &CrowdParams::pc, 0, 10},
    Number{"fact", &CrowdParams::fact, -10, 10},
    Number{"fatigue", &CrowdParams::fatigue, -10, 10},
    Number{"clickfat", &CrowdParams::clickfat, -10, 10},
    Number{"seq", &CrowdParams::seq, -10, 10},
    Number{"drift", &CrowdParams::drift, 0, 10},
    Number{"shift", &CrowdParams::shift, 0, 1},
    Number{"newtick", &CrowdParams::newtick, 0, 1},
    Number{"temp", &CrowdParams::temp, .01, 100},
    Number{"decay_subject", &CrowdParams::decay_subject, 0, 1},
    Number{"decay_sequence", &CrowdParams::decay_sequence, 0, 1},
    Number{"decay_fatigue", &CrowdParams::decay_fatigue, 0, 1},
    Number{"decay_clicks", &CrowdParams::decay_clicks, 0, 1},
};

struct Count {
  std::string_view name;
  std::size_t CrowdParams::*member;
  std::size_t least, most;
};
constexpr std::array kCounts = {
    Count{"K", &CrowdParams::K, 1, 16},
    Count{"newitems", &CrowdParams::newitems, 0, 100},
};

constexpr std::array<std::string_view, 5> kOthers = {"pos", "slots", "link", "context", "handmade"};
constexpr std::array<std::string_view, 3> kLinks = {"logistic", "probit", "cloglog"};
constexpr std::array<std::string_view, 2> kContexts = {"match", "show"};

std::vector<std::string> known_names() {
  std::vector<std::string> names;
  for (const Number& number : kNumbers) names.emplace_back(number.name);
  for (const Count& count : kCounts) names.emplace_back(count.name);
  names.insert(names.end(), kOthers.begin(), kOthers.end());
  return names;
}

/// Reads one member of the object and says what is wrong with it.
class Member {
 public:
  Member(std::string_view input, const std::string& name, const Json& value)
      : input_(input), name_(name), value_(value) {}

  Result<void> into(CrowdParams& params) const {
    for (const Number& number : kNumbers) {
      if (number.name == name_) return read_number(number, params);
    }
    for (const Count& count : kCounts) {
      if (count.name == name_) return read_count(count, params);
    }
    if (name_ == "pos") return read_pos(params);
    if (name_ == "slots") return read_slots(params);
    if (name_ == "link") return read_choice(kLinks, params.link);
    if (name_ == "context") return read_choice(kContexts, params.context);
    if (name_ == "handmade") return read_handmade(params);
    const auto nearest = nearest_name(name_, known_names());
    return invalid("invalid_params",
                   fmt::format("{}: unknown parameter \"{}\"{}", input_, name_,
                               nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : std::string()),
                   name_);
  }

 private:
  Error refuse(std::string_view wanted) const {
    return invalid("invalid_params",
                   fmt::format("{}: \"{}\": {} is not {}", input_, name_, first_characters(value_.dump(), 60), wanted),
                   name_);
  }

  Result<void> read_number(const Number& number, CrowdParams& params) const {
    if (!value_.is_number() || value_ < number.least || value_ > number.most) {
      return refuse(fmt::format("a number of {}..{}", number.least, number.most));
    }
    params.*number.member = value_.get<double>();
    return {};
  }

  Result<void> read_count(const Count& count, CrowdParams& params) const {
    if (!value_.is_number_integer() || value_ < count.least || value_ > count.most) {
      return refuse(fmt::format("a whole number of {}..{}", count.least, count.most));
    }
    params.*count.member = value_.get<std::size_t>();
    return {};
  }

  Result<void> read_pos(CrowdParams& params) const {
    const auto is_chance = [](const Json& value) { return value.is_number() && value >= 0 && value <= 1; };
    if (!value_.is_array() || value_.size() != kCrowdSlots || !std::all_of(value_.begin(), value_.end(), is_chance)) {
      return refuse("a list of four numbers of 0..1");
    }
    params.pos = value_.get<std::array<double, kCrowdSlots>>();
    return {};
  }

  Result<void> read_slots(CrowdParams& params) const {
    const Json known(params.slots);
    if (!value_.is_array() || !std::is_permutation(value_.begin(), value_.end(), known.begin(), known.end())) {
      return refuse("a list of SOCIAL, MONETIZE, GENERAL and PLAYER in any order");
    }
    params.slots = value_.get<std::array<std::string, kCrowdSlots>>();
    return {};
  }

  template <std::size_t kSize, typename Enum>
  Result<void> read_choice(const std::array<std::string_view, kSize>& choices, Enum& out) const {
    const std::string text = value_.is_string() ? value_.get<std::string>() : std::string();
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) return refuse(fmt::format("one of {}", fmt::join(choices, ", ")));
    out = static_cast<Enum>(found - choices.begin());
    return {};
  }

  Result<void> read_handmade(CrowdParams& params) const {
    if (!value_.is_boolean()) return refuse("true or false");
    params.handmade = value_.get<bool>();
    return {};
  }

  std::string_view input_;
  const std::string& name_;
  const Json& value_;
};

}  // namespace

Result<CrowdParams> parse_crowd_params(std::string_view json, std::string_view name) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) {
    return invalid("invalid_params", fmt::format("{}: not a JSON object: {}", name, first_characters(json, 60)));
  }
  CrowdParams params;
  for (const auto& member : object.items()) {
    MCUE_TRY_VOID(Member(name, member.key(), member.value()).into(params));
  }
  return params;
}

}  // namespace matchcue::simulate
