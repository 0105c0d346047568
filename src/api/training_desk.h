#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Trainings and what they left, as the API sees them. The program gives the API one that runs them beside the server.

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "engine/engine.h"

namespace matchcue::api {

/// What is to be trained, of what is stored: as `matchcue train` is told.
struct TrainingOrder {
  std::string recipe;
  std::string event_type;                 ///< only interactions of this type; "" is all
  std::optional<double> event_value_min;  ///< and with an EVENT_VALUE of at least this
  std::map<std::string, std::string> hyperparameters;
  std::optional<std::uint64_t> seed;
};

/// One training, running or over.
struct Training {
  enum class State {
    pending,  ///< has said nothing yet
    running,
    done,
    failed,
    stopped,  ///< by an operator; a network that had learned something is kept
  };
  /// What it said last.
  struct Progress {
    std::string stage;
    std::optional<double> share;  ///< of the stage, 0..1
    std::optional<std::uint64_t> epoch, epochs;
    std::optional<double> loss, validation;
    std::optional<double> eta_s;  ///< at most so long yet
  };

  std::string id;
  std::string recipe;
  State state = State::pending;
  WallTime started;
  std::optional<WallTime> ended;
  Progress progress;
  std::string solution_version;  ///< when it left one
  std::optional<Error> error;    ///< when it failed
};

/// "pending", "running", ...
std::string_view to_string(Training::State state);

/// Any thread; replies on a thread of its own. One training runs at a time, and the recent ones are known until the
/// server ends.
class TrainingDesk {
 public:
  virtual ~TrainingDesk() = default;

  /// Replies when it has begun. Errors: missing_value, unknown_recipe, unknown_hyperparameter, invalid_hyperparameter
  /// (with Error.field), trainer_missing, training_busy, unavailable.
  virtual void start(TrainingOrder order, engine::Reply<Training> reply) = 0;
  /// Newest first.
  virtual void list(engine::Reply<std::vector<Training>> reply) = 0;
  /// Errors: unknown_training.
  virtual void find(std::string id, engine::Reply<Training> reply) = 0;
  /// Asks it to end, as Ctrl-C does; asked twice, it ends at once. Errors: unknown_training, training_over.
  virtual void stop(std::string id, engine::Reply<Training> reply) = 0;

  /// As `matchcue solution list --json` and `solution show --json` say it.
  virtual void list_versions(engine::Reply<nlohmann::ordered_json> reply) = 0;
  /// Errors: unknown_solution_version, corrupt.
  virtual void find_version(std::string id, engine::Reply<nlohmann::ordered_json> reply) = 0;
};

}  // namespace matchcue::api
