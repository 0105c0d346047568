// SPDX-License-Identifier: Apache-2.0
#include "scoring/context_levels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace matchcue::scoring {
namespace {

using testing::ElementsAre;

const FeatureCodes kFields({{"PLACE", FieldCodes::Kind::labels, {"Italy", "Spain", "Spain/Madrid", "Spain/Vigo"}, {}},
                            {"EVENT", FieldCodes::Kind::labels, {"CARD", "GOAL"}, {}},
                            {"HOME", FieldCodes::Kind::booleans, {}, {}}});

std::vector<Code> levels_of(const domain::Values& context) {
  const ContextLevels levels(kFields);
  std::vector<Code> fields(kFields.fields().size());
  std::vector<Code> codes(levels.count());
  levels.read(context, fields);
  levels.expand(fields, codes);
  return codes;
}

TEST(ContextLevels, ALabelWithASlashAlsoCountsAsWhatIsBeforeIt) {
  const std::string vigo = "Spain/Vigo";
  EXPECT_THAT(levels_of({{"PLACE", vigo}, {"EVENT", std::string("CARD")}}), ElementsAre(4, 2, 1, 0));
  EXPECT_THAT(levels_of({{"PLACE", std::string("Spain")}, {"HOME", true}}), ElementsAre(2, 2, 0, 2));
  EXPECT_THAT(levels_of({{"PLACE", std::string("Peru/Lima")}}), ElementsAre(0, 0, 0, 0));
}

TEST(ContextLevels, ANewCityOfAKnownCountryIsKnownByItsCountry) {
  EXPECT_THAT(levels_of({{"PLACE", std::string("Spain/Sevilla")}}), ElementsAre(0, 2, 0, 0));
  EXPECT_THAT(levels_of({{"PLACE", std::string("Italy/Rome")}}), ElementsAre(0, 1, 0, 0));
  EXPECT_THAT(levels_of({{"PLACE", std::string("Peru/Lima|Spain/Sevilla")}}), ElementsAre(0, 2, 0, 0));
  EXPECT_THAT(levels_of({{"PLACE", std::string("Italy/Rome|Spain/Vigo")}}), ElementsAre(4, 2, 0, 0))
      << "what is known counts before what is new";
  EXPECT_THAT(levels_of({{"EVENT", std::string("GOAL/OWN")}}), ElementsAre(0, 0, 0, 0)) << "a field without parents";
  EXPECT_THAT(ContextLevels(kFields).code_counts(), ElementsAre(7, 3, 3));
}

TEST(ContextLevels, EveryCodeOfEveryLevelHasALabelOfItsOwn) {
  const ContextLevels levels(kFields);
  EXPECT_EQ(levels.count(), 4U);
  EXPECT_EQ(levels.first_label(1), 5U);
  EXPECT_EQ(levels.first_label(2), 8U);
  EXPECT_EQ(levels.label_count(), 14U);
  EXPECT_EQ(ContextLevels(FeatureCodes()).label_count(), 0U);
}

TEST(ContextLevels, OfSeveralLabelsTheLowestCounts) {
  EXPECT_THAT(levels_of({{"EVENT", std::string("GOAL|CARD")}}), ElementsAre(0, 0, 1, 0));
}

}  // namespace
}  // namespace matchcue::scoring
