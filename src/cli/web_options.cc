// SPDX-License-Identifier: Apache-2.0
#include "cli/web_options.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "codec/strict_json.h"
#include "domain/remote.h"

namespace matchcue::cli {

namespace {

using Json = nlohmann::json;

constexpr const char* kKey = "web.remotes";

Error wrong(const std::string& what) { return invalid("invalid_setting", std::string(kKey) + ": " + what, kKey); }

bool is_digest(const Json& value) {
  constexpr std::string_view kBegin = "sha384-";
  constexpr std::size_t kCharacters = 64;
  if (!value.is_string()) return false;
  const std::string text = value.get<std::string>();
  if (!text.starts_with(kBegin) || text.size() != kBegin.size() + kCharacters) return false;
  return std::all_of(text.begin() + kBegin.size(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/'; });
}

Result<api::PartnerRemote> parse_remote(const Json& entry) {
  if (!entry.is_object()) return wrong("an entry is no table");
  api::PartnerRemote remote;
  for (const auto& [key, value] : entry.items()) {
    if (key == "name" && value.is_string()) {
      remote.name = value.get<std::string>();
    } else if (key == "manifest" && value.is_string()) {
      remote.manifest = value.get<std::string>();
    } else if (key == "sandbox" && value.is_boolean()) {
      remote.sandbox = value.get<bool>();
    } else if (key == "integrity" && value.is_object()) {
      for (const auto& [path, digest] : value.items()) {
        if (!is_digest(digest)) {
          return wrong("the integrity of \"" + path + "\" is no \"sha384-\" and 64 characters of base64");
        }
        remote.integrity[path] = digest.get<std::string>();
      }
    } else {
      return wrong("\"" + key + "\" is not one of name, manifest, integrity, sandbox, or has another type");
    }
  }
  if (!domain::is_remote_name(remote.name)) {
    return wrong("\"" + remote.name + "\" is no name: 1 to 64 of a-z, 0-9 and -");
  }
  const auto& own = api::kSiteNames;
  if (std::find(own.begin(), own.end(), remote.name) != own.end()) {
    return wrong("\"" + remote.name + "\" is a site of this server");
  }
  if (!api::origin_of(remote.manifest)) {
    return wrong("\"" + remote.manifest +
                 "\" is no address of a manifest, such as https://cdn.example/mf-manifest.json");
  }
  // Nobody but the frame's own page could hold it to them.
  if (remote.sandbox && !remote.integrity.empty()) {
    return wrong("\"" + remote.name +
                 "\" is sandboxed, where integrity is not checked: leave it out, or say sandbox = false");
  }
  return remote;
}

}  // namespace

Result<std::vector<api::PartnerRemote>> parse_remotes(const std::string& text) {
  std::vector<api::PartnerRemote> remotes;
  if (text.empty()) return remotes;
  MCUE_TRY(const Json all, codec::parse_strict_json(text));
  if (!all.is_array()) return wrong("a list of tables is wanted");
  for (const Json& entry : all) {
    MCUE_TRY(api::PartnerRemote remote, parse_remote(entry));
    const bool twice =
        std::any_of(remotes.begin(), remotes.end(), [&](const auto& each) { return each.name == remote.name; });
    if (twice) return wrong("\"" + remote.name + "\" is there twice");
    remotes.push_back(std::move(remote));
  }
  return remotes;
}

std::string write_remotes(const std::vector<api::PartnerRemote>& remotes) {
  if (remotes.empty()) return {};
  Json all = Json::array();
  for (const api::PartnerRemote& remote : remotes) {
    all.push_back({{"name", remote.name},
                   {"manifest", remote.manifest},
                   {"integrity", remote.integrity},
                   {"sandbox", remote.sandbox}});
  }
  return all.dump();
}

}  // namespace matchcue::cli
