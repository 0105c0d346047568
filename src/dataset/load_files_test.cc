// SPDX-License-Identifier: Apache-2.0
#include "dataset/load_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace matchcue::dataset {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LoadFilesTest : public testing::Test {
 protected:
  LoadFilesTest() {
    std::string name = (std::filesystem::temp_directory_path() / "matchcue-dataset-XXXXXX").string();
    CHECK(::mkdtemp(name.data()) != nullptr, name);
    folder_ = name;
  }
  ~LoadFilesTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::string write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return (folder_ / name).string();
  }

  std::filesystem::path folder_;
};

TEST_F(LoadFilesTest, ReadsTheThreeTablesBySchemasOrWithout) {
  DatasetFiles files;
  files.interactions = {write("one.csv", "USER_ID,ITEM_ID,TIMESTAMP,MATE,IMPRESSION\nu1,b,10,x,b|c\nu1,a,20,y,\n"),
                        write("two.csv", "TIMESTAMP,USER_ID,ITEM_ID\n5,u2,a\n")};
  files.interactions_schema = write("interactions.json", R"({"type":"record","name":"Interactions","fields":[
      {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
      {"name":"MATE","type":["null","string"],"categorical":true},{"name":"IMPRESSION","type":["null","string"]}]})");
  files.items = write("items.csv", "ITEM_ID,ITEM_TYPE\na,SOCIAL\nz,PLAYER\n");
  files.users = write("users.csv", "USER_ID,GENDER\nu2,F\n");
  const auto loaded = load_dataset_files(files, {});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  const Dataset& data = loaded->dataset;
  EXPECT_THAT(data.viewers, ElementsAre("u1", "u2"));
  EXPECT_THAT(data.items, ElementsAre("a", "b", "c", "z"));
  EXPECT_THAT(data.item, ElementsAre(1, 0, 0));
  EXPECT_THAT(data.context, ElementsAre(ElementsAre(1, 2, 0)));
  EXPECT_THAT(data.impression_items, ElementsAre(1, 2));
  EXPECT_THAT(data.item_fields.row(0, 3), ElementsAre(1));
  EXPECT_THAT(data.viewer_fields.row(0, 1), ElementsAre(1));
  EXPECT_EQ(loaded->report.rows, 6u);
  EXPECT_EQ(loaded->report.rejected_rows, 0u);
}

TEST_F(LoadFilesTest, LeavesBadRowsOutAndSaysWhichAndWhy) {
  DatasetFiles files;
  files.interactions = {write("i.csv",
                              "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n"
                              "u1,a,1780000000000,CLICK\n"
                              ",a,5,CLICK\n"
                              "u1,a,5,CLICK\n")};
  files.items = write("items.csv", "ITEM_ID,ITEM_TYPE\na,SOCIAL\na,PLAYER\n");
  const auto loaded = load_dataset_files(files, {});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(loaded->dataset.interaction_count(), 1u);
  EXPECT_EQ(loaded->report.rejected_rows, 3u);
  const auto& rejects = loaded->report.rejects;
  ASSERT_EQ(rejects.size(), 3u);
  EXPECT_EQ(rejects[0].line, 3u);
  EXPECT_EQ(rejects[0].column, "ITEM_ID");
  EXPECT_THAT(rejects[1].reason, HasSubstr("milliseconds"));
  EXPECT_EQ(rejects[2].column, "USER_ID");
}

TEST_F(LoadFilesTest, ErrorsNameTheFile) {
  DatasetFiles files;
  files.interactions = {(folder_ / "none.csv").string()};
  EXPECT_EQ(load_dataset_files(files, {}).error().code, "file_not_found");
  files.interactions = {write("i.csv", "USER_ID,ITEM_ID,EVENT_TYPE\n")};
  const auto loaded = load_dataset_files(files, {});
  ASSERT_FALSE(loaded.ok());
  EXPECT_EQ(loaded.error().code, "missing_columns");
  EXPECT_THAT(loaded.error().message, HasSubstr("i.csv: Input CSV is missing the following columns: [TIMESTAMP]"));
  files.interactions_schema = write("schema.json", "[]");
  EXPECT_EQ(load_dataset_files(files, {}).error().code, "invalid_schema");
}

TEST_F(LoadFilesTest, LeavesTheInteractionsOfOneFileAsTheyAre) {
  const std::string path = write("ask.csv",
                                 "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE,EVENT_VALUE,MATE\nu2,b,20,CLICK,0,x\n"
                                 "u1,a,10,CLICK,,\nu1,a,now,CLICK,1,\nu1,c,5,WATCH,1,y\n");
  const std::string schema = write("interactions.json", R"({"type":"record","name":"Interactions","fields":[
      {"name":"USER_ID","type":"string"},{"name":"ITEM_ID","type":"string"},{"name":"TIMESTAMP","type":"long"},
      {"name":"EVENT_TYPE","type":"string"},{"name":"EVENT_VALUE","type":["null","float"]},
      {"name":"MATE","type":["null","string"],"categorical":true}]})");
  const auto loaded = load_interaction_file(path, schema, {"CLICK", {}});
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  ASSERT_EQ(loaded->interactions.size(), 2U);
  EXPECT_EQ(loaded->interactions[0].viewer.str(), "u2");
  EXPECT_EQ(loaded->interactions[0].event_value, 0);
  EXPECT_EQ(loaded->interactions[0].context, (domain::Values{{"MATE", std::string("x")}}));
  EXPECT_EQ(loaded->interactions[1].event_value, 1);
  EXPECT_EQ(loaded->report.rows, 4U);
  ASSERT_EQ(loaded->report.rejects.size(), 1U);
  EXPECT_EQ(loaded->report.rejects[0].line, 4U);
  EXPECT_EQ(load_interaction_file("nowhere.csv", schema, {}).error().code, "file_not_found");
}

}  // namespace
}  // namespace matchcue::dataset
