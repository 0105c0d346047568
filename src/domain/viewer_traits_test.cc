// SPDX-License-Identifier: Apache-2.0
#include "domain/viewer_traits.h"

#include <gtest/gtest.h>

#include "domain/catalogue.h"

namespace matchcue::domain {
namespace {

TEST(ViewerTraits, AreTheRowsAgeCountryAndShortColumns) {
  const Values fields = {{"AGE", Value(std::int64_t{30})},
                         {"COUNTRY", Value(std::string("France"))},
                         {"GENDER", Value(std::string("F"))},
                         {"SUPPORTED_TEAM", Value()},
                         {"VIP", Value(true)},
                         {"HOURS", Value(2.5)},
                         {"NOTE", Value(std::string(65, 'x'))}};
  const ViewerTraits traits = traits_of(make_viewer(ViewerId("ann"), fields, "").value());
  EXPECT_EQ(traits.age, 30);
  EXPECT_EQ(traits.country, "FRANCE");
  EXPECT_EQ(traits.fields, (Values{{"AGE", Value(std::int64_t{30})},
                                   {"COUNTRY", Value(std::string("France"))},
                                   {"GENDER", Value(std::string("F"))},
                                   {"VIP", Value(true)},
                                   {"HOURS", Value(2.5)}}));
}

TEST(ViewerTraits, TextOfSixtyFourBytesIsStillATrait) {
  const Values fields = {{"NOTE", Value(std::string(64, 'x'))}};
  EXPECT_EQ(traits_of(make_viewer(ViewerId("ann"), fields, "").value()).fields, fields);
}

TEST(ViewerTraits, ARowThatSaysNothingIsAnUnknownViewer) {
  EXPECT_EQ(traits_of(make_viewer(ViewerId("ann"), {}, "").value()), *no_traits());
}

}  // namespace
}  // namespace matchcue::domain
