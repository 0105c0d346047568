#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Named arrays as bytes, in the safetensors format (https://github.com/huggingface/safetensors, version 0.4):
//
//   8 bytes    length of the header, little-endian
//   header     JSON, {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ...}, blanks at its end
//   data       the arrays' elements, row-major and little-endian, one array directly behind the other

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace matchcue::scoring {

/// A named array, row-major. Borrows its elements.
struct Tensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<const float> floats;           ///< empty when it holds whole numbers
  std::span<const std::int32_t> integers;  ///< empty when it holds floats
};

/// What a tensor is aligned to in a file that we wrote, if its size is a multiple of it; every other, to its elements.
/// The format allows no gaps.
constexpr std::size_t kTensorAlignment = 64;
/// Longest header that is read: what the format's own library reads.
constexpr std::size_t kSafetensorsHeaderBytesMax = 100'000'000;

/// What comes before the elements, and the order in which they come.
struct SafetensorsLayout {
  std::string prefix;              ///< length and header; its size is a multiple of kTensorAlignment
  std::vector<std::size_t> order;  ///< indices into the tensors
};

/// Lays out a file: tensors whose size is a multiple of kTensorAlignment first, each part by name.
/// Errors: invalid_weights, naming the tensor: no name or one twice, not as many elements as its shape says, a float
/// that is not finite. Cost: O(elements).
Result<SafetensorsLayout> lay_out_safetensors(std::span<const Tensor> tensors);

/// Reads a file's bytes, which the tensors point into; in the order of their bytes.
///
/// bytes    begins at an address that is a multiple of 4
/// Errors   corrupt_weights, saying what is wrong; types other than F32 and I32 are refused too
/// Cost     O(header)
Result<std::vector<Tensor>> read_safetensors(std::string_view bytes);

/// The bytes of a tensor's elements.
std::string_view bytes_of(const Tensor& tensor);

}  // namespace matchcue::scoring
