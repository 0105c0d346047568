#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which web pages may open a connection. A browser says in `Origin` (RFC 6454) which page asks, and a page cannot lie
// about it; without this any page could connect in the name of whoever looks at it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::access {

/// Immutable; any thread.
class Origins {
 public:
  /// Allows every page, and programs that send no Origin.
  static Origins any() { return Origins(); }
  /// "https://www.example.com, https://*.example.com, http://localhost:3000, none": a scheme and a host, and a port
  /// where it is not the scheme's; "*." stands for one or more labels; "none" is a program that sends no Origin. A page
  /// without an origin of its own, which says "null", is never allowed. Errors: invalid_origin, naming the entry.
  static Result<Origins> parse(std::string_view list);

  /// origin  of the request; nothing when it sends none
  bool allows(const std::optional<std::string_view>& origin) const;

 private:
  struct Entry {
    std::string scheme;
    std::string host;  ///< lower case; of "*.example.com" it is ".example.com"
    std::string port;
  };
  Origins() = default;
  static std::optional<Entry> split_origin(std::string_view text);

  bool is_any_ = true;
  bool allows_none_ = true;
  std::vector<Entry> entries_;
};

}  // namespace matchcue::access
