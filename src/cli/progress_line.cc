// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_line.h"

#include <unistd.h>

namespace matchcue::cli {

namespace {

Milliseconds interval(ProgressLine::Style style) {
  return style == ProgressLine::Style::terminal ? Milliseconds(100) : Milliseconds(5'000);
}

}  // namespace

ProgressLine::ProgressLine(std::string what, std::uint64_t total_bytes, Style style, const Clock& clock, std::FILE* out)
    : what_(std::move(what)),
      total_bytes_(total_bytes),
      style_(style),
      clock_(clock),
      out_(out),
      next_(clock.steady() + interval(style)) {}

bool ProgressLine::is_due() {
  if (style_ == Style::none || clock_.steady() < next_) return false;
  next_ = clock_.steady() + interval(style_);
  return true;
}

void ProgressLine::write(const std::string& text) {
  written_ = true;
  std::fprintf(out_, style_ == Style::terminal ? "\r\x1b[K%s" : "%s\n", text.c_str());
  std::fflush(out_);
}

void ProgressLine::update(std::uint64_t bytes, std::uint64_t rows) {
  if (!is_due()) return;
  std::string text = what_ + ": " + std::to_string(bytes / 1'000'000) + " MB";
  if (total_bytes_ > 0) text += ", " + std::to_string(bytes * 100 / total_bytes_) + " %";
  if (rows > 0) text += ", " + std::to_string(rows) + " rows";
  write(text);
}

void ProgressLine::update_rows(std::string_view part, std::uint64_t rows, std::uint64_t total) {
  if (!is_due()) return;
  std::string text = what_ + ": " + std::string(part) + ", " + std::to_string(rows) + " rows";
  if (total > 0) text += ", " + std::to_string(rows * 100 / total) + " %";
  write(text);
}

void ProgressLine::finish() {
  if (style_ == Style::terminal && written_) std::fputs("\r\x1b[K", out_);
  std::fflush(out_);
}

ProgressLine::Style progress_style(bool quiet) {
  if (quiet) return ProgressLine::Style::none;
  return ::isatty(STDERR_FILENO) != 0 ? ProgressLine::Style::terminal : ProgressLine::Style::lines;
}

}  // namespace matchcue::cli
