// SPDX-License-Identifier: Apache-2.0
#include "api/sites.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "api/router.h"
#include "base/text.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kConfig = "/config.json";
constexpr std::string_view kManifest = "mf-manifest.json";
constexpr std::string_view kPlaylist = "live.m3u8";
/// The page that runs a remote's module in a sandboxed frame, of any page.
constexpr std::string_view kFrame = "/frame.html";

bool is_plain_host(std::string_view name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

Json picture_of(const std::string& url) { return url.empty() ? Json() : Json{{"url", url}}; }

Json integrity_of(const SiteFiles& files) {
  Json integrity = Json::object();
  for (const auto& [path, file] : files.all()) {
    if (path.ends_with(".js")) integrity[path] = file.integrity;
  }
  return integrity;
}

/// What every page may do at most. The rest is added.
std::string base_policy() {
  return "default-src 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; worker-src 'self' blob:";
}

}  // namespace

std::optional<std::string> public_name(std::string_view host) {
  std::string name = host_name(host);
  if (!is_plain_host(name)) return std::nullopt;
  return name;
}

std::optional<std::string> origin_of(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!url.starts_with(scheme)) continue;
    const std::string_view host = url.substr(scheme.size(), url.find('/', scheme.size()) - scheme.size());
    if (is_plain_host(host)) return std::string(scheme) + std::string(host);
  }
  return std::nullopt;
}

std::string site_origin(bool secure, std::string_view name, std::uint16_t port) {
  return (secure ? "https://" : "http://") + std::string(name) + ":" + std::to_string(port);
}

Result<Sites> Sites::load(const std::string& folder) {
  Sites sites;
  for (const std::string_view name : kSiteNames) {
    const auto place = std::filesystem::path(folder) / name;
    if (!std::filesystem::exists(place)) continue;
    MCUE_TRY(SiteFiles files, SiteFiles::load(place.string()));
    sites.sites_.emplace(name, std::move(files));
  }
  return sites;
}

std::vector<std::string> Sites::names() const {
  std::vector<std::string> names;
  for (const std::string_view name : kSiteNames) {
    if (sites_.contains(name)) names.emplace_back(name);
  }
  return names;
}

SiteReply Sites::answer(std::string_view site, const SiteRequest& request) const {
  const auto name = public_name(request.host);
  if (!name) return site_words(400, "The request needs one Host header with a plain name.");
  const std::string_view path = target_path(request.target);
  const auto files = sites_.find(site);
  CHECK(files != sites_.end(), site);
  SiteReply reply;
  auto told =
      path == kConfig && (request.method == "GET" || request.method == "HEAD") ? config(site, *name) : std::nullopt;
  if (told) {
    reply.content_type = "application/json";
    reply.headers.emplace_back("Cache-Control", "no-store");
    reply.made = std::move(*told);
  } else {
    reply = files->second.answer(request);
  }
  reply.headers.emplace_back("Content-Security-Policy", policy(site, path, *name));
  return reply;
}

std::string Sites::policy(std::string_view site, std::string_view path, std::string_view name) const {
  if (site == kHome) return home_policy(name);
  std::string picture = map_.picture_port != 0 ? " " + map_.origin(name, map_.picture_port) : std::string();
  if (const auto elsewhere = origin_of(map_.picture_url)) picture = " " + *elsewhere;
  const auto home = map_.ports.find(kHome);
  const std::string framed_by =
      path.ends_with(kFrame) ? "*"
                             : "'self' " + map_.listener_origin(name, map_.api_port) +
                                   (home != map_.ports.end() ? " " + map_.origin(name, home->second) : std::string());
  return base_policy() +
         "; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
         "media-src 'self' blob:" +
         picture + "; connect-src 'self'" + picture + "; frame-ancestors " + framed_by;
}

/// Home runs its remotes' scripts, and talks to viewers' listener; it is shown in the operators' pages.
std::string Sites::home_policy(std::string_view name) const {
  std::string remotes;  // whose scripts run in the page
  std::string frames;   // whose scripts run in frames of their own
  for (const auto& [site, port] : map_.ports) {
    if (site != kHome) remotes += " " + map_.origin(name, port);
  }
  for (const PartnerRemote& partner : map_.partners) {
    const auto origin = origin_of(partner.manifest);
    if (origin) (partner.sandbox ? frames : remotes) += " " + *origin;
  }
  std::string picture = map_.picture_port != 0 ? " " + map_.origin(name, map_.picture_port) : std::string();
  if (const auto elsewhere = origin_of(map_.picture_url)) picture = " " + *elsewhere;
  const std::string viewers =
      (map_.secure ? " wss://" : " ws://") + std::string(name) + ":" + std::to_string(map_.viewers_port);
  return base_policy() + "; script-src 'self'" + remotes + "; style-src 'self' 'unsafe-inline'" + remotes +
         "; font-src 'self'" + remotes + "; img-src 'self' data:" + remotes + "; media-src 'self' blob:" + remotes +
         picture + "; connect-src 'self' " + map_.listener_origin(name, map_.viewers_port) + viewers + remotes +
         picture + "; frame-src 'self'" + remotes + frames + "; frame-ancestors 'self' " +
         map_.listener_origin(name, map_.api_port);
}

std::string Sites::picture_url(std::string_view name) const {
  if (!map_.picture_url.empty()) return map_.picture_url;
  if (map_.picture_port == 0) return {};
  return map_.origin(name, map_.picture_port) + "/" + std::string(kPlaylist);
}

std::optional<std::string> Sites::config(std::string_view site, std::string_view name) const {
  if (site == kHome) return home_config(name);
  if (site == kVideo) return Json{{"picture", picture_of(picture_url(name))}}.dump();
  return std::nullopt;
}

std::string Sites::home_config(std::string_view name) const {
  Json remotes = Json::object();
  for (const std::string_view site : kSiteNames) {
    const auto files = sites_.find(site);
    if (site == kHome || files == sites_.end()) continue;
    remotes[std::string(site)] = {{"manifest", map_.origin(name, map_.ports.find(site)->second) + "/" +
                                                   build_path(files->second.build()) + std::string(kManifest)},
                                  {"integrity", integrity_of(files->second)},
                                  {"sandbox", false}};
  }
  for (const PartnerRemote& partner : map_.partners) {
    remotes[partner.name] = {{"manifest", partner.manifest},
                             {"integrity", partner.integrity.empty() ? Json() : Json(partner.integrity)},
                             {"sandbox", partner.sandbox}};
  }
  const std::string viewers =
      (map_.secure ? "wss://" : "ws://") + std::string(name) + ":" + std::to_string(map_.viewers_port) + "/v1/ws";
  return Json{
      {"viewers", viewers}, {"content", map_.content}, {"picture", picture_of(picture_url(name))}, {"remotes", remotes}}
      .dump();
}

}  // namespace matchcue::api
