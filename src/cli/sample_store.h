#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Fills a new data directory with the sample, so that `serve` has something to show from the first minute.

#include <cstdint>

#include "base/result.h"
#include "store/store.h"

namespace matchcue::cli {

/// Stores the 40 sample items, 1,000 users and 20,000 past interactions drawn with `seed`. Waits for the commits; well
/// under a second. Errors: the store's.
Result<void> load_sample_data(store::Store& store, std::uint64_t seed);

}  // namespace matchcue::cli
