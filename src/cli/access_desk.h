#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Keys, tokens, origins and certificates of a running server: from the files that the settings name, read again when
// they change.

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "access/admission.h"
#include "access/operator_tokens.h"
#include "base/clock.h"
#include "base/replaceable.h"
#include "base/result.h"
#include "runtime/socket.h"
#include "runtime/tls.h"

namespace matchcue::cli {

struct AccessOptions {
  std::string viewers_auth;  ///< "ticket", "none"; "" is "ticket" when there are keys, and "none" otherwise
  std::string ticket_keys;   ///< file, a JWK set
  access::TicketRules tickets;
  std::string origins;     ///< "" allows any
  std::string api_tokens;  ///< file, a line an operator
  std::string tls_certificate;
  std::string tls_key;

  bool needs_tickets() const { return viewers_auth == "ticket" || (viewers_auth.empty() && !ticket_keys.empty()); }
};

/// Whether what protects the listeners is enough for where they listen. A listener on loopback needs nothing. Errors:
/// unprotected, naming everything that is missing; invalid_setting where settings contradict each other.
Result<void> check_protection(const AccessOptions& access, const runtime::Address& viewers,
                              const runtime::Address& api);

/// The same for web sites. Their files are public; but who could change them on the way would run in every viewer's
/// page, with their ticket.
Result<void> check_site_protection(const AccessOptions& access, const runtime::Address& sites, bool wants_tls);

/// One thread, but for what it hands out.
class AccessDesk {
 public:
  /// Reads every file. Errors: unreadable_file, and those of the files' contents, naming the file.
  static Result<std::unique_ptr<AccessDesk>> open(const AccessOptions& options);

  const access::Admission& admission() const { return admission_; }
  const Replaceable<access::OperatorTokens>& operators() const { return operators_; }
  const Replaceable<runtime::TlsContext>* tls() const { return tls_.get(); }  ///< null: in the clear

  /// Reads again what has changed. `say` is told what was read, or why the old is kept: a file that is wrong changes
  /// nothing.
  void reload_changed(const std::function<void(const std::string&)>& say);
  /// Revocations are the store's; what files say stays.
  void set_revocations(access::Revocations revocations);

 private:
  /// A group of files that are read together.
  struct Source {
    std::string what;  ///< for people
    std::string first, second;
    std::string seen;  ///< what it looked like when it was read
  };

  explicit AccessDesk(const AccessOptions& options);
  Result<void> load_keys();
  Result<void> load_tokens();
  Result<void> load_tls();
  void reload(Source& source, Result<void> (AccessDesk::*load)(), const std::function<void(const std::string&)>& say);

  AccessOptions options_;
  Source keys_source_, tokens_source_, tls_source_;
  access::Admission admission_;
  Replaceable<access::OperatorTokens> operators_;
  std::unique_ptr<Replaceable<runtime::TlsContext>> tls_;
};

}  // namespace matchcue::cli
