#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Values to bytes and back, both ways by one description. Little-endian, no padding; counts are u32.

#include <bit>
#include <cstdint>
#include <cstring>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "domain/value.h"
#include "learn/small_matrix.h"

namespace matchcue::learn {

static_assert(std::endian::native == std::endian::little);

/// Appends every value it is shown.
class ArchiveWriter {
 public:
  static constexpr bool kReads = false;
  void bytes(void* from, std::size_t count) { out_.append(static_cast<const char*>(from), count); }
  bool ok() const { return true; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Fills every value it is shown, until the bytes run out; from then on ok() is false and values stay as they are.
class ArchiveReader {
 public:
  static constexpr bool kReads = true;
  explicit ArchiveReader(std::string_view in) : in_(in) {}
  void bytes(void* to, std::size_t count) {
    if (count > in_.size()) {
      ok_ = false;
      return;
    }
    std::memcpy(to, in_.data(), count);
    in_.remove_prefix(count);
  }
  bool ok() const { return ok_; }
  void fail() { ok_ = false; }
  std::size_t left() const { return in_.size(); }

 private:
  std::string_view in_;
  bool ok_ = true;
};

template <typename Archive, typename Number>
requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
void visit(Archive& archive, Number& number) { archive.bytes(&number, sizeof number); }

/// A count of things that take at least a byte each, so that damaged bytes cannot ask for much memory.
template <typename Archive, typename Container>
void visit_count(Archive& archive, Container& container) {
  auto count = static_cast<std::uint32_t>(container.size());
  visit(archive, count);
  if constexpr (Archive::kReads) {
    if (count > archive.left()) {
      archive.fail();
      count = 0;
    }
    container.resize(count);
  }
}

template <typename Archive>
void visit(Archive& archive, std::string& text) {
  visit_count(archive, text);
  archive.bytes(text.data(), text.size());
}

template <typename Archive, typename T, std::size_t kCount>
void visit(Archive& archive, std::array<T, kCount>& values) {
  for (T& value : values) visit(archive, value);
}

template <typename Archive, typename T>
void visit(Archive& archive, std::vector<T>& values) {
  visit_count(archive, values);
  for (T& value : values) visit(archive, value);
}

template <typename Archive, typename T>
void visit(Archive& archive, std::deque<T>& values) {
  visit_count(archive, values);
  for (T& value : values) visit(archive, value);
}

template <typename Archive, typename T>
void visit(Archive& archive, std::optional<T>& value) {
  bool present = value.has_value();
  visit(archive, present);
  if constexpr (Archive::kReads) {
    if (present) value.emplace();
  }
  if (present) visit(archive, *value);
}

template <typename Archive>
void visit(Archive& archive, SquareMatrix& matrix) {
  auto size = static_cast<std::uint32_t>(matrix.size());
  visit(archive, size);
  if constexpr (Archive::kReads) {
    if (std::uint64_t{size} * size * sizeof(double) > archive.left()) {
      archive.fail();
      return;
    }
    matrix = SquareMatrix(size);
  }
  archive.bytes(matrix.values().data(), matrix.values().size() * sizeof(double));
}

template <typename Archive>
void visit(Archive& archive, domain::Value& value) {
  auto kind = static_cast<std::uint8_t>(value.index());
  visit(archive, kind);
  if constexpr (Archive::kReads) {
    switch (kind) {
      case 0: value = std::monostate(); return;
      case 1: value = false; break;
      case 2: value = std::int64_t{0}; break;
      case 3: value = 0.; break;
      case 4: value = std::string(); break;
      default: archive.fail(); return;
    }
  }
  std::visit(
      [&](auto& held) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(held)>, std::monostate>) visit(archive, held);
      },
      value);
}

/// Maps go as pairs in key order; `Key` must be default-constructible.
template <typename Archive, typename Key, typename T, typename Less>
void visit(Archive& archive, std::map<Key, T, Less>& values) {
  auto count = static_cast<std::uint32_t>(values.size());
  visit(archive, count);
  if constexpr (Archive::kReads) {
    for (std::uint32_t i = 0; i < count && archive.ok(); ++i) {
      Key key{};
      T value{};
      visit(archive, key);
      visit(archive, value);
      values.emplace_hint(values.end(), std::move(key), std::move(value));
    }
  } else {
    for (auto& [key, value] : values) {
      Key copy = key;
      visit(archive, copy);
      visit(archive, value);
    }
  }
}

}  // namespace matchcue::learn
