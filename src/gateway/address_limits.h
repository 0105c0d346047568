#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How much one address may ask for: connections, new ones a second, messages a second.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/token_bucket.h"

namespace matchcue::gateway {

/// An IPv4 address, or the first 64 bits of an IPv6 one, which one customer has for themselves; 0 is one that is not
/// counted.
using AddressKey = std::uint64_t;

/// Addresses that many viewers may stand behind: a proxy of ours, this machine. Immutable; any thread.
class AddressRanges {
 public:
  /// "127.0.0.0/8, ::1, 10.1.2.3"; "" is none. Errors: invalid_range, naming the entry.
  static Result<AddressRanges> parse(std::string_view list);
  bool contains(const std::array<std::uint8_t, 16>& address) const;

 private:
  struct Range {
    std::array<std::uint8_t, 16> address;  ///< IPv4 as ::ffff:a.b.c.d
    int bits;
  };
  std::vector<Range> ranges_;
};

/// Of those who are counted: of one address, and `all_` of all together.
struct AddressLimitOptions {
  std::size_t connections_max = 200;
  double connects_per_second = 50;
  double connects_burst = 200;
  double messages_per_second = 2'000;
  double messages_burst = 4'000;
  std::string uncounted = "127.0.0.0/8, ::1";  ///< see AddressRanges
  double all_connects_per_second = 2'000;
  double all_connects_burst = 4'000;
};

/// Shared by the shards of a gateway. Any thread.
class AddressLimits {
 public:
  /// `options.uncounted` can be parsed.
  explicit AddressLimits(const AddressLimitOptions& options);

  AddressKey key_of(const sockaddr_storage& peer) const;

  enum class Admitted { yes, too_many, too_fast, all_too_fast };
  /// Counts a new connection when it may come.
  Admitted admit(AddressKey address, SteadyTime now);
  /// A connection that was admitted is gone.
  void release(AddressKey address, SteadyTime now);
  /// Addresses that are remembered now.
  std::size_t size();
  /// Whether one more message may come.
  bool take_message(AddressKey address, SteadyTime now);

 private:
  struct Entry {
    std::size_t connections = 0;
    TokenBucket connects;
    TokenBucket messages;
  };
  void forget_idle(SteadyTime now);

  const AddressLimitOptions options_;
  const AddressRanges uncounted_;
  std::mutex mutex_;  // the one thing that shards share: an address's connections are spread over them
  std::unordered_map<AddressKey, Entry> entries_;
  TokenBucket connects_;           ///< of all together
  std::size_t forget_at_ = 1'024;  ///< entries: then the idle ones are looked for
};

}  // namespace matchcue::gateway
