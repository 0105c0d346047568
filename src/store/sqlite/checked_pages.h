#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Checksums for the pages of the database file, which SQLite has none of, as a VFS around another one: a page is sealed
// when it is written to the file and checked when it is read from it. A page that does not match is SQLITE_CORRUPT.
//
// The sum is in the last 8 bytes of a page, which SQLite leaves alone when they are reserved: "mcpg", then CRC-32C of
// the rest of the page and its number. In memory and in the WAL, which has sums of its own, these bytes are zero; a
// page in the file that has zeros there was written by another program than ours, and is taken as it is.

#include <cstdint>
#include <string>
#include <string_view>

namespace matchcue::store {

/// So many bytes a page are reserved for its sum.
constexpr int kPageSumBytes = 8;

enum class PageState { whole, unsealed, damaged };

/// `number` counts from 0. A page is a power of 2 from 512 on.
PageState check_page(std::string_view page, std::uint64_t number);
void seal_page(std::string& page, std::uint64_t number);

/// The name of the VFS that checks what goes through the VFS `base` (null: SQLite's own), made when it is first asked
/// for. Any thread.
const char* checked_vfs(const char* base);

}  // namespace matchcue::store
