#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How much one viewer may ask for, over all their connections and however often they come back.

#include <cstdint>
#include <unordered_map>

#include "base/token_bucket.h"
#include "domain/ids.h"

namespace matchcue::gateway {

struct ViewerLimitOptions {
  double hellos_per_second = 0.5;
  double hellos_burst = 20;
  double messages_per_second = 40;  ///< of all their connections together, and of what they post
  double messages_burst = 120;
};

/// What is left to one viewer. 40 bytes.
struct ViewerPace {
  TokenBucket hellos;
  TokenBucket messages;
  std::uint32_t connections = 0;  ///< that point here
};

/// Of the viewers whom a shard owns, those who are connected or asked for something lately. Single shard.
class ViewerLimits {
 public:
  explicit ViewerLimits(const ViewerLimitOptions& options) : options_(options) {}

  /// Stays where it is while it has connections; without any, until forget_idle().
  ViewerPace& pace_of(const domain::ViewerId& viewer) { return paces_[viewer]; }
  bool take_hello(ViewerPace& pace, SteadyTime now) const;
  bool take_message(ViewerPace& pace, SteadyTime now) const;
  /// Forgets those who are not connected and to whom all is left. O(viewers).
  void forget_idle(SteadyTime now);
  std::size_t size() const { return paces_.size(); }

 private:
  const ViewerLimitOptions options_;
  std::unordered_map<domain::ViewerId, ViewerPace> paces_;
};

}  // namespace matchcue::gateway
