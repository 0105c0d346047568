#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C for commands that run until they are told to stop.

#include <atomic>

namespace matchcue::cli {

/// From the first call on SIGINT and SIGTERM set the flag instead of ending the process; a second signal ends it.
/// The flag lives for ever.
const std::atomic<bool>& stop_on_interrupt();

}  // namespace matchcue::cli
