// SPDX-License-Identifier: Apache-2.0
#include "cli/web_desk.h"

#include <algorithm>
#include <filesystem>

#include "api/site_picture.h"

namespace matchcue::cli {

namespace {

constexpr std::string_view kStudio = "studio";
constexpr std::string_view kPicture = "picture";

/// build/web, of build/release/matchcue.
std::filesystem::path beside_program() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  return program.parent_path().parent_path() / "web";
}

/// Where a site listens: its place in the table after home's port.
std::uint16_t port_of(std::uint16_t home, std::string_view name) {
  if (home == 0) return 0;
  if (name == kPicture) return static_cast<std::uint16_t>(home + api::kPicturePortOffset);
  const auto place = std::find(api::kSiteNames.begin(), api::kSiteNames.end(), name) - api::kSiteNames.begin();
  return static_cast<std::uint16_t>(home + place);
}

}  // namespace

Result<std::unique_ptr<WebDesk>> WebDesk::open(const WebOptions& options, const AccessOptions& access,
                                               const Replaceable<runtime::TlsContext>* tls) {
  std::unique_ptr<WebDesk> desk(new WebDesk(options, tls));
  MCUE_TRY_VOID(desk->load());
  if (!desk->sites_) return desk;
  MCUE_TRY_VOID(check_site_protection(access, {options.listen, options.home}, options.tls));
  MCUE_TRY_VOID(desk->listen());
  return desk;
}

Result<void> WebDesk::load() {
  if (!options_.wanted()) {
    why_none_ = "off";
    return {};
  }
  const bool is_auto = options_.folder == kWebBesideProgram;
  const std::filesystem::path folder = is_auto ? beside_program() : std::filesystem::path(options_.folder);
  if (!std::filesystem::is_directory(folder)) {
    if (is_auto) {
      why_none_ = folder.string() + " is not there; tools/web builds it";
      return {};
    }
    return invalid("unreadable_site", "web.folder: \"" + options_.folder + "\" is no folder", "web.folder");
  }
  if (std::filesystem::exists(folder / kStudio)) {
    MCUE_TRY(studio_, api::SiteFiles::load((folder / kStudio).string()));
  }
  MCUE_TRY(api::Sites sites, api::Sites::load(folder.string()));
  names_ = sites.names();
  if (names_.empty()) {
    why_none_ = "there are none in " + folder.string();
    return {};
  }
  if (!options_.picture_folder.empty()) names_.emplace_back(kPicture);
  sites_ = std::move(sites);
  return {};
}

Result<void> WebDesk::listen() {
  std::vector<runtime::Address> addresses;
  for (const std::string& name : names_) addresses.push_back({options_.listen, port_of(options_.home, name)});
  auto server = api::SiteServer::open(addresses, tls_);
  if (!server) {
    Error error = std::move(server).error();
    error.message = "web sites: " + error.message + "; web.home moves all of them, --web off serves none";
    return error;
  }
  server_ = std::move(server).value();
  return {};
}

void WebDesk::start(std::uint16_t viewers_port, std::uint16_t api_port) {
  if (!server_) return;
  api::SiteMap map;
  map.secure = listeners_secure_;
  map.sites_secure = is_secure();
  map.viewers_port = viewers_port;
  map.api_port = api_port;
  map.picture_url = options_.picture;
  map.content = options_.content;
  map.partners = options_.remotes;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] == kPicture) {
      map.picture_port = server_->port(i);
    } else {
      map.ports[names_[i]] = server_->port(i);
    }
  }
  sites_->set_map(std::move(map));
  std::vector<api::SiteAnswer> answers;
  for (const std::string& name : names_) {
    if (name == kPicture) {
      answers.emplace_back(
          [this](const auto& request) { return api::answer_picture(options_.picture_folder, request); });
    } else {
      answers.emplace_back([this, name](const auto& request) { return sites_->answer(name, request); });
    }
  }
  server_->start(std::move(answers));
}

void WebDesk::stop() {
  if (server_) server_->stop();
}

std::uint16_t WebDesk::home_port() const { return server_ && names_.front() == api::kHome ? server_->port(0) : 0; }

std::string WebDesk::home_address() const {
  return home_port() == 0 ? std::string() : runtime::Address{options_.listen, home_port()}.text();
}

std::string WebDesk::remotes_text() const {
  std::string text;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    if (names_[i] != api::kHome)
      text += (text.empty() ? "" : ", ") + names_[i] + " " + std::to_string(server_->port(i));
  }
  return text;
}

}  // namespace matchcue::cli
