#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Distinct types for identities and counts, so that a viewer is never passed where an item is meant.

#include <compare>
#include <cstdint>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

namespace matchcue {

/// An identity made of text. Ordered and hashable; converts to text only on request.
template <typename Tag>
class StrongString {
 public:
  StrongString() = default;
  explicit StrongString(std::string text) : text_(std::move(text)) {}
  const std::string& str() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const StrongString&, const StrongString&) = default;
  friend std::ostream& operator<<(std::ostream& out, const StrongString& id) { return out << id.text_; }

 private:
  std::string text_;
};

/// A number with a meaning of its own.
template <typename Tag, typename Number = std::uint64_t>
class StrongInt {
 public:
  constexpr StrongInt() = default;
  explicit constexpr StrongInt(Number value) : value_(value) {}
  constexpr Number value() const { return value_; }
  friend constexpr auto operator<=>(const StrongInt&, const StrongInt&) = default;
  friend std::ostream& operator<<(std::ostream& out, const StrongInt& number) { return out << number.value_; }

 private:
  Number value_ = 0;
};

}  // namespace matchcue

template <typename Tag>
struct std::hash<matchcue::StrongString<Tag>> {
  std::size_t operator()(const matchcue::StrongString<Tag>& id) const noexcept {
    return std::hash<std::string>{}(id.str());
  }
};
template <typename Tag, typename Number>
struct std::hash<matchcue::StrongInt<Tag, Number>> {
  std::size_t operator()(const matchcue::StrongInt<Tag, Number>& number) const noexcept {
    return std::hash<Number>{}(number.value());
  }
};
