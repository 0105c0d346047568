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

void ProgressLine::update(std::uint64_t bytes, std::uint64_t rows) {
  if (style_ == Style::none || clock_.steady() < next_) return;
  next_ = clock_.steady() + interval(style_);
  written_ = true;
  std::string text = what_ + ": " + std::to_string(bytes / 1'000'000) + " MB";
  if (total_bytes_ > 0) text += ", " + std::to_string(bytes * 100 / total_bytes_) + " %";
  if (rows > 0) text += ", " + std::to_string(rows) + " rows";
  const bool terminal = style_ == Style::terminal;
  std::fprintf(out_, terminal ? "\r\x1b[K%s" : "%s\n", text.c_str());
  std::fflush(out_);
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
