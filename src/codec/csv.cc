// SPDX-License-Identifier: Apache-2.0
#include "codec/csv.h"

#include <algorithm>

#include "base/text.h"

namespace matchcue::codec {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr std::size_t kShownBytesMax = 120;

/// The beginning of bytes that may be anything, as UTF-8 that can be shown.
std::string shown(std::string_view bytes) {
  std::string text;
  for (std::size_t i = 0; i < bytes.size() && text.size() < kShownBytesMax;) {
    std::size_t length = 1;
    while (length <= 4 && i + length <= bytes.size() && !is_utf8(bytes.substr(i, length))) ++length;
    if (length > 4 || i + length > bytes.size()) {
      text += "\xef\xbf\xbd";  // U+FFFD
      ++i;
    } else {
      text += bytes.substr(i, length);
      i += length;
    }
  }
  return text;
}

std::size_t count_chars(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_blank(std::string_view line) { return line.empty() || line == "\r"; }

}  // namespace

Result<void> CsvReader::feed(std::string_view chunk) {
  if (start_ > 0) {
    buffer_.erase(0, start_);
    start_ = 0;
  }
  buffer_ += chunk;
  // Without a line's end nothing can have become complete, and trying again would cost the square of the row.
  const bool worth_trying = chunk.find('\n') != std::string_view::npos || buffer_.size() > limits_.row_bytes_max;
  return worth_trying ? read_rows(false) : Result<void>();
}

Result<void> CsvReader::finish() {
  MCUE_TRY_VOID(read_rows(true));
  if (columns_.empty()) return invalid("invalid_csv_header", "the file is empty: its first row must name the columns");
  return {};
}

Result<void> CsvReader::read_rows(bool at_end) {
  if (!began_) {
    if (!at_end && buffer_.size() < kByteOrderMark.size()) return {};
    began_ = true;
    if (buffer_.starts_with(kByteOrderMark)) start_ = kByteOrderMark.size();
  }
  while (start_ < buffer_.size()) {
    const std::size_t line_end = buffer_.find('\n', start_);
    if (skipping_) {
      skipping_ = line_end == std::string::npos;
      skip_line();
      continue;
    }
    if (line_end == std::string::npos && !at_end && buffer_.size() - start_ <= limits_.row_bytes_max) return {};
    const std::size_t length = line_end == std::string::npos ? std::string::npos : line_end - start_;
    if (is_blank(std::string_view(buffer_).substr(start_, length))) {
      skip_line();
      continue;
    }
    const Row row = parse_row(at_end);
    if (row == Row::incomplete) return {};
    MCUE_TRY_VOID(take_row(row));
  }
  return {};
}

/// Consumes what parse_row found, and reports it.
Result<void> CsvReader::take_row(Row row) {
  if (columns_.empty() && row != Row::read) {
    return invalid("invalid_csv_header",
                   "line " + std::to_string(line_) + ", the row that names the columns: " + problem_.reason);
  }
  if (columns_.empty()) {
    MCUE_TRY_VOID(take_header());
  } else if (row == Row::read) {
    handler_.on_row(line_, std::span(cells_.data(), cell_count_));
  } else {
    handler_.on_problem(std::move(problem_));
  }
  if (row == Row::unclosed) {
    skipping_ = buffer_.find('\n', start_) == std::string::npos;
    skip_line();
    return {};
  }
  const auto consumed = std::string_view(buffer_).substr(start_, at_ - start_);
  line_ += static_cast<std::uint64_t>(std::count(consumed.begin(), consumed.end(), '\n'));
  start_ = at_;
  return {};
}

/// Reads the row at `start_`. `incomplete`: more bytes are needed. `read`: cells_ has it and at_ is behind it.
/// `broken`: the same, but problem_ says why it cannot be used. `unclosed`: where the row ends is not known.
CsvReader::Row CsvReader::parse_row(bool at_end) {
  at_ = start_;
  // Nothing behind the longest row is looked at, so that the outcome does not depend on how much was fed already.
  end_ = std::min(buffer_.size(), start_ + limits_.row_bytes_max + 1);
  cell_count_ = 0;
  problem_ = {};
  for (bool more = true; more;) {
    if (at_ - start_ > limits_.row_bytes_max || cell_count_ > limits_.columns_max) break;
    if (cells_.size() == cell_count_) cells_.emplace_back();
    std::string& cell = cells_[cell_count_++];
    cell.clear();
    const bool quoted = at_ < end_ && buffer_[at_] == '"';
    const Row row = quoted ? parse_quoted(cell) : (parse_plain(cell), Row::read);
    const bool ran_out = at_ >= end_;
    if (row == Row::unclosed) return row;
    if (ran_out && !at_end && end_ - start_ <= limits_.row_bytes_max) return Row::incomplete;
    if (row == Row::incomplete) {
      fail(cell_count_ - 1, cell, "the quote that opens this cell is never closed");
      return Row::unclosed;
    }
    more = !ran_out && buffer_[at_] == ',';
    if (!ran_out) ++at_;
  }
  if (at_ - start_ > limits_.row_bytes_max || cell_count_ > limits_.columns_max) {
    fail(cell_count_, std::string_view(buffer_).substr(start_, std::min(at_ - start_, limits_.row_bytes_max)),
         "the row is longer than " + std::to_string(limits_.row_bytes_max) + " bytes or has more than " +
             std::to_string(limits_.columns_max) + " cells");
    return Row::unclosed;
  }
  check_cells();
  return problem_.reason.empty() ? Row::read : Row::broken;
}

/// Reads a cell that begins with a quote; at_ is then on the comma or line feed behind it, or at the end of the buffer.
CsvReader::Row CsvReader::parse_quoted(std::string& cell) {
  const std::size_t opened = at_++;
  for (; at_ < end_; ++at_) {
    const char c = buffer_[at_];
    const char next = at_ + 1 < end_ ? buffer_[at_ + 1] : '\0';
    const bool escape = c == '\\' && (next == '"' || next == '\\');
    if (escape || (c == '"' && next == '"')) {
      cell.push_back(next);
      ++at_;
    } else if (c != '"') {
      cell.push_back(c);
    } else {
      ++at_;
      if (at_ + 1 < end_ && buffer_[at_] == '\r' && buffer_[at_ + 1] == '\n') ++at_;
      const bool at_last_cr = at_ + 1 == end_ && buffer_[at_] == '\r';
      if (at_last_cr) ++at_;
      if (at_ >= end_ || buffer_[at_] == ',' || buffer_[at_] == '\n') return Row::read;
      const bool spans_lines = buffer_.substr(opened, at_ - opened).find('\n') != std::string::npos;
      fail(cell_count_ - 1, cell,
           spans_lines ? "the quote that opens this cell is never closed" : "there is text behind the closing quote");
      return Row::unclosed;
    }
  }
  return Row::incomplete;
}

/// Reads a cell without quotes; at_ is then on the comma or line feed behind it, or at the end of the buffer.
void CsvReader::parse_plain(std::string& cell) {
  for (; at_ < end_ && buffer_[at_] != ',' && buffer_[at_] != '\n'; ++at_) {
    const char next = at_ + 1 < end_ ? buffer_[at_ + 1] : '\0';
    if (buffer_[at_] == '\\' && (next == '"' || next == '\\')) ++at_;
    cell.push_back(buffer_[at_]);
  }
  const bool line_ends = at_ >= end_ || buffer_[at_] == '\n';
  if (line_ends && cell.ends_with('\r')) cell.pop_back();
}

void CsvReader::check_cells() {
  for (std::size_t i = 0; i < cell_count_; ++i) {
    if (!is_utf8(cells_[i])) return fail(i, cells_[i], "not UTF-8");
    if (cells_[i].size() > limits_.cell_chars_max && count_chars(cells_[i]) > limits_.cell_chars_max) {
      return fail(i, cells_[i], "longer than " + std::to_string(limits_.cell_chars_max) + " characters");
    }
  }
  if (columns_.empty() || cell_count_ == columns_.size()) return;
  const bool few = cell_count_ < columns_.size();
  fail(cell_count_, few ? std::string_view() : std::string_view(cells_[columns_.size()]),
       "the row has " + std::to_string(cell_count_) + " cells, and the header has " + std::to_string(columns_.size()) +
           " columns");
}

Result<void> CsvReader::take_header() {
  std::vector<std::string> columns(cells_.begin(), cells_.begin() + static_cast<std::ptrdiff_t>(cell_count_));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].empty() && !(i == 0 && limits_.first_column_unnamed)) {
      return invalid("invalid_csv_header", "column " + std::to_string(i + 1) + " has no name in the first row");
    }
    if (std::find(columns.begin(), columns.begin() + static_cast<std::ptrdiff_t>(i), columns[i]) !=
        columns.begin() + static_cast<std::ptrdiff_t>(i)) {
      return invalid("invalid_csv_header", "the first row names column " + columns[i] + " twice", columns[i]);
    }
  }
  MCUE_TRY_VOID(handler_.on_header(columns));
  columns_ = std::move(columns);
  return {};
}

/// Notes why the row cannot be used. `cell` may be behind the last column.
void CsvReader::fail(std::size_t cell, std::string_view value, std::string reason) {
  problem_.line = line_;
  problem_.column = cell < columns_.size() ? columns_[cell] : std::string();
  problem_.value = shown(value);
  problem_.reason = std::move(reason);
}

/// Goes on behind the next line feed, or at the end of the buffer.
void CsvReader::skip_line() {
  const std::size_t end = buffer_.find('\n', start_);
  if (end == std::string::npos) {
    start_ = buffer_.size();
    return;
  }
  start_ = end + 1;
  ++line_;
}

void append_csv_row(std::span<const std::string_view> cells, std::string& out) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) out.push_back(',');
    const bool only_empty = cells.size() == 1 && cells[i].empty();  // else it would be a blank line
    if (!only_empty && cells[i].find_first_of(",\"\\\r\n") == std::string_view::npos &&
        !cells[i].starts_with(kByteOrderMark)) {
      out += cells[i];
      continue;
    }
    out.push_back('"');
    for (const char c : cells[i]) {
      if (c == '"' || c == '\\') out.push_back('\\');
      out.push_back(c);
    }
    out.push_back('"');
  }
  out.push_back('\n');
}

}  // namespace matchcue::codec
