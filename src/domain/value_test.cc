// SPDX-License-Identifier: Apache-2.0
#include "domain/value.h"

#include <gtest/gtest.h>

namespace matchcue::domain {
namespace {

const Field kText{"NOTE", FieldType::string, true, false, false};
const Field kLabel{"TEAM", FieldType::string, true, true, false};
const Field kFloat{"EVENT_VALUE", FieldType::float32, true, false, false};
const Field kDouble{"PRICE", FieldType::float64, true, false, false};

std::string code_of(const Field& field, Value value) {
  const auto checked = check_value(field, std::move(value));
  if (checked.ok()) return "";
  EXPECT_EQ(checked.error().field, field.name);
  return checked.error().code;
}

TEST(CheckValue, TextIsUtf8WithoutZeroBytes) {
  EXPECT_EQ(code_of(kText, Value("caf\xc3\xa9\n")), "");
  EXPECT_EQ(code_of(kText, Value("\xff")), "wrong_type");
  EXPECT_EQ(code_of(kText, Value(std::string("a\0b", 3))), "invalid_text");
}

TEST(CheckValue, LabelsAreShortAndOtherTextIsNot) {
  EXPECT_EQ(code_of(kLabel, Value(std::string(1'000, 'x'))), "");
  EXPECT_EQ(code_of(kLabel, Value(std::string(1'001, 'x'))), "too_long");
  EXPECT_EQ(code_of(kText, Value(std::string(1'001, 'x'))), "");
}

TEST(CheckValue, NumbersFitTheirColumn) {
  EXPECT_EQ(code_of(kFloat, Value(3.4e38)), "");
  EXPECT_EQ(code_of(kFloat, Value(-1e39)), "out_of_range");
  EXPECT_EQ(code_of(kDouble, Value(-1e39)), "");
}

}  // namespace
}  // namespace matchcue::domain
