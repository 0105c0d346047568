#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The files of a built web site, held in memory and ready to be sent. What is asked for is looked up in a map and never
// becomes the name of a file, so that no address leads out of the folder. No sockets.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace matchcue::api {

/// What a site needs to know of a request.
struct SiteRequest {
  std::string method;
  std::string target;  ///< path and query as on the wire
  std::string host;    ///< the Host header; "" when it is missing or there are several
  std::string accept_encoding;
  std::string if_none_match;
};

struct SiteReply {
  int status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string made;                      ///< a body that was made for this request
  std::optional<std::string_view> file;  ///< or one that the site holds

  std::string_view body() const { return file ? *file : std::string_view(made); }
};

struct SiteFile {
  std::string body;
  std::string gzip, brotli;  ///< empty where they save nothing
  std::string type;
  std::string tag;         ///< names the bytes, for ETag
  std::string integrity;   ///< "sha384-...", as in an integrity attribute
  bool immutable = false;  ///< its name has a hash of its bytes
};

/// Immutable once loaded; any thread.
class SiteFiles {
 public:
  /// Reads every file below `folder`, and compresses those that are text. Errors: unreadable_site, naming the folder or
  /// the file; too_large, of one file (32 MiB) or all (128 MiB).
  static Result<SiteFiles> load(const std::string& folder);

  /// Names these files and their bytes, all of them: 16 characters of base64url.
  const std::string& build() const { return build_; }
  /// "assets/index-B7xQ.js", without a slash in front.
  const SiteFile* find(std::string_view path) const;
  const std::map<std::string, SiteFile, std::less<>>& all() const { return files_; }

  /// Answers GET and HEAD. `base` is in front of every path, "/" or "/studio/". An address whose last part has no dot
  /// is a place within the application, and gets index.html. Below build_path() a page finds the files of this build or
  /// nothing: there every address means the same bytes for good.
  SiteReply answer(const SiteRequest& request, std::string_view base = "/") const;

 private:
  const SiteFile* look_up(std::string_view name) const;

  std::map<std::string, SiteFile, std::less<>> files_;
  std::string build_;
};

/// "builds/BUILD/", without a slash in front.
std::string build_path(std::string_view build);

/// An answer in words.
SiteReply site_words(int status, std::string words);
/// The path of "/a/b?c=d", and what follows it from the question mark on.
std::string_view target_path(std::string_view target);
std::string_view target_query(std::string_view target);
/// The content type by a file's name.
std::string_view type_of(std::string_view name);

}  // namespace matchcue::api
