// SPDX-License-Identifier: Apache-2.0
#include "cli/training_desk.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

#include "cli/recipe_flags.h"
#include "cli/solution_versions.h"
#include "recipes/training_progress.h"
#include "runtime/child_process.h"

namespace matchcue::cli {

namespace {

using api::Training;
using api::TrainingOrder;
using engine::Reply;
using Json = nlohmann::ordered_json;
using State = Training::State;

constexpr std::size_t kKeptMax = 20;  ///< the oldest is forgotten

bool is_over(State state) { return state != State::pending && state != State::running; }

Error unknown_training(const std::string& id) {
  return not_found("unknown_training",
                   "unknown training \"" + id + "\"; those of before the server's start are forgotten", "training");
}

TrainingConfig config_of(const TrainingOrder& order) {
  TrainingConfig config;
  config.recipe = order.recipe;
  if (!order.event_type.empty()) config.event_type = order.event_type;
  config.event_value_min = order.event_value_min;
  config.seed = order.seed;
  config.hyperparameters = order.hyperparameters;
  return config;
}

/// Named as the order names it.
Result<void> check_order(const TrainingOrder& order) {
  if (order.recipe.empty()) return invalid("missing_value", "recipe is empty; there are " + recipe_names(), "recipe");
  const auto checked = check_training(config_of(order));
  if (checked.ok() || checked.error().field.empty() || checked.error().field == "recipe") return checked;
  Error error = checked.error();
  error.field = "hyperparameters." + error.field;
  return error;
}

/// A program's words.
std::vector<std::string> words_of(const TrainingDeskOptions& options, const TrainingOrder& order) {
  std::vector<std::string> words = {options.program,
                                    "train",
                                    "--json",
                                    "--progress=json",
                                    "--parent=" + std::to_string(::getpid()),
                                    "--data-dir=" + options.data_dir};
  for (std::string& word : training_words(config_of(order))) words.push_back(std::move(word));
  return words;
}

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// An error as a command says it with --json.
std::optional<Error> read_error(std::string_view line) {
  const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("error") || !json["error"].is_object()) return std::nullopt;
  const Json& said = json["error"];
  return Error{ErrorKind::invalid_argument, text_at(said, "code"), text_at(said, "message"), text_at(said, "field")};
}

class Desk final : public api::TrainingDesk {
 public:
  Desk(const TrainingDeskOptions& options, const Clock& clock)
      : options_(options), clock_(clock), shelf_(versions()), loop_(runtime::make_loop("training", clock)) {
    loop_->start();
  }

  ~Desk() override {
    loop_->post([this] { child_.reset(); });
    loop_->stop();
  }

  void start(TrainingOrder order, Reply<Training> reply) override {
    on_loop(std::move(reply), [this, order = std::move(order)] { return begin(order); });
  }

  void list(Reply<std::vector<Training>> reply) override {
    on_loop(std::move(reply),
            [this]() -> Result<std::vector<Training>> { return std::vector<Training>(kept_.begin(), kept_.end()); });
  }

  void find(std::string id, Reply<Training> reply) override {
    on_loop(std::move(reply), [this, id = std::move(id)]() -> Result<Training> {
      const Training* found = find_kept(id);
      if (found == nullptr) return unknown_training(id);
      return *found;
    });
  }

  void stop(std::string id, Reply<Training> reply) override {
    on_loop(std::move(reply), [this, id = std::move(id)] { return end(id); });
  }

  void list_versions(Reply<Json> reply) override {
    on_loop(std::move(reply), [this]() -> Result<Json> {
      MCUE_TRY(const auto stored, shelf_.list());
      return to_json(stored);
    });
  }

  void find_version(std::string id, Reply<Json> reply) override {
    on_loop(std::move(reply), [this, id = std::move(id)] { return load_manifest(versions(), id); });
  }

 private:
  /// Answers with what `work` returns on the loop.
  template <typename T, typename Work>
  void on_loop(Reply<T> reply, Work work) {
    const auto shared = std::make_shared<Reply<T>>(std::move(reply));  // shared_ptr: a refused post drops its task
    const bool posted = loop_->post([shared, work = std::move(work)] { (*shared)(work()); });
    if (!posted) (*shared)(unavailable("stopping", "matchcue is stopping"));
  }

  // All on the loop.
  std::string versions() const { return options_.data_dir + "/versions"; }
  Training* find_kept(const std::string& id) {
    const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Training& each) { return each.id == id; });
    return found == kept_.end() ? nullptr : &*found;
  }
  Result<Training> begin(const TrainingOrder& order);
  Result<Training> end(const std::string& id);
  void on_line(std::string_view line);
  void on_end(const runtime::ChildEnd& how);

  TrainingDeskOptions options_;
  const Clock& clock_;
  VersionShelf shelf_;
  std::deque<Training> kept_;                     ///< newest first; the first is the one that runs, when one does
  std::unique_ptr<runtime::ChildProcess> child_;  ///< null when none runs
  bool stop_asked_ = false;                       ///< of the one that runs
  std::optional<Error> said_;                     ///< the error that it told
  std::string last_line_;                         ///< of those that were neither progress nor an error
  std::int64_t last_id_ = 0;
  std::unique_ptr<runtime::Loop> loop_;  // last: its thread ends first
};

Result<Training> Desk::begin(const TrainingOrder& order) {
  MCUE_TRY_VOID(check_order(order));
  if (child_) {
    const Training& running = kept_.front();
    return Error{ErrorKind::conflict,
                 "training_busy",
                 "training " + running.id + " (" + running.recipe + ") runs; one does at a time",
                 {}};
  }
  runtime::ChildProcess::Events events;
  events.on_line = [this](std::string_view line) { on_line(line); };
  events.on_end = [this](const runtime::ChildEnd& how) { on_end(how); };
  MCUE_TRY(child_, runtime::start_child(*loop_, words_of(options_, order), std::move(events)));
  stop_asked_ = false;
  said_.reset();
  last_line_.clear();
  Training training;
  training.started = clock_.wall();
  last_id_ = std::max(last_id_ + 1, to_ms(training.started));  // so that it names nothing else after a restart
  training.id = "t_" + std::to_string(last_id_);
  training.recipe = order.recipe;
  training.progress.stage = "starting";
  kept_.push_front(training);
  if (kept_.size() > kKeptMax) kept_.pop_back();
  return training;
}

Result<Training> Desk::end(const std::string& id) {
  Training* training = find_kept(id);
  if (training == nullptr) return unknown_training(id);
  if (is_over(training->state)) {
    return Error{ErrorKind::conflict, "training_over",
                 "training " + id + " is " + std::string(to_string(training->state)), "training"};
  }
  child_->signal(stop_asked_ ? SIGKILL : SIGINT);
  stop_asked_ = true;
  training->progress = {};
  training->progress.stage = "stopping";
  return *training;
}

void Desk::on_line(std::string_view line) {
  if (const auto progress = recipes::read_progress(line)) {
    Training& training = kept_.front();
    training.state = State::running;
    if (stop_asked_) return;
    training.progress = {progress->stage, progress->share,      progress->epoch, progress->epochs,
                         progress->loss,  progress->validation, progress->eta_s};
  } else if (auto error = read_error(line)) {
    said_ = std::move(error);
  } else {
    last_line_ = line;
  }
}

void Desk::on_end(const runtime::ChildEnd& how) {
  child_.reset();
  Training& training = kept_.front();
  training.ended = clock_.wall();
  training.progress.eta_s.reset();
  const bool well = how.signal == 0 && how.status == 0;
  if (well) {
    const Json result = Json::parse(how.output, nullptr, /*allow_exceptions=*/false);
    if (result.is_object()) training.solution_version = text_at(result, "solution_version");
  }
  if (stop_asked_) {
    training.state = State::stopped;
  } else if (!training.solution_version.empty()) {
    training.state = State::done;
  } else {
    training.state = State::failed;
    const std::string status =
        how.signal != 0 ? "signal " + std::to_string(how.signal) : "exit status " + std::to_string(how.status);
    training.error =
        said_.value_or(Error{ErrorKind::internal,
                             "training_ended",
                             "the training ended by " + status + (last_line_.empty() ? "" : ": " + last_line_),
                             {}});
  }
}

}  // namespace

std::unique_ptr<api::TrainingDesk> make_training_desk(const TrainingDeskOptions& options, const Clock& clock) {
  return std::make_unique<Desk>(options, clock);
}

}  // namespace matchcue::cli
