// SPDX-License-Identifier: Apache-2.0
#include "gateway/viewer_limits.h"

namespace matchcue::gateway {

bool ViewerLimits::take_hello(ViewerPace& pace, SteadyTime now) const {
  return pace.hellos.take(options_.hellos_per_second, options_.hellos_burst, now);
}

bool ViewerLimits::take_message(ViewerPace& pace, SteadyTime now) const {
  return pace.messages.take(options_.messages_per_second, options_.messages_burst, now);
}

void ViewerLimits::forget_idle(SteadyTime now) {
  std::erase_if(paces_, [&](const auto& each) {
    const ViewerPace& pace = each.second;
    return pace.connections == 0 && pace.hellos.is_full(options_.hellos_per_second, options_.hellos_burst, now) &&
           pace.messages.is_full(options_.messages_per_second, options_.messages_burst, now);
  });
}

}  // namespace matchcue::gateway
