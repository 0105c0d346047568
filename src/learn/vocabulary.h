#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Turns named values of any schema into the indices of features.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "domain/value.h"

namespace matchcue::learn {

using Feature = std::uint16_t;

/// Knows the values seen so far, in the order they were first seen. Texts and booleans are features of their own. Of a
/// number field the first kNumbersMax distinct values are; later ones count as the nearest of these.
/// Bounded: when it is full, new values are no feature. Value type; single thread while it grows.
class Vocabulary {
 public:
  static constexpr std::size_t kNumbersMax = 16;

  explicit Vocabulary(std::size_t features_max) : features_max_(features_max) {}

  std::size_t size() const { return fields_.size(); }
  /// Which field a feature is a value of, counted from 0 in the order of first sight.
  std::size_t field_of(Feature feature) const { return fields_[feature]; }
  std::size_t field_count() const { return field_index_.size(); }

  /// Learns the values that are new.
  void add(const domain::Values& values);
  /// The features of the known values, in name order. Unknown ones are left out. O(fields).
  std::vector<Feature> find(const domain::Values& values) const;
  /// The same without the fields that have always had the same value: they tell nothing. O(size).
  std::vector<Feature> find_telling(const domain::Values& values) const;

  /// What a feature stands for, as "FIELD=value".
  std::string describe(Feature feature) const { return names_[feature]; }

  // For snapshots: "FIELD=value" texts cannot be read back, keys can.
  struct Entry {
    std::string field;
    domain::Value value;
  };
  const std::vector<Entry>& entries() const { return entries_; }
  void restore(std::span<const Entry> entries);

 private:
  struct Field {
    std::size_t number = 0;
    std::map<std::string, Feature, std::less<>> texts;
    std::map<double, Feature> numbers;
  };

  void add(const std::string& name, const domain::Value& value);
  Feature append(const std::string& name, Field& field, const domain::Value& value);

  std::size_t features_max_;
  std::map<std::string, Field, std::less<>> field_index_;
  std::vector<std::size_t> fields_;
  std::vector<std::string> names_;
  std::vector<Entry> entries_;
};

}  // namespace matchcue::learn
