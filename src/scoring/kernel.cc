// SPDX-License-Identifier: Apache-2.0
#include "scoring/kernel.h"

#include "base/check.h"
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {

namespace {

std::vector<Kernel> find_kernels() {
  std::vector<Kernel> kernels = {Kernel::portable};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) kernels.push_back(Kernel::avx2);
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl")) {
    kernels.push_back(Kernel::avx512);
  }
#endif
  return kernels;
}

}  // namespace

std::string_view name_of(Kernel kernel) {
  switch (kernel) {
    case Kernel::portable: return "portable";
    case Kernel::avx2: return "avx2";
    case Kernel::avx512: return "avx512";
  }
  return "";
}

const std::vector<Kernel>& runnable_kernels() {
  static const std::vector<Kernel> kernels = find_kernels();
  return kernels;
}

const KernelLoops& loops_of(Kernel kernel) {
  const KernelLoops* loops = kernel == Kernel::avx512 ? avx512_loops()
                             : kernel == Kernel::avx2 ? avx2_loops()
                                                      : portable_loops();
  CHECK(loops != nullptr, name_of(kernel));
  return *loops;
}

}  // namespace matchcue::scoring
