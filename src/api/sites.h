#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The web sites of a server: the container application "home" and the micro-frontends ("remotes") that it loads, each
// on a port of its own so that each is an origin of its own. No sockets.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/site_files.h"
#include "base/result.h"

namespace matchcue::api {

constexpr std::string_view kHome = "home";
constexpr std::string_view kVideo = "video";
/// Every site that can be served, at home's port and those that follow it.
constexpr std::array<std::string_view, 10> kSiteNames = {kHome,  "bet",    "player", kVideo,  "poll",
                                                         "quiz", "trivia", "ad",     "match", "social"};
/// The live picture's port follows theirs.
constexpr std::uint16_t kPicturePortOffset = kSiteNames.size();

/// "http://NAME:PORT"
std::string site_origin(bool secure, std::string_view name, std::uint16_t port);

/// A micro-frontend of somebody else, at their address.
struct PartnerRemote {
  std::string name;
  std::string manifest;                                       ///< URL
  std::map<std::string, std::string, std::less<>> integrity;  ///< by path of a script
  bool sandbox = true;                                        ///< in a frame that cannot touch the page
};

/// Where pages find everything: by the host name under which they were asked for themselves.
struct SiteMap {
  bool secure = false;        ///< TLS, of the viewers' listener and the API
  bool sites_secure = false;  ///< TLS, of the sites and the picture
  std::uint16_t viewers_port = 0;
  std::uint16_t api_port = 0;
  std::map<std::string, std::uint16_t, std::less<>> ports;  ///< of the sites that are served
  std::uint16_t picture_port = 0;                           ///< of the picture that this server has; 0 is none
  std::string picture_url;                                  ///< a playlist elsewhere; goes before this server's
  std::string content = "c1";                               ///< what home's viewers watch
  std::vector<PartnerRemote> partners;

  /// Of a site or the picture.
  std::string origin(std::string_view name, std::uint16_t port) const { return site_origin(sites_secure, name, port); }
  /// Of the viewers' listener or the API.
  std::string listener_origin(std::string_view name, std::uint16_t port) const {
    return site_origin(secure, name, port);
  }
};

/// Immutable once its map is set; any thread.
class Sites {
 public:
  /// Reads those of kSiteNames that are in `folder`. Errors: those of SiteFiles::load().
  static Result<Sites> load(const std::string& folder);

  std::vector<std::string> names() const;  ///< in the order of kSiteNames
  void set_map(SiteMap map) { map_ = std::move(map); }

  /// Answers for one of names().
  SiteReply answer(std::string_view site, const SiteRequest& request) const;

 private:
  std::string policy(std::string_view site, std::string_view path, std::string_view name) const;
  std::string home_policy(std::string_view name) const;
  /// What a site is told at /config.json; nothing when it is told nothing.
  std::optional<std::string> config(std::string_view site, std::string_view name) const;
  std::string home_config(std::string_view name) const;
  std::string picture_url(std::string_view name) const;  ///< of the playlist; "" is none

  std::map<std::string, SiteFiles, std::less<>> sites_;
  SiteMap map_;
};

/// The name in a Host header, lower case, IPv6 in its brackets; nothing when there is none that can be a part of an
/// address in a policy or a document.
std::optional<std::string> public_name(std::string_view host);
/// "https://cdn.example" of "https://cdn.example/a/b.json"; nothing when it is no http(s) URL with a plain host.
std::optional<std::string> origin_of(std::string_view url);

}  // namespace matchcue::api
