#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The keys that viewers' tickets are signed with. A key belongs to one algorithm, so a ticket cannot choose another one
// for it: neither "none", nor a public key taken for a secret.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::access {

enum class Algorithm : std::uint8_t {
  hs256,  ///< HMAC with SHA-256 (RFC 7518, section 3.2)
  eddsa,  ///< Ed25519 (RFC 8037)
};
std::string_view to_string(Algorithm algorithm);  ///< "HS256", "EdDSA": as in a ticket's header
std::optional<Algorithm> parse_algorithm(std::string_view text);

struct NewTicketKey;

/// One of them. Immutable; any thread.
class TicketKey {
 public:
  /// secret  at least kSecretBytesMin bytes
  static Result<TicketKey> make_hs256(std::string id, std::string secret);
  /// public_key  32 bytes, or empty when there is a private key
  /// private_key  32 bytes, or empty: then it verifies and does not sign
  static Result<TicketKey> make_ed25519(std::string id, std::string_view public_key, std::string_view private_key);

  static constexpr std::size_t kSecretBytesMin = 32;

  const std::string& id() const { return id_; }
  Algorithm algorithm() const { return algorithm_; }
  bool can_sign() const { return can_sign_; }
  /// Of what it verifies with: another one when its secret is exchanged under the same id.
  std::uint64_t fingerprint() const { return fingerprint_; }

  /// The bytes of the signature. The key can sign. Cost: 1 us (HS256), 50 us (EdDSA).
  std::string sign(std::string_view text) const;
  /// In time that does not depend on where a wrong signature differs. Cost: 1 us (HS256), 120 us (EdDSA).
  bool verify(std::string_view text, std::string_view signature) const;

 private:
  struct Ed25519;
  friend NewTicketKey make_ticket_key(const std::string& id, Algorithm algorithm);
  TicketKey() = default;

  std::string id_;
  Algorithm algorithm_ = Algorithm::hs256;
  bool can_sign_ = false;
  std::uint64_t fingerprint_ = 0;
  std::string secret_;                      ///< HS256
  std::shared_ptr<const Ed25519> ed25519_;  ///< copies of a key share it
};

/// A set of them. Immutable once read; any thread.
class TicketKeys {
 public:
  /// Reads a JWK set (RFC 7517):
  /// {"keys":[{"kty":"oct","kid":..,"k":..},{"kty":"OKP","crv":"Ed25519","kid":..,"x":..}]}. Each key has a `kid` of
  /// its own; `alg` may be left out, and may not be another algorithm's. A key with `d` signs too. Errors:
  /// invalid_key_set, naming the key and what is wrong with it, never its secret.
  static Result<TicketKeys> parse(std::string_view jwk_set);

  static constexpr std::size_t kKeysMax = 64;

  /// The key of this id; without an id the only key of the algorithm, and null where there are several.
  const TicketKey* find(const std::optional<std::string>& id, Algorithm algorithm) const;
  bool empty() const { return keys_.empty(); }
  const std::vector<TicketKey>& all() const { return keys_; }

 private:
  std::vector<TicketKey> keys_;
};

/// A new random key as two JWK sets: for who signs tickets, and for who checks them. Of HS256 they are the same secret.
struct NewTicketKey {
  std::string signing;
  std::string checking;
};
NewTicketKey make_ticket_key(const std::string& id, Algorithm algorithm);

}  // namespace matchcue::access
