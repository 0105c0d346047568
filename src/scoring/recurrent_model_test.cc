// SPDX-License-Identifier: Apache-2.0
#include "scoring/recurrent_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "scoring/open_sequence_model.h"
#include "scoring/recurrent_network.h"
#include "scoring/test_recurrent_tables.h"
#include "scoring/time_gap.h"
#include "scoring/window_tables.h"

namespace matchcue::scoring {
namespace {

using domain::Values;
using testing::Each;
using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;
using testing::Not;
using testing::Pointwise;

const RecurrentShape kRgLru = {RecurrentCell::rg_lru, 16, 2, 4, 2, kGapBuckets, true};
const RecurrentShape kMinGru = {RecurrentCell::min_gru, 16, 2, 4, 2, kGapBuckets, true};

domain::Item item(const std::string& id, Values fields = {}) {
  return domain::make_item(domain::ItemId(id), std::move(fields), "").value();
}

/// What a viewer did, told in short.
struct Did {
  std::string item;
  std::int64_t at_s = 0;
  std::string type = "CLICK";
  Values context = {};
};

std::vector<float> state_after(const SequenceModel& model, const std::vector<Did>& acts) {
  std::vector<float> state(model.state_size());
  model.start(state);
  for (const Did& did : acts) model.advance(state, {item(did.item), did.type, did.context, did.at_s});
  return state;
}

std::vector<float> scores_of(const SequenceModel& model, std::span<const float> state, const Values& context = {},
                             const Values& traits = {}, std::vector<domain::Item> items = {}) {
  for (int i = 0; items.size() < 5; ++i) items.push_back(item("item" + std::to_string(i)));
  const domain::Catalogue catalogue(1, items);
  std::vector<float> scores(catalogue.items().size());
  model.fold(catalogue, {context, {}})->score(state, {{}, {}, traits}, scores);
  return scores;
}

class EveryCell : public testing::TestWithParam<RecurrentShape> {
 protected:
  SequenceModelPtr make_model() { return make_recurrent_model("m-1", "m", random_tables(GetParam(), 5, 1)); }
};
INSTANTIATE_TEST_SUITE_P(Recurrent, EveryCell, testing::Values(kRgLru, kMinGru),
                         [](const auto& tested) { return tested.index == 0 ? "RgLru" : "MinGru"; });

TEST_P(EveryCell, DoesWhatTheEquationsSay) {
  const RecurrentTables tables = random_tables(GetParam(), 5, 2);
  const RecurrentNetwork network(tables);
  PlainNetwork<double> plain(tables);
  std::vector<float> memory(network.memory_size());
  std::vector<float> viewer(16);
  Random random(3);
  for (int act = 0; act < 50; ++act) {
    std::vector<float> input(16);
    for (float& value : input) value = static_cast<float>(random.uniform() - .5);
    network.advance(memory, input, viewer);
    const std::vector<double> truth = plain.advance({input.begin(), input.end()});
    for (std::size_t k = 0; k < 16; ++k) EXPECT_NEAR(static_cast<double>(viewer[k]), truth[k], 2e-5);
  }
}

TEST_P(EveryCell, KernelsAgree) {
  const RecurrentTables tables = random_tables(GetParam(), 5, 2);
  const RecurrentNetwork network(tables);
  std::vector<std::vector<float>> viewers;
  for (const Kernel kernel : runnable_kernels()) {
    std::vector<float> memory(network.memory_size());
    std::vector<float> viewer(16, .25);
    for (int act = 0; act < 20; ++act) {
      const std::vector<float> input = viewer;
      network.advance(memory, input, viewer, kernel);
    }
    viewers.push_back(viewer);
  }
  for (const auto& viewer : viewers) EXPECT_THAT(viewer, Pointwise(FloatNear(1e-4F), viewers.back()));
}

TEST_P(EveryCell, OrderMatters) {
  const auto model = make_model();
  EXPECT_NE(scores_of(*model, state_after(*model, {{"item1"}, {"item2"}})),
            scores_of(*model, state_after(*model, {{"item2"}, {"item1"}})));
}

TEST_P(EveryCell, TypeTimeAndContextOfAnActMatter) {
  const auto model = make_model();
  const auto after = [&](Did second) { return state_after(*model, {{"item1", 100}, std::move(second)}); };
  const auto usual = after({"item2", 200});
  EXPECT_EQ(usual, after({"item2", 200}));
  EXPECT_NE(usual, after({"item2", 200, "WATCH"}));
  EXPECT_NE(usual, after({"item2", 200, "CLICK", {{"MATCH_EVENT", std::string("GOAL")}}}));
  const auto scores_after = [&](std::int64_t at_s) { return scores_of(*model, after({"item2", at_s})); };
  EXPECT_EQ(scores_after(200), scores_after(210)) << "the same bucket";
  EXPECT_NE(scores_after(200), scores_after(100'000));
}

TEST_P(EveryCell, ContextOfTheMomentAndTraitsMatter) {
  const auto model = make_model();
  const auto state = state_after(*model, {{"item1"}});
  const auto usual = scores_of(*model, state);
  EXPECT_NE(usual, scores_of(*model, state, {{"MATCH_EVENT", std::string("GOAL")}}));
  EXPECT_NE(usual, scores_of(*model, state, {}, {{"GENDER", std::string("F")}}));
  // What was not seen in training counts as nothing known.
  EXPECT_EQ(usual, scores_of(*model, state, {{"MATCH_EVENT", std::string("STREAKER")}}));
  EXPECT_EQ(usual, scores_of(*model, state, {}, {{"GENDER", std::string("X")}, {"SHOE_SIZE", std::int64_t{44}}}));
}

TEST_P(EveryCell, AViewerWithoutAStateIsOneWhoDidNothing) {
  const auto model = make_model();
  EXPECT_EQ(scores_of(*model, {}), scores_of(*model, state_after(*model, {})));
  EXPECT_NE(scores_of(*model, {}), scores_of(*model, state_after(*model, {{"item1"}})));
}

TEST_P(EveryCell, AStateHoldsAllThatIsKnown) {
  const auto model = make_model();
  auto state = state_after(*model, {{"item1", 1'700'000'000}, {"item2", 1'700'000'007}});
  const auto elsewhere = state;
  const Values context;
  for (auto* each : {&state}) model->advance(*each, {item("item3"), "CLICK", context, 1'700'000'050});
  auto carried = elsewhere;
  model->advance(carried, {item("item3"), "CLICK", context, 1'700'000'050});
  EXPECT_EQ(carried, state);
  EXPECT_EQ(state, state_after(*model, {{"item1", 1'700'000'000}, {"item2", 1'700'000'007}, {"item3", 1'700'000'050}}));
}

/// A network that only knows how to start: what a viewer is, is e0, until they act.
RecurrentTables simple_tables() {
  RecurrentTables tables;
  tables.shape = {RecurrentCell::min_gru, 8, 1, 1, 1, 0, true};
  tables.items = {"a", "b"};
  tables.item_fields = FeatureCodes({{"GENRE", FieldCodes::Kind::labels, {"Drama", "War"}, {}}});
  tables.viewer_fields = FeatureCodes({{"GENDER", FieldCodes::Kind::labels, {"F"}, {}}});
  tables.context_fields = FeatureCodes({{"MATCH_EVENT", FieldCodes::Kind::labels, {"GOAL"}, {}}});
  fill_at_random(tables, 1);
  const auto rows = [&](std::vector<float> firsts) {
    std::vector<float> values(firsts.size() * 8);
    for (std::size_t r = 0; r < firsts.size(); ++r) values[r * 8] = firsts[r];
    return tables.keep(std::move(values));
  };
  tables.start = rows({1});
  tables.item_vectors = rows({3, 5});
  tables.item_bias = tables.keep({.5, 1.5});
  tables.item_labels = rows({7, 10, 20});  // none, Drama, War
  tables.viewer_labels = rows({0, 1});     // none, F
  tables.context_query = rows({0, 100});   // none, GOAL
  tables.context_gate = rows({0, 1});
  return tables;
}

TEST(RecurrentModel, AddsUpViewerTraitsAndContextBeforeItMeetsTheItems) {
  const auto model = make_recurrent_model("m-1", "m", simple_tables());
  const Values female = {{"GENDER", std::string("F")}};
  const Values goal = {{"MATCH_EVENT", std::string("GOAL")}};
  const std::vector<domain::Item> items = {item("a"), item("b"), item("c"), item("d"), item("e")};
  const auto two = [&](const Values& context, const Values& traits) {
    auto scores = scores_of(*model, {}, context, traits, items);
    scores.resize(2);
    return scores;
  };
  EXPECT_THAT(two({}, {}), ElementsAre(3.5, 6.5));
  EXPECT_THAT(two({}, female), ElementsAre(6.5, 11.5));
  EXPECT_THAT(two(goal, {}), ElementsAre(.5 + 3 * 102, 1.5 + 5 * 102));
  EXPECT_THAT(two(goal, female), ElementsAre(.5 + 3 * 104, 1.5 + 5 * 104));
}

TEST(RecurrentModel, ANewItemIsWhatItsMetadataSays) {
  const auto model = make_recurrent_model("m-1", "m", simple_tables());
  const auto labelled = [](const char* id, const char* genre) { return item(id, {{"GENRE", std::string(genre)}}); };
  const std::vector<domain::Item> items = {labelled("u", "Drama"), labelled("v", "War"), labelled("w", "Drama|War"),
                                           labelled("x", "Unheard of"), item("y")};
  EXPECT_THAT(scores_of(*model, {}, {}, {}, items), ElementsAre(11, 21, 16, 8, 8)) << "1 is the mean bias";
  // It also says so of what viewers do with it.
  const auto state_of = [&](const domain::Item& acted) {
    std::vector<float> state(model->state_size());
    model->start(state);
    const Values context;
    model->advance(state, {acted, "CLICK", context, 0});
    return state;
  };
  EXPECT_EQ(state_of(labelled("u", "War")), state_of(labelled("v", "War")));
  EXPECT_NE(state_of(labelled("u", "War")), state_of(labelled("u", "Drama")));
}

TEST(RecurrentModel, AnUnknownEventTypeIsTheMeanOfTheKnownOnes) {
  auto tables = random_tables(kMinGru, 5, 1);
  std::vector<float> rows(2 * 16);
  for (std::size_t k = 0; k < 16; ++k) rows[k] = 1, rows[16 + k] = 1;
  tables.event_type_rows = tables.keep(rows);
  const auto model = make_recurrent_model("m-1", "m", tables);
  EXPECT_EQ(state_after(*model, {{"item1", 0, "SHARE"}}), state_after(*model, {{"item1", 0, "CLICK"}}));
}

class RecurrentFolder : public testing::Test {
 protected:
  RecurrentFolder() {
    write_recurrent_tables(tables_, manifest_, tensors_);
    manifest_["recipe"] = "user-personalization";
  }
  ~RecurrentFolder() override { std::filesystem::remove_all(root_); }

  Result<SequenceModelPtr> reopen() {
    const auto id = write_solution_folder(root_, manifest_.dump(), tensors_);
    CHECK(id.ok(), id.error().message);
    return open_sequence_model(root_ + "/" + id.value());
  }

  RecurrentTables tables_ = random_tables(kRgLru, 5, 1);
  nlohmann::json manifest_;
  std::vector<Tensor> tensors_;
  std::string root_ = testing::TempDir() + "recurrent_model_test";
};

TEST_F(RecurrentFolder, OpensAsTheSameModel) {
  const auto opened = reopen();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const SequenceModel& model = *opened.value();
  EXPECT_EQ(model.recipe(), "user-personalization");
  EXPECT_THAT(model.id(), testing::StartsWith("user-personalization-"));
  EXPECT_EQ(model.log_odds_scale(), .5);
  const auto original = make_recurrent_model("m-1", "m", tables_);
  const std::vector<Did> acts = {{"item1", 5}, {"item4", 50, "WATCH"}};
  EXPECT_EQ(state_after(model, acts), state_after(*original, acts));
  EXPECT_EQ(scores_of(model, state_after(model, acts)), scores_of(*original, state_after(*original, acts)));
}

TEST_F(RecurrentFolder, AddsARidgeWhereThereIsOne) {
  const auto plain = reopen().value();
  WindowTables ridge;
  ridge.window = 2;
  ridge.items = tables_.items;
  ridge.base = ridge.keep<float>({1, 2, 3, 4, 5});
  std::vector<float> by_item(25);
  by_item[3 * 5 + 2] = 100;  // an act on item3 says item2
  ridge.by_item = ridge.keep(by_item);
  write_window_tables(ridge, "ridge_", manifest_, tensors_);
  manifest_["ridge_weight"] = .5;
  manifest_["log_odds_scale"] = .75;
  const auto opened = reopen();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const SequenceModel& model = *opened.value();
  EXPECT_EQ(model.state_size(), plain->state_size() + 2);
  EXPECT_EQ(model.log_odds_scale(), .75);
  const auto alone = scores_of(*plain, state_after(*plain, {{"item3"}}));
  const auto both = scores_of(model, state_after(model, {{"item3"}}));
  for (std::size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(both[i] - alone[i], .5 * (static_cast<double>(i + 1) + (i == 2 ? 100 : 0)), 1e-5);
  }
  const auto alone_at_first = scores_of(*plain, {});
  EXPECT_NEAR(scores_of(model, {})[4] - alone_at_first[4], 2.5, 1e-5);
}

TEST_F(RecurrentFolder, DamageIsAnErrorThatNamesTheField) {
  const auto field_of = [&](const std::function<void(nlohmann::json&)>& damage) {
    const nlohmann::json whole = manifest_;
    damage(manifest_);
    const auto opened = reopen();
    manifest_ = whole;
    if (opened.ok()) return std::string("opened");
    EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(opened.error().message, HasSubstr(opened.error().field));
    return opened.error().field;
  };
  using Json = nlohmann::json;
  EXPECT_EQ(field_of([](Json&) {}), "opened");
  EXPECT_EQ(field_of([](Json& m) { m.erase("shape"); }), "shape");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["cell"] = "lstm"; }), "shape.cell");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["width"] = 12; }), "shape.width");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["width"] = 4'096; }), "shape.width");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["width"] = 24; }), "item_vectors");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["blocks"] = 3; }), "block2_norm");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["blocks"] = -1; }), "shape.blocks");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["gaps"] = 5; }), "shape.gaps");
  EXPECT_EQ(field_of([](Json& m) { m["shape"]["gate"] = 1; }), "shape.gate");
  EXPECT_EQ(field_of([](Json& m) { m["items"].push_back("item9"); }), "item_vectors");
  EXPECT_EQ(field_of([](Json& m) { m["items"][0] = "item1"; }), "items");
  EXPECT_EQ(field_of([](Json& m) { m["event_types"] = "CLICK"; }), "event_types");
  EXPECT_EQ(field_of([](Json& m) { m["viewer_fields"][0]["kind"] = "odd"; }), "viewer_fields");
  EXPECT_EQ(field_of([](Json& m) { m["context_fields"].erase(0); }), "context_in");
  EXPECT_EQ(field_of([](Json& m) { m["log_odds_scale"] = "1"; }), "log_odds_scale");
  EXPECT_EQ(field_of([](Json& m) { m["ridge_weight"] = "1"; }), "ridge_weight");
}

}  // namespace
}  // namespace matchcue::scoring
