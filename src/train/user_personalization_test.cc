// SPDX-License-Identifier: Apache-2.0
//
// A small audience that acts upon one item at each kind of moment, trained on and served.
#include "train/user_personalization.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "dataset/dataset_builder.h"
#include "evaluate/holdout.h"
#include "scoring/open_sequence_model.h"
#include "scoring/solution_folder.h"
#include "train/sequences.h"

namespace matchcue::train {
namespace {

using domain::FieldType;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::size_t kItems = 20;
const std::vector<std::string> kEvents = {"CARD", "GOAL", "INTERVAL"};
const std::vector<std::string> kFavourites = {"i03", "i11", "i17"};

std::string item_id(std::size_t i) { return (i < 10 ? "i0" : "i") + std::to_string(i); }

/// Three in four acts are upon the moment's favourite.
dataset::Dataset make_data() {
  dataset::Schemas schemas;
  schemas.interactions.fields = {{"EVENT", FieldType::string, false, true, false}};
  dataset::DatasetBuilder builder(schemas, {});
  std::mt19937 random(1);
  for (std::size_t viewer = 0; viewer < 80; ++viewer) {
    for (std::int64_t act = 0; act < 25; ++act) {
      domain::Interaction row;
      row.viewer = domain::ViewerId("v" + std::to_string(viewer));
      const std::size_t event = random() % kEvents.size();
      row.item = domain::ItemId(random() % 4 != 0 ? kFavourites[event] : item_id(random() % kItems));
      row.timestamp_s = 1'700'000'000 + act * 60;
      row.context = {{"EVENT", kEvents[event]}};
      builder.add_interaction(row);
    }
  }
  return std::move(builder).build().value();
}

domain::Catalogue make_catalogue() {
  std::vector<domain::Item> items;
  for (std::size_t i = 0; i < kItems; ++i) {
    items.push_back(domain::make_item(domain::ItemId(item_id(i)), {{"ITEM_TYPE", std::string("GENERAL")}}, "").value());
  }
  return {1, std::move(items)};
}

class UserPersonalizationTest : public ::testing::Test {
 protected:
  UserPersonalizationTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    torch::set_num_threads(1);
    request_.out = folder_;
    request_.parameters = {
        {"hidden_dimension", "16"}, {"epochs", "8"}, {"blocks", "1"}, {"learning_rate", "0.01"}, {"batch_acts", "400"}};
  }
  ~UserPersonalizationTest() override { std::filesystem::remove_all(folder_); }

  Result<TrainedNetwork> train() {
    const TrainWatch watch{[](const std::string&) {},
                           [&](const EpochReport& epoch, std::int64_t) {
                             epochs_.push_back(epoch);
                             if (static_cast<std::int64_t>(epochs_.size()) == stop_after_) stop_ = true;
                           }};
    return train_user_personalization(data_, request_, watch, stop_);
  }

  std::string folder_ = std::filesystem::temp_directory_path() / ("matchcue-train-" + std::to_string(::getpid()));
  dataset::Dataset data_ = make_data();
  NetworkRequest request_;
  std::vector<EpochReport> epochs_;
  std::int64_t stop_after_ = 0;
  std::atomic<bool> stop_ = false;
};

TEST_F(UserPersonalizationTest, KnowsEachMomentsFavourite) {
  const auto trained = train();
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  const auto model = scoring::open_sequence_model(folder_ + "/" + trained->id);
  ASSERT_TRUE(model.ok()) << model.error().message;
  EXPECT_GT((*model)->log_odds_scale(), 0);
  const domain::Catalogue catalogue = make_catalogue();
  for (std::size_t e = 0; e < kEvents.size(); ++e) {
    const domain::Values context = {{"EVENT", kEvents[e]}};
    std::vector<float> scores(kItems);
    (*model)->fold(catalogue, {context, {}})->score({}, *domain::no_traits(), scores);
    std::size_t better = 0;
    for (const float score : scores) better += score > scores[*catalogue.find_item(domain::ItemId(kFavourites[e]))];
    EXPECT_LT(better, 3U) << kEvents[e];
  }
}

TEST_F(UserPersonalizationTest, TheSameSeedMakesTheSameVersion) {
  const std::string first = train()->id;
  std::filesystem::remove_all(folder_);
  EXPECT_EQ(train()->id, first);
  request_.seed = 2;
  EXPECT_NE(train()->id, first);
}

TEST_F(UserPersonalizationTest, GoesOnFromACheckpointAsIfItHadNotStopped) {
  const std::string whole = train()->id;
  request_.checkpoint = folder_ + "/.checkpoint";
  stop_after_ = 3;
  epochs_.clear();
  EXPECT_TRUE(train().ok()) << "what was best until then is written";
  EXPECT_EQ(epochs_.size(), 3U);
  stop_ = false;
  stop_after_ = 0;
  request_.resume = true;
  const auto resumed = train();
  EXPECT_EQ(resumed->fitted.curve.size(), 8U);
  EXPECT_EQ(resumed->id, whole);
}

TEST_F(UserPersonalizationTest, BeginsAnewWhereTheCheckpointIsOfAnotherNetwork) {
  request_.checkpoint = folder_ + "/.checkpoint";
  stop_after_ = 3;
  EXPECT_TRUE(train().ok());
  stop_ = false;
  stop_after_ = 0;
  request_.resume = true;
  request_.parameters["hidden_dimension"] = "24";
  epochs_.clear();
  ASSERT_TRUE(train().ok());
  EXPECT_EQ(epochs_.front().epoch, 1);
}

TEST_F(UserPersonalizationTest, ABatchSaysWhatWasSeenHoweverLongBefore) {
  const SequenceData sequences(data_);
  const Sequence second = training_sequences(data_, {1, 1}, 10)[1];
  ASSERT_EQ(second.begin, 10U);
  const Batch batch = sequences.make_batch({second}, {.seen = true});
  ASSERT_EQ(batch.seen.size(), static_cast<std::size_t>(batch.targets.size(0)));
  EXPECT_EQ(batch.seen.front().data(), data_.item.data());
  EXPECT_EQ(batch.seen.front().size(), 11U) << "the piece's first act is only known; the one after it is asked for";
  EXPECT_TRUE(sequences.make_batch({second}).seen.empty());
}

TEST_F(UserPersonalizationTest, StoppedBeforeTheFirstEpochItWritesNothing) {
  stop_ = true;
  EXPECT_EQ(train().error().code, "stopped");
}

TEST_F(UserPersonalizationTest, ABatchSaysWhatWasShownWithWhatIsAskedFor) {
  const Sequence first = training_sequences(data_, {1, 1}, 10)[0];
  EXPECT_TRUE(SequenceData(data_).make_batch({first}, {.shown = true}).shown.empty()) << "the data has none";
  data_.impression_begin.assign(data_.interaction_count() + 1, 2);
  data_.impression_begin[0] = 0;
  data_.impression_items = {4, 9};
  const Batch batch = SequenceData(data_).make_batch({first}, {.shown = true});
  ASSERT_EQ(batch.shown.size(), static_cast<std::size_t>(batch.targets.size(0)));
  EXPECT_THAT(std::vector(batch.shown[0].begin(), batch.shown[0].end()), ElementsAre(4, 9));
  EXPECT_THAT(batch.shown[1], IsEmpty());
}

TEST_F(UserPersonalizationTest, ItsManifestTellsThatItHasNotSeenWhatWasHeldOut) {
  request_.parameters["epochs"] = "1";
  const std::string all = data_.hash;
  for (const auto protocol : {evaluate::Protocol::personalize, evaluate::Protocol::leave_one_out}) {
    data_ = make_data();
    data_ = evaluate::training_part(data_, evaluate::make_split(data_, {.protocol = protocol}).value());
    const auto trained = train();
    ASSERT_TRUE(trained.ok()) << trained.error().message;
    const auto folder = scoring::open_solution_folder(folder_ + "/" + trained->id);
    ASSERT_TRUE(folder.ok()) << folder.error().message;
    const auto manifest = nlohmann::json::parse((*folder)->manifest());
    EXPECT_EQ(manifest.at("data").at("hash"), data_.hash);
    EXPECT_NE(data_.hash, all);
  }
}

/// At each moment everybody acts upon the same item, and no two moments are alike. Viewers leave one after the other.
dataset::Dataset fashion_data() {
  dataset::Schemas schemas;
  schemas.interactions.fields = {{"EVENT", FieldType::string, false, true, false}};
  dataset::DatasetBuilder builder(schemas, {});
  std::mt19937 random(1);
  std::vector<std::size_t> fashions;
  for (int moment = 0; moment < 40; ++moment) fashions.push_back(random() % kItems);
  for (std::size_t viewer = 0; viewer < 80; ++viewer) {
    for (std::size_t moment = 0; moment < 20 + viewer % 20; ++moment) {
      domain::Interaction row;
      row.viewer = domain::ViewerId("v" + std::to_string(viewer));
      row.item = domain::ItemId(item_id(random() % 4 != 0 ? fashions[moment] : random() % kItems));
      row.timestamp_s = 1'700'000'000 + static_cast<std::int64_t>(moment) * 60;
      row.context = {{"EVENT", kEvents[moment % kEvents.size()]}};
      builder.add_interaction(row);
    }
  }
  return std::move(builder).build().value();
}

TEST_F(UserPersonalizationTest, WhatOthersDidAtTheSameMomentIsNotBelievedOfAnother) {
  data_ = fashion_data();
  request_.parameters["ridge"] = "off";
  request_.parameters["calibration"] = "validation";
  const auto at_the_same = train();
  EXPECT_FALSE(at_the_same->scale.at_moments);
  request_.parameters["calibration"] = "auto";
  const auto at_others = train();
  EXPECT_TRUE(at_others->scale.at_moments);
  EXPECT_GT(at_the_same->scale.calibration.scale, .5);
  EXPECT_LT(at_others->scale.calibration.scale, .5 * at_the_same->scale.calibration.scale);
  EXPECT_EQ(at_others->validation.ndcg, at_the_same->validation.ndcg) << "what is served was trained on everything";
}

TEST_F(UserPersonalizationTest, RefusesWhatItDoesNotKnowByName) {
  request_.parameters["hiden_dimension"] = "32";
  const auto refused = train();
  EXPECT_EQ(refused.error().code, "unknown_hyperparameter");
  EXPECT_THAT(refused.error().message, HasSubstr("hidden_dimension"));
}

}  // namespace
}  // namespace matchcue::train
