// SPDX-License-Identifier: Apache-2.0
#include "scoring/feature_codes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::scoring {
namespace {

using domain::Values;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

FeatureCodes sample_codes() {
  return FeatureCodes({{"GENRES", FieldCodes::Kind::labels, {"Action", "Comedy", "D\"rama"}, {}},
                       {"AGE", FieldCodes::Kind::numbers, {}, {18, 25.5}},
                       {"IS_NEW", FieldCodes::Kind::booleans, {}, {}}});
}

std::vector<std::pair<std::size_t, Code>> read_all(const Values& values) {
  std::vector<std::pair<std::size_t, Code>> read;
  sample_codes().read(values, [&](std::size_t field, Code code) { read.emplace_back(field, code); });
  return read;
}

TEST(FeatureCodes, ReadsEachLabelOfATextAndPassesOverUnknownOnes) {
  EXPECT_THAT(read_all({{"GENRES", std::string("Comedy|Western|Action")}}), ElementsAre(Pair(0, 2), Pair(0, 1)));
}

TEST(FeatureCodes, PutsANumberBetweenItsEdgesWhicheverTypeItHas) {
  EXPECT_THAT(read_all({{"AGE", std::int64_t{17}}}), ElementsAre(Pair(1, 1)));
  EXPECT_THAT(read_all({{"AGE", std::int64_t{18}}}), ElementsAre(Pair(1, 2)));
  EXPECT_THAT(read_all({{"AGE", 25.4}}), ElementsAre(Pair(1, 2)));
  EXPECT_THAT(read_all({{"AGE", 1e9}}), ElementsAre(Pair(1, 3)));
}

TEST(FeatureCodes, ReadsBooleans) {
  EXPECT_THAT(read_all({{"IS_NEW", false}}), ElementsAre(Pair(2, 1)));
  EXPECT_THAT(read_all({{"IS_NEW", true}}), ElementsAre(Pair(2, 2)));
}

TEST(FeatureCodes, SaysNothingOfMissingUnknownAndMistypedValues) {
  EXPECT_THAT(read_all({{"GENRES", domain::Value{}}, {"AGE", std::string("17")}, {"OTHER", true}}), IsEmpty());
  EXPECT_THAT(read_all({{"GENRES", std::int64_t{1}}, {"IS_NEW", std::int64_t{1}}}), IsEmpty());
}

TEST(FeatureCodes, EveryCodeIsBelowTheCount) {
  const FeatureCodes codes = sample_codes();
  EXPECT_EQ(codes.fields()[0].code_count(), 4u);
  EXPECT_EQ(codes.fields()[1].code_count(), 4u);
  EXPECT_EQ(codes.code_of(1, 100.0), 3u);
  EXPECT_EQ(codes.fields()[2].code_count(), 3u);
}

TEST(FeatureCodes, FeaturesAreNumberedFieldByFieldWithoutGaps) {
  const FeatureCodes codes = sample_codes();
  EXPECT_EQ(codes.feature_count(), 3u + 3u + 2u);
  EXPECT_EQ(codes.feature_of(0, 1), 0u);
  EXPECT_EQ(codes.feature_of(1, 1), 3u);
  EXPECT_EQ(codes.feature_of(2, 2), 7u);
  std::vector<std::size_t> read;
  codes.read_features({{"GENRES", std::string("Comedy|x")}, {"IS_NEW", true}},
                      [&](std::size_t feature) { read.push_back(feature); });
  EXPECT_THAT(read, ElementsAre(1, 7));
  EXPECT_EQ(FeatureCodes().feature_count(), 0u);
}

TEST(FeatureCodes, ComeBackFromJsonAsTheyWere) {
  const FeatureCodes codes({{"GENRES", FieldCodes::Kind::labels, {"Action", "D\"rama"}, {}},
                            {"AGE", FieldCodes::Kind::numbers, {}, {0.1, 1.0 / 3, 1e17}},
                            {"EMPTY", FieldCodes::Kind::labels, {}, {}},
                            {"IS_NEW", FieldCodes::Kind::booleans, {}, {}}});
  const auto parsed = parse_feature_codes(to_json(codes));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  EXPECT_EQ(parsed->fields(), codes.fields());
}

TEST(FeatureCodes, DamagedJsonIsRefusedAndNamesTheField) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "not a JSON list"},
      {"[{}]", "no name"},
      {R"([{"name":"A","kind":"colours"}])", "\"A\": kind \"colours\""},
      {R"([{"name":"A","kind":"labels"}])", "\"A\": has no labels"},
      {R"([{"name":"A","kind":"labels","labels":["x","x"]}])", "\"x\" is there twice"},
      {R"([{"name":"A","kind":"numbers","edges":[2,1]}])", "ascending"},
      {R"([{"name":"A","kind":"booleans"},{"name":"A","kind":"booleans"}])", "\"A\": is there twice"}};
  for (const auto& [json, message] : cases) {
    const auto parsed = parse_feature_codes(json);
    ASSERT_FALSE(parsed.ok()) << json;
    EXPECT_EQ(parsed.error().kind, ErrorKind::corrupt);
    EXPECT_THAT(parsed.error().message, HasSubstr(message));
  }
}

}  // namespace
}  // namespace matchcue::scoring
