// SPDX-License-Identifier: Apache-2.0
//
// 4 lanes, in the vectors that GCC and Clang offer for every machine.
#include "scoring/kernel_loops.h"

namespace matchcue::scoring {
namespace {

struct Portable {
  using Floats = float __attribute__((vector_size(16)));
  using Integers = std::int32_t __attribute__((vector_size(16)));
  using Mask = Integers;  ///< all bits of a lane, or none
  static constexpr std::size_t kLanes = 4;

  template <typename Vector>
  static Vector read(const void* at) {
    Vector x;
    __builtin_memcpy(&x, at, sizeof x);
    return x;
  }
  static Floats load(const float* at) { return read<Floats>(at); }
  static Integers load(const std::int32_t* at) { return read<Integers>(at); }
  static void store(float* at, Floats x) { __builtin_memcpy(at, &x, sizeof x); }
  static void store(std::int32_t* at, Integers x) { __builtin_memcpy(at, &x, sizeof x); }
  static Floats same(float x) { return Floats{x, x, x, x}; }
  static Integers same(std::int32_t x) { return Integers{x, x, x, x}; }

  static Floats add(Floats a, Floats b) { return a + b; }
  static Floats subtract(Floats a, Floats b) { return a - b; }
  static Floats multiply(Floats a, Floats b) { return a * b; }
  static Floats divide(Floats a, Floats b) { return a / b; }
  static Floats multiply_add(Floats a, Floats b, Floats c) {
#if defined(__FP_FAST_FMAF)
    for (std::size_t i = 0; i < kLanes; ++i) c[i] = __builtin_fmaf(a[i], b[i], c[i]);
    return c;
#else
    return a * b + c;
#endif
  }
  static Floats smaller(Floats a, Floats b) { return choose(greater(b, a), a, b); }
  static Integers add(Integers a, Integers b) { return wrap(unsign(a) + unsign(b)); }
  static Integers subtract(Integers a, Integers b) { return wrap(unsign(a) - unsign(b)); }
  static Integers truncate(Floats a) { return __builtin_convertvector(a, Integers); }

  static Mask all() { return same(-1); }
  static Mask both(Mask a, Mask b) { return a & b; }
  static Mask and_not(Mask a, Mask b) { return a & ~b; }
  static Mask greater(Floats a, Floats b) { return a > b; }
  static Mask greater(Integers a, Integers b) { return a > b; }
  static Mask equal(Integers a, Integers b) { return a == b; }
  static Mask has_bit(Integers words, unsigned bit) {
    return (words & same(static_cast<std::int32_t>(1u << bit))) != 0;
  }
  static Floats choose(Mask mask, Floats yes, Floats no) {
    return reinterpret_cast<Floats>(choose(mask, reinterpret_cast<Integers>(yes), reinterpret_cast<Integers>(no)));
  }
  static Integers choose(Mask mask, Integers yes, Integers no) { return (mask & yes) | (~mask & no); }
  static Integers keep(Mask mask, Integers x) { return mask & x; }

  static void transpose(const float* const* rows, std::size_t k, float* out, std::size_t stride) {
    for (std::size_t i = 0; i < kDimensionStep; ++i) {
      store(out + i * stride, Floats{rows[0][k + i], rows[1][k + i], rows[2][k + i], rows[3][k + i]});
    }
  }

 private:
  using Unsigned = std::uint32_t __attribute__((vector_size(16)));
  static Unsigned unsign(Integers a) { return reinterpret_cast<Unsigned>(a); }
  static Integers wrap(Unsigned a) { return reinterpret_cast<Integers>(a); }
};

using Loops = TileLoops<Portable, 2, 4>;
constexpr KernelLoops kLoops = {Loops::kTile, Loops::choose, ProductLoops<Portable, 8>::multiply};

}  // namespace

const KernelLoops* portable_loops() { return &kLoops; }

}  // namespace matchcue::scoring
