// SPDX-License-Identifier: Apache-2.0
#include "api/site_picture.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace matchcue::api {
namespace {

constexpr std::string_view kPlaylist = "live.m3u8";
constexpr std::size_t kDigitsMax = 9;

/// "live17.ts"
bool is_segment(std::string_view name) {
  if (!name.starts_with("live") || !name.ends_with(".ts") || name.size() < 8) return false;
  const std::string_view number = name.substr(4, name.size() - 7);
  return number.size() <= kDigitsMax &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

SiteReply answer_picture(const std::string& folder, const SiteRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    SiteReply reply = site_words(405, request.method + " is not offered here; GET and HEAD are.");
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
  }
  const std::string_view path = target_path(request.target);
  const std::string_view name = path.substr(std::min<std::size_t>(1, path.size()));
  const bool is_playlist = name == kPlaylist;
  std::ifstream in;
  if (is_playlist || is_segment(name)) in.open(folder + "/" + std::string(name), std::ios::binary);
  std::ostringstream bytes;
  if (!in.is_open() || !(bytes << in.rdbuf())) {
    return site_words(
        404, "Nothing is served at " + std::string(first_characters(path, 200)) + (is_playlist ? " yet." : "."));
  }
  SiteReply reply;
  reply.content_type = type_of(name);
  reply.headers.emplace_back("Cache-Control", is_playlist ? "no-cache" : "public, max-age=60");
  reply.made = std::move(bytes).str();
  return reply;
}

}  // namespace matchcue::api
