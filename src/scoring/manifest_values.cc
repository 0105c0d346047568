// SPDX-License-Identifier: Apache-2.0
#include "scoring/manifest_values.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

namespace matchcue::scoring {

using Json = nlohmann::json;

Error ManifestValues::corrupt(const std::string& field, const std::string& problem) const {
  return Error{ErrorKind::corrupt, "corrupt_solution_version", what_ + ": " + field + " " + problem, field};
}

Result<std::vector<std::string>> ManifestValues::read_names(const std::string& key) const {
  const auto found = manifest_.find(key);
  if (found == manifest_.end() || !found->is_array()) return corrupt(key, "is not a list");
  std::vector<std::string> names;
  std::unordered_set<std::string> seen;
  for (const Json& entry : *found) {
    if (!entry.is_string()) return corrupt(key, "holds something that is not text");
    names.push_back(entry.get<std::string>());
    if (!seen.insert(names.back()).second) return corrupt(key, "holds \"" + names.back() + "\" twice");
  }
  return names;
}

Result<FeatureCodes> ManifestValues::read_codes(const std::string& key) const {
  const auto found = manifest_.find(key);
  if (found == manifest_.end()) return corrupt(key, "is missing");
  auto codes = parse_feature_codes(found->dump());
  if (!codes.ok()) return corrupt(key, codes.error().message);
  return codes;
}

Result<double> ManifestValues::read_scale(const std::string& key) const {
  const auto found = manifest_.find(key);
  constexpr double kScaleMax = 1e9;
  if (found == manifest_.end() || !found->is_number() ||
      !(found->get<double>() >= 0 && found->get<double>() <= kScaleMax)) {
    return corrupt(key, "is not a number of 0 to 1e9");
  }
  return found->get<double>();
}

Result<std::size_t> ManifestValues::read_count(const Json& object, const std::string& prefix, const std::string& key,
                                               std::size_t least, std::size_t most) const {
  const auto found = object.find(key);
  const std::string field = prefix + "." + key;
  if (found == object.end() || !found->is_number_unsigned()) return corrupt(field, "is not a whole number");
  const auto number = found->get<std::uint64_t>();
  if (number < least || number > most) {
    return corrupt(field, "is " + found->dump() + ", not in " + std::to_string(least) + ".." + std::to_string(most));
  }
  return static_cast<std::size_t>(number);
}

Result<std::span<const float>> ManifestValues::read_floats(const SolutionFolder& folder, const std::string& name,
                                                           const std::vector<std::size_t>& shape) const {
  const Tensor* tensor = folder.find(name);
  if (tensor == nullptr) return corrupt(name, "is not among the arrays");
  if (tensor->shape != shape || tensor->floats.size() != elements_of(shape)) {
    return corrupt(name, "does not have the shape that the manifest asks for");
  }
  if (!std::all_of(tensor->floats.begin(), tensor->floats.end(), [](float x) { return std::isfinite(x); })) {
    return corrupt(name, "holds something that is not a finite number");
  }
  return tensor->floats;
}

std::size_t elements_of(const std::vector<std::size_t>& shape) {
  std::size_t elements = 1;
  for (const std::size_t extent : shape) elements *= extent;
  return elements;
}

}  // namespace matchcue::scoring
