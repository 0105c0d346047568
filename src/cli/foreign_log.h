#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A bandit log that another system wrote, as CSV: one row for each item that was shown, with the probability that it
// had of being shown there.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/load_trials.h"
#include "domain/value.h"

namespace matchcue::cli {

/// A column by name. One that need not be there is looked for, and done without.
struct LogColumn {
  std::string name;  ///< "" is none
  bool required = true;
};

/// Which column means what. Value type.
struct LogFormat {
  LogColumn item;
  LogColumn reward;                  ///< 0..1; "click" as 0 and 1
  LogColumn propensity;              ///< (0, 1]
  LogColumn slot;                    ///< without it all rows are of one slot
  LogColumn viewer;                  ///< without it each row is of a viewer of its own
  std::vector<std::string> context;  ///< for the reward model of DR
  std::string context_prefix;        ///< columns that begin so are context too; "" is none
};

/// "csv": columns item, reward, propensity, and slot and viewer where they are there. "obd": the Open Bandit Dataset
/// (Saito et al. 2020, arXiv:2008.07146), whose slots are positions and whose context is the user_feature columns.
///
/// assignments  "ROLE=COLUMN", ROLE being item, reward, propensity, slot, viewer or (repeatedly) context
/// Errors       invalid_flag, naming the flag and the value
Result<LogFormat> make_log_format(const std::string& name, const std::vector<std::string>& assignments);

/// The rows of a file, every text as a number. About 24 bytes a row.
struct ForeignLog {
  struct Row {
    std::uint32_t viewer = 0;
    std::uint32_t item = 0;     ///< into items
    std::uint32_t context = 0;  ///< into contexts
    std::uint16_t slot = 0;     ///< into slots
    float propensity = 0;
    float reward = 0;
  };
  std::string name;  ///< the file's, without its folder
  std::vector<Row> rows;
  std::vector<std::string> items;
  std::vector<std::string> slots;  ///< as they came; one that is "all" when the file has no slots
  std::vector<std::string> viewers;
  std::vector<domain::Values> contexts;
};

/// Reads all of a file. A row that cannot be used is an error: what is left out of such a log shifts every estimate.
/// Errors: file_not_found, file_unreadable, invalid_csv_header, missing_columns, invalid_log_row (naming file, line,
/// column and value), no_trials.
Result<ForeignLog> load_foreign_log(const std::string& path, const LogFormat& format);

/// The rows as trials. Candidates of a slot are the items that either log has there. Rows of propensity 1 are left out
/// and counted.
///
/// policy   whose items can be shown as well; null is nobody's
/// viewers  as for load_trials()
/// Errors   invalid_trial
Result<JoinedLog> join_foreign_log(const ForeignLog& log, const ForeignLog* policy, Viewers viewers);

/// How often `policy` shows each item in each slot, by the numbers of `trials`: for make_frequency_policy().
std::vector<double> count_items(const ForeignLog& policy, const evaluate::LoggedTrials& trials);

}  // namespace matchcue::cli
