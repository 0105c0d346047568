// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset_hash.h"

#include <openssl/evp.h>

#include <array>
#include <memory>
#include <type_traits>

#include "base/check.h"

namespace matchcue::dataset {

namespace {

/// Each part goes in with its length before it, so that no two data sets look alike.
class Hasher {
 public:
  Hasher() { CHECK(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1); }

  void add(const std::string& text) {
    add_length(text.size());
    add_bytes(text.data(), text.size());
  }
  template <typename T>
  void add(const std::vector<T>& values) {
    add_length(values.size());
    if constexpr (std::is_arithmetic_v<T>) {
      add_bytes(values.data(), values.size() * sizeof(T));
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

  std::string finish() {
    std::array<unsigned char, 32> digest{};
    CHECK(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
    std::string text;
    for (const unsigned char byte : digest) {
      text += "0123456789abcdef"[byte >> 4];
      text += "0123456789abcdef"[byte & 15];
    }
    return text;
  }

 private:
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  void add_bytes(const void* bytes, std::size_t count) { CHECK(EVP_DigestUpdate(context_.get(), bytes, count) == 1); }
  void add_length(std::uint64_t length) { add_bytes(&length, sizeof length); }

  std::unique_ptr<EVP_MD_CTX, Free> context_{EVP_MD_CTX_new()};
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
