// SPDX-License-Identifier: Apache-2.0
#include "access/origins.h"

#include <algorithm>

#include "base/text.h"

namespace matchcue::access {

namespace {

constexpr std::string_view kNone = "none";

std::string_view trim(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 2 && host.ends_with(']') && host.find_first_not_of("0123456789abcdef:.", 1) == host.size() - 1;
  }
  return !host.empty() && !host.starts_with('.') && !host.ends_with('.') && host.find("..") == std::string_view::npos &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string_view::npos;
}

bool is_port(std::string_view port) {
  const auto number = parse_int(port);
  return number && *number >= 1 && *number <= 65'535 && port.front() != '0' && port.front() != '+';
}

}  // namespace

/// Scheme, host and port of an origin as a browser writes it: no path, no user, no default port left to guess.
std::optional<Origins::Entry> Origins::split_origin(std::string_view text) {
  const std::size_t colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  Entry entry;
  entry.scheme = lower(text.substr(0, colon));
  if (entry.scheme != "http" && entry.scheme != "https") return std::nullopt;
  const std::string rest = lower(text.substr(colon + 3));
  const std::size_t bracket = rest.starts_with('[') ? rest.find(']') : 0;
  if (bracket == std::string::npos) return std::nullopt;
  const std::size_t port = rest.find(':', bracket);
  entry.host = rest.substr(0, port);
  entry.port = entry.scheme == "https" ? "443" : "80";
  if (port == std::string::npos) return entry;
  entry.port = rest.substr(port + 1);
  if (!is_port(entry.port)) return std::nullopt;
  return entry;
}

Result<Origins> Origins::parse(std::string_view list) {
  Origins origins;
  origins.is_any_ = false;
  origins.allows_none_ = false;
  for (const std::string_view each : split(list, ',')) {
    const std::string_view text = trim(each);
    if (text == kNone) {
      origins.allows_none_ = true;
      continue;
    }
    auto entry = split_origin(text);
    const bool is_wild = entry && entry->host.starts_with("*.");
    if (!entry || !is_host(is_wild ? std::string_view(entry->host).substr(2) : std::string_view(entry->host))) {
      return invalid("invalid_origin",
                     "\"" + std::string(text) +
                         "\" is not an origin like https://www.example.com or "
                         "https://*.example.com, nor none",
                     "origins");
    }
    if (is_wild) entry->host.erase(0, 1);
    origins.entries_.push_back(*std::move(entry));
  }
  return origins;
}

bool Origins::allows(const std::optional<std::string_view>& origin) const {
  if (is_any_) return true;
  if (!origin) return allows_none_;
  const auto asked = split_origin(*origin);
  if (!asked || !is_host(asked->host)) return false;
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    const bool is_host_allowed =
        entry.host.starts_with('.') ? asked->host.ends_with(entry.host) : asked->host == entry.host;
    return is_host_allowed && asked->scheme == entry.scheme && asked->port == entry.port;
  });
}

}  // namespace matchcue::access
