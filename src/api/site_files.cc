// SPDX-License-Identifier: Apache-2.0
#include "api/site_files.h"

#include <brotli/encode.h>
#include <openssl/evp.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/text.h"

namespace matchcue::api {
namespace {

constexpr std::size_t kFileBytesMax = 32 << 20;
constexpr std::size_t kSiteBytesMax = 128 << 20;
constexpr std::size_t kCompressBytesMin = 512;
constexpr int kBrotliQuality = 6;  // a second for all sites together at the start; 11 would take half a minute
constexpr std::string_view kPage = "index.html";
constexpr std::string_view kBuilds = "builds/";

struct Type {
  std::string_view extension, type;
  bool text;
};
constexpr std::array kTypes = {
    Type{"html", "text/html; charset=utf-8", true},
    Type{"js", "text/javascript; charset=utf-8", true},
    Type{"mjs", "text/javascript; charset=utf-8", true},
    Type{"css", "text/css; charset=utf-8", true},
    Type{"json", "application/json", true},
    Type{"map", "application/json", true},
    Type{"webmanifest", "application/manifest+json", true},
    Type{"svg", "image/svg+xml", true},
    Type{"txt", "text/plain; charset=utf-8", true},
    Type{"wasm", "application/wasm", true},
    Type{"woff2", "font/woff2", false},
    Type{"woff", "font/woff", false},
    Type{"png", "image/png", false},
    Type{"jpg", "image/jpeg", false},
    Type{"webp", "image/webp", false},
    Type{"avif", "image/avif", false},
    Type{"ico", "image/x-icon", false},
    Type{"mp4", "video/mp4", false},
    Type{"m3u8", "application/vnd.apple.mpegurl", true},
    Type{"ts", "video/mp2t", false},
};
constexpr Type kUnknown = {"", "application/octet-stream", false};

const Type& row_of(std::string_view name) {
  const std::string_view extension = name.substr(std::min(name.rfind('.'), name.size() - 1) + 1);
  const auto found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const Type& row) { return row.extension == extension; });
  return found == kTypes.end() ? kUnknown : *found;
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::string sha384(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned int size = 0;
  CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha384(), nullptr) == 1);
  return std::string(reinterpret_cast<const char*>(digest.data()), size);
}

std::string gzip(std::string_view bytes) {
  constexpr int kGzipWindow = 15 + 16;
  constexpr int kMemoryLevel = 8;
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel, Z_DEFAULT_STRATEGY) ==
        Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int ended = deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  CHECK(ended == Z_STREAM_END, ended);
  return out;
}

std::string brotli(std::string_view bytes) {
  std::string out(BrotliEncoderMaxCompressedSize(bytes.size()), '\0');
  std::size_t size = out.size();
  const bool done = BrotliEncoderCompress(kBrotliQuality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, bytes.size(),
                                          reinterpret_cast<const std::uint8_t*>(bytes.data()), &size,
                                          reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE;
  out.resize(done ? size : 0);
  return out;
}

/// "assets/index-B7xQd2_k.js": the builder's hash of the bytes. Eight small letters may be a word: such a file is asked
/// for again, which costs little.
bool is_hashed(std::string_view path) {
  constexpr std::size_t kHash = 8;
  if (!path.starts_with("assets/")) return false;
  const std::string_view stem = path.substr(0, path.find('.', path.rfind('/')));
  if (stem.size() < kHash + 1 || stem[stem.size() - kHash - 1] != '-') return false;
  const std::string_view hash = stem.substr(stem.size() - kHash);
  const auto is_digit_of_hash = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  const auto is_small = [](unsigned char c) { return std::islower(c) != 0; };
  return std::all_of(hash.begin(), hash.end(), is_digit_of_hash) && !std::all_of(hash.begin(), hash.end(), is_small);
}

SiteFile make_file(std::string_view path, std::string body) {
  const Type& row = row_of(path);
  SiteFile file;
  file.type = row.type;
  const std::string digest = sha384(body);
  file.integrity = "sha384-" + base64(digest);
  append_base64url(std::string_view(digest).substr(0, 15), file.tag);
  file.immutable = is_hashed(path);
  if (row.text && body.size() >= kCompressBytesMin) {
    file.gzip = gzip(body);
    file.brotli = brotli(body);
    if (file.gzip.size() >= body.size()) file.gzip.clear();
    if (file.brotli.size() >= body.size()) file.brotli.clear();
  }
  file.body = std::move(body);
  return file;
}

/// Whether the header offers a coding and does not refuse it (q=0).
bool accepts(std::string_view header, std::string_view coding) {
  for (std::string_view part : split(header, ',')) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    if (part.substr(0, part.find_first_of("; ")) != coding) continue;
    const std::size_t quality = part.find("q=");
    return quality == std::string_view::npos || parse_double(part.substr(quality + 2)).value_or(1) > 0;
  }
  return false;
}

/// Whether the header names this tag, weak or not.
bool names_tag(std::string_view header, std::string_view tag) {
  if (header == "*") return true;
  for (std::string_view part : split(header, ',')) {
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (part.starts_with("W/")) part.remove_prefix(2);
    if (part == tag) return true;
  }
  return false;
}

SiteReply send_file(const SiteFile& file, const SiteRequest& request, bool immutable) {
  SiteReply reply;
  reply.content_type = file.type;
  std::string tag = file.tag;
  reply.file = file.body;
  if (!file.brotli.empty() && accepts(request.accept_encoding, "br")) {
    reply.file = file.brotli;
    reply.headers.emplace_back("Content-Encoding", "br");
    tag += "-br";
  } else if (!file.gzip.empty() && accepts(request.accept_encoding, "gzip")) {
    reply.file = file.gzip;
    reply.headers.emplace_back("Content-Encoding", "gzip");
    tag += "-gz";
  }
  tag = '"' + tag + '"';
  reply.headers.emplace_back("ETag", tag);
  reply.headers.emplace_back("Vary", "Accept-Encoding");
  reply.headers.emplace_back("Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (!request.if_none_match.empty() && names_tag(request.if_none_match, tag)) {
    reply.status = 304;
    reply.file.reset();
  }
  return reply;
}

std::string name_build(const std::map<std::string, SiteFile, std::less<>>& files) {
  std::string all;
  for (const auto& [path, file] : files) all += path + '\n' + file.integrity + '\n';
  std::string name;
  append_base64url(std::string_view(sha384(all)).substr(0, 12), name);
  return name;
}

Error unreadable(const std::string& path, const std::string& why) {
  return invalid("unreadable_site", "web: cannot read " + path + ": " + why, "web.folder");
}

}  // namespace

std::string_view target_path(std::string_view target) { return target.substr(0, target.find('?')); }
std::string_view target_query(std::string_view target) { return target.substr(target_path(target).size()); }
std::string_view type_of(std::string_view name) { return name.empty() ? kUnknown.type : row_of(name).type; }

std::string build_path(std::string_view build) { return std::string(kBuilds) + std::string(build) + "/"; }

SiteReply site_words(int status, std::string words) {
  SiteReply reply;
  reply.status = status;
  reply.content_type = "text/plain; charset=utf-8";
  reply.headers.emplace_back("Cache-Control", "no-store");
  reply.made = std::move(words) + "\n";
  return reply;
}

Result<SiteFiles> SiteFiles::load(const std::string& folder) {
  namespace fs = std::filesystem;
  SiteFiles site;
  std::size_t total = 0;
  std::error_code error;
  for (fs::recursive_directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    if (!each->is_regular_file(error)) continue;
    const std::string path = each->path().string();
    const auto size = each->file_size(error);
    total += size;
    if (size > kFileBytesMax || total > kSiteBytesMax) {
      return Error{ErrorKind::too_large, "too_large", "web: " + path + " is too large to be served", "web.folder"};
    }
    std::ifstream in(path, std::ios::binary);
    std::ostringstream bytes;
    if (!in || (size > 0 && !(bytes << in.rdbuf()))) return unreadable(path, "no permission, or it is no file");
    std::string name = each->path().lexically_relative(folder).generic_string();
    SiteFile file = make_file(name, bytes.str());
    site.files_.emplace(std::move(name), std::move(file));
  }
  if (error) return unreadable(folder, error.message());
  if (site.find(kPage) == nullptr) return unreadable(folder, "it has no index.html");
  site.build_ = name_build(site.files_);
  return site;
}

const SiteFile* SiteFiles::find(std::string_view path) const {
  const auto found = files_.find(path);
  return found == files_.end() ? nullptr : &found->second;
}

const SiteFile* SiteFiles::look_up(std::string_view name) const {
  if (name.starts_with(kBuilds)) {
    const std::string own = build_path(build_);
    return name.starts_with(own) ? find(name.substr(own.size())) : nullptr;
  }
  const bool is_place = name.find('.', name.rfind('/') + 1) == std::string_view::npos;
  return find(is_place ? kPage : name);
}

SiteReply SiteFiles::answer(const SiteRequest& request, std::string_view base) const {
  if (request.method != "GET" && request.method != "HEAD") {
    SiteReply reply = site_words(405, request.method + " is not offered here; GET and HEAD are.");
    reply.headers.emplace_back("Allow", "GET, HEAD");
    return reply;
  }
  const std::string_view path = target_path(request.target);
  const bool is_below = path.starts_with(base);
  const std::string_view name = is_below ? path.substr(base.size()) : std::string_view();
  const SiteFile* file = is_below ? look_up(name) : nullptr;
  if (file == nullptr) {
    return site_words(404, "Nothing is served at " + std::string(first_characters(path, 200)) + ".");
  }
  // A document's policy may change with the server's settings; the bytes of the rest are all there is to it.
  const bool is_document = file->type.starts_with("text/html");
  return send_file(*file, request, file->immutable || (name.starts_with(kBuilds) && !is_document));
}

}  // namespace matchcue::api
