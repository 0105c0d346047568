#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Reading the fields of a small JSON object that a stranger sent: each field once, of the right type, and errors that
// say which.

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "domain/value.h"

namespace matchcue::codec {

/// Deepest nesting that is read.
constexpr std::size_t kJsonDepthMax = 8;

/// A view of a parsed object. Valid until the next parse() on this thread. `name` prefixes fields in errors.
class JsonObject {
 public:
  /// Errors: invalid_json (also: not an object, nested too deeply). Uses a parser that belongs to the thread.
  static Result<JsonObject> parse(std::string_view text, std::string name);

  /// The same object, under another name in errors.
  JsonObject named(std::string name) const { return JsonObject(object_, std::move(name)); }

  // get_x: the field must be there. find_x: it may be absent or null. Errors: invalid_message, naming the field, when
  // it is missing, of another type, or there twice.
  Result<std::string> get_string(std::string_view field) const;
  Result<std::uint64_t> get_unsigned(std::string_view field) const;
  Result<std::optional<std::string>> find_string(std::string_view field) const;
  Result<std::optional<double>> find_number(std::string_view field) const;
  Result<std::optional<JsonObject>> find_object(std::string_view field) const;
  // Lists and maps of at most `most` members; more are an error.
  /// One string, or a list of strings.
  Result<std::optional<std::vector<std::string>>> find_strings(std::string_view field, std::size_t most) const;
  Result<std::optional<std::vector<JsonObject>>> find_objects(std::string_view field, std::size_t most) const;
  /// An object of plain values, each name once.
  Result<std::optional<domain::Values>> find_values(std::string_view field, std::size_t most) const;
  /// Whether the field is there, null or not.
  bool has(std::string_view field) const;

 private:
  JsonObject(simdjson::dom::object object, std::string name) : object_(object), name_(std::move(name)) {}
  std::string path(std::string_view field) const;
  Error wrong(std::string_view field, std::string_view wanted) const;
  Result<std::optional<simdjson::dom::element>> find(std::string_view field) const;

  simdjson::dom::object object_;
  std::string name_;
};

}  // namespace matchcue::codec
