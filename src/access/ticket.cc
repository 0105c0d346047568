// SPDX-License-Identifier: Apache-2.0
#include "access/ticket.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "codec/json_object.h"
#include "codec/json_values.h"
#include "domain/catalogue.h"

namespace matchcue::access {

namespace {

using codec::JsonObject;

Error refused(std::string code, std::string message, std::string claim = {}) {
  return invalid(std::move(code), std::move(message), claim.empty() ? "ticket" : "ticket." + claim);
}

/// The three parts of a compact JWS (RFC 7515, section 7.1).
struct Parts {
  std::string_view header;
  std::string_view claims;
  std::string_view signed_text;  ///< header and claims with the dot between
  std::string signature;
};

Result<Parts> split_parts(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return refused("invalid_ticket",
                   "a ticket has at most " + std::to_string(bytes_max) + " bytes, not " + std::to_string(text.size()));
  }
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos) {
    return refused("invalid_ticket", "not a signed JWT: three parts with dots between are wanted");
  }
  auto signature = decode_base64url(text.substr(second + 1));
  if (!signature) return refused("invalid_ticket", "its signature is not URL-safe base64");
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(0, second),
               *std::move(signature)};
}

Result<std::string> decode_part(std::string_view part, std::string_view what) {
  auto text = decode_base64url(part);
  if (text && is_utf8(*text)) return *std::move(text);
  return refused("invalid_ticket", "its " + std::string(what) + (text ? " is not UTF-8" : " is not URL-safe base64"));
}

/// Whatever a reader of JSON finds wrong is the ticket's fault.
Error as_ticket_error(const Error& error) { return refused("invalid_ticket", error.message, error.field); }

/// The key that its header names, which decides the algorithm: the header has to name that too.
Result<const TicketKey*> find_key(std::string_view part, const TicketKeys& keys) {
  MCUE_TRY(const std::string text, decode_part(part, "header"));
  const auto read = [&]() -> Result<const TicketKey*> {
    MCUE_TRY(const JsonObject header, JsonObject::parse(text, ""));
    MCUE_TRY(const std::string algorithm, header.get_string("alg"));
    MCUE_TRY(const auto id, header.find_string("kid"));
    MCUE_TRY(const auto type, header.find_string("typ"));
    if (header.has("crit")) return refused("invalid_ticket", "its header has crit: no extension is understood", "crit");
    if (type && *type != "JWT" && *type != "jwt") return refused("invalid_ticket", "its typ is not JWT", "typ");
    const auto known = parse_algorithm(algorithm);
    const TicketKey* key = known ? keys.find(id, *known) : nullptr;
    if (key == nullptr) return refused("ticket_key", "no key is known by which it could be signed", "kid");
    return key;
  };
  auto found = read();
  if (found.ok() || found.error().code == "ticket_key" || found.error().code == "invalid_ticket") return found;
  return as_ticket_error(found.error());
}

/// Seconds since 1970 (RFC 7519, section 2: NumericDate, with or without a fraction).
Result<std::optional<WallTime>> find_time(const JsonObject& claims, std::string_view name) {
  constexpr double kSecondsMax = 253402300799;  // the year 9999
  MCUE_TRY(const auto seconds, claims.find_number(name));
  if (!seconds) return std::optional<WallTime>();
  if (!(*seconds >= 0 && *seconds <= kSecondsMax)) {
    return refused("invalid_ticket", std::string(name) + " is not a time", std::string(name));
  }
  return std::optional(wall_time_from_ms(std::llround(*seconds * 1'000)));
}

Result<Ticket> read_claims(const JsonObject& claims) {
  Ticket ticket;
  MCUE_TRY(std::string viewer, claims.get_string("sub"));
  MCUE_TRY_VOID(domain::check_id(viewer, "sub"));
  ticket.viewer = domain::ViewerId(std::move(viewer));
  for (const auto& [name, text] : {std::pair{"jti", &ticket.id}, std::pair{"device", &ticket.device}}) {
    MCUE_TRY(const auto given, claims.find_string(name));
    if (!given) continue;
    MCUE_TRY_VOID(domain::check_id(*given, name));
    *text = *given;
  }
  MCUE_TRY(const auto contents, claims.find_strings("contents", kTicketContentsMax));
  if (contents && contents->empty())
    return refused("invalid_ticket", "contents is empty: it allows nothing", "contents");
  for (const std::string& each : contents.value_or(std::vector<std::string>())) {
    MCUE_TRY_VOID(domain::check_id(each, "contents"));
    ticket.contents.emplace_back(each);
  }
  MCUE_TRY(const auto previously, claims.find_string("previously"));
  if (previously) {
    MCUE_TRY_VOID(domain::check_id(*previously, "previously"));
    ticket.previously = domain::ViewerId(*previously);
  }
  MCUE_TRY(auto attributes, claims.find_values("attributes", kTicketAttributesMax));
  if (!attributes) return ticket;
  const auto viewer_with = domain::make_viewer(ticket.viewer, *attributes, "");
  if (!viewer_with.ok()) return refused("invalid_ticket", viewer_with.error().message, "attributes");
  ticket.attributes = *std::move(attributes);
  return ticket;
}

Result<void> check_times(const JsonObject& claims, const TicketRules& rules, WallTime now, Ticket& ticket) {
  MCUE_TRY(const auto expires, find_time(claims, "exp"));
  MCUE_TRY(const auto issued, find_time(claims, "iat"));
  MCUE_TRY(const auto begins, find_time(claims, "nbf"));
  if (!expires) return refused("invalid_ticket", "exp is missing: a ticket must expire", "exp");
  if (!issued) return refused("invalid_ticket", "iat is missing: a ticket must say when it was issued", "iat");
  ticket.expires = *expires;
  ticket.issued = *issued;
  if (now >= *expires + rules.skew)
    return refused("ticket_expired", "it expired at " + format_rfc3339(*expires), "exp");
  for (const auto& [name, from] : {std::pair{"iat", issued}, std::pair{"nbf", begins}}) {
    if (from && *from > now + rules.skew) {
      return refused("ticket_not_yet", std::string(name) + " is " + format_rfc3339(*from) + ", which is to come", name);
    }
  }
  if (*expires > std::min(now, *issued) + rules.lifetime_max + rules.skew) {
    return refused("ticket_lifetime",
                   "it expires at " + format_rfc3339(*expires) + ", later than tickets may be good for", "exp");
  }
  return {};
}

Result<void> check_purpose(const JsonObject& claims, const TicketRules& rules) {
  if (!rules.audience.empty()) {
    MCUE_TRY(const auto audience, claims.find_strings("aud", kTicketContentsMax));
    if (!audience || std::find(audience->begin(), audience->end(), rules.audience) == audience->end()) {
      return refused("ticket_audience", "it is not for \"" + rules.audience + "\"", "aud");
    }
  }
  if (rules.issuer.empty()) return {};
  MCUE_TRY(const auto issuer, claims.find_string("iss"));
  if (issuer && *issuer == rules.issuer) return {};
  return refused("ticket_issuer", "it is not from \"" + rules.issuer + "\"", "iss");
}

}  // namespace

bool Ticket::allows(const domain::ContentId& content) const {
  return contents.empty() || std::find(contents.begin(), contents.end(), content) != contents.end();
}

Result<Ticket> check_ticket(std::string_view text, const TicketKeys& keys, const TicketRules& rules, WallTime now) {
  MCUE_TRY(const Parts parts, split_parts(text, rules.bytes_max));
  MCUE_TRY(const TicketKey* key, find_key(parts.header, keys));
  if (!key->verify(parts.signed_text, parts.signature)) return refused("ticket_signature", "its signature is wrong");
  MCUE_TRY(const std::string body, decode_part(parts.claims, "claims"));
  const auto read = [&]() -> Result<Ticket> {
    MCUE_TRY(const JsonObject claims, JsonObject::parse(body, ""));
    MCUE_TRY(Ticket ticket, read_claims(claims));
    ticket.key = key->fingerprint();
    MCUE_TRY_VOID(check_times(claims, rules, now, ticket));
    MCUE_TRY_VOID(check_purpose(claims, rules));
    return ticket;
  };
  auto ticket = read();
  if (ticket.ok() || ticket.error().field.starts_with("ticket")) return ticket;
  return as_ticket_error(ticket.error());
}

std::string write_ticket(const Ticket& ticket, const TicketKey& key, std::string_view audience,
                         std::string_view issuer) {
  const auto quote = [](std::string_view text) {
    std::string out;
    codec::append_json(domain::Value(std::string(text)), out);
    return out;
  };
  const auto seconds = [](WallTime time) { return std::to_string(to_ms(time) / 1'000); };
  std::string claims = "{\"sub\":" + quote(ticket.viewer.str()) + ",\"iat\":" + seconds(ticket.issued) +
                       ",\"exp\":" + seconds(ticket.expires);
  const std::array<std::pair<std::string_view, std::string_view>, 5> texts = {
      {{"aud", audience},
       {"iss", issuer},
       {"jti", ticket.id},
       {"device", ticket.device},
       {"previously", ticket.previously.str()}}};
  for (const auto& [name, text] : texts) {
    if (!text.empty()) claims += ",\"" + std::string(name) + "\":" + quote(text);
  }
  for (const domain::ContentId& each : ticket.contents) {
    claims += (&each == &ticket.contents.front() ? ",\"contents\":[" : ",") + quote(each.str());
  }
  if (!ticket.contents.empty()) claims += "]";
  if (!ticket.attributes.empty()) {
    claims += ",\"attributes\":";
    codec::append_json(ticket.attributes, claims);
  }
  claims += "}";
  std::string text;
  append_base64url(
      "{\"typ\":\"JWT\",\"alg\":\"" + std::string(to_string(key.algorithm())) + "\",\"kid\":" + quote(key.id()) + "}",
      text);
  text.push_back('.');
  append_base64url(claims, text);
  const std::string signature = key.sign(text);
  text.push_back('.');
  append_base64url(signature, text);
  return text;
}

}  // namespace matchcue::access
