// SPDX-License-Identifier: Apache-2.0
#include "domain/value.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/quoted_text.h"
#include "base/text.h"

namespace matchcue::domain {

namespace {

constexpr std::size_t kLabelBytesMax = 1'000;  // Personalize's limit on categorical values

Error wrong_type(const Field& field, std::string_view value) {
  return invalid("wrong_type",
                 field.name + ": " + quoted_text(value) + " is not a " + std::string(to_string(field.type)),
                 field.name);
}

/// What text may not be in any column, and a label in one whose values are counted.
Result<void> check_text(const Field& field, const std::string& text) {
  if (!is_utf8(text)) return invalid("wrong_type", field.name + " is not UTF-8", field.name);
  if (text.find('\0') != std::string::npos)
    return invalid("invalid_text", field.name + ": " + quoted_text(text) + " has a zero byte", field.name);
  if (field.categorical && text.size() > kLabelBytesMax) {
    return invalid("too_long",
                   field.name + ": " + quoted_text(text) + " has " + std::to_string(text.size()) + " bytes; at most " +
                       std::to_string(kLabelBytesMax),
                   field.name);
  }
  return {};
}

Result<void> check_float(const Field& field, double number, std::string_view shown) {
  if (!std::isfinite(number)) return wrong_type(field, shown);
  if (field.type == FieldType::float64 || std::abs(number) <= std::numeric_limits<float>::max()) return {};
  return invalid("out_of_range", field.name + ": " + std::string(shown) + " does not fit a float", field.name);
}

bool fits_int32(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() && value <= std::numeric_limits<std::int32_t>::max();
}

}  // namespace

const Field* Schema::find_field(std::string_view wanted) const {
  for (const Field& field : fields) {
    if (field.name == wanted) return &field;
  }
  return nullptr;
}

std::string_view to_string(FieldType type) {
  switch (type) {
    case FieldType::string: return "string";
    case FieldType::int32: return "int";
    case FieldType::int64: return "long";
    case FieldType::float32: return "float";
    case FieldType::float64: return "double";
    case FieldType::boolean: return "boolean";
  }
  return "string";
}

std::string_view to_string(DatasetKind kind) {
  switch (kind) {
    case DatasetKind::users: return "users";
    case DatasetKind::items: return "items";
    case DatasetKind::interactions: return "interactions";
  }
  return "items";
}

std::string to_text(const Value& value) {
  struct Writer {
    std::string operator()(std::monostate) const { return ""; }
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      char text[32];
      const auto [end, error] = std::to_chars(text, text + sizeof text, number);
      return error == std::errc() ? std::string(text, end) : std::string();
    }
    std::string operator()(const std::string& text) const { return text; }
  };
  return std::visit(Writer{}, value);
}

Result<Value> parse_value(const Field& field, std::string_view text) {
  if (text.empty() && field.type != FieldType::string) return check_value(field, Value{});
  switch (field.type) {
    case FieldType::string: return check_value(field, text.empty() ? Value{} : Value{std::string(text)});
    case FieldType::boolean:
      if (text == "true") return Value{true};
      if (text == "false") return Value{false};
      return wrong_type(field, text);
    case FieldType::int32:
    case FieldType::int64:
      if (const auto number = parse_int(text)) return check_value(field, Value{*number});
      return wrong_type(field, text);
    case FieldType::float32:
    case FieldType::float64:
      if (const auto number = parse_double(text)) return check_value(field, Value{*number});
      return wrong_type(field, text);
  }
  return wrong_type(field, text);
}

Result<Value> check_value(const Field& field, Value value) {
  if (std::holds_alternative<std::monostate>(value)) {
    if (field.nullable) return value;
    return invalid("missing_value", field.name + " has no value, and its type is not nullable", field.name);
  }
  const std::string shown = to_text(value);
  switch (field.type) {
    case FieldType::string:
      if (const auto* text = std::get_if<std::string>(&value)) {
        MCUE_TRY_VOID(check_text(field, *text));
        return value;
      }
      return wrong_type(field, shown);
    case FieldType::boolean:
      if (std::holds_alternative<bool>(value)) return value;
      return wrong_type(field, shown);
    case FieldType::int32:
    case FieldType::int64:
      if (const auto* number = std::get_if<std::int64_t>(&value)) {
        if (field.type == FieldType::int64 || fits_int32(*number)) return value;
        return invalid("out_of_range", field.name + ": " + shown + " does not fit an int", field.name);
      }
      return wrong_type(field, shown);
    case FieldType::float32:
    case FieldType::float64:
      if (const auto* number = std::get_if<std::int64_t>(&value)) return Value{static_cast<double>(*number)};
      if (const auto* number = std::get_if<double>(&value)) {
        MCUE_TRY_VOID(check_float(field, *number, shown));
        return value;
      }
      return wrong_type(field, shown);
  }
  return wrong_type(field, shown);
}

}  // namespace matchcue::domain
