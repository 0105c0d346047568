#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// CHECK(condition, values...) ends the process when the condition is false, printing the place, the condition and the
// values. It is always on. It is for programmer errors only; what the outside world can cause is an Error (result.h).

#include <sstream>
#include <string>

namespace matchcue {

[[noreturn]] void check_failed(const char* file, int line, const char* condition, const std::string& values);

namespace check_detail {
template <typename... Values>
std::string join(const Values&... values) {
  std::ostringstream out;
  [[maybe_unused]] const char* separator = "";
  ((out << separator << values, separator = ", "), ...);
  return out.str();
}
}  // namespace check_detail

}  // namespace matchcue

#define CHECK(condition, ...)   \
  (static_cast<bool>(condition) \
       ? static_cast<void>(0)   \
       : ::matchcue::check_failed(__FILE__, __LINE__, #condition, ::matchcue::check_detail::join(__VA_ARGS__)))
