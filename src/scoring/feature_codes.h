#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a trained model reads named values: each field has numbered codes, fixed when it was trained and kept in the
// manifest, so that serving reads a value exactly as training did.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "domain/value.h"

namespace matchcue::scoring {

/// Code 0 stands for missing and for values that training did not see.
using Code = std::uint32_t;

/// One field. Texts: each label (a text is split at '|') has a code. Numbers: code = 1 + how many of `edges` are <= it.
/// Booleans: 1 false, 2 true. Value type.
struct FieldCodes {
  std::string name;
  enum class Kind { labels, numbers, booleans } kind = Kind::labels;
  std::vector<std::string> labels;  ///< label of code 1, 2, ...; distinct
  std::vector<double> edges;        ///< ascending

  std::size_t code_count() const;  ///< including 0
};

/// Reads values by name. Immutable; any thread.
class FeatureCodes {
 public:
  FeatureCodes() = default;
  explicit FeatureCodes(std::vector<FieldCodes> fields);

  const std::vector<FieldCodes>& fields() const { return fields_; }
  /// Calls `visit(field index, code)` for each known label of each field that `values` has; nothing for code 0.
  /// A text with several labels visits several times.
  template <typename Visit>
  void read(const domain::Values& values, const Visit& visit) const;
  /// The code of one label or value of a field.
  Code code_of(std::size_t field, const domain::Value& value) const;

 private:
  std::vector<FieldCodes> fields_;
  std::vector<std::unordered_map<std::string, Code>> label_codes_;  ///< by field
};

}  // namespace matchcue::scoring
