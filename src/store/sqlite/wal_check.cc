// SPDX-License-Identifier: Apache-2.0
//
// The file, big-endian (https://www.sqlite.org/fileformat2.html#walformat):
//   header  0  u32 magic 0x377f0682 or 0x377f0683; with the latter sums are over big-endian words
//           8  u32 page size      16  u32 salt 1      20  u32 salt 2      24  u32 x 2 sum of bytes 0..24
//   frames  0  u32 page           4  u32 not 0 ends a commit
//           8  u32 salt 1         12  u32 salt 2      16  u32 x 2 sum, going on from the frame before, of bytes 0..8
//              and the page, which follows
// Salt 1 grows by one whenever the file is begun again; frames of before keep theirs.
#include "store/sqlite/wal_check.h"

#include <cstdint>
#include <string_view>

namespace matchcue::store {

namespace {

constexpr std::size_t kHeaderBytes = 32;
constexpr std::size_t kFrameHeaderBytes = 24;
constexpr std::uint32_t kMagic = 0x377f0682;

std::uint32_t big_endian(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
std::uint32_t little_endian(std::string_view bytes, std::size_t at) { return __builtin_bswap32(big_endian(bytes, at)); }

/// SQLite's sum, which goes on from part to part.
struct Sum {
  std::uint32_t first = 0;
  std::uint32_t second = 0;

  void add(std::string_view bytes, bool big_endian_words) {
    const auto word = big_endian_words ? big_endian : little_endian;
    for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) {
      first += word(bytes, at) + second;
      second += word(bytes, at + 4) + first;
    }
  }
  bool is_at(std::string_view bytes, std::size_t at) const {
    return first == big_endian(bytes, at) && second == big_endian(bytes, at + 4);
  }
};

struct Salts {
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  friend bool operator==(const Salts&, const Salts&) = default;
};
Salts salts_at(std::string_view bytes, std::size_t at) { return {big_endian(bytes, at), big_endian(bytes, at + 4)}; }

class WalCheck {
 public:
  WalCheck(DiskFile& file, const std::string& path) : file_(file), path_(path) {}

  Result<void> run() {
    MCUE_TRY(header_, file_.read(0, kHeaderBytes));
    if (header_.size() < kHeaderBytes) return {};
    page_bytes_ = big_endian(header_, 8);
    const std::uint32_t magic = big_endian(header_, 0);
    sum_.add(header_.substr(0, 24), (magic & 1) != 0);
    if ((magic & ~1U) != kMagic || !sum_.is_at(header_, 24)) return check_torn_header();
    for (std::uint64_t number = 0;; ++number) {
      MCUE_TRY(const std::string frame, read(number));
      if (frame.size() < frame_bytes()) return {};
      if (!follows(frame)) return check_rest(number);
    }
  }

 private:
  std::size_t frame_bytes() const { return kFrameHeaderBytes + page_bytes_; }
  Result<std::string> read(std::uint64_t number) {
    return file_.read(kHeaderBytes + number * frame_bytes(), frame_bytes());
  }
  Error damaged(const std::string& what) const {
    return Error{ErrorKind::corrupt, "corrupt_database", path_ + ": " + what, {}};
  }

  /// Whether this is the next whole frame; then the sum is at its end.
  bool follows(const std::string& frame) {
    Sum next = sum_;
    const bool big = (big_endian(header_, 0) & 1) != 0;
    next.add(std::string_view(frame).substr(0, 8), big);
    next.add(std::string_view(frame).substr(kFrameHeaderBytes), big);
    if (salts_at(frame, 8) != salts_at(header_, 16) || !next.is_at(frame, 16)) return false;
    sum_ = next;
    return true;
  }

  Result<void> check_rest(std::uint64_t number) {
    bool committed = false;
    for (std::uint64_t later = number;; ++later) {
      MCUE_TRY(const std::string frame, read(later));
      if (frame.size() < frame_bytes()) return {};
      if (salts_at(frame, 8) != salts_at(header_, 16)) continue;
      if (committed) return damaged("frame " + std::to_string(number + 1) + " is damaged, and later commits follow it");
      committed = big_endian(frame, 4) != 0;
    }
  }

  /// A header is torn when the file is begun again: then no frame has its salts.
  Result<void> check_torn_header() {
    MCUE_TRY(const std::string frame, file_.read(kHeaderBytes, kFrameHeaderBytes));
    if (frame.size() < kFrameHeaderBytes) return {};
    const Salts ours = salts_at(header_, 16);
    const Salts theirs = salts_at(frame, 8);
    const bool begun_again = ours.first == theirs.first + 1;
    if (ours.first == theirs.first || (ours.second == theirs.second && !begun_again)) {
      return damaged("its header is damaged");
    }
    return {};
  }

  DiskFile& file_;
  const std::string& path_;
  std::string header_;
  std::size_t page_bytes_ = 0;
  Sum sum_;
};

}  // namespace

Result<void> check_wal(Disk& disk, const std::string& path) {
  if (!disk.exists(path)) return {};
  MCUE_TRY(const auto file, disk.open(path, OpenFor::reading));
  return WalCheck(*file, path).run();
}

}  // namespace matchcue::store
