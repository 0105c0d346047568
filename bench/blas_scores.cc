// SPDX-License-Identifier: Apache-2.0
#include "blas_scores.h"

#ifdef MCUE_WITH_OPENBLAS

#include <cblas.h>

namespace matchcue::bench {

const char* blas_name() { return openblas_get_config(); }

void blas_scores(std::span<const float> viewers, std::span<const float> item_vectors, std::size_t dimension,
                 std::span<float> scores) {
  openblas_set_num_threads(1);
  const auto n = static_cast<blasint>(viewers.size() / dimension);
  const auto items = static_cast<blasint>(item_vectors.size() / dimension);
  const auto d = static_cast<blasint>(dimension);
  cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, n, items, d, 1, viewers.data(), d, item_vectors.data(), d, 0,
              scores.data(), items);
}

}  // namespace matchcue::bench

#else

namespace matchcue::bench {

const char* blas_name() { return ""; }
void blas_scores(std::span<const float>, std::span<const float>, std::size_t, std::span<float>) {}

}  // namespace matchcue::bench

#endif
