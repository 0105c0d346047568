#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How far a long command is: one line that is written over on a terminal, otherwise a new line every few seconds.

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace matchcue::cli {

/// One thread. Writes to stderr, so that stdout has only the result.
class ProgressLine {
 public:
  enum class Style { none, terminal, lines };

  /// `what` names the work ("import users"); `total_bytes` 0 is unknown. `clock` must outlive it.
  ProgressLine(std::string what, std::uint64_t total_bytes, Style style, const Clock& clock, std::FILE* out = stderr);
  /// Says how far it is, at most ten times a second on a terminal, otherwise every 5 s.
  void update(std::uint64_t bytes, std::uint64_t rows);
  /// The same of work that is counted in rows: `part` names what is being read. A `total` of 0 is unknown.
  void update_rows(std::string_view part, std::uint64_t rows, std::uint64_t total);
  /// Removes the line from a terminal.
  void finish();

 private:
  bool is_due();
  void write(const std::string& text);

  std::string what_;
  std::uint64_t total_bytes_;
  Style style_;
  const Clock& clock_;
  std::FILE* out_;
  SteadyTime next_;
  bool written_ = false;
};

/// `none` when quiet, otherwise by what stderr is.
ProgressLine::Style progress_style(bool quiet);

}  // namespace matchcue::cli
