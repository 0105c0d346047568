#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How a function says that something expected went wrong: it returns Result<T>, which holds either the value or an
// Error. Programmer errors are not Errors; they end in CHECK (check.h).

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/check.h"

namespace matchcue {

/// What the caller can do about an error. Each protocol edge maps these to its own codes in one switch.
enum class ErrorKind {
  invalid_argument,  ///< the input is wrong; sending it again unchanged will fail again
  not_found,         ///< the thing named does not exist
  conflict,          ///< the thing exists already, or was changed in between
  too_large,         ///< a limit was exceeded; the message names it
  unsupported,       ///< understood, and not offered here
  unavailable,       ///< cannot be done now (storage refuses, shutting down); trying later may work
  corrupt,           ///< stored bytes fail their check; never served
  internal,          ///< a bug or a broken environment
};

/// A failure that the caller is expected to handle.
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string code;     ///< stable, snake_case, names the rule that was broken: "unknown_content"
  std::string message;  ///< for people; names the thing and the value: `unknown content "c9"`
  std::string field;    ///< which input field is meant, as the caller wrote it ("state.SCORE"); empty when none is
};

inline Error invalid(std::string code, std::string message, std::string field = {}) {
  return Error{ErrorKind::invalid_argument, std::move(code), std::move(message), std::move(field)};
}
inline Error not_found(std::string code, std::string message, std::string field = {}) {
  return Error{ErrorKind::not_found, std::move(code), std::move(message), std::move(field)};
}
inline Error unavailable(std::string code, std::string message) {
  return Error{ErrorKind::unavailable, std::move(code), std::move(message), {}};
}

/// A value or an Error. Converts from either, so `return value;` and `return invalid(...);` both read naturally.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  T& value() & {
    CHECK(ok(), error_message());
    return std::get<0>(state_);
  }
  const T& value() const& {
    CHECK(ok(), error_message());
    return std::get<0>(state_);
  }
  T&& value() && {
    CHECK(ok(), error_message());
    return std::get<0>(std::move(state_));
  }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& {
    CHECK(!ok());
    return std::get<1>(state_);
  }
  Error&& error() && {
    CHECK(!ok());
    return std::get<1>(std::move(state_));
  }

 private:
  const std::string& error_message() const {
    static const std::string none;
    return ok() ? none : std::get<1>(state_).message;
  }
  std::variant<T, Error> state_;
};

/// Result of something that has no value to return.
template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  void value() const { CHECK(ok(), error_ ? error_->message : std::string()); }
  const Error& error() const& {
    CHECK(!ok());
    return *error_;
  }
  Error&& error() && {
    CHECK(!ok());
    return std::move(*error_);
  }

 private:
  std::optional<Error> error_;
};

}  // namespace matchcue

#define MCUE_CONCAT_INNER(a, b) a##b
#define MCUE_CONCAT(a, b) MCUE_CONCAT_INNER(a, b)

/// `MCUE_TRY(auto x, expr);` declares x from a Result, or returns the error to the caller.
#define MCUE_TRY(declaration, expression)                          \
  auto MCUE_CONCAT(mcue_result_, __LINE__) = (expression);         \
  if (!MCUE_CONCAT(mcue_result_, __LINE__).ok()) {                 \
    return std::move(MCUE_CONCAT(mcue_result_, __LINE__)).error(); \
  }                                                                \
  declaration = std::move(MCUE_CONCAT(mcue_result_, __LINE__)).value()

/// `MCUE_TRY_VOID(expr);` returns the error of a Result<void> to the caller, if it has one.
#define MCUE_TRY_VOID(expression)                                 \
  do {                                                            \
    auto mcue_result = (expression);                              \
    if (!mcue_result.ok()) return std::move(mcue_result).error(); \
  } while (false)
