// SPDX-License-Identifier: Apache-2.0
#include "access/operator_tokens.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/sha256.h"
#include "base/text.h"

namespace matchcue::access {

namespace {

constexpr std::array<std::pair<Scope, std::string_view>, 4> kScopes = {
    {{Scope::read, "read"}, {Scope::moments, "moments"}, {Scope::catalogue, "catalogue"}, {Scope::admin, "admin"}}};
constexpr std::size_t kDigestDigits = 64;

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; (at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos;) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

Error bad_line(std::size_t number, const std::string& what) {
  return invalid("invalid_token_file", "line " + std::to_string(number) + ": " + what, "api_token_file");
}

Result<Operator> read_operator(std::size_t number, std::string_view name, std::string_view scopes) {
  Operator who{std::string(name), {}};
  for (const std::string_view word : split(scopes, ',')) {
    const auto scope = parse_scope(word);
    if (!scope) {
      return bad_line(number, "\"" + std::string(word) + "\" is not a scope: read, moments, catalogue, admin");
    }
    who.scopes.push_back(*scope);
  }
  return who;
}

}  // namespace

std::string_view to_string(Scope scope) {
  return std::find_if(kScopes.begin(), kScopes.end(), [&](const auto& each) { return each.first == scope; })->second;
}

std::optional<Scope> parse_scope(std::string_view text) {
  for (const auto& [scope, name] : kScopes) {
    if (name == text) return scope;
  }
  return std::nullopt;
}

bool Operator::may(Scope scope) const {
  return std::any_of(scopes.begin(), scopes.end(), [&](Scope own) { return own == scope || own == Scope::admin; });
}

Result<OperatorTokens> OperatorTokens::parse(std::string_view text) {
  OperatorTokens tokens;
  std::size_t number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    line = line.substr(0, line.find('#'));
    const auto words = words_of(line);
    if (words.empty()) continue;
    if (words.size() != 3) return bad_line(number, "NAME SCOPE[,SCOPE...] SHA256 is wanted");
    MCUE_TRY(Operator who, read_operator(number, words[0], words[1]));
    const std::string_view digest = words[2];
    if (digest.size() != kDigestDigits || digest.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
      return bad_line(number, "the last word is not 64 hexadecimal digits: matchcue token make prints such a line");
    }
    for (const Entry& other : tokens.entries_) {
      if (other.who.name == who.name || other.digest == digest) {
        return bad_line(number, "\"" + who.name + "\" or its token is there twice");
      }
    }
    if (tokens.entries_.size() == kOperatorsMax) return bad_line(number, "more than 1000 operators");
    tokens.entries_.push_back({std::move(who), std::string(digest)});
  }
  return tokens;
}

const Operator* OperatorTokens::find(std::string_view token) const {
  const std::string digest = sha256(token);
  const Operator* found = nullptr;
  for (const Entry& entry : entries_) {
    if (CRYPTO_memcmp(entry.digest.data(), digest.data(), kDigestDigits) == 0) found = &entry.who;
  }
  return found;
}

std::string make_operator_token() {
  std::array<unsigned char, 32> bytes;
  CHECK(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1);
  std::string token = "mcue_";
  append_base64url({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, token);
  return token;
}

}  // namespace matchcue::access
