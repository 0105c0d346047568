// SPDX-License-Identifier: Apache-2.0
//
// CsvReader finds the same rows and problems however its bytes are cut, every row that it hands out is within its
// limits, and what it read is read again after it was written.
#include "codec/csv.h"

#include "base/check.h"
#include "base/text.h"
#include "fuzz/pieces.h"

namespace matchcue::fuzz {
namespace {

// Small, so that the fuzzer reaches them with short inputs.
constexpr codec::CsvLimits kLimits = {8, 40, 4};

/// Writes down what it is told, and collects the rows.
class Notes final : public codec::CsvHandler {
 public:
  explicit Notes(codec::CsvLimits limits) : limits_(limits) {}

  Result<void> on_header(std::span<const std::string> columns) override {
    columns_ = columns.size();
    CHECK(columns_ > 0 && columns_ <= limits_.columns_max);
    keep(columns);
    return {};
  }
  void on_row(std::uint64_t line, std::span<std::string> cells) override {
    CHECK(cells.size() == columns_);
    for (const std::string& cell : cells) CHECK(is_utf8(cell) && cell.size() <= 4 * limits_.cell_chars_max);
    text += "row " + std::to_string(line) + '\n';
    keep(cells);
  }
  void on_problem(codec::CsvProblem problem) override {
    CHECK(is_utf8(problem.value) && !problem.reason.empty());
    text += std::to_string(problem.line) + ' ' + problem.column + ' ' + problem.value + ' ' + problem.reason + '\n';
  }

  std::string text;
  std::string rewritten;  ///< the header and the good rows as CSV

 private:
  void keep(std::span<const std::string> cells) {
    for (const std::string& cell : cells) text += cell + '|';
    codec::append_csv_row(std::vector<std::string_view>(cells.begin(), cells.end()), rewritten);
  }

  codec::CsvLimits limits_;
  std::size_t columns_ = 0;
};

Notes read_all(std::string_view bytes, std::size_t size_max, std::uint64_t seed, codec::CsvLimits limits) {
  Notes notes(limits);
  codec::CsvReader reader(notes, limits);
  Result<void> read;
  for_each_piece(bytes, size_max, seed, [&](const std::string& piece) {
    if (read.ok()) read = reader.feed(piece);
  });
  if (read.ok()) read = reader.finish();
  if (!read.ok()) notes.text += read.error().message;
  return notes;
}

void run(const CutInput& input) {
  const Notes whole = read_all(input.bytes, 0, 0, kLimits);
  CHECK(whole.text == read_all(input.bytes, 1, 0, kLimits).text);
  CHECK(whole.text == read_all(input.bytes, 2 + input.options, input.seed, kLimits).text);
  if (whole.rewritten.empty()) return;
  const Notes again = read_all(whole.rewritten, 0, 0, codec::CsvLimits());
  CHECK(again.rewritten == whole.rewritten, whole.rewritten, again.text);
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::run(matchcue::fuzz::make_cut_input(data, size));
  return 0;
}
