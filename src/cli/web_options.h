#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What an operator can set about web sites.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/sites.h"
#include "base/result.h"

namespace matchcue::cli {

/// The folder `web` beside that of this program: build/web, for build/release/matchcue.
constexpr std::string_view kWebBesideProgram = "auto";

struct WebOptions {
  std::string folder{kWebBesideProgram};  ///< "" and "off" serve no sites
  std::string listen = "127.0.0.1";
  std::uint16_t home = 3000;   ///< the other sites follow; 0 takes free ports
  bool tls = true;             ///< where the other listeners have it
  std::string content = "c1";  ///< what home's viewers watch
  std::string picture;         ///< an HLS playlist's URL; "" is none
  std::vector<api::PartnerRemote> remotes;
  std::string picture_folder;  ///< where the demo draws its own picture; not a setting

  bool wanted() const { return !folder.empty() && folder != "off"; }
};

/// Reads partners' remotes from a JSON array of {"name", "manifest", "integrity"?, "sandbox"?}. Errors:
/// invalid_setting, naming what is wrong.
Result<std::vector<api::PartnerRemote>> parse_remotes(const std::string& text);
std::string write_remotes(const std::vector<api::PartnerRemote>& remotes);

}  // namespace matchcue::cli
