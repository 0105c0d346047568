// SPDX-License-Identifier: Apache-2.0
#include "access/ticket_keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/random.h"
#include "base/sha256.h"
#include "base/text.h"
#include "codec/json_object.h"

namespace matchcue::access {

namespace {

constexpr std::size_t kEd25519KeyBytes = 32;
constexpr std::size_t kEd25519SignatureBytes = 64;
constexpr std::size_t kSha256Bytes = 32;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Error bad_key(const std::string& id, const std::string& what) {
  return invalid("invalid_key_set", "key \"" + id + "\": " + what, "keys");
}

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Digest = std::unique_ptr<EVP_MD_CTX, FreeDigest>;

std::string hmac(std::string_view secret, std::string_view text) {
  std::array<unsigned char, kSha256Bytes> out;
  unsigned size = 0;
  CHECK(::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()), bytes_of(text), text.size(), out.data(),
               &size) != nullptr);
  return {reinterpret_cast<const char*>(out.data()), size};
}

/// A member that is base64url.
Result<std::optional<std::string>> find_bytes(const codec::JsonObject& json, const std::string& id,
                                              std::string_view field) {
  const auto text = json.find_string(field);
  if (!text.ok()) return bad_key(id, std::string(field) + " is not a string");  // without its value, which is a secret
  if (!*text) return std::optional<std::string>();
  auto bytes = decode_base64url(**text);
  if (!bytes) return bad_key(id, std::string(field) + " is not URL-safe base64");
  return bytes;
}

Result<TicketKey> read_key(const codec::JsonObject& json) {
  MCUE_TRY(const std::string id, json.get_string("kid"));
  if (id.empty()) return bad_key(id, "kid is empty");
  MCUE_TRY(const std::string type, json.get_string("kty"));
  MCUE_TRY(const auto algorithm, json.find_string("alg"));
  const bool is_secret = type == "oct";
  if (!is_secret && type != "OKP") return bad_key(id, "kty \"" + type + "\" is not oct or OKP");
  const std::string_view expected = to_string(is_secret ? Algorithm::hs256 : Algorithm::eddsa);
  if (algorithm && *algorithm != expected) {
    return bad_key(
        id, "alg \"" + *algorithm + "\" is not " + std::string(expected) + ", which is what kty " + type + " is for");
  }
  if (is_secret) {
    MCUE_TRY(auto secret, find_bytes(json, id, "k"));
    if (!secret) return bad_key(id, "k is missing");
    return TicketKey::make_hs256(id, *std::move(secret));
  }
  MCUE_TRY(const std::string curve, json.get_string("crv"));
  if (curve != "Ed25519") return bad_key(id, "crv \"" + curve + "\" is not Ed25519");
  MCUE_TRY(const auto public_key, find_bytes(json, id, "x"));
  MCUE_TRY(const auto private_key, find_bytes(json, id, "d"));
  if (!public_key) return bad_key(id, "x is missing");
  return TicketKey::make_ed25519(id, *public_key, private_key.value_or(""));
}

}  // namespace

/// OpenSSL's key, and its end.
struct TicketKey::Ed25519 {
  explicit Ed25519(EVP_PKEY* made) : key(made) {}
  Ed25519(const Ed25519&) = delete;
  Ed25519& operator=(const Ed25519&) = delete;
  ~Ed25519() { EVP_PKEY_free(key); }
  EVP_PKEY* key;
};

std::string_view to_string(Algorithm algorithm) { return algorithm == Algorithm::hs256 ? "HS256" : "EdDSA"; }

std::optional<Algorithm> parse_algorithm(std::string_view text) {
  for (const Algorithm algorithm : {Algorithm::hs256, Algorithm::eddsa}) {
    if (text == to_string(algorithm)) return algorithm;
  }
  return std::nullopt;
}

Result<TicketKey> TicketKey::make_hs256(std::string id, std::string secret) {
  if (secret.size() < kSecretBytesMin) {
    return bad_key(id, "a secret of " + std::to_string(secret.size()) + " bytes can be guessed; " +
                           std::to_string(kSecretBytesMin) + " are needed");
  }
  TicketKey key;
  key.id_ = std::move(id);
  key.can_sign_ = true;
  key.fingerprint_ = stable_hash(sha256(secret));
  key.secret_ = std::move(secret);
  return key;
}

Result<TicketKey> TicketKey::make_ed25519(std::string id, std::string_view public_key, std::string_view private_key) {
  for (const std::string_view part : {public_key, private_key}) {
    if (!part.empty() && part.size() != kEd25519KeyBytes) {
      return bad_key(id, "an Ed25519 key has 32 bytes, not " + std::to_string(part.size()));
    }
  }
  EVP_PKEY* made =
      private_key.empty()
          ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key), public_key.size())
          : EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(private_key), private_key.size());
  if (made == nullptr) return bad_key(id, "not an Ed25519 key");
  TicketKey key;
  key.ed25519_ = std::make_shared<const Ed25519>(made);
  key.id_ = std::move(id);
  key.algorithm_ = Algorithm::eddsa;
  key.can_sign_ = !private_key.empty();
  std::string derived(kEd25519KeyBytes, '\0');
  std::size_t size = derived.size();
  CHECK(EVP_PKEY_get_raw_public_key(made, reinterpret_cast<unsigned char*>(derived.data()), &size) == 1);
  if (!public_key.empty() && derived != public_key) return bad_key(key.id_, "x is not the public half of d");
  key.fingerprint_ = stable_hash(sha256(derived));
  return key;
}

std::string TicketKey::sign(std::string_view text) const {
  CHECK(can_sign_, id_);
  if (algorithm_ == Algorithm::hs256) return hmac(secret_, text);
  const Digest context(EVP_MD_CTX_new());
  std::string signature(kEd25519SignatureBytes, '\0');
  std::size_t size = signature.size();
  CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, ed25519_->key) == 1);
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size, bytes_of(text),
                       text.size()) == 1);
  return signature;
}

bool TicketKey::verify(std::string_view text, std::string_view signature) const {
  if (algorithm_ == Algorithm::hs256) {
    const std::string expected = hmac(secret_, text);
    return signature.size() == expected.size() &&
           CRYPTO_memcmp(signature.data(), expected.data(), expected.size()) == 0;
  }
  if (signature.size() != kEd25519SignatureBytes) return false;
  const Digest context(EVP_MD_CTX_new());
  CHECK(EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, ed25519_->key) == 1);
  return EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

Result<TicketKeys> TicketKeys::parse(std::string_view jwk_set) {
  const auto read = [&]() -> Result<TicketKeys> {
    MCUE_TRY(const auto json, codec::JsonObject::parse(jwk_set, ""));
    MCUE_TRY(const auto members, json.find_objects("keys", kKeysMax));
    if (!members) return invalid("invalid_key_set", "keys is missing: a JWK set is {\"keys\":[...]}", "keys");
    TicketKeys set;
    for (const codec::JsonObject& member : *members) {
      MCUE_TRY(TicketKey key, read_key(member));
      for (const TicketKey& other : set.keys_) {
        if (other.id() == key.id()) return bad_key(key.id(), "is there twice");
      }
      set.keys_.push_back(std::move(key));
    }
    return set;
  };
  auto set = read();
  if (set.ok()) return set;
  return invalid("invalid_key_set", set.error().message, set.error().field);
}

NewTicketKey make_ticket_key(const std::string& id, Algorithm algorithm) {
  std::array<unsigned char, kEd25519KeyBytes> secret;
  CHECK(RAND_priv_bytes(secret.data(), static_cast<int>(secret.size())) == 1);
  const auto encoded = [](const auto& bytes) {
    std::string text = "\"";
    append_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, text);
    return text + "\"";
  };
  std::string head;
  append_json_string(id, head);
  head = R"({"keys":[{"kid":)" + head + R"(,"alg":")" + std::string(to_string(algorithm)) + "\",";
  if (algorithm == Algorithm::hs256) {
    const std::string set = head + R"("kty":"oct","k":)" + encoded(secret) + "}]}";
    return {set, set};
  }
  const TicketKey::Ed25519 key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, secret.data(), secret.size()));
  std::array<unsigned char, kEd25519KeyBytes> open;
  std::size_t size = open.size();
  CHECK(EVP_PKEY_get_raw_public_key(key.key, open.data(), &size) == 1);
  head += R"("kty":"OKP","crv":"Ed25519","x":)" + encoded(open);
  return {head + R"(,"d":)" + encoded(secret) + "}]}", head + "}]}"};
}

const TicketKey* TicketKeys::find(const std::optional<std::string>& id, Algorithm algorithm) const {
  const TicketKey* found = nullptr;
  for (const TicketKey& key : keys_) {
    if (key.algorithm() != algorithm || (id && key.id() != *id)) continue;
    if (found != nullptr) return nullptr;
    found = &key;
  }
  return found;
}

}  // namespace matchcue::access
