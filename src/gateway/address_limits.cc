// SPDX-License-Identifier: Apache-2.0
#include "gateway/address_limits.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "base/text.h"

namespace matchcue::gateway {

namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr int kBits = 128;
constexpr int kMappedBits = 96;  ///< in front of an IPv4 address

Bytes mapped(const in_addr& v4) {
  Bytes bytes{};
  bytes[10] = bytes[11] = 0xff;
  std::memcpy(bytes.data() + 12, &v4, 4);
  return bytes;
}

Bytes bytes_of(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_INET) return mapped(reinterpret_cast<const sockaddr_in&>(peer).sin_addr);
  Bytes bytes{};
  if (peer.ss_family == AF_INET6) std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr, 16);
  return bytes;
}

bool is_mapped(const Bytes& address) {
  return std::all_of(address.begin(), address.begin() + 10, [](std::uint8_t byte) { return byte == 0; }) &&
         address[10] == 0xff && address[11] == 0xff;
}

/// Address and how many bits an address of its kind may have in front of it.
std::optional<std::pair<Bytes, int>> parse_one(const std::string& text) {
  in_addr v4{};
  if (::inet_pton(AF_INET, text.c_str(), &v4) == 1) return std::pair(mapped(v4), kMappedBits);
  Bytes v6{};
  if (::inet_pton(AF_INET6, text.c_str(), v6.data()) == 1) return std::pair(v6, 0);
  return std::nullopt;
}

}  // namespace

Result<AddressRanges> AddressRanges::parse(std::string_view list) {
  AddressRanges ranges;
  for (std::string_view entry : split(list, ',')) {
    entry.remove_prefix(std::min(entry.find_first_not_of(' '), entry.size()));
    entry = entry.substr(0, entry.find_last_not_of(' ') + 1);
    if (entry.empty()) continue;
    const std::size_t slash = std::min(entry.find('/'), entry.size());
    const auto address = parse_one(std::string(entry.substr(0, slash)));
    const auto bits = slash == entry.size() ? std::optional<std::int64_t>() : parse_int(entry.substr(slash + 1));
    const bool is_good = address && (slash == entry.size() || (bits && *bits >= 0 && *bits <= kBits - address->second));
    if (!is_good) {
      return invalid("invalid_range", "\"" + std::string(entry) + "\" is not an address or a range such as 10.0.0.0/8");
    }
    ranges.ranges_.push_back({address->first, bits ? static_cast<int>(*bits) + address->second : kBits});
  }
  return ranges;
}

bool AddressRanges::contains(const Bytes& address) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) {
    const auto whole = static_cast<std::size_t>(range.bits / 8);
    if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole), range.address.begin())) {
      return false;
    }
    const int rest = range.bits % 8;
    return rest == 0 || ((address[whole] ^ range.address[whole]) >> (8 - rest)) == 0;
  });
}

AddressLimits::AddressLimits(const AddressLimitOptions& options)
    : options_(options), uncounted_(AddressRanges::parse(options.uncounted).value()) {}

AddressKey AddressLimits::key_of(const sockaddr_storage& peer) const {
  const Bytes bytes = bytes_of(peer);
  if (uncounted_.contains(bytes)) return 0;
  AddressKey key = 0;
  const std::size_t begin = is_mapped(bytes) ? 8 : 0;
  for (std::size_t i = begin; i < begin + 8; ++i) key = key << 8 | bytes[i];
  return key;
}

AddressLimits::Admitted AddressLimits::admit(AddressKey address, SteadyTime now) {
  if (address == 0) return Admitted::yes;
  const std::lock_guard lock(mutex_);
  Entry& entry = entries_[address];
  if (!entry.connects.take(options_.connects_per_second, options_.connects_burst, now)) return Admitted::too_fast;
  if (entry.connections >= options_.connections_max) return Admitted::too_many;
  if (!connects_.take(options_.all_connects_per_second, options_.all_connects_burst, now)) {
    return Admitted::all_too_fast;
  }
  ++entry.connections;
  if (entries_.size() >= forget_at_) forget_idle(now);
  return Admitted::yes;
}

void AddressLimits::release(AddressKey address, SteadyTime now) {
  if (address == 0) return;
  const std::lock_guard lock(mutex_);
  --entries_[address].connections;
  if (entries_.size() >= forget_at_) forget_idle(now);
}

std::size_t AddressLimits::size() {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

bool AddressLimits::take_message(AddressKey address, SteadyTime now) {
  if (address == 0) return true;
  const std::lock_guard lock(mutex_);
  return entries_[address].messages.take(options_.messages_per_second, options_.messages_burst, now);
}

void AddressLimits::forget_idle(SteadyTime now) {
  std::erase_if(entries_, [&](const auto& each) {
    const Entry& entry = each.second;
    return entry.connections == 0 &&
           entry.connects.is_full(options_.connects_per_second, options_.connects_burst, now) &&
           entry.messages.is_full(options_.messages_per_second, options_.messages_burst, now);
  });
  forget_at_ = std::max<std::size_t>(1'024, entries_.size() * 2);
}

}  // namespace matchcue::gateway
