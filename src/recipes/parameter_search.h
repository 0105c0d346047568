#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which hyperparameters to try: the defaults, and then values drawn at random, each by itself.
//
// Source: Bergstra & Bengio 2012, "Random search for hyper-parameter optimization", JMLR 13. Where only some of them
// matter, n random draws try n different values of each of those, and a grid of n points only a few.

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "recipes/parameters.h"

namespace matchcue::recipes {

/// Which values are drawn of one hyperparameter. Value type.
struct DrawRange {
  std::string name;
  ParameterSpec::Kind kind = ParameterSpec::Kind::number;
  double low = 0;                   ///< whole, number: both inclusive
  double high = 0;                  ///< at least low
  bool is_logarithmic = false;      ///< every factor is as likely as every other; low is above 0
  std::vector<std::string> values;  ///< where there are some, one of them instead, all as likely
};

/// What a command line says of the ranges. Everything not named has the range of its spec.
struct DrawRequest {
  ParameterTexts fixed;              ///< hold their values in every trial
  std::vector<std::string> ranges;   ///< "NAME=LOW..HIGH" or "NAME=LOW..HIGH:log"; also of what is fixed
  std::vector<std::string> choices;  ///< "NAME=a,b,c"; also of what is fixed
};

/// The ranges of a recipe's specs, by name, those of the request in their place. A number is drawn evenly, or by its
/// logarithm where the spec's range spans a factor of kLogarithmicFrom; a range of the request by its logarithm where
/// it says so. Errors: unknown_hyperparameter, invalid_hyperparameter, invalid_range.
Result<std::vector<DrawRange>> draw_ranges(std::string_view recipe, std::span<const ParameterSpec> specs,
                                           const DrawRequest& request);
constexpr double kLogarithmicFrom = 100;

/// One after the other. The same ranges and seed give the same ones, and a longer search begins like a shorter one.
class ParameterSearch {
 public:
  /// first  what is tried before anything is drawn; keeps what has no range
  ParameterSearch(ParameterTexts first, std::vector<DrawRange> ranges, std::uint64_t seed);

  /// `first`, and then each time something that was not there before. Nothing when kDrawsMax draws in a row were: few
  /// values are left, or none.
  std::optional<ParameterTexts> next();
  static constexpr int kDrawsMax = 1'000;

 private:
  ParameterTexts draw();

  ParameterTexts first_;
  std::vector<DrawRange> ranges_;
  Random random_;
  std::set<ParameterTexts> made_;
};

}  // namespace matchcue::recipes
