// SPDX-License-Identifier: Apache-2.0
//
// sequential-ridge on MovieLens-1M, leave-one-out over the whole catalogue, by the protocol of the data's README.
// Skipped where the data is not; not there at all in builds that would take minutes.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__OPTIMIZE__)
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "dataset/dataset_builder.h"
#include "dataset/decoded.h"
#include "dataset/subset.h"
#include "recipes/sequential_ridge.h"
#include "scoring/window_model.h"

namespace matchcue::recipes {
namespace {

std::string data_path() {
  const char* shared = std::getenv("MCUE_SHARED_DATA");
  return std::string(shared != nullptr ? shared : "../shared/data") + "/ml-1m/ml-1m.txt";
}

dataset::Dataset load(const std::string& path) {
  dataset::DatasetBuilder builder({}, {});
  std::ifstream file(path);
  std::string viewer;
  std::string item;
  std::int64_t place = 0;
  while (file >> viewer >> item) {
    domain::Interaction interaction;
    interaction.viewer = domain::ViewerId(viewer);
    interaction.item = domain::ItemId(item);
    interaction.timestamp_s = ++place;
    builder.add_interaction(interaction);
  }
  return std::move(builder).build().value();
}

struct Ranking {
  double hit_rate = 0;
  double gain = 0;
};

/// The last interaction of each viewer, among all items that they had not seen.
Ranking rank_last(const scoring::SequenceModel& model, const dataset::Dataset& data) {
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  const domain::Values context;
  const auto scorer = model.fold(catalogue, {context, {}});
  std::vector<float> state(model.state_size());
  std::vector<float> scores(data.item_count());
  Ranking sum;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    const std::size_t asked = data.begin[viewer + 1] - 1;
    std::vector<bool> seen(data.item_count());
    model.start(state);
    for (std::size_t k = data.begin[viewer]; k < asked; ++k) {
      seen[data.item[k]] = true;
      model.advance(state, {catalogue.items()[data.item[k]], "", context, 0});
    }
    scorer->score(state, {}, scores);
    std::size_t rank = 1;
    for (std::size_t item = 0; item < scores.size(); ++item) {
      if (!seen[item] && scores[item] > scores[data.item[asked]]) ++rank;
    }
    if (rank > 10) continue;
    sum.hit_rate += 1;
    sum.gain += 1 / std::log2(1 + static_cast<double>(rank));
  }
  const auto viewers = static_cast<double>(data.viewer_count());
  return {sum.hit_rate / viewers, sum.gain / viewers};
}

TEST(MovieLens, SequentialRidgeRanksAsWellAsItShould) {
  if (!std::filesystem::exists(data_path())) GTEST_SKIP() << "data that must not be redistributed: " << data_path();
  const dataset::Dataset data = load(data_path());
  ASSERT_EQ(data.viewer_count(), 6'040u);
  ASSERT_EQ(data.item_count(), 3'416u);
  ASSERT_EQ(data.interaction_count(), 999'611u);
  std::vector<std::size_t> end;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) end.push_back(data.begin[viewer + 1] - 1);
  auto tables = train_ridge(dataset::first_interactions(data, end), {}, [](std::string_view, double) {});
  ASSERT_TRUE(tables.ok());
  const Ranking ranking = rank_last(*scoring::make_window_model("x", "sequential-ridge", *std::move(tables)), data);
  RecordProperty("hit_rate_at_10", std::to_string(ranking.hit_rate));
  RecordProperty("ndcg_at_10", std::to_string(ranking.gain));
  EXPECT_GT(ranking.hit_rate, .272);
  EXPECT_GT(ranking.gain, .160);
}

}  // namespace
}  // namespace matchcue::recipes
#endif
