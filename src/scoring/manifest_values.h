#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What trained models read from a version's manifest and arrays, and how they say that it does not fit.

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scoring/feature_codes.h"
#include "scoring/solution_folder.h"

namespace matchcue::scoring {

/// Reads the values of one manifest. Every error is corrupt_solution_version and names the key or array. Borrows both.
class ManifestValues {
 public:
  /// what  names the model in errors: "recurrent network"
  ManifestValues(const nlohmann::json& manifest, std::string_view what) : manifest_(manifest), what_(what) {}

  Error corrupt(const std::string& field, const std::string& problem) const;
  /// Distinct texts.
  Result<std::vector<std::string>> read_names(const std::string& key) const;
  Result<FeatureCodes> read_codes(const std::string& key) const;
  /// A number of at least 0.
  Result<double> read_scale(const std::string& key) const;
  /// A whole number of `object`, which is the manifest's value `prefix`, within bounds.
  Result<std::size_t> read_count(const nlohmann::json& object, const std::string& prefix, const std::string& key,
                                 std::size_t least, std::size_t most) const;
  /// The floats of an array that must be there with this shape.
  Result<std::span<const float>> read_floats(const SolutionFolder& folder, const std::string& name,
                                             const std::vector<std::size_t>& shape) const;

 private:
  const nlohmann::json& manifest_;
  std::string what_;
};

/// How many elements an array of this shape has.
std::size_t elements_of(const std::vector<std::size_t>& shape);

}  // namespace matchcue::scoring
