// SPDX-License-Identifier: Apache-2.0
//
// matchcue-train: trains a recipe that needs libtorch. `matchcue train` runs it.
#include <dlfcn.h>
#include <fmt/format.h>
#include <malloc.h>
#include <CLI/CLI.hpp>

#include <chrono>
#include <csignal>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "base/sha256.h"
#include "dataset/load_files.h"
#include "dataset/load_store.h"
#include "evaluate/holdout.h"
#include "recipes/training_progress.h"
#include "scoring/factorization_tables.h"
#include "store/sqlite/sqlite_store.h"
#include "train/factorization_machine.h"
#include "train/user_personalization.h"

namespace matchcue::train {
namespace {

std::atomic<bool> stop_requested = false;
std::ostream* progress = &std::cerr;  // nowhere, when asked to be quiet

struct Flags {
  std::string recipe = std::string(kUserPersonalization);
  std::string data_dir;
  std::vector<std::string> interactions;
  std::string items, users, items_schema, users_schema, interactions_schema;
  std::string event_type;
  std::optional<double> event_value_min;
  std::string out;
  std::vector<std::string> feedback;
  std::string protocol;  ///< of what is held out; "" is nothing
  evaluate::HoldOutRequest hold_out;
  std::vector<std::string> sets;
  std::uint64_t seed = 1;
  int threads = 1;
  bool resume = false;
  bool no_checkpoint = false;
  bool json = false;
  bool quiet = false;
  std::string progress = "text";
  std::string validation;
  std::optional<std::string> test;  ///< "" where no file is named
};

/// Fails when products of matrices are as slow as with Debian's reference BLAS.
Result<void> check_blas() {
  constexpr std::int64_t kSize = 256;
  constexpr int kRounds = 20;
  constexpr double kSlowGflops = 8;  // the reference BLAS makes about 3, OpenBLAS 50 and more
  const auto a = torch::rand({kSize, kSize});
  double best = 0;
  for (int round = 0; round < kRounds; ++round) {
    const auto began = std::chrono::steady_clock::now();
    const auto product = torch::mm(a, a);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    best = std::max(best, 2e-9 * static_cast<double>(kSize * kSize * kSize) / seconds);
  }
  if (best >= kSlowGflops) return {};
  return unavailable(
      "slow_blas",
      fmt::format("matrices are multiplied at {:.1f} GFLOP/s: the reference BLAS is in use. Install OpenBLAS: "
                  "apt-get install libopenblas0-pthread",
                  best));
}

/// Freed memory is kept: training asks for the same sizes again and again.
void keep_memory() {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 64 << 20);
}

void print_rejects(const dataset::LoadReport& report) {
  for (const auto& reject : report.rejects) {
    std::cerr << fmt::format("left out: {} line {}: {} {}\n", reject.file, reject.line, reject.column, reject.reason);
  }
}

Result<dataset::Dataset> load_all(const Flags& flags) {
  const dataset::InteractionFilter filter{flags.event_type, flags.event_value_min};
  if (flags.interactions.empty()) {
    dataset::StoreRows rows{filter, {}};
    MCUE_TRY(rows.feedback, dataset::read_feedback_flag(flags.feedback));
    MCUE_TRY(const auto reader, store::open_sqlite_reader(flags.data_dir));
    return dataset::load_dataset_store(*reader, rows);
  }
  dataset::DatasetFiles files{flags.interactions, flags.users,        flags.items,
                              flags.users_schema, flags.items_schema, flags.interactions_schema};
  MCUE_TRY(auto loaded, dataset::load_dataset_files(files, filter));
  print_rejects(loaded.report);
  return std::move(loaded.dataset);
}

/// Where the data and the versions are must be said before anything is read.
Result<void> check_places(const Flags& flags) {
  if (!flags.data_dir.empty()) return {};
  if (flags.interactions.empty()) {
    return invalid("invalid_flag", "--data-dir or --interactions is missing: where the data to train on is",
                   "data-dir");
  }
  if (flags.out.empty()) {
    return invalid("invalid_flag", "--out or --data-dir is missing: where the version is to be written", "out");
  }
  return {};
}

/// The data, or what a protocol of matchcue eval allows to be trained on of them.
Result<dataset::Dataset> load(const Flags& flags) {
  MCUE_TRY(const auto hold_out, evaluate::read_hold_out_flag(flags.protocol, flags.hold_out));
  MCUE_TRY(dataset::Dataset data, load_all(flags));
  return evaluate::without_held_out(std::move(data), hold_out);
}

/// Rows of one file; nothing where none is named.
Result<std::optional<std::vector<domain::Interaction>>> load_rows(const Flags& flags, const std::string& path) {
  if (path.empty()) return std::optional<std::vector<domain::Interaction>>();
  MCUE_TRY(auto loaded,
           dataset::load_interaction_file(path, flags.interactions_schema, {flags.event_type, flags.event_value_min}));
  print_rejects(loaded.report);
  return std::optional(std::move(loaded.interactions));
}

/// One file for each training: of other data, another validation, seed or other hyperparameters none is gone on from.
/// How long it is to last may change.
std::string checkpoint_of(const Flags& flags, const TrainRequest& request, const dataset::Dataset& data) {
  std::string said = flags.recipe + "\n" + data.hash;
  for (const auto& [name, value] : request.parameters) {
    if (name != "epochs" && name != "patience") said += "\n" + name + "=" + value;
  }
  if (!flags.validation.empty()) {
    std::ifstream file(flags.validation, std::ios::binary);
    said += "\n" + sha256(std::string(std::istreambuf_iterator<char>(file), {}));
  }
  return fmt::format("{}/.checkpoint-{:016x}", request.out, stable_hash(said, request.seed));
}

/// What both recipes are asked for.
Result<void> fill_request(const Flags& flags, const dataset::Dataset& data, TrainRequest& request) {
  MCUE_TRY_VOID(recipes::add_assignments(request.parameters, flags.sets));
  if (flags.progress != "json") {
    *progress << fmt::format("{} interactions of {} viewers with {} items\n", data.interaction_count(),
                             data.viewer_count(), data.item_count());
  }
  request.event_type = flags.event_type;
  request.seed = flags.seed;
  request.out = flags.out.empty() ? flags.data_dir + "/versions" : flags.out;
  std::filesystem::create_directories(request.out);
  if (!flags.no_checkpoint) request.checkpoint = checkpoint_of(flags, request, data);
  request.resume = flags.resume;
  return {};
}

void print_line(const recipes::TrainingProgress& said) { *progress << recipes::write_progress(said) << std::endl; }

double seconds_left(std::int64_t epoch, std::int64_t epochs, double seconds) {
  return seconds / static_cast<double>(epoch) * static_cast<double>(epochs - epoch);
}

/// For machines.
void print_epoch_line(const EpochReport& epoch, std::int64_t epochs) {
  recipes::TrainingProgress said;
  said.stage = "epoch";
  said.epoch = static_cast<std::uint64_t>(epoch.epoch);
  said.epochs = static_cast<std::uint64_t>(epochs);
  said.loss = epoch.loss;
  said.validation = epoch.validation.of_rankings ? epoch.validation.ndcg : -epoch.validation.log_loss;
  said.eta_s = seconds_left(epoch.epoch, epochs, epoch.seconds);
  print_line(said);
}

std::string text_of(const Quality& quality) {
  if (!quality.of_rankings) return fmt::format("AUC {:.4f} logloss {:.4f}", quality.auc, quality.log_loss);
  return fmt::format("HR@10 {:.4f} NDCG@10 {:.4f} MRR {:.4f}", quality.hit, quality.ndcg, quality.mrr);
}

void print_epoch(const EpochReport& epoch, std::int64_t epochs) {
  const double left = seconds_left(epoch.epoch, epochs, epoch.seconds);
  *progress << fmt::format("epoch {:>3} of {}  loss {:.4f}  validation {}{}  {:.0f} s, at most {:.0f} s left\n",
                           epoch.epoch, epochs, epoch.loss, text_of(epoch.validation), epoch.best ? " *" : "  ",
                           epoch.seconds, left);
}

/// Says what a training does now, in the way that was asked for.
TrainWatch watch_of(const Flags& flags) {
  if (flags.progress != "json") return {[](const std::string& stage) { *progress << stage << "\n"; }, print_epoch};
  const auto print_stage = [](const std::string& stage) {
    recipes::TrainingProgress said;
    said.stage = stage;
    print_line(said);
  };
  return {print_stage, print_epoch_line};
}

nlohmann::json json_of(const Quality& quality) {
  if (!quality.of_rankings) return {{"auc", quality.auc}, {"log_loss", quality.log_loss}, {"asked", quality.asked}};
  return {{"hit_at_10", quality.hit},
          {"ndcg_at_10", quality.ndcg},
          {"mean_reciprocal_rank", quality.mrr},
          {"asked", quality.asked}};
}

/// What both recipes say as JSON: `trained` is a TrainedNetwork or a TrainedFactorization.
template <typename Trained>
nlohmann::ordered_json json_of_training(const Trained& trained) {
  return {{"solution_version", trained.id},
          {"best_epoch", trained.fitted.best_epoch},
          {"validation", json_of(trained.validation)},
          {"log_odds_scale", trained.scale.calibration.scale}};
}

/// Adds how what was written, asked act by act, answered the test.
void add_served(const ServedCheck& served, nlohmann::ordered_json& answer) {
  answer["served"] = json_of(served.quality);
  answer["compared"] = {{"answers", served.compared},
                        {"largest_difference", served.largest_difference},
                        {"same_lists", served.same_lists}};
}

void print_network(const TrainedNetwork& trained, bool json) {
  if (json) {
    nlohmann::ordered_json answer = json_of_training(trained);
    answer["ridge_weight"] = trained.ridge_weight;
    if (trained.test) {
      answer["test"] = json_of(trained.test->trained);
      add_served(trained.test->served, answer);
    }
    std::cout << answer.dump() << "\n";
    return;
  }
  std::cout << fmt::format(
      "{}\nepoch {} is the best; validation {}{}\n", trained.id, trained.fitted.best_epoch, text_of(trained.validation),
      trained.ridge_weight > 0 ? fmt::format(" with a sequential ridge at weight {:.2f}", trained.ridge_weight)
                               : std::string());
  if (!trained.test) return;
  const ServedCheck& served = trained.test->served;
  for (const auto& [name, quality] : {std::pair{"test", trained.test->trained}, {"test, served", served.quality}}) {
    std::cout << fmt::format("{}: {} of {} viewers\n", name, text_of(quality), quality.asked);
  }
  std::cout << fmt::format("served act by act: scores differ by at most {:.2g}; {} of {} lists of ten are the same\n",
                           served.largest_difference, served.same_lists, served.compared);
}

Result<void> run_user_personalization(const Flags& flags) {
  if (!flags.validation.empty() || (flags.test && !flags.test->empty())) {
    return invalid("invalid_flag", "user-personalization holds acts out itself: it takes no file for it", "validation");
  }
  MCUE_TRY(const dataset::Dataset data, load(flags));
  NetworkRequest request;
  MCUE_TRY_VOID(fill_request(flags, data, request));
  request.test = flags.test.has_value();
  MCUE_TRY(const TrainedNetwork trained, train_user_personalization(data, request, watch_of(flags), stop_requested));
  if (!request.checkpoint.empty()) std::filesystem::remove(request.checkpoint);
  print_network(trained, flags.json);
  return {};
}

void print_machine(const TrainedFactorization& trained, bool json) {
  if (json) {
    nlohmann::ordered_json answer = json_of_training(trained);
    if (trained.test) add_served(*trained.test, answer);
    std::cout << answer.dump() << "\n";
    return;
  }
  std::cout << fmt::format("{}\nepoch {} is the best; validation {} of {} interactions\n", trained.id,
                           trained.fitted.best_epoch, text_of(trained.validation), trained.validation.asked);
  if (!trained.test) return;
  std::cout << fmt::format("test, served: {} of {} interactions; scores differ from the trainer's by at most {:.2g}\n",
                           text_of(trained.test->quality), trained.test->quality.asked,
                           trained.test->largest_difference);
}

Result<void> run_factorization_machine(const Flags& flags) {
  if (flags.test && flags.test->empty()) return invalid("invalid_flag", "--test needs a file of interactions", "test");
  if (!flags.protocol.empty() && !flags.validation.empty()) {
    return invalid("invalid_flag",
                   "--hold-out goes without --validation: that file may have what matchcue eval is going to ask",
                   "hold-out");
  }
  FactorizationRequest request;
  MCUE_TRY(const dataset::Dataset data, load(flags));
  MCUE_TRY_VOID(fill_request(flags, data, request));
  MCUE_TRY(request.validation, load_rows(flags, flags.validation));
  MCUE_TRY(request.test, load_rows(flags, flags.test.value_or("")));
  MCUE_TRY(const TrainedFactorization trained,
           train_factorization_machine(data, request, watch_of(flags), stop_requested));
  if (!request.checkpoint.empty()) std::filesystem::remove(request.checkpoint);
  print_machine(trained, flags.json);
  return {};
}

void print_error(const Error& error, bool json) {
  if (json) {
    const nlohmann::ordered_json answer = {
        {"error", {{"code", error.code}, {"message", error.message}, {"field", error.field}}}};
    std::cerr << answer.dump() << "\n";
  } else {
    std::cerr << "matchcue-train: " << error.message << " (" << error.code << ")\n";
  }
}

Result<void> run(const Flags& flags) {
  keep_memory();
  MCUE_TRY_VOID(check_places(flags));
  torch::set_num_threads(flags.threads);
  MCUE_TRY_VOID(check_blas());
  if (flags.recipe == kUserPersonalization) return run_user_personalization(flags);
  if (flags.recipe == scoring::kFactorizationMachine) return run_factorization_machine(flags);
  return invalid("unknown_recipe", "matchcue-train does not know recipe \"" + flags.recipe + "\"", "recipe");
}

void add_options(CLI::App& app, Flags& flags) {
  app.add_option("--recipe", flags.recipe, "user-personalization or factorization-machine");
  app.add_option("--set", flags.sets, "one hyperparameter: NAME=VALUE");
  app.add_option("--data-dir", flags.data_dir,
                 "where matchcue keeps its data: trains on what was imported and clicked");
  app.add_option("--interactions", flags.interactions, "CSV files to train on instead");
  app.add_option("--items", flags.items, "CSV file of items");
  app.add_option("--users", flags.users, "CSV file of users");
  app.add_option("--interactions-schema", flags.interactions_schema, "Avro schema file");
  app.add_option("--items-schema", flags.items_schema, "Avro schema file");
  app.add_option("--users-schema", flags.users_schema, "Avro schema file");
  app.add_option("--event-type", flags.event_type, "train on interactions of this type alone");
  app.add_option("--event-value-min", flags.event_value_min, "and with an EVENT_VALUE of at least this");
  app.add_option("--out", flags.out, "folder of solution versions; DATA_DIR/versions when not given");
  app.add_option("--feedback", flags.feedback,
                 "with --data-dir: feedback of these kinds counts as interactions too, or none; "
                 "default: click")
      ->delimiter(',');
  app.add_option("--hold-out", flags.protocol,
                 "train without what matchcue eval asks by this protocol: personalize or leave-one-out");
  app.add_option("--hold-out-seed", flags.hold_out.seed, "of which viewers: eval's --seed");
  app.add_flag("--hold-out-validation", flags.hold_out.has_validation, "and without what matchcue tune chooses by");
  app.add_option("--seed", flags.seed, "of everything random");
  app.add_option("--threads", flags.threads, "one gives the same version every time")->check(CLI::Range(1, 256));
  auto* resume = app.add_flag("--resume", flags.resume, "go on where a training of the same data ended");
  app.add_flag("--no-checkpoint", flags.no_checkpoint, "leave nothing to go on from when it is killed")
      ->excludes(resume);
  app.add_option("--validation", flags.validation,
                 "CSV file of interactions that decide which epoch is kept; factorization-machine");
  app.add_option_function<std::string>(
         "--test", [&flags](const std::string& file) { flags.test = file; },
         "measure what was written: on a CSV file of interactions (factorization-machine), or, without a file, on each "
         "viewer's last act (user-personalization, with held_out_acts=2)")
      ->expected(0, 1);
  app.add_flag("--json", flags.json, "the result as JSON");
  app.add_option("--progress", flags.progress, "on standard error: text, or json, a line each")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("-q,--quiet", flags.quiet, "no progress");
}

}  // namespace
}  // namespace matchcue::train

int main(int argc, char** argv) {
  using namespace matchcue;
  using namespace matchcue::train;
  CLI::App app("Trains a solution version.", "matchcue-train");
  Flags flags;
  add_options(app, flags);
  CLI11_PARSE(app, argc, argv);
  std::ostream nowhere(nullptr);
  if (flags.quiet) progress = &nowhere;
  std::signal(SIGINT, [](int) { stop_requested = true; });
  Error error;
  try {
    const auto done = run(flags);
    if (done.ok()) return 0;
    error = done.error();
  } catch (const std::exception& thrown) {  // libtorch's, or of a file that cannot be written
    error = unavailable("training_failed", thrown.what());
  }
  print_error(error, flags.json);
  return 1;
}
