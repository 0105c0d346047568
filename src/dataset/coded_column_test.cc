// SPDX-License-Identifier: Apache-2.0
#include "dataset/coded_column.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::dataset {
namespace {

using domain::FieldType;
using domain::Value;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<double> edges_of(std::vector<double> numbers) { return quantile_edges(numbers); }

TEST(QuantileEdges, FewDifferentNumbersEachGetACode) {
  EXPECT_THAT(edges_of({3, 1, 2, 2, 3}), ElementsAre(2, 3));
  EXPECT_THAT(edges_of({7, 7}), IsEmpty());
  EXPECT_THAT(edges_of({}), IsEmpty());
}

TEST(QuantileEdges, ManyDifferentNumbersArePartedIntoEqualShares) {
  std::vector<double> numbers;
  for (int i = 1'100; i-- > 0;) numbers.push_back(i);
  EXPECT_THAT(quantile_edges(numbers), ElementsAre(100, 200, 300, 400, 500, 600, 700, 800, 900, 1'000));
}

TEST(QuantileEdges, ANumberThatMostRowsHaveMakesNoEmptyShare) {
  std::vector<double> numbers(1'000, 5);
  for (int i = 0; i < 100; ++i) numbers.push_back(6 + i);
  const std::vector<double> edges = quantile_edges(numbers);
  ASSERT_EQ(edges.size(), 1u);
  EXPECT_GT(edges[0], 5);
}

std::vector<Code> row_of(const CodedColumn& column, std::size_t row) {
  std::vector<Code> codes;
  column.append_row(row, codes);
  return codes;
}

TEST(CodedColumn, ALabelsCodeDoesNotDependOnTheOrderOfTheRows) {
  CodedColumn column({"GENRES", FieldType::string, true, true, false});
  for (const char* text : {"Drama|Action", "Comedy", "", "Drama|Drama|"}) {
    const Value value = std::string(text);
    column.add(&value);
  }
  column.add(nullptr);
  EXPECT_EQ(column.finish(), "");
  EXPECT_THAT(column.codes().labels, ElementsAre("Action", "Comedy", "Drama"));
  EXPECT_THAT(row_of(column, 0), ElementsAre(1, 3));
  EXPECT_THAT(row_of(column, 1), ElementsAre(2));
  EXPECT_THAT(row_of(column, 2), IsEmpty());
  EXPECT_THAT(row_of(column, 3), ElementsAre(3));
  EXPECT_THAT(row_of(column, 4), IsEmpty());
}

TEST(CodedColumn, MixesWholeAndOtherNumbersAndKnowsWhichAreMissing) {
  CodedColumn column({"AGE", FieldType::float64, true, false, false});
  const Value whole = std::int64_t{30};
  const Value real = 20.5;
  const Value null;
  for (const Value* value : {&whole, &null, &real}) column.add(value);
  EXPECT_EQ(column.finish(), "");
  EXPECT_THAT(column.codes().edges, ElementsAre(30));
  EXPECT_THAT(row_of(column, 0), ElementsAre(2));
  EXPECT_THAT(row_of(column, 1), IsEmpty());
  EXPECT_THAT(row_of(column, 2), ElementsAre(1));
}

TEST(CodedColumn, TooManyLabelsAndNoValueAreReasonsToBeLeftOut) {
  CodedColumn cities({"CITY", FieldType::string, true, true, false});
  for (std::size_t i = 0; i <= kLabelsMax; ++i) {
    const Value city = std::to_string(i);
    cities.add(&city);
  }
  EXPECT_THAT(cities.finish(), HasSubstr("1001 different labels"));
  CodedColumn empty({"FLAG", FieldType::boolean, true, false, false});
  empty.add(nullptr);
  EXPECT_THAT(empty.finish(), HasSubstr("no row has a value"));
}

TEST(CodedTable, LeavesOutIdsFixedColumnsAndTextThatIsNotCategorical) {
  const domain::Schema schema{domain::DatasetKind::items,
                              "Items",
                              {{"ITEM_ID", FieldType::string, false, false, false},
                               {"CREATION_TIMESTAMP", FieldType::int64, true, false, false},
                               {"TITLE", FieldType::string, true, false, false},
                               {"IS_NEW", FieldType::boolean, true, false, false}}};
  std::vector<LeftOutColumn> left_out;
  CodedTable table(schema, left_out);
  table.add_row({{"TITLE", std::string("x")}, {"IS_NEW", true}, {"CREATION_TIMESTAMP", std::int64_t{5}}});
  table.add_row({{"IS_NEW", false}});
  const CodedRows rows = std::move(table).finish({1, CodedTable::kNoRow, 0}, left_out);
  ASSERT_EQ(rows.codes.fields().size(), 1u);
  EXPECT_EQ(rows.codes.fields()[0].name, "IS_NEW");
  EXPECT_THAT(rows.row(0, 0), ElementsAre(1));
  EXPECT_THAT(rows.row(0, 1), IsEmpty());
  EXPECT_THAT(rows.row(0, 2), ElementsAre(2));
  ASSERT_EQ(left_out.size(), 1u);
  EXPECT_EQ(left_out[0].column, "TITLE");
}

}  // namespace
}  // namespace matchcue::dataset
