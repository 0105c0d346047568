#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a factorization machine reads a context. A field whose labels have parts, "Spain/Madrid", is read at two levels:
// the whole label, and what is before its first slash, its parent. Any other field has one level. A label that is new,
// of a parent that is not, is known at the level of its parent: it has a code of its own, behind those of the labels.

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "scoring/feature_codes.h"

namespace matchcue::scoring {

/// Immutable; any thread. Borrows the codes. At each level code 0 is "nothing known", and all codes of all levels have
/// a label of their own, level after level.
class ContextLevels {
 public:
  explicit ContextLevels(const FeatureCodes& codes);

  std::size_t count() const { return levels_.size(); }
  std::size_t label_count() const { return label_count_; }
  /// By field: how many codes it has, code 0 and those of new labels included.
  const std::vector<std::size_t>& code_counts() const { return code_counts_; }
  /// The label of a level's code 0.
  std::size_t first_label(std::size_t level) const { return levels_[level].first_label; }

  /// From a code a field to a code a level: writes count() codes. O(levels).
  void expand(std::span<const Code> fields, std::span<Code> levels) const;
  /// Writes a code a field: of several labels the lowest, as a Dataset has them. O(fields log labels).
  void read(const domain::Values& values, std::span<Code> fields) const;

 private:
  struct Level {
    std::size_t field = 0;
    std::vector<Code> code_of;  ///< by code of the field
    std::size_t first_label = 0;
  };
  using Parents = std::map<std::string, Code, std::less<>>;  ///< each with its code at its level

  void add_level(std::size_t field, std::vector<Code> code_of, std::size_t codes);
  Code code_by_parent(std::size_t field, const domain::Value& value) const;

  const FeatureCodes* codes_;
  std::vector<Level> levels_;
  std::vector<Parents> parents_;  ///< by field; none: it has one level
  std::vector<std::size_t> code_counts_;
  std::size_t label_count_ = 0;
};

}  // namespace matchcue::scoring
