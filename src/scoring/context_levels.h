#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a factorization machine reads a context. A field whose labels have parts, "Spain/Madrid", is read at two levels:
// the whole label, and what is before its first slash. Any other field has one level.

#include <cstddef>
#include <span>
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
  /// The label of a level's code 0.
  std::size_t first_label(std::size_t level) const { return levels_[level].first_label; }

  /// From a code a field to a code a level: writes count() codes. O(levels).
  void expand(std::span<const Code> fields, std::span<Code> levels) const;
  /// Writes a code a field: of several labels the lowest, as a Dataset has them.
  void read(const domain::Values& values, std::span<Code> fields) const;

 private:
  struct Level {
    std::size_t field = 0;
    std::vector<Code> code_of;  ///< by code of the field; empty: the same
    std::size_t first_label = 0;
  };
  void add_level(std::size_t field, std::vector<Code> code_of, std::size_t codes);

  const FeatureCodes* codes_;
  std::vector<Level> levels_;
  std::size_t label_count_ = 0;
};

}  // namespace matchcue::scoring
