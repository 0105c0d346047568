// SPDX-License-Identifier: Apache-2.0
#include "scoring/factorization_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/random.h"
#include "scoring/manifest_values.h"
#include "scoring/open_sequence_model.h"

namespace matchcue::scoring {
namespace {

using domain::Values;
using testing::Each;
using testing::HasSubstr;

domain::Item item(const std::string& id, Values fields = {}) {
  return domain::make_item(domain::ItemId(id), std::move(fields), "").value();
}

const Values kGoalAtHome = {{"EVENT", std::string("GOAL")}, {"PLACE", std::string("Spain/Vigo")}};
const Values kCard = {{"EVENT", std::string("CARD")}, {"PLACE", std::string("Spain")}};

/// Items item0 .. item3 with random weights.
FactorizationTables random_tables(FactorizationObjective objective) {
  FactorizationTables tables;
  tables.objective = objective;
  tables.width = 8;
  tables.history_acts = 4;
  for (int i = 0; i < 4; ++i) tables.items.push_back("item" + std::to_string(i));
  tables.item_fields = FeatureCodes({{"GENRE", FieldCodes::Kind::labels, {"Drama", "War"}, {}}});
  tables.viewer_fields = FeatureCodes({{"GENDER", FieldCodes::Kind::labels, {"F", "M"}, {}}});
  tables.context_fields = FeatureCodes({{"EVENT", FieldCodes::Kind::labels, {"CARD", "GOAL"}, {}},
                                        {"PLACE", FieldCodes::Kind::labels, {"Spain", "Spain/Vigo"}, {}}});
  tables.log_odds_scale = .5;
  Random random(1);
  for (const FactorizationArray& array : arrays_of(tables)) {
    std::vector<float> values(elements_of(array.shape));
    for (float& value : values) value = static_cast<float>(random.uniform() - .5);
    *array.values = tables.keep(std::move(values));
  }
  return tables;
}

struct Did {
  std::string item;
  Values context;
  double value = 1;
};

std::vector<float> state_after(const SequenceModel& model, const std::vector<Did>& acts) {
  std::vector<float> state(model.state_size());
  model.start(state);
  for (const Did& did : acts) model.advance(state, {item(did.item), "CLICK", did.context, 0, did.value});
  return state;
}

std::vector<float> scores_of(const SequenceModel& model, std::span<const float> state, const Values& context = {},
                             const Values& traits = {},
                             const std::vector<domain::Item>& items = {item("item0"), item("item1"), item("item2"),
                                                                       item("item3")}) {
  const domain::Catalogue catalogue(1, items);
  std::vector<float> scores(items.size());
  model.fold(catalogue, {context, {}})->score(state, {{}, {}, traits}, scores);
  return scores;
}

/// The equation, written down: a viewer F who used item0 at kGoalAtHome and at kCard, and item3 at kGoalAtHome, asked
/// at kGoalAtHome.
double score_on_paper(const FactorizationTables& tables, std::size_t i) {
  const auto at = [](std::span<const float> rows, std::size_t row, std::size_t k) {
    return static_cast<double>(rows[row * 8 + k]);
  };
  const double log2 = std::log(2.);
  const double log3 = std::log(3.);
  double score = static_cast<double>(tables.item_bias[i]) + static_cast<double>(tables.constants[0]);
  for (std::size_t k = 0; k < 8; ++k) {
    // GOAL is label 2; Spain/Vigo label 3 + 2; Spain, its second level, label 6 + 1.
    double query = at(tables.context_labels, 2, k) + at(tables.context_labels, 5, k) + at(tables.context_labels, 7, k);
    query += at(tables.viewer_labels, 1, k);
    query +=
        (log3 * at(tables.history_vectors, 0, k) + log2 * at(tables.history_vectors, 3, k)) / std::sqrt(log3 + log2);
    score += query * at(tables.item_vectors, i, k);
  }
  if (tables.objective == FactorizationObjective::probability) {
    for (const std::size_t label : {2, 5, 7}) score += static_cast<double>(tables.context_bias[label]);
    score += static_cast<double>(tables.viewer_bias[1]);
  }
  const auto repeat = [&](std::size_t k) { return static_cast<double>(tables.repeat[k]); };
  const double own = i == 0 || i == 3 ? static_cast<double>(tables.item_repeat[i]) : 0;
  // Uses in all; at a GOAL; in Spain/Vigo; in Spain.
  if (i == 0) score += (repeat(0) + own) * log3 + repeat(1) + repeat(2) * log2 + repeat(3) * log2 + repeat(4) * log3;
  if (i == 3) score += (repeat(0) + own + repeat(2) + repeat(3) + repeat(4)) * log2 + repeat(1);
  return score;
}

class EveryObjective : public testing::TestWithParam<FactorizationObjective> {
 protected:
  FactorizationTables tables_ = random_tables(GetParam());
  SequenceModelPtr model_ = make_factorization_model("m-1", "m", tables_);
};
INSTANTIATE_TEST_SUITE_P(Factorization, EveryObjective,
                         testing::Values(FactorizationObjective::ranking, FactorizationObjective::probability),
                         [](const auto& tested) { return tested.index == 0 ? "Ranking" : "Probability"; });

TEST_P(EveryObjective, DoesWhatTheEquationSays) {
  const auto state = state_after(*model_, {{"item0", kGoalAtHome}, {"item0", kCard}, {"item3", kGoalAtHome}});
  const auto scores = scores_of(*model_, state, kGoalAtHome, {{"GENDER", std::string("F")}});
  for (std::size_t i = 0; i < 4; ++i) EXPECT_NEAR(scores[i], score_on_paper(tables_, i), 1e-5) << i;
}

TEST_P(EveryObjective, ActsBeyondTheHistoryAreForgotten) {
  const std::vector<Did> four = {{"item0", kCard}, {"item1", kCard}, {"item0", kGoalAtHome}, {"item2", {}}};
  std::vector<Did> more = {{"item3", kCard}, {"item3", kGoalAtHome}};
  more.insert(more.end(), four.begin(), four.end());
  EXPECT_EQ(scores_of(*model_, state_after(*model_, more), kCard),
            scores_of(*model_, state_after(*model_, four), kCard));
}

TEST_P(EveryObjective, WhatWasOnlyShownAndWhatIsNewLeaveAViewerAsTheyAre) {
  const std::vector<float> nothing = state_after(*model_, {});
  EXPECT_THAT(nothing, Each(0));
  EXPECT_EQ(state_after(*model_, {{"item1", kCard, 0}}), nothing);
  EXPECT_EQ(state_after(*model_, {{"brand new", kCard}}), nothing);
  EXPECT_EQ(scores_of(*model_, nothing, kCard), scores_of(*model_, {}, kCard));
}

TEST_P(EveryObjective, ANewItemIsWhatItsMetadataSays) {
  const auto score_of = [&](const char* id, const char* genre) {
    return scores_of(*model_, {}, kCard, {}, {item(id, {{"GENRE", std::string(genre)}})})[0];
  };
  EXPECT_EQ(score_of("new1", "War"), score_of("new2", "War"));
  EXPECT_NE(score_of("new1", "War"), score_of("new1", "Drama"));
  EXPECT_EQ(score_of("new1", "Opera"), score_of("new1", ""));
  EXPECT_EQ(score_of("item1", "War"), score_of("item1", "Drama")) << "its own vector has its metadata in it";
}

TEST_P(EveryObjective, AUseInANewCityIsAUseInItsCountry) {
  const auto asked_in_vigo = [&](const char* used_in) {
    return scores_of(*model_, state_after(*model_, {{"item1", {{"PLACE", std::string(used_in)}}}}), kGoalAtHome);
  };
  EXPECT_EQ(asked_in_vigo("Spain/Lugo"), asked_in_vigo("Spain"));
  EXPECT_NE(asked_in_vigo("Spain/Lugo"), asked_in_vigo("Peru/Lima"));
}

TEST_P(EveryObjective, WhatAViewerUsedMayHaveLeftTheCatalogue) {
  const auto state = state_after(*model_, {{"item0", kCard}, {"item3", kCard}});
  const auto all = scores_of(*model_, state, kCard);
  const auto some = scores_of(*model_, state, kCard, {}, {item("item1"), item("item3")});
  EXPECT_EQ(some[0], all[1]);
  EXPECT_EQ(some[1], all[3]);
}

class FactorizationFolder : public testing::Test {
 protected:
  FactorizationFolder() {
    write_factorization_tables(tables_, manifest_, tensors_);
    manifest_["recipe"] = kFactorizationMachine;
  }
  ~FactorizationFolder() override { std::filesystem::remove_all(root_); }

  Result<SequenceModelPtr> reopen() {
    const auto id = write_solution_folder(root_, manifest_.dump(), tensors_);
    CHECK(id.ok(), id.error().message);
    return open_sequence_model(root_ + "/" + id.value());
  }

  FactorizationTables tables_ = random_tables(FactorizationObjective::probability);
  nlohmann::json manifest_;
  std::vector<Tensor> tensors_;
  std::string root_ = testing::TempDir() + "factorization_model_test";
};

TEST_F(FactorizationFolder, OpensAsTheSameModel) {
  const auto opened = reopen();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  const SequenceModel& model = *opened.value();
  EXPECT_EQ(model.recipe(), "factorization-machine");
  EXPECT_EQ(model.log_odds_scale(), .5);
  const auto original = make_factorization_model("m-1", "m", tables_);
  const std::vector<Did> acts = {{"item1", kCard}, {"item2", kGoalAtHome}};
  EXPECT_EQ(state_after(model, acts), state_after(*original, acts));
  EXPECT_EQ(scores_of(model, state_after(model, acts), kCard),
            scores_of(*original, state_after(*original, acts), kCard));
}

TEST_F(FactorizationFolder, DamageIsAnErrorThatNamesTheField) {
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
  EXPECT_EQ(field_of([](Json& m) { m.erase("machine"); }), "machine");
  EXPECT_EQ(field_of([](Json& m) { m["machine"]["objective"] = "clicks"; }), "machine.objective");
  EXPECT_EQ(field_of([](Json& m) { m["machine"]["width"] = 12; }), "machine.width");
  EXPECT_EQ(field_of([](Json& m) { m["machine"]["width"] = 16; }), "item_vectors");
  EXPECT_EQ(field_of([](Json& m) { m["machine"]["history_acts"] = 0; }), "machine.history_acts");
  EXPECT_EQ(field_of([](Json& m) { m["items"][0] = "item1"; }), "items");
  EXPECT_EQ(field_of([](Json& m) { m["items"].push_back("item9"); }), "item_vectors");
  EXPECT_EQ(field_of([](Json& m) { m["context_fields"].erase(0); }), "context_labels");
  EXPECT_EQ(field_of([](Json& m) { m["viewer_fields"][0]["kind"] = "odd"; }), "viewer_fields");
  EXPECT_EQ(field_of([](Json& m) { m["log_odds_scale"] = -1; }), "log_odds_scale");
  EXPECT_EQ(field_of([](Json& m) { m["log_odds_scale"] = 1e300; }), "log_odds_scale");
}

}  // namespace
}  // namespace matchcue::scoring
