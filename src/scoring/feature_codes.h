#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a trained model reads named values: each field has numbered codes, fixed when it was trained and kept in the
// manifest, so that serving reads a value exactly as training did.

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/text.h"
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
  friend bool operator==(const FieldCodes&, const FieldCodes&) = default;
};

/// Code of a number among ascending edges, 1 .. edges.size() + 1. O(log edges).
Code code_of_number(double number, const std::vector<double>& edges);

/// Reads values by name. Immutable; any thread.
class FeatureCodes {
 public:
  FeatureCodes() = default;
  explicit FeatureCodes(std::vector<FieldCodes> fields);

  const std::vector<FieldCodes>& fields() const { return fields_; }
  /// Calls `visit(field index, code)` for each known label of each field that `values` has; nothing for code 0.
  /// A text with several labels visits several times. Cost: a look-up by name a field, and one by hash a label.
  template <typename Visit>
  void read(const domain::Values& values, const Visit& visit) const {
    for (std::size_t field = 0; field < fields_.size(); ++field) {
      const auto found = values.find(fields_[field].name);
      if (found == values.end()) continue;
      read_value(field, found->second, [&](Code code) { visit(field, code); });
    }
  }
  /// Calls `visit(code)` for each known label of one value; nothing for code 0.
  template <typename Visit>
  void read_value(std::size_t field, const domain::Value& value, const Visit& visit) const {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || text->find('|') == std::string::npos) {
      if (const Code code = code_of(field, value); code != 0) visit(code);
      return;
    }
    for (const std::string_view label : split(*text, '|')) {
      if (const Code code = code_of_label(field, label); code != 0) visit(code);
    }
  }
  /// Every (field, code above 0) has a number of its own, 0 .. feature_count() - 1, field by field: a feature.
  std::size_t feature_count() const { return first_feature_.back(); }
  std::size_t feature_of(std::size_t field, Code code) const { return first_feature_[field] + code - 1; }
  /// Calls `visit(feature)` for each known label that `values` has.
  template <typename Visit>
  void read_features(const domain::Values& values, const Visit& visit) const {
    read(values, [&](std::size_t field, Code code) { visit(feature_of(field, code)); });
  }

  /// The code of one label or value of a field; 0 when training did not see it or it is of another kind.
  Code code_of(std::size_t field, const domain::Value& value) const;

 private:
  struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  using LabelCodes = std::unordered_map<std::string, Code, TextHash, std::equal_to<>>;

  Code code_of_label(std::size_t field, std::string_view label) const;

  std::vector<FieldCodes> fields_;
  std::vector<LabelCodes> label_codes_;        ///< by field
  std::vector<std::size_t> first_feature_{0};  ///< by field, and one more
};

/// [{"name":"GENRES","kind":"labels","labels":["Action",..]},{"name":"AGE","kind":"numbers","edges":[18,25]},
/// {"name":"IS_NEW","kind":"booleans"}]: what a manifest keeps. Numbers come back with the same bits.
std::string to_json(const FeatureCodes& codes);
/// Reads what to_json wrote. Errors: corrupt, naming the field: no or another kind, a label twice, edges out of order.
Result<FeatureCodes> parse_feature_codes(std::string_view json);

}  // namespace matchcue::scoring
