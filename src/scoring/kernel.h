#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which instructions the scoring loops use: chosen once when the program runs, so that one binary is fast everywhere.

#include <string_view>
#include <vector>

namespace matchcue::scoring {

enum class Kernel {
  portable,  ///< any machine: 4 lanes
  avx2,      ///< AVX2 and FMA: 8 lanes
  avx512,    ///< AVX-512 F, BW, DQ, VL: 16 lanes
};

std::string_view name_of(Kernel kernel);

/// What this machine can run, the fastest last; portable always.
const std::vector<Kernel>& runnable_kernels();
inline Kernel fastest_kernel() { return runnable_kernels().back(); }

struct KernelLoops;
/// The kernel's loops (kernel_loops.h), which only a machine that can run them may call.
const KernelLoops& loops_of(Kernel kernel);

}  // namespace matchcue::scoring
