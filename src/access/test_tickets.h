#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: keys of fixed bytes, and tickets put together piece by piece, wrong ones too.

#include <string>
#include <string_view>

#include "access/ticket.h"
#include "base/text.h"

namespace matchcue::access {

/// Noon of a match day; tests move from here.
inline const WallTime kNow = wall_time_from_ms(1'781'200'000'000);

inline std::string base64url(std::string_view bytes) {
  std::string out;
  append_base64url(bytes, out);
  return out;
}

/// "shared" signs HS256, "signer" EdDSA with both halves.
inline std::string test_key_set() {
  return R"({"keys":[{"kty":"oct","kid":"shared","k":")" + base64url(std::string(32, 's')) +
         R"("},{"kty":"OKP","crv":"Ed25519","kid":"signer","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",)"
         R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}]})";
}
inline TicketKeys make_keys() { return TicketKeys::parse(test_key_set()).value(); }

/// A ticket of these texts, signed by `key` whatever they say.
inline std::string sign_texts(std::string_view header, std::string_view claims, const TicketKey& key) {
  const std::string text = base64url(header) + "." + base64url(claims);
  return text + "." + base64url(key.sign(text));
}

inline std::int64_t seconds_from_now(std::int64_t seconds) { return to_ms(kNow) / 1'000 + seconds; }

/// A good one's claims for an hour, with `more` members.
inline std::string claims_with(std::string_view more) {
  std::string claims = R"({"sub":"bob","aud":"matchcue","exp":)" + std::to_string(seconds_from_now(3'600));
  if (more.find("\"iat\"") == std::string_view::npos) claims += ",\"iat\":" + std::to_string(seconds_from_now(0));
  return claims + std::string(more) + "}";
}

}  // namespace matchcue::access
