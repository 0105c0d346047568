#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One column of a table on its way to codes: values come in row by row, and the codes are decided when all have been
// seen.

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "dataset/dataset.h"
#include "domain/value.h"

namespace matchcue::dataset {

constexpr std::size_t kLabelsMax = 1'000;  ///< a column with more distinct labels is left out
constexpr std::size_t kEdgesMax = 10;      ///< of a column of numbers

/// At most kEdgesMax ascending edges that part the numbers into equal shares, or every value from the next where there
/// are few of them; none below or at the smallest, so that every code has numbers. Sorts `numbers`. O(n log n).
std::vector<double> quantile_edges(std::vector<double>& numbers);

/// One thread. Memory: 4 bytes a label (8 a number), and each distinct label.
class CodedColumn {
 public:
  explicit CodedColumn(const domain::Field& field);

  /// The next row's value; null is one that is missing.
  void add(const domain::Value* value);
  /// Decides the codes. Returns why the column cannot be trained on, or "".
  std::string finish();

  // After finish().
  const scoring::FieldCodes& codes() const { return codes_; }
  /// Appends the codes of a row, without repetition, ascending.
  void append_row(std::size_t row, std::vector<Code>& out) const;

 private:
  void add_label(std::string_view label);
  void finish_labels();
  void finish_numbers();

  scoring::FieldCodes codes_;
  std::unordered_map<std::string, Code> label_numbers_;  ///< in the order they came, from 0
  std::vector<std::size_t> begin_{0};                    ///< of a row's entries in values_
  std::vector<Code> values_;                             ///< first label numbers, then codes
  std::vector<double> numbers_;                          ///< Kind::numbers: beside values_, until finish()
};

/// The columns of a table.
class CodedTable {
 public:
  /// Takes the metadata columns of the schema that training may use; the others go to `left_out`.
  CodedTable(const domain::Schema& schema, std::vector<LeftOutColumn>& left_out);

  /// Adds a row and returns its number: 0, 1, ...
  std::size_t add_row(const domain::Values& values);
  /// Codes the rows in this order; kNoRow is a row of which nothing is known. Columns that cannot be used go to
  /// `left_out`. Once.
  static constexpr std::size_t kNoRow = static_cast<std::size_t>(-1);
  CodedRows finish(const std::vector<std::size_t>& order, std::vector<LeftOutColumn>& left_out) &&;

 private:
  std::string table_;
  std::vector<CodedColumn> columns_;
  std::size_t rows_ = 0;
};

}  // namespace matchcue::dataset
