// SPDX-License-Identifier: Apache-2.0
#include "evaluate/holdout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "dataset/dataset_hash.h"
#include "evaluate/test_dataset.h"

namespace matchcue::evaluate {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// `viewers` viewers with `acts` interactions each, over ten items.
dataset::Dataset even_dataset(int viewers, int acts) {
  TestDataset rows;
  for (int viewer = 0; viewer < viewers; ++viewer) {
    for (int act = 0; act < acts; ++act) {
      rows.act("v" + std::to_string(viewer), "i" + std::to_string((viewer + act) % 10));
    }
  }
  return rows.build();
}

std::set<std::string> ids_of(const dataset::Dataset& dataset, const std::vector<HeldOut>& held_out) {
  std::set<std::string> ids;
  for (const HeldOut& each : held_out) ids.insert(dataset.viewers[each.viewer]);
  return ids;
}

TEST(HoldOut, ATenthOfTheViewersIsAskedAboutTheirNewestTenth) {
  const dataset::Dataset data = even_dataset(100, 20);
  const Split split = hold_out_viewers(data, {}).value();
  ASSERT_EQ(split.test.size(), 10U);
  std::size_t trained = 0;
  for (std::size_t viewer = 0; viewer < 100; ++viewer) trained += split.train_end[viewer] - data.begin[viewer];
  EXPECT_EQ(trained, 90U * 20);
  for (const HeldOut& each : split.test) {
    EXPECT_EQ(split.train_end[each.viewer], data.begin[each.viewer]) << "nothing of a test viewer is trained on";
    EXPECT_EQ(each.truth_begin - data.begin[each.viewer], 18U);
    EXPECT_EQ(each.truth_end, data.begin[each.viewer + 1]);
  }
}

TEST(HoldOut, TruthIsRoundedUpAndNeverAll) {
  TestDataset rows;
  for (int viewer = 0; viewer < 30; ++viewer) {
    for (int act = 0; act < 2 + viewer; ++act) rows.act("v" + std::to_string(viewer), "i" + std::to_string(act));
    for (int act = 0; act < 20; ++act) rows.act("w" + std::to_string(viewer), "i0");
  }
  const dataset::Dataset data = rows.build();
  const Split split = hold_out_viewers(data, {.test_share = .99}).value();
  ASSERT_EQ(split.test.size(), 59U);
  for (const HeldOut& each : split.test) {
    const std::size_t count = data.begin[each.viewer + 1] - data.begin[each.viewer];
    EXPECT_EQ(each.truth_end - each.truth_begin, (count + 9) / 10) << count;
  }
}

TEST(HoldOut, TheSeedDecidesWhoAndNewViewersMoveHardlyAnybody) {
  const dataset::Dataset data = even_dataset(200, 10);
  const auto first = ids_of(data, hold_out_viewers(data, {}).value().test);
  EXPECT_EQ(first, ids_of(data, hold_out_viewers(data, {}).value().test));
  EXPECT_NE(first, ids_of(data, hold_out_viewers(data, {.seed = 2}).value().test));
  const dataset::Dataset grown = even_dataset(205, 10);
  const auto later = ids_of(grown, hold_out_viewers(grown, {}).value().test);
  std::size_t kept = 0;
  for (const std::string& id : first) kept += later.count(id);
  EXPECT_GE(kept, 17U);
}

TEST(HoldOut, ValidationViewersAreNeitherTrainedOnNorTested) {
  const dataset::Dataset data = even_dataset(100, 20);
  const Split split = hold_out_viewers(data, {.validation_share = .1}).value();
  EXPECT_EQ(split.test, hold_out_viewers(data, {}).value().test) << "asking for validation changes no test";
  ASSERT_EQ(split.validation.size(), 10U);
  const auto tested = ids_of(data, split.test);
  for (const HeldOut& each : split.validation) {
    EXPECT_EQ(split.train_end[each.viewer], data.begin[each.viewer]);
    EXPECT_FALSE(tested.contains(data.viewers[each.viewer]));
  }
}

TEST(HoldOut, TooLittleDataIsRefusedInPersonalizesWords) {
  const auto few = hold_out_viewers(even_dataset(99, 10), {});
  ASSERT_FALSE(few.ok());
  EXPECT_EQ(few.error().code, "too_little_data");
  EXPECT_THAT(few.error().message, HasSubstr("Dataset has fewer than 1000 interactions"));
  const auto alone = hold_out_viewers(even_dataset(24, 50), {});
  ASSERT_FALSE(alone.ok());
  EXPECT_THAT(alone.error().message, HasSubstr("Dataset has fewer than 25 users with at least 2 interactions each"));
}

TEST(LeaveOneOut, TheLastIsTestedAndTheOneBeforeValidates) {
  const dataset::Dataset data = TestDataset()
                                    .act("ann", "a")
                                    .act("ann", "b")
                                    .act("ann", "c")
                                    .act("ann", "d")
                                    .act("bob", "a")
                                    .act("bob", "b")
                                    .build();
  const Split split = leave_one_out(data).value();
  EXPECT_THAT(split.test, ElementsAre(HeldOut{0, 3, 4}));
  EXPECT_THAT(split.validation, ElementsAre(HeldOut{0, 2, 3}));
  EXPECT_THAT(split.train_end, ElementsAre(2, 6)) << "bob has too few to be asked, and is trained on";
}

TEST(LeaveOneOut, NeedsAViewerWithThree) {
  const auto refused = leave_one_out(TestDataset().act("ann", "a").act("ann", "b").build());
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("users with at least 3 interactions each"));
}

TEST(TrainingPart, HasNothingThatIsAskedAbout) {
  dataset::Dataset data = TestDataset()
                              .act("ann", "a", {{"MATCH", "x"}})
                              .act("ann", "b", {{"MATCH", "y"}})
                              .act("ann", "c", {{"MATCH", "x"}})
                              .act("bob", "c", {{"MATCH", "y"}})
                              .build();
  data.impression_begin = {0, 1, 3, 3, 4};
  data.impression_items = {0, 1, 2, 2};
  const dataset::Dataset part = training_part(data, leave_one_out(data).value());
  EXPECT_THAT(part.begin, ElementsAre(0, 1, 2));
  EXPECT_THAT(part.item, ElementsAre(0, 2));
  EXPECT_THAT(part.context[0], ElementsAre(1, 2));
  EXPECT_THAT(part.impression_begin, ElementsAre(0, 1, 2));
  EXPECT_THAT(part.impression_items, ElementsAre(0, 2));
  EXPECT_EQ(part.items, data.items) << "an item that is only asked about can still be recommended";
  EXPECT_EQ(part.hash, dataset::hash_of(part));
}

TEST(Protocol, IsReadAsItIsWritten) {
  for (const Protocol protocol : {Protocol::personalize, Protocol::leave_one_out}) {
    EXPECT_EQ(parse_protocol(to_string(protocol)), protocol);
  }
  EXPECT_FALSE(parse_protocol("leave-two-out"));
}

TEST(HoldOut, TheFlagNamesAProtocolOrNothing) {
  EXPECT_FALSE(read_hold_out_flag("", {.seed = 3}).value().has_value());
  const auto request = read_hold_out_flag("leave-one-out", {.seed = 3}).value();
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->protocol, Protocol::leave_one_out);
  EXPECT_EQ(request->seed, 3U);
  const auto wrong = read_hold_out_flag("half", {});
  EXPECT_EQ(wrong.error().message, "--hold-out \"half\": is not personalize or leave-one-out");
  EXPECT_EQ(wrong.error().field, "hold-out");
}

TEST(HoldOut, WhatIsHeldOutIsNotTrainedOn) {
  const dataset::Dataset data = even_dataset(100, 20);
  const HoldOutRequest request{.seed = 2};
  EXPECT_EQ(without_held_out(data, std::nullopt)->hash, data.hash);
  EXPECT_EQ(without_held_out(data, request)->hash, training_part(data, make_split(data, request).value()).hash);
}

TEST(HoldOut, AValidationTakesNothingFromTheTest) {
  const dataset::Dataset data = even_dataset(100, 20);
  const auto hash_of_part = [&](const HoldOutRequest& request) {
    return training_part(data, make_split(data, request).value()).hash;
  };
  const Split plain = make_split(data, {}).value();
  EXPECT_EQ(plain.test, hold_out_viewers(data, {}).value().test);
  EXPECT_EQ(plain.test.size(), 10U);
  EXPECT_TRUE(plain.validation.empty());
  const Split split = make_split(data, {.has_validation = true}).value();
  EXPECT_EQ(split.test, plain.test);
  EXPECT_EQ(split.validation.size(), 10U);
  EXPECT_NE(hash_of_part({.has_validation = true}), hash_of_part({}));
  EXPECT_NE(hash_of_part({.seed = 2}), hash_of_part({}));
  EXPECT_EQ(hash_of_part({.protocol = Protocol::leave_one_out, .seed = 2}),
            hash_of_part({.protocol = Protocol::leave_one_out, .has_validation = true}));
  EXPECT_EQ(make_split(even_dataset(5, 2), {.protocol = Protocol::leave_one_out}).error().code, "too_little_data");
}

}  // namespace
}  // namespace matchcue::evaluate
