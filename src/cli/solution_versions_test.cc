// SPDX-License-Identifier: Apache-2.0
#include "cli/solution_versions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <fstream>

#include "cli/temporary_folder.h"
#include "scoring/solution_folder.h"

namespace matchcue::cli {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct VersionShelfTest : ::testing::Test {
  TemporaryFolder folder = TemporaryFolder::make("shelf").value();
  VersionShelf shelf{folder.path()};

  std::string write(const std::string& manifest) {
    const std::vector<float> floats(16, .5F);
    const std::vector<scoring::Tensor> tensors = {{"bias", {16}, floats, {}}};
    return scoring::write_solution_folder(folder.path(), manifest, tensors).value();
  }
  std::string weights_of(const std::string& id) const { return folder.path() + "/" + id + "/weights.safetensors"; }
  /// Changes the last byte of the weights, and says that they were written then.
  void damage(const std::string& id, fs::file_time_type written) const {
    const std::string path = weights_of(id);
    fs::permissions(path, fs::perms::owner_all);
    std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(-1, std::ios::end).put('x');
    fs::last_write_time(path, written);
  }
};

TEST_F(VersionShelfTest, ShowsWhatEachWasMadeOf) {
  EXPECT_EQ(to_json(shelf.list().value()).dump(), R"({"solution_versions":[]})");
  const std::string id =
      write(R"({"recipe":"sims","data":{"items":3},"metrics":{"hit":1},"parameters":{"window":"5"}})");
  const auto versions = shelf.list().value();
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].id, id);
  EXPECT_EQ(versions[0].made->dump(), R"({"recipe":"sims","data":{"items":3},"metrics":{"hit":1}})");
}

TEST_F(VersionShelfTest, AVersionIsReadAgainOnlyWhenItsFilesAreOthers) {
  const std::string id = write(R"({"recipe":"sims"})");
  const auto written = fs::last_write_time(weights_of(id));
  ASSERT_TRUE(shelf.list().value()[0].made.ok());
  damage(id, written);
  EXPECT_TRUE(shelf.list().value()[0].made.ok());
  damage(id, written + std::chrono::seconds(1));
  EXPECT_THAT(shelf.list().value()[0].made.error().message, HasSubstr("weights.safetensors"));
  EXPECT_FALSE(shelf.list().value()[0].made.ok());
}

TEST_F(VersionShelfTest, WhatIsGoneIsForgottenAndWhatIsNewIsFound) {
  const std::string first = write(R"({"recipe":"sims"})");
  ASSERT_EQ(shelf.list().value().size(), 1U);
  const std::string second = write(R"({"recipe":"popularity-count"})");
  fs::remove_all(folder.path() + "/" + first);
  const auto versions = shelf.list().value();
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].id, second);
}

TEST_F(VersionShelfTest, AVersionThatIsNotThereIsNotFoundAndTheNearestIsNamed) {
  const std::string id = write(R"({"recipe":"sims"})");
  const auto missing = load_manifest(folder.path(), id.substr(0, id.size() - 1));
  EXPECT_EQ(missing.error().code, "unknown_solution_version");
  EXPECT_THAT(missing.error().message, HasSubstr("did you mean " + id));
}

}  // namespace
}  // namespace matchcue::cli
