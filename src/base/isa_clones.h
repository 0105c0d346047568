#pragma once
// SPDX-License-Identifier: Apache-2.0

/// In front of a function whose loop is worth compiling for wider vectors: the loader picks the widest that the machine
/// has. The bits that come out are the same, since -ffp-contract=off keeps the operations and their order.
/// ThreadSanitizer cannot run what the loader calls to pick (it is not set up yet), and gets one version. So does
/// clang, which has the fuzz targets to build: clang 14 writes the widest version under the function's own name and
/// picks nothing.
#if defined(__SANITIZE_THREAD__) || defined(__clang__)
#define MCUE_ISA_CLONES
#else
#define MCUE_ISA_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#endif
