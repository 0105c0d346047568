// SPDX-License-Identifier: Apache-2.0
//
// The trainer on the sample's data: 40 items, 5,000 viewers, 100,000 interactions with five context fields.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "dataset/decoded.h"
#include "dataset/load_files.h"
#include "scoring/open_sequence_model.h"
#include "simulate/sample_data.h"
#include "train/user_personalization.h"

namespace matchcue {
namespace {

constexpr auto kEventField = "MATCH_EVENT";

struct TrainingTest : ::testing::Test {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("matchcue-training-" + std::to_string(::getpid()));
  simulate::SampleDataOptions options{5'000, 100'000, 1, 1'780'000'000};

  TrainingTest() {
    std::filesystem::create_directories(folder);
    torch::set_num_threads(1);
  }
  ~TrainingTest() override { std::filesystem::remove_all(folder); }

  template <typename Write>
  std::string write_file(const std::string& name, Write write) const {
    std::ofstream file(folder / name);
    const auto written = write(options, [&](std::string_view piece) {
      file << piece;
      return Result<void>();
    });
    EXPECT_TRUE(written.ok());
    return folder / name;
  }

  dataset::Dataset load() const {
    dataset::DatasetFiles files;
    files.interactions = {write_file("interactions.csv", simulate::write_sample_interactions)};
    files.users = write_file("users.csv", simulate::write_sample_users);
    files.items = folder / "items.csv";
    std::ofstream(files.items) << simulate::sample_items_csv();
    return std::move(dataset::load_dataset_files(files, {})->dataset);
  }
};

/// Which item most viewers turned to at each kind of event.
std::vector<std::size_t> count_favourites(const dataset::Dataset& data) {
  std::vector<std::size_t> favourites;
  for (const std::string_view event : simulate::kSampleEvents) {
    std::vector<std::size_t> counts(data.item_count());
    for (std::size_t act = 0; act < data.interaction_count(); ++act) {
      if (dataset::context_of(data, act).at(kEventField) == domain::Value(std::string(event))) ++counts[data.item[act]];
    }
    favourites.push_back(static_cast<std::size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin()));
  }
  return favourites;
}

TEST_F(TrainingTest, SomebodyUnknownGetsEachEventsFavouriteNearTheTop) {
  const dataset::Dataset data = load();
  train::NetworkRequest request;
  request.parameters = {{"epochs", "6"}};
  request.out = folder;
  const std::atomic<bool> stop = false;
  const train::TrainWatch watch{[](const std::string&) {}, [](const train::EpochReport&, std::int64_t) {}};
  const auto trained = train::train_user_personalization(data, request, watch, stop);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  const auto model = scoring::open_sequence_model(folder / trained->id);
  ASSERT_TRUE(model.ok()) << model.error().message;
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  const std::vector<std::size_t> favourites = count_favourites(data);
  for (std::size_t e = 0; e < favourites.size(); ++e) {
    const domain::Values context = {{kEventField, std::string(simulate::kSampleEvents[e])}};
    std::vector<float> scores(data.item_count());
    (*model)->fold(catalogue, {context, {}})->score({}, *domain::no_traits(), scores);
    const auto better =
        std::count_if(scores.begin(), scores.end(), [&](float score) { return score > scores[favourites[e]]; });
    EXPECT_LT(better, 3) << simulate::kSampleEvents[e] << ": " << data.items[favourites[e]];
  }
}

}  // namespace
}  // namespace matchcue
