#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The labels of a network's fields: every code has a number of its own, code 0 (nothing known) included, since a
// network learns what it means that nothing is known.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "scoring/feature_codes.h"

namespace matchcue::scoring {

/// Immutable; any thread. Borrows the codes.
class FieldLabels {
 public:
  explicit FieldLabels(const FeatureCodes& codes) : codes_(&codes) {
    for (const FieldCodes& field : codes.fields()) {
      first_.push_back(count_);
      count_ += field.code_count();
    }
  }

  std::size_t count() const { return count_; }
  /// The label of a field's code 0.
  std::size_t first(std::size_t field) const { return first_[field]; }

  /// Calls `visit(label, share)` for each label that `values` has; the shares of a field add up to 1.
  template <typename Visit>
  void read_shares(const domain::Values& values, const Visit& visit) const {
    for (std::size_t field = 0; field < first_.size(); ++field) {
      std::size_t known = 0;
      const auto found = values.find(codes_->fields()[field].name);
      if (found != values.end()) codes_->read_value(field, found->second, [&](Code) { ++known; });
      if (known == 0) {
        visit(first_[field], 1.F);
        continue;
      }
      const float share = 1 / static_cast<float>(known);
      codes_->read_value(field, found->second, [&](Code code) { visit(first_[field] + code, share); });
    }
  }

  /// Calls `visit(label)` once for each field: of several labels, that with the lowest code.
  template <typename Visit>
  void read_lowest(const domain::Values& values, const Visit& visit) const {
    for (std::size_t field = 0; field < first_.size(); ++field) {
      Code lowest = 0;
      const auto found = values.find(codes_->fields()[field].name);
      if (found != values.end()) {
        codes_->read_value(field, found->second,
                           [&](Code code) { lowest = lowest == 0 ? code : std::min(lowest, code); });
      }
      visit(first_[field] + lowest);
    }
  }

 private:
  const FeatureCodes* codes_;
  std::vector<std::size_t> first_;
  std::size_t count_ = 0;
};

}  // namespace matchcue::scoring
