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

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scoring/safetensors.h"

namespace matchcue::scoring {

/// An opened folder; the weights are mapped read-only, shared by every process that has them open. Any thread.
/// Tensors are valid as long as it.
class SolutionFolder {
 public:
  virtual ~SolutionFolder() = default;
  virtual const std::string& id() const = 0;
  virtual const std::string& manifest() const = 0;  ///< JSON, as it was written
  virtual const std::vector<Tensor>& tensors() const = 0;
  /// The tensor with this name, or null.
  const Tensor* find(std::string_view name) const;
};
using SolutionFolderPtr = std::shared_ptr<const SolutionFolder>;

/// Writes a new version under `root` (made when missing) as ROOT/ID, in a temporary folder first and renamed last, so
/// that a crash leaves no half version: what it may leave begins with '.', nobody reads it, and the next to write there
/// takes it away, unless somebody writes at the same time. A version that is there already is left as it is.
///
/// manifest    a JSON object with at least "recipe", a word of a-z, 0-9 and '-'; "weights_sha256" is added
/// tensors     with distinct names, each with as many elements as its shape says, floats all finite
/// Returns     the id; the same manifest and tensors give the same bytes, in whatever order they are given
/// Errors      invalid_manifest, invalid_weights, unavailable; corrupt when ROOT/ID is there and damaged
/// Cost        O(bytes), and waits for the disk
Result<std::string> write_solution_folder(const std::string& root, const std::string& manifest,
                                          std::span<const Tensor> tensors);

/// Opens and checks ROOT/ID: its name, both checksums, every shape within the file.
/// Errors: not_found, corrupt (naming file and what is wrong), unavailable. Cost: reads all bytes once.
Result<SolutionFolderPtr> open_solution_folder(const std::string& path);

/// The ids of the versions under `root`, ascending; none when there is no such folder. Says nothing of their bytes.
/// Errors: unavailable.
Result<std::vector<std::string>> list_solution_folders(const std::string& root);

}  // namespace matchcue::scoring
