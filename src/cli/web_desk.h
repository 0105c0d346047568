#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The web sites of a running server: their files, listeners and what they tell pages.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/site_server.h"
#include "api/sites.h"
#include "cli/access_desk.h"
#include "cli/web_options.h"

namespace matchcue::cli {

/// One thread, but for the listeners' own.
class WebDesk {
 public:
  /// Reads the files and takes the ports. Without sites when none are wanted, or when nothing was built beside this
  /// program: see why_none(). Errors: unprotected, unreadable_site, cannot_listen (naming site and address).
  static Result<std::unique_ptr<WebDesk>> open(const WebOptions& options, const AccessOptions& access,
                                               const Replaceable<runtime::TlsContext>* tls);

  const api::SiteFiles* studio() const { return studio_ ? &*studio_ : nullptr; }
  bool is_secure() const { return tls_ != nullptr; }         ///< whether sites have TLS
  std::uint16_t home_port() const;                           ///< 0 when home is not served
  std::string home_address() const;                          ///< "127.0.0.1:3000"; "" when home is not served
  const std::string& why_none() const { return why_none_; }  ///< for people; "" when there are sites
  /// "bet 3001, player 3002": what is served beside home.
  std::string remotes_text() const;

  /// Begins to answer.
  void start(std::uint16_t viewers_port, std::uint16_t api_port);
  void stop();

 private:
  WebDesk(const WebOptions& options, const Replaceable<runtime::TlsContext>* tls)
      : options_(options), tls_(options.tls ? tls : nullptr), listeners_secure_(tls != nullptr) {}
  Result<void> load();
  Result<void> listen();

  WebOptions options_;
  const Replaceable<runtime::TlsContext>* tls_;  ///< of the sites
  bool listeners_secure_;                        ///< the viewers' listener and the API
  std::string why_none_;
  std::optional<api::SiteFiles> studio_;
  std::optional<api::Sites> sites_;
  std::vector<std::string> names_;  ///< of the listeners; the picture's is the last
  std::unique_ptr<api::SiteServer> server_;
};

}  // namespace matchcue::cli
