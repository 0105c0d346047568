// SPDX-License-Identifier: Apache-2.0
//
// 16 lanes. Compiled with -mavx512{f,bw,dq,vl}; nothing here runs before kernel.cc has asked the processor.
#include "scoring/kernel_loops.h"

#if defined(__x86_64__)
#include <immintrin.h>

namespace matchcue::scoring {
namespace {

struct Avx512 {
  using Floats = __m512;
  using Integers = __m512i;
  using Mask = __mmask16;
  static constexpr std::size_t kLanes = 16;

  static Floats load(const float* at) { return _mm512_loadu_ps(at); }
  static Integers load(const std::int32_t* at) { return _mm512_loadu_si512(at); }
  static void store(float* at, Floats x) { _mm512_storeu_ps(at, x); }
  static void store(std::int32_t* at, Integers x) { _mm512_storeu_si512(at, x); }
  static Floats same(float x) { return _mm512_set1_ps(x); }
  static Integers same(std::int32_t x) { return _mm512_set1_epi32(x); }

  static Floats add(Floats a, Floats b) { return _mm512_add_ps(a, b); }
  static Floats subtract(Floats a, Floats b) { return _mm512_sub_ps(a, b); }
  static Floats multiply(Floats a, Floats b) { return _mm512_mul_ps(a, b); }
  static Floats divide(Floats a, Floats b) { return _mm512_div_ps(a, b); }
  static Floats multiply_add(Floats a, Floats b, Floats c) { return _mm512_fmadd_ps(a, b, c); }
  static Floats smaller(Floats a, Floats b) { return _mm512_min_ps(a, b); }
  static Integers add(Integers a, Integers b) { return _mm512_add_epi32(a, b); }
  static Integers subtract(Integers a, Integers b) { return _mm512_sub_epi32(a, b); }
  static Integers truncate(Floats a) { return _mm512_cvttps_epi32(a); }

  static Mask all() { return 0xffff; }
  static Mask both(Mask a, Mask b) { return a & b; }
  static Mask and_not(Mask a, Mask b) { return static_cast<Mask>(a & ~b); }
  static Mask greater(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ); }
  static Mask greater(Integers a, Integers b) { return _mm512_cmpgt_epi32_mask(a, b); }
  static Mask equal(Integers a, Integers b) { return _mm512_cmpeq_epi32_mask(a, b); }
  static Mask has_bit(Integers words, unsigned bit) {
    return _mm512_test_epi32_mask(words, _mm512_set1_epi32(static_cast<int>(1u << bit)));
  }
  static Floats choose(Mask mask, Floats yes, Floats no) { return _mm512_mask_blend_ps(mask, no, yes); }
  static Integers choose(Mask mask, Integers yes, Integers no) { return _mm512_mask_blend_epi32(mask, no, yes); }
  static Integers keep(Mask mask, Integers x) { return _mm512_maskz_mov_epi32(mask, x); }

  /// Rows r and r + 4, 8 floats each: then two steps within groups of 4 lanes and one across them bring every row's
  /// k-th float into place.
  static Floats pair(const float* const* rows, std::size_t row, std::size_t k) {
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(rows[row] + k)),
                              _mm256_loadu_ps(rows[row + 4] + k), 1);
  }
  static void transpose(const float* const* rows, std::size_t k, float* out, std::size_t stride) {
    __m512 part[2][4];
    for (std::size_t half = 0; half < 2; ++half) {
      const std::size_t row = 8 * half;
      const __m512 a = pair(rows, row, k);
      const __m512 b = pair(rows, row + 1, k);
      const __m512 c = pair(rows, row + 2, k);
      const __m512 d = pair(rows, row + 3, k);
      const __m512 ab_low = _mm512_unpacklo_ps(a, b);
      const __m512 ab_high = _mm512_unpackhi_ps(a, b);
      const __m512 cd_low = _mm512_unpacklo_ps(c, d);
      const __m512 cd_high = _mm512_unpackhi_ps(c, d);
      part[half][0] = _mm512_shuffle_ps(ab_low, cd_low, 0x44);
      part[half][1] = _mm512_shuffle_ps(ab_low, cd_low, 0xee);
      part[half][2] = _mm512_shuffle_ps(ab_high, cd_high, 0x44);
      part[half][3] = _mm512_shuffle_ps(ab_high, cd_high, 0xee);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      store(out + i * stride, _mm512_shuffle_f32x4(part[0][i], part[1][i], 0x88));
      store(out + (i + 4) * stride, _mm512_shuffle_f32x4(part[0][i], part[1][i], 0xdd));
    }
  }
};

using Loops = TileLoops<Avx512, 2, 8>;
constexpr KernelLoops kLoops = {Loops::kTile, Loops::choose, ProductLoops<Avx512, 4>::multiply};

}  // namespace

const KernelLoops* avx512_loops() { return &kLoops; }

}  // namespace matchcue::scoring

#else
const matchcue::scoring::KernelLoops* matchcue::scoring::avx512_loops() { return nullptr; }
#endif
