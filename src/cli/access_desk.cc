// SPDX-License-Identifier: Apache-2.0
#include "cli/access_desk.h"

#include <sys/stat.h>

#include <fstream>
#include <sstream>
#include <vector>

namespace matchcue::cli {

namespace {

Result<std::string> read_file(const std::string& path, const std::string& setting) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) {
    return invalid("unreadable_file", setting + ": cannot read \"" + path + "\"", setting);
  }
  return text.str();
}

/// Changes when the file is written or another one is put in its place.
std::string look_of(const std::string& path) {
  struct stat is {};
  if (path.empty() || ::stat(path.c_str(), &is) != 0) return {};
  std::ostringstream look;
  look << is.st_ino << ' ' << is.st_size << ' ' << is.st_mtim.tv_sec << ' ' << is.st_mtim.tv_nsec << ' '
       << is.st_ctim.tv_sec << ' ' << is.st_ctim.tv_nsec;
  return look.str();
}

Error in_file(Error error, const std::string& path) {
  error.message = path + ": " + error.message;
  return error;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

Error unprotected(const std::string& listener, const runtime::Address& address, const std::vector<std::string>& missing,
                  const std::string& way_out) {
  return invalid("unprotected",
                 "refusing to listen for " + listener + " on " + address.text() + ", which others can reach: missing " +
                     joined(missing) + way_out,
                 listener == "viewers"     ? "listen"
                 : listener == "operators" ? "api"
                                           : "web.listen");
}

}  // namespace

Result<void> check_protection(const AccessOptions& access, const runtime::Address& viewers,
                              const runtime::Address& api) {
  if (access.viewers_auth == "ticket" && access.ticket_keys.empty()) {
    return invalid("invalid_setting", "viewers.auth: \"ticket\" needs viewers.ticket_keys", "viewers.auth");
  }
  const bool has_tls = !access.tls_certificate.empty() && !access.tls_key.empty();
  if (access.tls_certificate.empty() != access.tls_key.empty()) {
    return invalid("invalid_setting", "tls.certificate and tls.key go together", "tls.certificate");
  }
  std::vector<std::string> missing;
  if (!access.needs_tickets()) missing.emplace_back("viewers.ticket_keys (who watches)");
  if (access.origins.empty()) missing.emplace_back("viewers.origins (which pages may connect)");
  if (!has_tls) missing.emplace_back("tls.certificate and tls.key");
  if (!viewers.is_loopback() && access.viewers_auth != "none" && !missing.empty()) {
    return unprotected("viewers", viewers, missing,
                       "; --viewers-auth none lets everybody in who can reach it, in the clear");
  }
  missing.clear();
  if (access.api_tokens.empty()) missing.emplace_back("api.token_file (who operates)");
  if (!has_tls) missing.emplace_back("tls.certificate and tls.key");
  if (!api.is_loopback() && !missing.empty()) return unprotected("operators", api, missing, "");
  return {};
}

Result<void> check_site_protection(const AccessOptions& access, const runtime::Address& sites, bool wants_tls) {
  const bool has_tls = wants_tls && !access.tls_certificate.empty() && !access.tls_key.empty();
  if (sites.is_loopback() || has_tls || access.viewers_auth == "none") return {};
  return unprotected("web sites", sites, {wants_tls ? "tls.certificate and tls.key" : "web.tls = on"},
                     "; --viewers-auth none serves everybody in the clear, --web off serves no sites");
}

AccessDesk::AccessDesk(const AccessOptions& options)
    : options_(options),
      keys_source_{"ticket keys", options.ticket_keys, {}, {}},
      tokens_source_{"operators' tokens", options.api_tokens, {}, {}},
      tls_source_{"certificate", options.tls_certificate, options.tls_key, {}},
      admission_(access::AdmissionPolicy()),
      operators_(access::OperatorTokens()) {}

Result<std::unique_ptr<AccessDesk>> AccessDesk::open(const AccessOptions& options) {
  std::unique_ptr<AccessDesk> desk(new AccessDesk(options));
  // Looked at before they are read: what changes in between is read again.
  for (Source* source : {&desk->keys_source_, &desk->tokens_source_, &desk->tls_source_}) {
    source->seen = look_of(source->first) + look_of(source->second);
  }
  MCUE_TRY_VOID(desk->load_keys());
  MCUE_TRY_VOID(desk->load_tokens());
  MCUE_TRY_VOID(desk->load_tls());
  return desk;
}

Result<void> AccessDesk::load_keys() {
  access::AdmissionPolicy policy = *admission_.get();
  policy.needs_ticket = options_.needs_tickets();
  policy.rules = options_.tickets;
  if (!options_.origins.empty()) {
    MCUE_TRY(policy.origins, access::Origins::parse(options_.origins));
  }
  if (policy.needs_ticket) {
    MCUE_TRY(const std::string text, read_file(options_.ticket_keys, "viewers.ticket_keys"));
    auto keys = access::TicketKeys::parse(text);
    if (!keys.ok()) return in_file(std::move(keys).error(), options_.ticket_keys);
    policy.keys = *std::move(keys);
  }
  admission_.replace(std::move(policy));
  return {};
}

Result<void> AccessDesk::load_tokens() {
  if (options_.api_tokens.empty()) return {};
  MCUE_TRY(const std::string text, read_file(options_.api_tokens, "api.token_file"));
  auto tokens = access::OperatorTokens::parse(text);
  if (!tokens.ok()) return in_file(std::move(tokens).error(), options_.api_tokens);
  if (tokens->empty()) {  // it would let everybody in
    return in_file(invalid("invalid_token_file", "there is no operator in it", "api.token_file"), options_.api_tokens);
  }
  operators_.replace(*std::move(tokens));
  return {};
}

Result<void> AccessDesk::load_tls() {
  if (options_.tls_certificate.empty()) return {};
  MCUE_TRY(runtime::TlsContextPtr context, runtime::TlsContext::load(options_.tls_certificate, options_.tls_key));
  if (tls_) {
    tls_->replace(std::move(context));
  } else {
    tls_ = std::make_unique<Replaceable<runtime::TlsContext>>(std::move(context));
  }
  return {};
}

void AccessDesk::reload_changed(const std::function<void(const std::string&)>& say) {
  reload(keys_source_, &AccessDesk::load_keys, say);
  reload(tokens_source_, &AccessDesk::load_tokens, say);
  reload(tls_source_, &AccessDesk::load_tls, say);
}

void AccessDesk::reload(Source& source, Result<void> (AccessDesk::*load)(),
                        const std::function<void(const std::string&)>& say) {
  const std::string look = look_of(source.first) + look_of(source.second);
  if (look == source.seen) return;
  source.seen = look;
  const auto loaded = (this->*load)();
  say(loaded.ok() ? source.what + ": read again"
                  : source.what + ": the old one stays in force, for " + loaded.error().message);
}

void AccessDesk::set_revocations(access::Revocations revocations) {
  access::AdmissionPolicy policy = *admission_.get();
  policy.revocations = std::move(revocations);
  admission_.replace(std::move(policy));
}

}  // namespace matchcue::cli
