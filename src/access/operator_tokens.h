#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Who may use the operators' HTTP API, and for what. A token is a bearer token (RFC 6750); what is kept is its digest,
// so that whoever reads the file cannot use it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::access {

/// What an operator may do. `admin` may do everything; the others what they say and nothing else.
enum class Scope : std::uint8_t {
  read,       ///< look at everything
  moments,    ///< fire and correct moments, set event state, pin and block items, put filters in force
  catalogue,  ///< import data sets, schemas, filters
  admin,      ///< train, deploy, tickets, viewers' data, and all of the above
};
std::string_view to_string(Scope scope);
std::optional<Scope> parse_scope(std::string_view text);

struct Operator {
  std::string name;  ///< as the audit log has it
  std::vector<Scope> scopes;

  bool may(Scope scope) const;
};

/// Immutable; any thread.
class OperatorTokens {
 public:
  /// Reads a file's text: a line an operator, `NAME SCOPE[,SCOPE...] SHA256`, the last one the 64 hexadecimal digits of
  /// the token's digest; '#' begins a comment. Errors: invalid_token_file, naming the line.
  static Result<OperatorTokens> parse(std::string_view text);

  /// Whose token this is; null when it is nobody's. Takes the same time whichever it is, or none. O(operators).
  const Operator* find(std::string_view token) const;
  bool empty() const { return entries_.empty(); }

  static constexpr std::size_t kOperatorsMax = 1'000;

 private:
  struct Entry {
    Operator who;
    std::string digest;
  };
  std::vector<Entry> entries_;
};

/// A new one: 32 random bytes in URL-safe base64, "mcue_" in front so that scanners for leaked secrets know it.
std::string make_operator_token();

}  // namespace matchcue::access
