#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A solution version: an immutable trained artefact that scores items in a context.

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/catalogue.h"

namespace matchcue::scoring {

/// Immutable; any thread.
class SolutionVersion {
 public:
  virtual ~SolutionVersion() = default;

  /// Unique name: the recipe and a hash of the artefact's bytes.
  virtual const std::string& id() const = 0;
  virtual const std::string& recipe() const = 0;

  /// Folds the context into one score per item of `catalogue`, in its item order: in (0, 1], larger is better,
  /// comparable between slots. Once per moment; O(items x context fields). The same bits on every call.
  virtual std::vector<double> score(const domain::Catalogue& catalogue, const domain::Values& context) const = 0;
};

/// shared_ptr: shards and running decisions hold the version they started with.
using SolutionVersionPtr = std::shared_ptr<const SolutionVersion>;

}  // namespace matchcue::scoring
