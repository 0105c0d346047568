#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// How many multiply-adds one core can do: what a scoring kernel is measured against.

namespace matchcue::bench {

/// Float multiply-adds a nanosecond of the calling thread's processor time, from registers, with the widest
/// instructions that the machine has. Takes about `milliseconds`. 0 where we have no such loop.
double fma_peak_per_ns(double milliseconds);

}  // namespace matchcue::bench
