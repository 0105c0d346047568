#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A page that needs nothing else: no network, no script; light or dark as its reader prefers, and on paper.

#include <string>
#include <string_view>
#include <vector>

namespace matchcue::chart {

/// Text as it may stand between tags and in attributes.
std::string escape(std::string_view text);

/// A box with a heading; `lead` says in a sentence what one sees, "" for nothing. `body` is HTML, the rest is text.
std::string section(std::string_view title, std::string_view lead, std::string_view body);

/// Cells are text; the first column and the header are headings, the other cells are numbers.
struct Table {
  std::vector<std::string> header;  ///< none: no header
  std::vector<std::vector<std::string>> rows;
  bool last_in_words = false;  ///< the last column explains, and is set as text
};
std::string draw(const Table& table);

/// A paragraph of notes, in small.
std::string note(std::string_view text);

/// The whole document. `body` is HTML, the rest is text.
std::string page(std::string_view title, std::string_view lead, std::string_view body);

}  // namespace matchcue::chart
