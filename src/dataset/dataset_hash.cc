// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset_hash.h"

#include <span>
#include <type_traits>

#include "base/sha256.h"

namespace matchcue::dataset {

namespace {

/// Each part goes in with its length before it, so that no two data sets look alike.
class Hasher {
 public:
  void add(const std::string& text) {
    add_length(text.size());
    sha_.add(text);
  }
  template <typename T>
  void add(const std::vector<T>& values) {
    add_length(values.size());
    if constexpr (std::is_arithmetic_v<T>) {
      sha_.add(std::span<const T>(values));
    } else {
      for (const T& value : values) add(value);
    }
  }
  void add(const std::vector<std::size_t>& values) {
    add_length(values.size());
    for (const std::size_t value : values) add_length(value);
  }
  void add(const CodedRows& rows) {
    add(scoring::to_json(rows.codes));
    add(rows.begin);
    add(rows.values);
  }

  std::string finish() { return sha_.finish(); }

 private:
  void add_length(std::uint64_t length) { sha_.add(std::span<const std::uint64_t>(&length, 1)); }

  Sha256 sha_;
};

}  // namespace

std::string hash_of(const Dataset& dataset) {
  Hasher hasher;
  hasher.add(dataset.items);
  hasher.add(dataset.viewers);
  hasher.add(dataset.item_fields);
  hasher.add(dataset.viewer_fields);
  hasher.add(dataset.item_created_s);
  hasher.add(dataset.begin);
  hasher.add(dataset.item);
  hasher.add(dataset.timestamp_s);
  hasher.add(dataset.event_type);
  hasher.add(dataset.event_value);
  hasher.add(dataset.event_types);
  hasher.add(scoring::to_json(dataset.context_codes));
  hasher.add(dataset.context);
  hasher.add(dataset.impression_begin);
  hasher.add(dataset.impression_items);
  return hasher.finish();
}

}  // namespace matchcue::dataset
