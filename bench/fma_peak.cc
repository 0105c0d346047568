// SPDX-License-Identifier: Apache-2.0
#include "fma_peak.h"

#include <algorithm>
#include <cstddef>

#include "thread_cpu.h"
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace matchcue::bench {

namespace {

constexpr std::size_t kRounds = 20'000;
constexpr std::size_t kSums = 12;  ///< independent, so that latency does not count

#if defined(__x86_64__)

// Each does kRounds * kSums vector multiply-adds; their result keeps the compiler from dropping them.

__attribute__((target("avx512f"))) float spin_avx512() {
  __m512 sums[kSums];
  for (__m512& sum : sums) sum = _mm512_set1_ps(1);
  const __m512 factor = _mm512_set1_ps(.999f);
  for (std::size_t i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
    for (std::size_t s = 0; s < kSums; ++s) sums[s] = _mm512_fmadd_ps(sums[s], factor, factor);
  }
  float total = 0;
  for (const __m512& sum : sums) total += _mm512_cvtss_f32(sum);
  return total;
}

__attribute__((target("avx2,fma"))) float spin_avx2() {
  __m256 sums[kSums];
  for (__m256& sum : sums) sum = _mm256_set1_ps(1);
  const __m256 factor = _mm256_set1_ps(.999f);
  for (std::size_t i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
    for (std::size_t s = 0; s < kSums; ++s) sums[s] = _mm256_fmadd_ps(sums[s], factor, factor);
  }
  float total = 0;
  for (const __m256& sum : sums) total += _mm256_cvtss_f32(sum);
  return total;
}

/// The best of many short runs.
double best_rate(float (*spin)(), std::size_t lanes, double milliseconds) {
  double rate = 0;
  volatile float sink = 0;
  for (const double end = thread_cpu_us() + 1'000 * milliseconds; thread_cpu_us() < end;) {
    const double begin = thread_cpu_us();
    sink = spin();
    const double ns = 1'000 * (thread_cpu_us() - begin);
    rate = std::max(rate, static_cast<double>(kRounds * kSums * lanes) / ns);
  }
  (void)sink;
  return rate;
}

#endif

}  // namespace

double fma_peak_per_ns([[maybe_unused]] double milliseconds) {
  double rate = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) rate = best_rate(spin_avx2, 8, milliseconds / 2);
  if (__builtin_cpu_supports("avx512f")) rate = std::max(rate, best_rate(spin_avx512, 16, milliseconds / 2));
#endif
  return rate;
}

}  // namespace matchcue::bench
