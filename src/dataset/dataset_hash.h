#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What names a Dataset's content.

#include <string>

#include "dataset/dataset.h"

namespace matchcue::dataset {

/// SHA-256, hexadecimal, of everything but `hash` and `left_out`. The same rows give the same hash on every machine of
/// the same byte order. O(size).
std::string hash_of(const Dataset& dataset);

}  // namespace matchcue::dataset
