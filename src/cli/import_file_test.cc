// SPDX-License-Identifier: Apache-2.0
#include "cli/import_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "cli/sample_store.h"
#include "simulate/sample_data.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

using domain::DatasetKind;
using testing::HasSubstr;

/// A data directory and CSV files in a folder that goes away with the test.
class ImportFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "matchcue-import-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    store::SqliteOptions options;
    options.directory = path("data");
    auto store = store::open_sqlite_store(options);
    ASSERT_TRUE(store.ok()) << store.error().message;
    store_ = std::move(*store);
  }
  void TearDown() override {
    if (store_) store_->close();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  Result<engine::ImportReport> import(ImportFile file) {
    return import_into_store(file, *store_, [this](std::uint64_t bytes, std::uint64_t) { progress_bytes_ = bytes; });
  }
  std::size_t items() { return store_->make_reader()->load_catalogue(std::nullopt).value()->items().size(); }

  std::filesystem::path folder_;
  std::unique_ptr<store::Store> store_;
  std::uint64_t progress_bytes_ = 0;
};

TEST_F(ImportFileTest, TheSampleItemsImportOnceAndASecondTimeChangeNothing) {
  const ImportFile file{DatasetKind::items, write("items.csv", simulate::sample_items_csv()), "", "", false};
  const auto first = import(file);
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_EQ(first->written.added, 40U);
  EXPECT_EQ(first->rejected_rows, 0U);
  EXPECT_EQ(progress_bytes_, simulate::sample_items_csv().size());
  const auto second = import(file);
  EXPECT_EQ(second->written.unchanged, 40U);
  EXPECT_EQ(second->written.added + second->written.replaced, 0U);
  EXPECT_EQ(second->written.catalogue_version, first->written.catalogue_version);
  EXPECT_EQ(items(), 40U);
}

TEST_F(ImportFileTest, ADryRunLeavesTheStoreAsItWas) {
  const auto report = import({DatasetKind::items, write("items.csv", simulate::sample_items_csv()), "", "", true});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rows, 40U);
  EXPECT_EQ(items(), 0U);
}

TEST_F(ImportFileTest, RejectedRowsAreWrittenDownWithTheirPlace) {
  const std::string users = write("users.csv", "USER_ID,AGE\n1,30\n2,\"thirty, or so\"\n");
  const auto report = import({DatasetKind::users, users, "", path("rejects.csv"), false});
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->rejected_rows, 1U);
  EXPECT_EQ(report->written.added, 1U);
  EXPECT_EQ(load_text_file(path("rejects.csv")).value(),
            "FILE,LINE,COLUMN,VALUE,REASON\n" + users +
                ",3,AGE,\"thirty, or so\",\"AGE: \\\"thirty, or so\\\" is not a int\"\n");
}

TEST_F(ImportFileTest, AGivenSchemaStaysInForce) {
  const std::string schema =
      write("schema.json", R"({"type":"record","name":"Users","namespace":"x","version":"1.0","fields":[)"
                           R"({"name":"USER_ID","type":"string"},{"name":"CLUB","type":"string"}]})");
  const std::string users = write("users.csv", "USER_ID,CLUB\n1,Ajax\n");
  EXPECT_EQ(import({DatasetKind::users, users, "", "", false}).error().code, "unknown_column");
  ASSERT_TRUE(import({DatasetKind::users, users, schema, "", false}).ok());
  const auto again = import({DatasetKind::users, users, "", "", false});
  ASSERT_TRUE(again.ok()) << again.error().message;
  EXPECT_EQ(again->written.unchanged, 1U);
}

TEST_F(ImportFileTest, AWrongSchemaIsExplainedAndChangesNothing) {
  const auto report = import({DatasetKind::users, write("users.csv", "USER_ID,AGE\n1,2\n"),
                              "schema/personalize/aws-sample-readme/users.txt", "", false});
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.error().code, "invalid_schema");
  EXPECT_THAT(report.error().message, HasSubstr("The corrected schema:\n{"));
  EXPECT_FALSE(store_->make_reader()->load_schema(DatasetKind::users).value().has_value());
}

TEST_F(ImportFileTest, AFileThatIsNotThereIsNamed) {
  const auto report = import({DatasetKind::users, path("none.csv"), "", "", false});
  EXPECT_EQ(report.error().kind, ErrorKind::not_found);
  EXPECT_THAT(report.error().message, HasSubstr("none.csv"));
}

TEST_F(ImportFileTest, TheSampleFillsANewDataDirectory) {
  const auto loaded = load_sample_data(*store_, 1);
  ASSERT_TRUE(loaded.ok()) << loaded.error().message;
  EXPECT_EQ(items(), 40U);
  EXPECT_EQ(store_->make_reader()->load_viewers(domain::ViewerId(), 2'000).value().size(), 1'000U);
  EXPECT_EQ(store_->make_reader()->count_interactions().value(), 20'000U);
}

}  // namespace
}  // namespace matchcue::cli
