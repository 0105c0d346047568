#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trainings beside a server: `matchcue train` in a process of its own, so that no push waits for one and none can
// take the server down with it.

#include <memory>
#include <string>

#include "api/training_desk.h"
#include "base/clock.h"

namespace matchcue::cli {

struct TrainingDeskOptions {
  std::string data_dir;                    ///< is read while the server writes it; versions go to its folder versions
  std::string program = "/proc/self/exe";  ///< matchcue
};

/// On a loop of its own. Ends with it: a training that runs then is killed, and leaves neither a version
/// nor a checkpoint.
///
/// clock    must outlive it
std::unique_ptr<api::TrainingDesk> make_training_desk(const TrainingDeskOptions& options, const Clock& clock);

}  // namespace matchcue::cli
