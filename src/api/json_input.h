#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Reads JSON bodies strictly: unknown fields, duplicate keys and wrong types are refused by name, so that a typing
// error never passes for a default.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::api {

/// Reads a JSON object; "" is an empty one. Errors: those of codec::parse_strict_json, wrong_type.
Result<nlohmann::json> parse_object(std::string_view text);

/// A scalar as a value. Errors: wrong_type for objects and arrays, out_of_range for whole numbers beyond 64 bits,
/// invalid_text for text with a zero byte.
Result<domain::Value> to_value(const nlohmann::json& json, const std::string& field);
/// Every member of an object as a value; errors name "<prefix>NAME".
Result<domain::Values> to_values(const nlohmann::json& object, const std::string& prefix);

/// Checks an object's members against a schema and returns them, without the schema's id column.
///
/// body       as parse_object gives it; the id column may stand in it when it says `id`
/// id_column  "ITEM_ID" or "USER_ID"
/// Errors     unknown_field (names the nearest), wrong_type, missing_value, out_of_range, id_mismatch
Result<domain::Values> to_row(const nlohmann::json& body, const domain::Schema& schema, std::string_view id_column,
                              const std::string& id);

/// The fields of one object, asked for one after the other. The first thing that is wrong is kept, and told by
/// finish(), which also refuses every field that nobody asked for. Single thread; borrows the object.
class Fields {
 public:
  explicit Fields(const nlohmann::json& object) : object_(object) {}

  template <typename Id>
  Id id(const char* name) {
    return Id(checked_id(name, true).value_or(""));
  }
  template <typename Id>
  std::optional<Id> optional_id(const char* name) {
    auto text = checked_id(name, false);
    return text ? std::optional<Id>(Id(*std::move(text))) : std::nullopt;
  }
  std::string text(const char* name);           ///< at most 10,000 bytes
  std::string optional_text(const char* name);  ///< "" when absent or null
  double optional_number(const char* name, double fallback);
  std::optional<WallTime> optional_time(const char* name);                  ///< RFC 3339
  domain::Values values(const char* name);                                  ///< {} when absent
  std::map<std::string, std::string, std::less<>> texts(const char* name);  ///< an object of texts; {} when absent
  domain::Values required_values(const char* name);
  /// An array of 1 to `count_max` ids; errors name "<name>.INDEX".
  template <typename Id>
  std::vector<Id> ids(const char* name, std::size_t count_max) {
    const std::vector<std::string> checked = checked_ids(name, count_max);
    return {checked.begin(), checked.end()};
  }
  /// Remembers an error that the caller found.
  void refuse(Error error);

  Result<void> finish();

 private:
  const nlohmann::json* find(const char* name, bool required);
  std::optional<std::string> checked_id(const char* name, bool required);
  std::vector<std::string> checked_ids(const char* name, std::size_t count_max);
  std::string text_of(const std::string& field, const nlohmann::json& found);

  const nlohmann::json& object_;
  std::vector<std::string> asked_;
  std::optional<Error> error_;
};

}  // namespace matchcue::api
