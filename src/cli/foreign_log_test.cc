// SPDX-License-Identifier: Apache-2.0
#include "cli/foreign_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "cli/temporary_folder.h"

namespace matchcue::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ForeignLogTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& text) {
    const std::string path = folder_.path() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }
  static LogFormat csv(const std::vector<std::string>& columns = {}) { return make_log_format("csv", columns).value(); }

  TemporaryFolder folder_ = TemporaryFolder::make("foreign-log").value();
};

TEST_F(ForeignLogTest, RowsBecomeTrialsOfTheirSlots) {
  const std::string path = write("log.csv",
                                 "viewer,slot,item,propensity,reward,team\n"
                                 "ann,side,poll,0.25,1,red\n"
                                 "ann,main,goal,0.5,0,red\n"
                                 "bob,side,quiz,0.75,0.5,blue\n"
                                 "bob,main,goal,1,1,blue\n");
  const ForeignLog log = load_foreign_log(path, csv({"context=team"})).value();
  EXPECT_EQ(log.name, "log.csv");
  const JoinedLog joined = join_foreign_log(log, nullptr, Viewers::all).value();
  EXPECT_THAT(joined.trials.slots(), ElementsAre("main", "side"));
  EXPECT_EQ(joined.left_out.certain, 1U) << "nothing else could have been shown";
  ASSERT_EQ(joined.trials.trials().size(), 3U);
  const auto& last = joined.trials.trials()[2];
  EXPECT_FLOAT_EQ(last.propensity, .75F);
  EXPECT_FLOAT_EQ(last.reward, .5F);
  EXPECT_EQ(joined.trials.viewer_of(last), domain::ViewerId("bob"));
  EXPECT_EQ(joined.trials.candidates_of(last).size(), 2U) << "what the slot ever showed";
  EXPECT_EQ(domain::to_text(joined.trials.header_of(last).context.at("team")), "blue");
}

TEST_F(ForeignLogTest, WithoutSlotAndViewerColumnsThereIsOneSlotAndAViewerARow) {
  const std::string path = write("log.csv", "item,propensity,reward\na,.5,1\nb,.5,0\n");
  const JoinedLog joined = join_foreign_log(load_foreign_log(path, csv()).value(), nullptr, Viewers::all).value();
  EXPECT_THAT(joined.trials.slots(), ElementsAre("all"));
  EXPECT_EQ(joined.trials.viewer_count(), 2U);
}

TEST_F(ForeignLogTest, AnotherLogsItemsAreCandidatesAndCounted) {
  const ForeignLog log = load_foreign_log(write("a.csv", "item,propensity,reward\na,.5,1\nb,.5,0\n"), csv()).value();
  const ForeignLog policy =
      load_foreign_log(write("b.csv", "item,propensity,reward\na,.5,1\nc,.5,0\nc,.5,0\n"), csv()).value();
  const JoinedLog joined = join_foreign_log(log, &policy, Viewers::all).value();
  EXPECT_EQ(joined.trials.candidates_of(joined.trials.trials()[0]).size(), 3U);
  EXPECT_THAT(count_items(policy, joined.trials), ElementsAre(1, 0, 2));
}

TEST_F(ForeignLogTest, TheOpenBanditDatasetIsReadAsPublished) {
  const std::string path =
      write("obd.csv",
            ",timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0\n"
            "0,2019-11-24 00:03:13.442536+00:00,14,3,0,0.029411764705882353,cef3,0.0\n"
            "1,2019-11-24 00:03:36.705207+00:00,10,1,1,0.029411764705882353,cef3,0.0\n");
  const ForeignLog log = load_foreign_log(path, make_log_format("obd", {}).value()).value();
  ASSERT_EQ(log.rows.size(), 2U);
  ASSERT_EQ(log.contexts.size(), 1U);
  EXPECT_EQ(log.contexts[0].size(), 1U) << "features of the viewer, not the affinities";
  const JoinedLog joined = join_foreign_log(log, nullptr, Viewers::all).value();
  EXPECT_THAT(joined.trials.slots(), ElementsAre("1", "3"));
}

TEST_F(ForeignLogTest, ARowThatCannotBeUsedIsNamedAndNothingIsEstimatedWithoutIt) {
  const auto message = [&](const std::string& text, const std::vector<std::string>& columns = {}) {
    const auto log = load_foreign_log(write("log.csv", text), csv(columns));
    return log.ok() ? std::string() : log.error().message;
  };
  EXPECT_THAT(message("item,propensity,reward\na,.5,1\nb,0,0\n"),
              HasSubstr("log.csv:3: propensity \"0\" is not a probability in (0, 1]"));
  EXPECT_THAT(message("item,propensity,reward\na,.5,5\n"), HasSubstr(":2: reward \"5\" is not a reward in 0..1"));
  EXPECT_THAT(message("item,propensity,reward\n,.5,1\n"), HasSubstr("there is no item"));
  EXPECT_THAT(message("item,propensity,reward\na,.5\n"), HasSubstr("log.csv:2: "));
  EXPECT_THAT(message("item,propensities,reward\na,.5,1\n"),
              HasSubstr("the propensity is in column \"propensity\", and there is none (there is \"propensities\"); "
                        "--column propensity=NAME"));
  EXPECT_THAT(message("item,propensity,reward\na,.5,1\n", {"viewer=uid"}),
              HasSubstr("the viewer is in column \"uid\""));
  EXPECT_THAT(message("item,propensity,reward\n"), HasSubstr("has no row"));
  EXPECT_THAT(load_foreign_log("/nowhere.csv", csv()).error().message, HasSubstr("cannot read \"/nowhere.csv\""));
}

TEST(LogFormat, BadNamesAndAssignmentsAreNamed) {
  EXPECT_THAT(make_log_format("parquet", {}).error().message, HasSubstr("--format \"parquet\": is not csv or obd"));
  EXPECT_THAT(make_log_format("csv", {"item"}).error().message, HasSubstr("--column \"item\": is not ROLE=COLUMN"));
  EXPECT_THAT(make_log_format("csv", {"price=x"}).error().message, HasSubstr("the role is not item, reward"));
}

}  // namespace
}  // namespace matchcue::cli
