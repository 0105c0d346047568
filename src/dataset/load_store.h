#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A Dataset from a data directory: its catalogue, its viewers, its past interactions, and what viewers did with cues.

#include <string>
#include <vector>

#include "base/result.h"
#include "dataset/dataset.h"
#include "dataset/dataset_builder.h"
#include "domain/decision.h"
#include "store/store.h"

namespace matchcue::dataset {

struct StoreRows {
  InteractionFilter filter;
  /// Feedback of these kinds counts as interactions too: EVENT_TYPE is domain::event_type_of the kind, the context is
  /// that of the change decided for, and its impressions are the items of the same slate that the viewer saw.
  /// Unattributed feedback does not count. Empty: the feedback log is not read.
  std::vector<domain::FeedbackKind> feedback;
};

/// From what `--feedback` was given: names of kinds, "none" for none; given nothing, clicks. Errors: invalid_flag, with
/// the value.
Result<std::vector<domain::FeedbackKind>> read_feedback_flag(const std::vector<std::string>& names);

/// Reads what is stored now, by the schemas that were put. Who was identified is one viewer: what was done under their
/// ids, in the order of time, with the one row of who they are. The caller's thread; a server may have the directory
/// open. Errors: corrupt, unavailable, invalid_schema, and those of DatasetBuilder::build. Cost: about 4 s a million
/// interactions, and two passes over the feedback.
Result<Dataset> load_dataset_store(store::Reader& reader, const StoreRows& rows);

}  // namespace matchcue::dataset
