// SPDX-License-Identifier: Apache-2.0
//
// What a campaign trained on one match is worth at the beginning of the next, under the live learner:
//
//   campaign_bench [RECIPE [SEEDS [FEED.ndjson FEED.ndjson]]]
//
// The first match is played by live-bandit to 1,500 viewers; what they clicked on is trained on. The second is played
// to the same crowd in the same state three times: by live-bandit that knows nothing, by the same over the campaign,
// and by the learner that goes on from the first match. Prints G tick by tick, means over seeds 1..SEEDS.
#ifdef MCUE_WITH_TRAIN
#include "train/torch.h"  // first: it has a CHECK of its own

#include "train/factorization_machine.h"
#include "train/user_personalization.h"
#endif

#include <fmt/format.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <optional>
#include <string>

#include "base/check.h"
#include "dataset/dataset_builder.h"
#include "recipes/recipe.h"
#include "scoring/factorization_tables.h"
#include "scoring/open_sequence_model.h"
#include "simulate/crowd_learner_policy.h"
#include "simulate/feed_replay.h"
#include "simulate/match_script.h"

namespace {

using namespace matchcue;
using namespace matchcue::simulate;

constexpr std::size_t kViewers = 1'500;
constexpr std::size_t kTicks = 10;  ///< how many count as the first and the last

/// One click of the first match.
struct Click {
  std::size_t viewer;
  domain::Interaction row;
  std::vector<std::string> seen;  ///< the items of the slate
};

/// Plays what is left of the present match, or of the first one; notes every click.
class Recorder final : public CrowdPolicy {
 public:
  Recorder(CrowdPolicy& policy, std::vector<Click>& clicks) : policy_(policy), clicks_(clicks) {}

  std::string_view name() const override { return policy_.name(); }
  void choose(const CrowdWorld& world, std::span<std::size_t> items) override { policy_.choose(world, items); }
  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override {
    policy_.learn(world, shown);
    for (std::size_t cell = 0; cell < shown.size(); ++cell) {
      if (!shown[cell].clicked) continue;
      const std::size_t viewer = cell / world.slots().size();
      domain::Interaction row;
      row.viewer = world.viewers()[viewer].id;
      row.item = world.items()[shown[cell].item].id;
      row.timestamp_s = 1'780'000'000 + static_cast<std::int64_t>(world.tick_number()) * 120;
      row.event_type = "CLICK";
      row.context = world.tick().context;
      std::vector<std::string> seen;
      for (std::size_t slot = 0; slot < world.slots().size(); ++slot) {
        seen.push_back(world.items()[shown[viewer * world.slots().size() + slot].item].id.str());
      }
      clicks_.push_back({viewer, std::move(row), std::move(seen)});
    }
  }

 private:
  CrowdPolicy& policy_;
  std::vector<Click>& clicks_;
};

domain::Item item_of(const CrowdItem& item) { return domain::make_item(item.id, item.fields, "").value(); }

/// A schema that has every value as a text or a number that can be trained on.
void add_fields(domain::Schema& schema, const domain::Values& values) {
  for (const auto& [name, value] : values) {
    if (schema.find_field(name) != nullptr) continue;
    const bool text = std::holds_alternative<std::string>(value);
    schema.fields.push_back({name, text ? domain::FieldType::string : domain::FieldType::int64, true, text, false});
  }
}

dataset::Dataset make_dataset(const CrowdWorld& world, const std::vector<Click>& clicks) {
  dataset::Schemas schemas;
  for (const CrowdItem& item : world.items()) add_fields(schemas.items, item.fields);
  for (const CrowdViewer& viewer : world.viewers()) add_fields(schemas.users, viewer.fields);
  add_fields(schemas.interactions, clicks.front().row.context);
  dataset::DatasetBuilder builder(schemas, {});
  for (const CrowdItem& item : world.items()) builder.add_item(item_of(item));
  for (const CrowdViewer& viewer : world.viewers()) {
    builder.add_viewer(domain::make_viewer(viewer.id, viewer.fields, "").value());
  }
  for (const Click& click : clicks) {
    const std::vector<std::string_view> seen(click.seen.begin(), click.seen.end());
    builder.add_interaction(click.row, seen);
  }
  return std::move(builder).build().value();
}

/// The version as a campaign that knows everybody's clicks.
learn::Campaign make_campaign(const CrowdWorld& world, const std::vector<Click>& clicks,
                              const scoring::SequenceModelPtr& model) {
  learn::Campaign campaign(model);
  for (const CrowdViewer& viewer : world.viewers()) {
    campaign.meet(viewer.id, std::make_shared<const domain::ViewerTraits>(domain::ViewerTraits{{}, "", viewer.fields}));
  }
  std::vector<std::pair<domain::ItemId, domain::Item>> items;
  for (const CrowdItem& item : world.items()) items.emplace_back(item.id, item_of(item));
  for (const Click& click : clicks) {
    for (const auto& [id, item] : items) {
      if (id == click.row.item) {
        campaign.advance(click.row.viewer, {item, "CLICK", click.row.context, click.row.timestamp_s});
      }
    }
  }
  return campaign;
}

struct Outcome {
  std::vector<double> gains;  ///< by tick of the second match
  double first = 0;           ///< G of its first ticks
  double half = 0;            ///< G of its second half
  double last = 0;            ///< G of its last ticks
};

Outcome play_second(CrowdWorld world, CrowdPolicy& policy) {
  const CrowdScore score = run_crowd(world, policy);
  Outcome outcome;
  CrowdTickValue first;
  CrowdTickValue last;
  for (std::size_t t = 0; t < score.ticks().size(); ++t) {
    outcome.gains.push_back(score.ticks()[t].gain());
    if (t < kTicks) first += score.ticks()[t];
    if (t + kTicks >= score.ticks().size()) last += score.ticks()[t];
  }
  outcome.first = first.gain();
  outcome.half = score.gain_last();
  outcome.last = last.gain();
  return outcome;
}

/// Trains, with matchcue-train's recipe where this was built with libtorch, and returns the version's id.
std::string train(const std::string& recipe, const dataset::Dataset& data, const std::string& folder) {
#ifdef MCUE_WITH_TRAIN
  const std::atomic<bool> stop = false;
  const auto no_stage = [](const std::string&) {};
  const auto no_epoch = [](const auto&, const auto&) {};
  const auto id_of = [](const auto& trained) {
    CHECK(trained.ok(), trained.error().message);
    return trained->id;
  };
  if (recipe == train::kUserPersonalization) {
    train::NetworkRequest request;
    request.out = folder;
    return id_of(train::train_user_personalization(data, request, {no_stage, no_epoch}, stop));
  }
  if (recipe == scoring::kFactorizationMachine) {
    train::FactorizationRequest request;
    request.out = folder;
    return id_of(train::train_factorization_machine(data, request, {no_stage, no_epoch}, stop));
  }
#endif
  const recipes::Recipe* closed = recipes::find_recipe(recipe);
  CHECK(closed != nullptr && closed->is_closed_form(), recipe);
  const auto trained = recipes::train_version(*closed, data, {{}, "", 1, folder}, [](std::string_view, double) {});
  CHECK(trained.ok(), trained.error().message);
  return trained->id;
}

std::array<Outcome, 3> play(std::uint64_t seed, const std::string& recipe,
                            const std::vector<std::vector<TimedMoment>>& matches, const std::string& folder) {
  CrowdWorld world({}, matches, seed, kViewers);
  const auto before = make_learner_policy(seed, {});
  std::vector<Click> clicks;
  Recorder recorder(*before, clicks);
  const std::size_t length = matches.front().size();
  run_crowd(world, recorder,
            [&](const CrowdWorld& at, const CrowdTickValue&) { return at.tick_number() + 1 < length; });
  const std::string id = train(recipe, make_dataset(world, clicks), folder);
  const auto model = scoring::open_sequence_model(folder + "/" + id).value();
  const auto alone = make_learner_policy(seed + 100, {});
  const auto over = make_learner_policy(seed + 100, {}, .002, {}, make_campaign(world, clicks, model));
  fmt::print("seed {}: {} clicks, {}, log-odds scale {:.3f}\n", seed, clicks.size(), id, model->log_odds_scale());
  return {play_second(world, *alone), play_second(world, *over), play_second(world, *before)};
}

}  // namespace

int main(int argc, char** argv) {
  const std::string recipe = argc > 1 ? argv[1] : "sequential-ridge";
  const std::uint64_t seeds = argc > 2 ? std::stoull(argv[2]) : 5;
  std::vector<std::vector<TimedMoment>> matches;
  for (int i = 3; i < argc; ++i) matches.push_back(read_feed_file(argv[i], {}).value());
  if (matches.empty()) matches = {make_match(1), make_match(2)};
  CHECK(matches.size() == 2 && seeds > 0, argc, recipe);
  const std::string folder = std::filesystem::temp_directory_path() / "matchcue-campaign-bench";
  std::filesystem::create_directories(folder);
  constexpr std::array kNames = {"live-bandit alone", "over the campaign", "the learner goes on"};
  std::array<Outcome, 3> means;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto outcomes = play(seed, recipe, matches, folder);
    for (std::size_t k = 0; k < means.size(); ++k) {
      fmt::print("  {:<20} G first {} ticks {:.4f}, second half {:.4f}, last {} ticks {:.4f}\n", kNames[k], kTicks,
                 outcomes[k].first, outcomes[k].half, kTicks, outcomes[k].last);
      means[k].gains.resize(outcomes[k].gains.size());
      for (std::size_t t = 0; t < outcomes[k].gains.size(); ++t) {
        means[k].gains[t] += outcomes[k].gains[t] / static_cast<double>(seeds);
      }
      means[k].first += outcomes[k].first / static_cast<double>(seeds);
      means[k].half += outcomes[k].half / static_cast<double>(seeds);
      means[k].last += outcomes[k].last / static_cast<double>(seeds);
    }
    std::fflush(stdout);
  }
  std::filesystem::remove_all(folder);
  fmt::print("\ntick  {:>18} {:>18} {:>18}\n", kNames[0], kNames[1], kNames[2]);
  for (std::size_t t = 0; t < means[0].gains.size(); ++t) {
    if (t >= 20 && t % 10 != 0) continue;
    fmt::print("{:4}  {:18.4f} {:18.4f} {:18.4f}\n", t + 1, means[0].gains[t], means[1].gains[t], means[2].gains[t]);
  }
  const auto print_row = [&](const std::string& what, double Outcome::*value) {
    fmt::print("{:<12}{:>11.4f} {:18.4f} {:18.4f}\n", what, means[0].*value, means[1].*value, means[2].*value);
  };
  print_row(fmt::format("first {}", kTicks), &Outcome::first);
  print_row("second half", &Outcome::half);
  print_row(fmt::format("last {}", kTicks), &Outcome::last);
}
