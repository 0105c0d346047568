// SPDX-License-Identifier: Apache-2.0
#include "recipes/parameter_search.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "base/check.h"
#include "base/text.h"
#include "domain/value.h"

namespace matchcue::recipes {

namespace {

using Kind = ParameterSpec::Kind;

/// Digits of a drawn number: nobody can tell more of them apart.
constexpr int kDigits = 4;

DrawRange range_of(const ParameterSpec& spec) {
  DrawRange range{std::string(spec.name), spec.kind, spec.least, spec.most, false, {}};
  switch (spec.kind) {
    case Kind::boolean: range.values = {"false", "true"}; break;
    case Kind::choice: range.values.assign(spec.choices.begin(), spec.choices.end()); break;
    case Kind::whole:
    case Kind::number:
      if (spec.draw_least < spec.draw_most) {
        range.low = spec.draw_least;
        range.high = spec.draw_most;
      }
      range.is_logarithmic = range.low > 0 && range.high >= kLogarithmicFrom * range.low;
      break;
  }
  return range;
}

Error wrong_range(const std::string& flag, const std::string& text, const std::string& why) {
  return invalid("invalid_range", "--" + flag + " " + text + ": " + why, flag);
}

/// The spec that "NAME=..." is about.
Result<const ParameterSpec*> spec_of(const std::string& flag, const std::string& text, std::string_view recipe,
                                     std::span<const ParameterSpec> specs) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0) {
    return wrong_range(flag, text,
                       flag == "range" ? "NAME=LOW..HIGH or NAME=LOW..HIGH:log is wanted" : "NAME=a,b,c is wanted");
  }
  const std::string_view name = std::string_view(text).substr(0, equals);
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const ParameterSpec& s) { return s.name == name; });
  if (found != specs.end()) return &*found;
  // Says so, with the nearest name.
  return Parameters::read(recipe, specs, {{std::string(name), ""}}).error();
}

Result<DrawRange> read_range(const std::string& text, std::string_view recipe, std::span<const ParameterSpec> specs) {
  MCUE_TRY(const ParameterSpec* spec, spec_of("range", text, recipe, specs));
  if (spec->kind == Kind::boolean || spec->kind == Kind::choice) {
    return wrong_range("range", text, std::string(spec->name) + " is " + wanted(*spec) + "; --choice narrows that");
  }
  constexpr std::string_view kLog = ":log";
  std::string_view rest = std::string_view(text).substr(spec->name.size() + 1);
  const bool is_logarithmic = rest.ends_with(kLog);
  if (is_logarithmic) rest.remove_suffix(kLog.size());
  const std::size_t dots = rest.find("..");
  if (dots == std::string_view::npos) return wrong_range("range", text, "LOW..HIGH is wanted");
  const std::string low(rest.substr(0, dots));
  const std::string high(rest.substr(dots + 2));
  for (const std::string& bound : {low, high}) {
    MCUE_TRY_VOID(Parameters::read(recipe, specs, {{std::string(spec->name), bound}}));
  }
  DrawRange range{std::string(spec->name), spec->kind, *parse_double(low), *parse_double(high), is_logarithmic, {}};
  if (range.low > range.high) return wrong_range("range", text, low + " is above " + high);
  if (is_logarithmic && range.low <= 0) return wrong_range("range", text, "a logarithm needs a LOW above 0");
  return range;
}

Result<DrawRange> read_choice(const std::string& text, std::string_view recipe, std::span<const ParameterSpec> specs) {
  MCUE_TRY(const ParameterSpec* spec, spec_of("choice", text, recipe, specs));
  DrawRange range{std::string(spec->name), spec->kind, 0, 0, false, {}};
  for (const std::string_view value : split(std::string_view(text).substr(spec->name.size() + 1), ',')) {
    MCUE_TRY_VOID(Parameters::read(recipe, specs, {{range.name, std::string(value)}}));
    range.values.emplace_back(value);
  }
  return range;
}

double draw_between(double low, double high, bool is_logarithmic, Random& random) {
  if (is_logarithmic) return std::exp(draw_between(std::log(low), std::log(high), false, random));
  return low + random.uniform() * (high - low);
}

std::string draw_whole(const DrawRange& range, Random& random) {
  // Each number has the piece from itself to the next.
  const double drawn = std::floor(draw_between(range.low, range.high + 1, range.is_logarithmic, random));
  return std::to_string(static_cast<std::int64_t>(std::clamp(drawn, range.low, range.high)));
}

std::string draw_number(const DrawRange& range, Random& random) {
  const double drawn = draw_between(range.low, range.high, range.is_logarithmic, random);
  char text[32];
  const auto [end, problem] =
      std::to_chars(text, text + sizeof text, drawn, std::chars_format::scientific, kDigits - 1);
  CHECK(problem == std::errc(), drawn);
  double rounded = drawn;
  std::from_chars(text, end, rounded);
  return domain::to_text(std::clamp(rounded, range.low, range.high));
}

std::string draw_value(const DrawRange& range, Random& random) {
  if (!range.values.empty()) return range.values[random.below(range.values.size())];
  return range.kind == Kind::whole ? draw_whole(range, random) : draw_number(range, random);
}

}  // namespace

Result<std::vector<DrawRange>> draw_ranges(std::string_view recipe, std::span<const ParameterSpec> specs,
                                           const DrawRequest& request) {
  MCUE_TRY_VOID(Parameters::read(recipe, specs, request.fixed));
  std::map<std::string, DrawRange> ranges;
  for (const ParameterSpec& spec : specs) {
    const std::string name(spec.name);
    if (spec.is_drawn && !request.fixed.contains(name)) ranges[name] = range_of(spec);
  }
  for (const std::string& text : request.ranges) {
    MCUE_TRY(DrawRange range, read_range(text, recipe, specs));
    ranges[range.name] = std::move(range);
  }
  for (const std::string& text : request.choices) {
    MCUE_TRY(DrawRange range, read_choice(text, recipe, specs));
    ranges[range.name] = std::move(range);
  }
  std::vector<DrawRange> all;
  for (auto& [name, range] : ranges) all.push_back(std::move(range));
  return all;
}

ParameterSearch::ParameterSearch(ParameterTexts first, std::vector<DrawRange> ranges, std::uint64_t seed)
    : first_(std::move(first)), ranges_(std::move(ranges)), random_(seed) {}

std::optional<ParameterTexts> ParameterSearch::next() {
  if (made_.insert(first_).second) return first_;
  for (int draws = 0; draws < kDrawsMax; ++draws) {
    const auto [made, is_new] = made_.insert(draw());
    if (is_new) return *made;
  }
  return std::nullopt;
}

ParameterTexts ParameterSearch::draw() {
  ParameterTexts drawn = first_;
  for (const DrawRange& range : ranges_) drawn[range.name] = draw_value(range, random_);
  return drawn;
}

}  // namespace matchcue::recipes
