#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// CSV as Personalize defines it: UTF-8, comma, a header row, text in double quotes where it needs them, and a backslash
// before a quote or a backslash that is meant as such. RFC 4180's doubled quotes, CRLF and a byte order mark are read
// too.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::codec {

/// Longer cells and rows are reported and left out.
struct CsvLimits {
  std::size_t cell_chars_max = 20'000;    ///< Unicode characters in one cell
  std::size_t row_bytes_max = 1'048'576;  ///< bytes of one row as written, with its quotes and line feed
  std::size_t columns_max = 1'000;
  bool first_column_unnamed = false;  ///< allow it: pandas writes its index so; the column's name is then ""
};

/// What is wrong with a row that was left out.
struct CsvProblem {
  std::uint64_t line = 0;  ///< where the row begins; the header is line 1
  std::string column;      ///< the header's name; empty when the whole row is meant
  std::string value;       ///< the beginning of what stands there, always UTF-8
  std::string reason;
};

/// Told what a CsvReader finds, in the order of the file.
class CsvHandler {
 public:
  virtual ~CsvHandler() = default;
  /// Called once, first. An error ends the reading.
  virtual Result<void> on_header(std::span<const std::string> columns) = 0;
  /// A good row: as many cells as the header has columns, each UTF-8. May move from the cells.
  virtual void on_row(std::uint64_t line, std::span<std::string> cells) = 0;
  /// A row that was left out; reading goes on with the next.
  virtual void on_problem(CsvProblem problem) = 0;
};

/// Reads CSV that comes in chunks of any size. One thread.
///
/// Invariants: every row ends in exactly one of on_row and on_problem; blank lines in neither. A quoted cell may span
/// lines. When a quote turns out never to be closed, reading goes on after the first line of that row, so one missing
/// quote costs one row. Memory: at most row_bytes_max and one chunk.
class CsvReader {
 public:
  /// `handler` must outlive the reader.
  explicit CsvReader(CsvHandler& handler, CsvLimits limits = {}) : handler_(handler), limits_(limits) {}

  /// Errors: invalid_csv_header (the first row cannot be read, names a column twice or not at all), and what on_header
  /// returned. After an error nothing more is read.
  Result<void> feed(std::string_view chunk);
  /// The file ends here. Errors: as feed, and invalid_csv_header when there was no row at all.
  Result<void> finish();

 private:
  enum class Row { incomplete, read, broken, unclosed };

  Result<void> read_rows(bool at_end);
  Row parse_row(bool at_end);
  Row parse_quoted(std::string& cell);
  void parse_plain(std::string& cell);
  void check_cells();
  Result<void> take_row(Row row);
  Result<void> take_header();
  void fail(std::size_t cell, std::string_view value, std::string reason);
  void skip_line();

  CsvHandler& handler_;
  CsvLimits limits_;
  std::string buffer_;                ///< what was fed and is not consumed yet, from `start_` on
  std::size_t start_ = 0;             ///< where the row being read begins
  std::size_t at_ = 0;                ///< how far parse_row came
  std::size_t end_ = 0;               ///< how far parse_row may look
  std::uint64_t line_ = 1;            ///< line number of `start_`
  std::vector<std::string> columns_;  ///< empty until the header was read
  std::vector<std::string> cells_;    ///< reused for every row
  std::size_t cell_count_ = 0;
  CsvProblem problem_;     ///< why the row is broken or unclosed
  bool began_ = false;     ///< the byte order mark was looked for
  bool skipping_ = false;  ///< inside a row that is too long: drop until its line ends
};

/// Appends one row and a line feed, quoting what needs it. CsvReader reads back the same cells, if they are UTF-8.
void append_csv_row(std::span<const std::string_view> cells, std::string& out);

}  // namespace matchcue::codec
