#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A trained solution version on disk: an immutable folder with
//
//   manifest.json         recipe, parameters, feature codes, metrics, data hash, build, and the weights' SHA-256
//   weights.safetensors   named arrays of float32 or int32, in the safetensors format, so that anyone can open them
//
// Its id is the recipe and the first 12 hexadecimal digits of the manifest's SHA-256, so an id names exact bytes.
// docs/formats/solution-version.md describes both files.

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace matchcue::scoring {

/// A named array, row-major. Of a mapped folder it is valid as long as the folder.
struct Tensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::span<const float> floats;           ///< empty when it holds whole numbers
  std::span<const std::int32_t> integers;  ///< empty when it holds floats
};

/// An opened folder; the weights are mapped read-only, shared by every process that has them open. Any thread.
class SolutionFolder {
 public:
  virtual ~SolutionFolder() = default;
  virtual const std::string& id() const = 0;
  virtual const std::string& manifest() const = 0;  ///< JSON, as it was written
  virtual const std::vector<Tensor>& tensors() const = 0;
  /// The tensor with this name, or null.
  virtual const Tensor* find(std::string_view name) const = 0;
};
using SolutionFolderPtr = std::shared_ptr<const SolutionFolder>;

/// Writes a new version under `root` (made when missing) as ROOT/ID, in a temporary folder first and renamed last, so
/// that a crash leaves no half version. `manifest` is a JSON object with at least "recipe"; "weights_sha256" is added.
/// Returns the id. The same manifest and tensors give the same bytes. Errors: invalid_manifest, unavailable.
Result<std::string> write_solution_folder(const std::string& root, const std::string& manifest,
                                          std::span<const Tensor> tensors);

/// Opens and checks ROOT/ID: name, checksums, shapes within the file. Errors: not_found, corrupt (naming file and what
/// is wrong), unavailable.
Result<SolutionFolderPtr> open_solution_folder(const std::string& path);

}  // namespace matchcue::scoring
