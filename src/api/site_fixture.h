#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a folder that a site is read from, and what replies hold.

#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "api/site_files.h"

namespace matchcue::api {

/// Removed with its object.
class SiteFolder {
 public:
  SiteFolder() {
    std::string made = std::filesystem::temp_directory_path() / "matchcue-site-XXXXXX";
    CHECK(::mkdtemp(made.data()) != nullptr, made);
    root_ = made;
    std::filesystem::create_directory(root_ / "site");
  }
  ~SiteFolder() { std::filesystem::remove_all(root_); }
  SiteFolder(const SiteFolder&) = delete;
  SiteFolder& operator=(const SiteFolder&) = delete;

  std::string path() const { return (root_ / "site").string(); }
  void write(const std::string& name, const std::string& text) const { write_at(root_ / "site" / name, text); }
  void write_beside(const std::string& name, const std::string& text) const { write_at(root_ / name, text); }

 private:
  static void write_at(const std::filesystem::path& path, const std::string& text) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  std::filesystem::path root_;
};

/// "" when there is none.
inline std::string header_of(const SiteReply& reply, std::string_view name) {
  for (const auto& [each, value] : reply.headers) {
    if (each == name) return value;
  }
  return {};
}

inline std::string gunzip(std::string_view bytes, std::size_t size_max) {
  constexpr int kGzipWindow = 15 + 16;
  z_stream stream{};
  CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
  std::string out(size_max + 1, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = inflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  CHECK(ended == Z_STREAM_END, ended);
  return out;
}

}  // namespace matchcue::api
