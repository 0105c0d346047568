// SPDX-License-Identifier: Apache-2.0
#include "scoring/window_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "scoring/open_sequence_model.h"

namespace matchcue::scoring {
namespace {

using domain::Values;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

domain::Item item(const char* id, const char* genre = "") {
  Values fields;
  if (*genre != '\0') fields["GENRE"] = std::string(genre);
  return domain::make_item(domain::ItemId(id), std::move(fields), "").value();
}

/// Items a (Drama), b (War), c (War); the moment GOAL favours b, F viewers favour c, an act on a says b, one on b says
/// a.
WindowTables sample_tables() {
  WindowTables tables;
  tables.window = 2;
  tables.decay = .5;
  tables.items = {"a", "b", "c"};
  tables.item_codes = FeatureCodes({{"GENRE", FieldCodes::Kind::labels, {"Drama", "War"}, {}}});
  tables.viewer_codes = FeatureCodes({{"GENDER", FieldCodes::Kind::labels, {"F"}, {}}});
  tables.context_codes = FeatureCodes({{"MATCH_EVENT", FieldCodes::Kind::labels, {"FOUL", "GOAL"}, {}}});
  tables.base = tables.keep<float>({3, 2, 1});
  tables.by_context = tables.keep<float>({0, 0, 0, 0, 10, 0});
  tables.by_viewer = tables.keep<float>({0, 0, 20});
  tables.by_item = tables.keep<float>({0, 100, 0, 200, 0, 0, 0, 0, 0});
  tables.item_feature_begin = tables.keep<std::int32_t>({0, 1, 2, 3});
  tables.item_features = tables.keep<std::int32_t>({0, 1, 1});
  tables.log_odds_scale = .25;
  return tables;
}

std::vector<float> scores_of(const SequenceModel& model, const std::vector<domain::Item>& acts,
                             const std::vector<domain::Item>& catalogue = {item("a"), item("b"), item("c")},
                             const Values& context = {}, const Values& traits = {}) {
  std::vector<float> state(model.state_size());
  model.start(state);
  for (const domain::Item& each : acts) model.advance(state, {each, "CLICK", {}, 0});
  const domain::Catalogue items(1, catalogue);
  const auto scorer = model.fold(items, {context, {}});
  std::vector<float> scores(catalogue.size());
  scorer->score(state, {{}, {}, traits}, scores);
  return scores;
}

TEST(WindowModel, AddsUpWhatContextTraitsAndTheLastActsSay) {
  const auto model = make_window_model("x", "sims", sample_tables());
  EXPECT_THAT(scores_of(*model, {}), ElementsAre(3, 2, 1));
  const std::vector<domain::Item> all = {item("a"), item("b"), item("c")};
  EXPECT_THAT(scores_of(*model, {}, all, {{"MATCH_EVENT", std::string("GOAL")}}), ElementsAre(3, 12, 1));
  EXPECT_THAT(scores_of(*model, {}, all, {}, {{"GENDER", std::string("F")}}), ElementsAre(3, 2, 21));
  EXPECT_THAT(scores_of(*model, {item("a")}), ElementsAre(3, 102, 1));
  EXPECT_THAT(scores_of(*model, {item("a"), item("b")}), ElementsAre(203, 52, 1));
  EXPECT_THAT(scores_of(*model, {item("b"), item("a"), item("a")}), ElementsAre(3, 152, 1));
}

TEST(WindowModel, ANewViewersStateIsNoState) {
  const auto model = make_window_model("x", "sims", sample_tables());
  const domain::Catalogue items(1, {item("a"), item("b")});
  const Values context;
  std::vector<float> scores(2);
  model->fold(items, {context, {}})->score({}, {}, scores);
  EXPECT_THAT(scores, ElementsAre(3, 2));
}

TEST(WindowModel, NearItemsSayTheSameAsTheWholeTable) {
  WindowTables tables = sample_tables();
  const auto whole = make_window_model("x", "sims", tables);
  tables.by_item = {};
  tables.near_begin = tables.keep<std::int32_t>({0, 1, 2, 2});
  tables.near_items = tables.keep<std::int32_t>({1, 0});
  tables.near_weights = tables.keep<float>({100, 200});
  const auto near = make_window_model("x", "sims", tables);
  const std::vector<domain::Item> acts = {item("a"), item("b")};
  EXPECT_EQ(scores_of(*near, acts), scores_of(*whole, acts));
  const std::vector<domain::Item> part = {item("b"), item("z")};
  EXPECT_EQ(scores_of(*near, acts, part), scores_of(*whole, acts, part));
}

TEST(WindowModel, ANewItemIsWorthWhatThoseLikeItAre) {
  const auto model = make_window_model("x", "sims", sample_tables());
  const std::vector<domain::Item> catalogue = {item("a"), item("n", "War"), item("o", "Drama"), item("p", "Western")};
  // b and c are alike to n; p is like none and gets the mean of the known ones here, which is a.
  EXPECT_THAT(scores_of(*model, {item("a")}, catalogue),
              ElementsAre(3, FloatNear(51.5, 1e-4F), FloatNear(3, 1e-5F), FloatNear(3, 1e-5F)));
}

TEST(WindowModel, AnActOnANewItemCountsAsOneOnTheItemMostLikeIt) {
  const auto model = make_window_model("x", "sims", sample_tables());
  EXPECT_EQ(scores_of(*model, {item("n", "Drama")}), scores_of(*model, {item("a")}));
  EXPECT_EQ(scores_of(*model, {item("a"), item("n", "Western")}), scores_of(*model, {item("a")}));
}

TEST(WindowModel, ThePlaceInTheCatalogueDoesNotMatter) {
  const auto model = make_window_model("x", "sims", sample_tables());
  const std::vector<domain::Item> acts = {item("b"), item("a")};
  const auto all = scores_of(*model, acts);
  EXPECT_THAT(scores_of(*model, acts, {item("a"), item("c")}), ElementsAre(all[0], all[2]));
}

TEST(WindowModel, WithAFloorScoresRiseWithProbabilityAndLogarithmicallyAboveIt) {
  WindowTables tables = sample_tables();
  tables.floor = .01;
  tables.base = tables.keep<float>({.02F, .04F, .01F});
  const auto model = make_window_model("x", "sims", tables);
  EXPECT_THAT(scores_of(*model, {}), ElementsAre(FloatNear(std::log(2.F), 1e-6F), FloatNear(std::log(4.F), 1e-6F), 0));
  tables.base = tables.keep<float>({-1, 0, .00999F});
  const auto below = scores_of(*make_window_model("x", "sims", tables), {});
  EXPECT_GT(below[0], -1);
  EXPECT_LT(below[0], below[1]);
  EXPECT_EQ(below[1], -.5F);
  EXPECT_LT(below[1], below[2]);
  EXPECT_LT(below[2], 0);
}

class WindowFolderTest : public testing::Test {
 protected:
  WindowFolderTest() {
    std::string name = (std::filesystem::temp_directory_path() / "matchcue-window-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr, name);
    root_ = name;
  }
  ~WindowFolderTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }
  /// Writes the tables, letting `change` edit the manifest, and opens the version.
  Result<SequenceModelPtr> write_and_open(const WindowTables& tables, const std::string& recipe,
                                          const std::function<void(nlohmann::json&)>& change = {}) {
    nlohmann::json manifest = {{"recipe", recipe}};
    std::vector<Tensor> tensors;
    write_window_tables(tables, "", manifest, tensors);
    if (change) change(manifest);
    MCUE_TRY(const std::string id, write_solution_folder(root_, manifest.dump(), tensors));
    return open_sequence_model(root_ + "/" + id);
  }

  std::string root_;
};

TEST_F(WindowFolderTest, AVersionScoresAsTheTablesItWasWrittenFrom) {
  const auto model = make_window_model("x", "sims", sample_tables());
  const auto opened = write_and_open(sample_tables(), "sims");
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_TRUE((*opened)->id().starts_with("sims-"));
  EXPECT_EQ((*opened)->recipe(), "sims");
  EXPECT_EQ((*opened)->log_odds_scale(), .25);
  const std::vector<domain::Item> acts = {item("n", "Drama"), item("b")};
  const std::vector<domain::Item> catalogue = {item("b"), item("c"), item("m", "War")};
  EXPECT_EQ(scores_of(**opened, acts, catalogue), scores_of(*model, acts, catalogue));
}

TEST_F(WindowFolderTest, WhatDoesNotFitTogetherIsRefused) {
  const auto message = [&](const std::function<void(nlohmann::json&)>& change) {
    const auto opened = write_and_open(sample_tables(), "sims", change);
    return opened.ok() ? std::string("opened") : opened.error().message;
  };
  EXPECT_THAT(message([](auto& json) { json.erase("window"); }), HasSubstr("no \"window\""));
  EXPECT_THAT(message([](auto& json) { json["window"]["items"] = {"a", "b"}; }), HasSubstr("base"));
  EXPECT_THAT(message([](auto& json) { json["window"]["items"] = {"b", "a", "c"}; }), HasSubstr("not in order"));
  EXPECT_THAT(message([](auto& json) { json["window"]["decay"] = 2; }), HasSubstr("decay is out of range"));
  EXPECT_THAT(message([](auto& json) { json["window"]["context_codes"] = nlohmann::json::array(); }),
              HasSubstr("by_context"));
  EXPECT_THAT(message([](auto& json) { json["window"]["item_codes"] = nlohmann::json::array(); }),
              HasSubstr("item_feature_begin"));
  WindowTables outside = sample_tables();
  outside.item_features = outside.keep<std::int32_t>({0, 1, 2});
  EXPECT_FALSE(write_and_open(outside, "sims").ok());
}

/// A version that was not written by us: its arrays hold whatever they hold.
class ForeignFolder final : public SolutionFolder {
 public:
  ForeignFolder(std::string manifest, std::vector<Tensor> tensors)
      : manifest_(std::move(manifest)), tensors_(std::move(tensors)) {}
  const std::string& id() const override { return id_; }
  const std::string& manifest() const override { return manifest_; }
  const std::vector<Tensor>& tensors() const override { return tensors_; }

 private:
  std::string id_ = "sims-000000000000";
  std::string manifest_;
  std::vector<Tensor> tensors_;
};

TEST(WindowTables, WhatIsNotAFiniteNumberIsRefused) {
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    WindowTables tables = sample_tables();
    tables.by_viewer = tables.keep<float>({0, wrong, 20});
    nlohmann::json manifest = {{"recipe", "sims"}};
    std::vector<Tensor> tensors;
    write_window_tables(tables, "", manifest, tensors);
    const auto opened = open_sequence_model(std::make_shared<ForeignFolder>(manifest.dump(), tensors));
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "corrupt_solution_version");
    EXPECT_THAT(opened.error().message, HasSubstr("by_viewer holds something that is not a finite number"));
  }
}

TEST_F(WindowFolderTest, AnotherRecipesVersionIsNotOpenedAsThis) {
  const auto opened = write_and_open(sample_tables(), "palm-reading");
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(opened.error().message, HasSubstr("\"palm-reading\""));
}

}  // namespace
}  // namespace matchcue::scoring
