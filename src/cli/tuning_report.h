#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a search of hyperparameters came to, for terminals and programs.

#include <string>

#include "cli/tuning.h"

namespace matchcue::cli {

struct TuningReport {
  std::string recipe;
  std::string data;  ///< for people: which data
  TuningOptions options;
  Tuning tuning;
  std::string config;   ///< the chosen as TOML
  std::string version;  ///< trained with the chosen on all of the data; "" is none
};

/// What is different from the defaults: "decay=0.71 lambda=42.1"; "the defaults" where nothing is.
std::string changes_of(const TuningTrial& trial, const TuningTrial& defaults);

/// "better" or "worse" where the whole interval is on one side of 0, else "may be chance"; "the same" of the defaults.
std::string verdict_of(const Tuning& tuning);

/// A table of the trials, the best first, then what the test says.
std::string write_tuning_text(const TuningReport& report);
/// The same on one line.
std::string write_tuning_json(const TuningReport& report);

}  // namespace matchcue::cli
