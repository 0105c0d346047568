// SPDX-License-Identifier: Apache-2.0
//
// Small audiences in which the moment, what one did before and metadata decide, trained on and served.
#include "train/factorization_machine.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <random>

#include "dataset/dataset_builder.h"
#include "dataset/decoded.h"
#include "evaluate/holdout.h"
#include "scoring/open_sequence_model.h"
#include "scoring/solution_folder.h"

namespace matchcue::train {
namespace {

using domain::FieldType;
using ::testing::HasSubstr;
using Texts = std::vector<std::string>;

constexpr std::size_t kItems = 40;
constexpr std::size_t kViewers = 100;
const Texts kEvents = {"play/CARD", "play/GOAL", "break"};
const Texts kGenres = {"Drama", "Sport", "War"};

std::string item_id(std::size_t i) { return "i" + std::to_string(100 + i); }

domain::Interaction act(std::size_t viewer, std::size_t item, const std::string& event, std::int64_t at_s,
                        double value = 1) {
  domain::Interaction row;
  row.viewer = domain::ViewerId("v" + std::to_string(1'000 + viewer));
  row.item = domain::ItemId(item_id(item));
  row.timestamp_s = at_s;
  row.event_value = value;
  row.context = {{"EVENT", event}};
  return row;
}

/// What viewers of the audience do. Each has an item of their own for each moment; viewers whose number leaves the same
/// rest like the same genre, which is that of the items whose number leaves it.
class Audience {
 public:
  std::size_t own_item(std::size_t viewer, std::size_t event) const { return (7 * viewer + 13 * event) % kItems; }

  /// Half of the acts are on the viewer's own item of the moment, the others on any item of their genre.
  std::vector<domain::Interaction> acts(std::size_t each) {
    std::vector<domain::Interaction> rows;
    for (std::size_t viewer = 0; viewer < kViewers; ++viewer) {
      for (std::size_t k = 0; k < each; ++k) {
        const std::size_t event = random_() % kEvents.size();
        const std::size_t liked = random_() % (kItems / kGenres.size()) * kGenres.size() + viewer % kGenres.size();
        rows.push_back(
            act(viewer, random_() % 2 == 0 ? own_item(viewer, event) : liked, kEvents[event], next_second_++));
      }
    }
    return rows;
  }
  /// Any item is shown; nine in ten of the viewer's genre are acted upon and one in ten of the others.
  std::vector<domain::Interaction> shown(std::size_t each) {
    std::vector<domain::Interaction> rows;
    for (std::size_t viewer = 0; viewer < kViewers; ++viewer) {
      for (std::size_t k = 0; k < each; ++k) {
        const std::size_t item = random_() % kItems;
        const bool liked = item % kGenres.size() == viewer % kGenres.size();
        const bool acted = random_() % 10 < (liked ? 9U : 1U);
        rows.push_back(act(viewer, item, kEvents[random_() % kEvents.size()], next_second_++, acted ? 1 : 0));
      }
    }
    return rows;
  }

 private:
  std::mt19937 random_{1};
  std::int64_t next_second_ = 1'700'000'000;
};

/// With `seen`, every act of the first half of the viewers was chosen among these.
dataset::Dataset make_data(const std::vector<domain::Interaction>& rows, std::vector<std::string_view> seen = {}) {
  dataset::Schemas schemas;
  schemas.interactions.fields = {{"EVENT", FieldType::string, false, true, false}};
  schemas.items.fields = {{"GENRE", FieldType::string, false, true, false}};
  schemas.users.fields = {{"TEAM", FieldType::string, true, true, false}};
  dataset::DatasetBuilder builder(schemas, {});
  for (std::size_t i = 0; i < kItems + kGenres.size(); ++i) {  // the last few are new: nobody acted upon them
    builder.add_item(
        domain::make_item(domain::ItemId(item_id(i)), {{"GENRE", kGenres[i % kGenres.size()]}}, "").value());
  }
  for (std::size_t viewer = 0; viewer < kViewers; viewer += 2) {
    const std::string team = viewer % 4 == 0 ? "home" : "away";
    builder.add_viewer(
        domain::make_viewer(domain::ViewerId("v" + std::to_string(1'000 + viewer)), {{"TEAM", team}}, "").value());
  }
  for (std::size_t k = 0; k < rows.size(); ++k) {
    builder.add_interaction(rows[k], k < rows.size() / 2 ? seen : std::vector<std::string_view>());
  }
  return std::move(builder).build().value();
}

class FactorizationMachineTest : public ::testing::Test {
 protected:
  FactorizationMachineTest() {
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    torch::set_num_threads(1);
    request_.out = folder_;
    request_.parameters = {{"hidden_dimension", "16"}, {"epochs", "8"},   {"history_acts", "25"},
                           {"batch_rows", "100"},      {"patience", "8"}, {"learning_rate", "0.01"}};
  }
  ~FactorizationMachineTest() override { std::filesystem::remove_all(folder_); }

  Result<TrainedFactorization> train(const dataset::Dataset& data) {
    const TrainWatch watch{[](const std::string&) {},
                           [&](const EpochReport& epoch, std::int64_t) {
                             if (epoch.epoch == stop_after_) stop_ = true;
                           }};
    return train_factorization_machine(data, request_, watch, stop_);
  }

  std::string folder_ = std::filesystem::temp_directory_path() / ("matchcue-machine-" + std::to_string(::getpid()));
  Audience audience_;
  FactorizationRequest request_;
  std::int64_t stop_after_ = 0;
  std::atomic<bool> stop_ = false;
};

TEST_F(FactorizationMachineTest, ItsManifestTellsThatItHasNotSeenWhatWasHeldOut) {
  request_.parameters["epochs"] = "1";
  const dataset::Dataset data = make_data(audience_.acts(20));
  for (const auto protocol : {evaluate::Protocol::personalize, evaluate::Protocol::leave_one_out}) {
    const dataset::Dataset part =
        evaluate::training_part(data, evaluate::make_split(data, {.protocol = protocol}).value());
    const auto trained = train(part);
    ASSERT_TRUE(trained.ok()) << trained.error().message;
    const auto folder = scoring::open_solution_folder(folder_ + "/" + trained->id);
    ASSERT_TRUE(folder.ok()) << folder.error().message;
    EXPECT_EQ(nlohmann::json::parse((*folder)->manifest()).at("data").at("hash"), part.hash);
    EXPECT_NE(part.hash, data.hash);
  }
}

TEST_F(FactorizationMachineTest, KnowsWhatEachViewerUsesAtEachMoment) {
  const dataset::Dataset data = make_data(audience_.acts(30));
  request_.validation = audience_.acts(5);
  request_.test = audience_.acts(5);
  const auto trained = train(data);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  // Knowing all, nearly half of the acts are first, and the rest anywhere among thirteen.
  EXPECT_GT(trained->test->quality.mrr, .5);
  EXPECT_GT(trained->test->quality.hit, .75);
  EXPECT_EQ(trained->test->quality.asked, 5 * kViewers);
  EXPECT_LE(trained->test->largest_difference, 1e-4);
  EXPECT_NEAR(trained->scale.calibration.scale, 1, .5) << "scores are trained as logits";
}

TEST_F(FactorizationMachineTest, WithoutTheContextItKnowsLess) {
  const dataset::Dataset data = make_data(audience_.acts(30));
  request_.validation = audience_.acts(5);
  const auto with = train(data);
  request_.parameters["use_context"] = "false";
  request_.test = audience_.acts(5);
  const auto without = train(data);
  ASSERT_TRUE(without.ok()) << without.error().message;
  EXPECT_GT(with->validation.ndcg, without->validation.ndcg + .1);
  EXPECT_LE(without->test->largest_difference, 1e-4);
}

TEST_F(FactorizationMachineTest, ADifferenceIsMeasuredAmongWhatWasSeen) {
  request_.parameters["epochs"] = "2";
  const auto rows = audience_.acts(20);
  request_.parameters["calibration"] = "validation";
  EXPECT_EQ(train(make_data(rows))->scale.calibration.choices, kViewers);
  const std::vector<std::string> seen = {item_id(0), item_id(1)};
  EXPECT_EQ(train(make_data(rows, {seen.begin(), seen.end()}))->scale.calibration.choices, kViewers / 2);
}

TEST_F(FactorizationMachineTest, ADifferenceIsMeasuredAtMomentsThatWereNotTrainedOn) {
  request_.parameters["epochs"] = "2";
  // Viewers come one after the other: the middle fifth is of twenty, whose first acts count for nothing.
  const auto trained = train(make_data(audience_.acts(20)));
  EXPECT_TRUE(trained->scale.at_moments);
  EXPECT_EQ(trained->scale.calibration.choices, kViewers / 5 * 19);
}

TEST_F(FactorizationMachineTest, SaysHowLikelyAnActIs) {
  const dataset::Dataset data = make_data(audience_.shown(50));
  request_.parameters["objective"] = "probability";
  request_.test = audience_.shown(10);
  const auto trained = train(data);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  EXPECT_EQ(trained->scale.calibration.scale, 1);
  // Knowing who likes what, the entropy of one in ten is .325, and the AUC .858.
  EXPECT_LT(trained->test->quality.log_loss, .42);
  EXPECT_GT(trained->test->quality.auc, .82);
  EXPECT_LE(trained->test->largest_difference, 1e-4);
  EXPECT_NEAR(static_cast<double>(trained->validation.asked), 50 * kViewers / 10., 60) << "a tenth is held out";
}

TEST_F(FactorizationMachineTest, ANewItemIsScoredByItsGenre) {
  const dataset::Dataset data = make_data(audience_.acts(30));
  const auto trained = train(data);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  const auto model = scoring::open_sequence_model(folder_ + "/" + trained->id);
  ASSERT_TRUE(model.ok()) << model.error().message;
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  const domain::Values context = {{"EVENT", kEvents[0]}};
  const auto scorer = (*model)->fold(catalogue, {context, {}});
  std::size_t right = 0;
  for (std::size_t viewer = 0; viewer < kViewers; ++viewer) {
    std::vector<float> state((*model)->state_size());
    (*model)->start(state);
    for (std::size_t row = data.begin[viewer]; row < data.begin[viewer + 1]; ++row) {
      (*model)->advance(state, {catalogue.items()[data.item[row]], "", context, 0});
    }
    std::vector<float> scores(catalogue.items().size());
    scorer->score(state, dataset::traits_of(data, viewer), scores);
    const std::size_t best =
        static_cast<std::size_t>(std::max_element(scores.begin() + kItems, scores.end()) - (scores.begin() + kItems));
    right += (kItems + best) % kGenres.size() == viewer % kGenres.size();
  }
  EXPECT_GT(right, kViewers * 8 / 10);
}

TEST_F(FactorizationMachineTest, TheSameSeedMakesTheSameVersion) {
  const dataset::Dataset data = make_data(audience_.acts(20));
  request_.parameters["epochs"] = "2";
  const std::string first = train(data)->id;
  EXPECT_EQ(train(data)->id, first);
  request_.seed = 2;
  EXPECT_NE(train(data)->id, first);
}

TEST_F(FactorizationMachineTest, GoesOnFromACheckpointAsIfItHadNotStopped) {
  const dataset::Dataset data = make_data(audience_.acts(20));
  for (const char* objective : {"ranking", "probability"}) {
    request_.parameters["objective"] = objective;
    const dataset::Dataset rows = objective == std::string("ranking") ? data : make_data(audience_.shown(20));
    const std::string whole = train(rows)->id;
    request_.checkpoint = folder_ + "/.checkpoint-" + objective;
    stop_after_ = 3;
    EXPECT_TRUE(train(rows).ok()) << "what was best until then is written";
    stop_ = false;
    stop_after_ = 0;
    request_.resume = true;
    const auto resumed = train(rows);
    EXPECT_EQ(resumed->fitted.curve.size(), 8U);
    EXPECT_EQ(resumed->id, whole);
    request_.resume = false;
    request_.checkpoint.clear();
  }
}

TEST_F(FactorizationMachineTest, StoppedItWritesTheBestUntilThen) {
  const dataset::Dataset data = make_data(audience_.acts(20));
  stop_after_ = 2;
  const auto trained = train(data);
  ASSERT_TRUE(trained.ok()) << trained.error().message;
  EXPECT_EQ(trained->fitted.curve.size(), 2U);
  EXPECT_TRUE(scoring::open_sequence_model(folder_ + "/" + trained->id).ok());
}

TEST_F(FactorizationMachineTest, StoppedBeforeTheFirstEpochItWritesNothing) {
  stop_ = true;
  EXPECT_EQ(train(make_data(audience_.acts(20))).error().code, "stopped");
}

TEST_F(FactorizationMachineTest, ProbabilityNeedsWhatWasOnlyShown) {
  request_.parameters["objective"] = "probability";
  const auto trained = train(make_data(audience_.acts(20)));
  EXPECT_EQ(trained.error().code, "too_little_data");
  EXPECT_EQ(trained.error().field, "EVENT_VALUE");
}

TEST_F(FactorizationMachineTest, RefusesWhatItDoesNotKnowByName) {
  const dataset::Dataset data = make_data(audience_.acts(20));
  request_.parameters["objectiv"] = "ranking";
  EXPECT_THAT(train(data).error().message, HasSubstr("objective"));
  request_.parameters.erase("objectiv");
  request_.validation.emplace();
  EXPECT_EQ(train(data).error().code, "no_questions");
  EXPECT_EQ(train(data).error().field, "validation");
}

}  // namespace
}  // namespace matchcue::train
