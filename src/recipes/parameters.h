#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What can be set of a recipe: names (Personalize's where it has one), bounds, defaults, and the values of one
// training.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::recipes {

/// One hyperparameter.
struct ParameterSpec {
  enum class Kind { whole, number, boolean, choice };
  std::string_view name;
  Kind kind = Kind::number;
  std::string_view preset;  ///< the default, as text
  double least = 0;         ///< whole, number: bounds, both inclusive
  double most = 1;
  std::vector<std::string_view> choices;  ///< choice
  std::string_view help;                  ///< for people, with unit
  double draw_least = 0;  ///< what a search draws a number from (parameter_search.h), inside the bounds;
  double draw_most = 0;   ///< both 0: the bounds
  bool is_drawn = true;   ///< false: a search holds it, unless it is asked to draw it
};

/// As a configuration or an API gives them: all values are text.
using ParameterTexts = std::map<std::string, std::string>;

/// Adds "NAME=VALUE" texts, what `--set` was given, over those that are there. Errors: invalid_setting.
Result<void> add_assignments(ParameterTexts& parameters, const std::vector<std::string>& assignments);

/// A valid value for every spec. Value type.
class Parameters {
 public:
  /// Errors: unknown_hyperparameter (with the nearest name), invalid_hyperparameter (name, value, what it may be).
  static Result<Parameters> read(std::string_view recipe, std::span<const ParameterSpec> specs,
                                 const ParameterTexts& given);

  // The spec must exist and be of this kind.
  double number(std::string_view name) const;
  std::size_t whole(std::string_view name) const;
  bool flag(std::string_view name) const;
  const std::string& choice(std::string_view name) const;

  /// Every value, those that were not given included.
  const ParameterTexts& texts() const { return texts_; }

 private:
  const std::string& get(std::string_view name) const;

  ParameterTexts texts_;
};

/// "a number of 0..1", "true or false", "one of 1h, 3h": what a value may be.
std::string wanted(const ParameterSpec& spec);

}  // namespace matchcue::recipes
