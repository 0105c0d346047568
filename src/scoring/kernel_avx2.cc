// SPDX-License-Identifier: Apache-2.0
//
// 8 lanes. Compiled with -mavx2 -mfma; nothing here runs before kernel.cc has asked the processor.
#include "scoring/kernel_loops.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace matchcue::scoring {
namespace {

struct Avx2 {
  using Floats = __m256;
  using Integers = __m256i;
  using Mask = __m256i;  ///< all bits of a lane, or none
  static constexpr std::size_t kLanes = 8;

  static Floats load(const float* at) { return _mm256_loadu_ps(at); }
  static Integers load(const std::int32_t* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }
  static void store(float* at, Floats x) { _mm256_storeu_ps(at, x); }
  static void store(std::int32_t* at, Integers x) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(at), x); }
  static Floats same(float x) { return _mm256_set1_ps(x); }
  static Integers same(std::int32_t x) { return _mm256_set1_epi32(x); }

  static Floats add(Floats a, Floats b) { return _mm256_add_ps(a, b); }
  static Floats subtract(Floats a, Floats b) { return _mm256_sub_ps(a, b); }
  static Floats multiply(Floats a, Floats b) { return _mm256_mul_ps(a, b); }
  static Floats divide(Floats a, Floats b) { return _mm256_div_ps(a, b); }
  static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm256_fmadd_ps(a, b, c); }
  static Floats smaller(Floats a, Floats b) { return _mm256_min_ps(a, b); }
  static Integers add(Integers a, Integers b) { return _mm256_add_epi32(a, b); }
  static Integers subtract(Integers a, Integers b) { return _mm256_sub_epi32(a, b); }
  static Integers truncate(Floats a) { return _mm256_cvttps_epi32(a); }

  static Mask all() { return _mm256_set1_epi32(-1); }
  static Mask both(Mask a, Mask b) { return _mm256_and_si256(a, b); }
  static Mask and_not(Mask a, Mask b) { return _mm256_andnot_si256(b, a); }
  static Mask greater(Floats a, Floats b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_GT_OQ)); }
  static Mask greater(Integers a, Integers b) { return _mm256_cmpgt_epi32(a, b); }
  static Mask equal(Integers a, Integers b) { return _mm256_cmpeq_epi32(a, b); }
  static Mask has_bit(Integers words, unsigned bit) {
    const Integers wanted = _mm256_set1_epi32(static_cast<int>(1u << bit));
    return _mm256_cmpeq_epi32(_mm256_and_si256(words, wanted), wanted);
  }
  static Floats choose(Mask mask, Floats yes, Floats no) {
    return _mm256_blendv_ps(no, yes, _mm256_castsi256_ps(mask));
  }
  static Integers choose(Mask mask, Integers yes, Integers no) { return _mm256_blendv_epi8(no, yes, mask); }
  static Integers keep(Mask mask, Integers x) { return _mm256_and_si256(mask, x); }

  static void transpose(const float* const* rows, std::size_t k, float* out, std::size_t stride) {
    __m256 part[2][4];
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t row = 4 * half;
      const __m256 a = _mm256_loadu_ps(rows[row] + k);
      const __m256 b = _mm256_loadu_ps(rows[row + 1] + k);
      const __m256 c = _mm256_loadu_ps(rows[row + 2] + k);
      const __m256 d = _mm256_loadu_ps(rows[row + 3] + k);
      const __m256 ab_low = _mm256_unpacklo_ps(a, b);
      const __m256 ab_high = _mm256_unpackhi_ps(a, b);
      const __m256 cd_low = _mm256_unpacklo_ps(c, d);
      const __m256 cd_high = _mm256_unpackhi_ps(c, d);
      part[half][0] = _mm256_shuffle_ps(ab_low, cd_low, 0x44);
      part[half][1] = _mm256_shuffle_ps(ab_low, cd_low, 0xee);
      part[half][2] = _mm256_shuffle_ps(ab_high, cd_high, 0x44);
      part[half][3] = _mm256_shuffle_ps(ab_high, cd_high, 0xee);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      store(out + i * stride, _mm256_permute2f128_ps(part[0][i], part[1][i], 0x20));
      store(out + (i + 4) * stride, _mm256_permute2f128_ps(part[0][i], part[1][i], 0x31));
    }
  }
};

using Loops = TileLoops<Avx2, 2, 4>;
constexpr KernelLoops kLoops = {Loops::kTile, Loops::choose, ProductLoops<Avx2, 8>::multiply};

}  // namespace

const KernelLoops* avx2_loops() { return &kLoops; }

}  // namespace matchcue::scoring

#else
const matchcue::scoring::KernelLoops* matchcue::scoring::avx2_loops() { return nullptr; }
#endif
