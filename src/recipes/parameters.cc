// SPDX-License-Identifier: Apache-2.0
#include "recipes/parameters.h"

#include <algorithm>

#include "base/text.h"
#include "domain/value.h"

namespace matchcue::recipes {

namespace {

using Kind = ParameterSpec::Kind;

bool is_allowed(const ParameterSpec& spec, const std::string& text) {
  switch (spec.kind) {
    case Kind::boolean: return text == "true" || text == "false";
    case Kind::choice: return std::find(spec.choices.begin(), spec.choices.end(), text) != spec.choices.end();
    case Kind::whole:
      if (const auto number = parse_int(text)) {
        return static_cast<double>(*number) >= spec.least && static_cast<double>(*number) <= spec.most;
      }
      return false;
    case Kind::number:
      if (const auto number = parse_double(text)) return *number >= spec.least && *number <= spec.most;
      return false;
  }
  return false;
}

Error unknown_name(std::string_view recipe, const std::string& name, std::span<const ParameterSpec> specs) {
  std::vector<std::string> names;
  for (const ParameterSpec& spec : specs) names.emplace_back(spec.name);
  const auto nearest = nearest_name(name, names);
  return invalid("unknown_hyperparameter",
                 "recipe " + std::string(recipe) + " has no hyperparameter \"" + name + "\"" +
                     (nearest ? "; did you mean \"" + *nearest + "\"?" : std::string()),
                 name);
}

}  // namespace

std::string wanted(const ParameterSpec& spec) {
  if (spec.kind == Kind::boolean) return "true or false";
  if (spec.kind == Kind::choice) {
    std::string text = "one of";
    for (const std::string_view choice : spec.choices) {
      text += (choice == spec.choices.front() ? " " : ", ") + std::string(choice);
    }
    return text;
  }
  return (spec.kind == Kind::whole ? "a whole number of " : "a number of ") + domain::to_text(spec.least) + ".." +
         domain::to_text(spec.most);
}

Result<void> add_assignments(ParameterTexts& parameters, const std::vector<std::string>& assignments) {
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid("invalid_setting", "--set " + assignment + ": NAME=VALUE is wanted", "set");
    }
    parameters[assignment.substr(0, equals)] = assignment.substr(equals + 1);
  }
  return {};
}

Result<Parameters> Parameters::read(std::string_view recipe, std::span<const ParameterSpec> specs,
                                    const ParameterTexts& given) {
  Parameters parameters;
  for (const ParameterSpec& spec : specs) parameters.texts_.emplace(spec.name, spec.preset);
  for (const auto& [name, text] : given) {
    const auto spec =
        std::find_if(specs.begin(), specs.end(), [&](const ParameterSpec& each) { return each.name == name; });
    if (spec == specs.end()) return unknown_name(recipe, name, specs);
    if (!is_allowed(*spec, text)) {
      return invalid("invalid_hyperparameter", name + " cannot be \"" + text + "\"; it is " + wanted(*spec), name);
    }
    parameters.texts_[name] = text;
  }
  return parameters;
}

const std::string& Parameters::get(std::string_view name) const {
  const auto found = texts_.find(std::string(name));
  CHECK(found != texts_.end(), name);
  return found->second;
}

double Parameters::number(std::string_view name) const { return *parse_double(get(name)); }
std::size_t Parameters::whole(std::string_view name) const { return static_cast<std::size_t>(*parse_int(get(name))); }
bool Parameters::flag(std::string_view name) const { return get(name) == "true"; }
const std::string& Parameters::choice(std::string_view name) const { return get(name); }

}  // namespace matchcue::recipes
