#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// From a trained solution version on the disk to a model that serves.

#include <string>

#include "base/result.h"
#include "scoring/sequence_model.h"
#include "scoring/solution_folder.h"

namespace matchcue::scoring {

/// Opens ROOT/ID, whatever its recipe. Maps the weights: well under a second. Errors: those of open_solution_folder,
/// corrupt (also: the manifest does not suit its recipe), unsupported (a recipe that this build does not know).
Result<SequenceModelPtr> open_sequence_model(const std::string& path);
Result<SequenceModelPtr> open_sequence_model(const SolutionFolderPtr& folder);

}  // namespace matchcue::scoring
