// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/temporary_folder.h"
#include "cli/test_command.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {
namespace {

using ::testing::HasSubstr;

Outcome run(const std::string& line) { return run_command(line, {}, {add_storage_commands}); }

void make_store(const std::string& directory) {
  store::SqliteOptions options;
  options.directory = directory;
  ASSERT_TRUE(store::open_sqlite_store(options).ok());
}

TEST(StorageCommands, VerifyBackUpAndRestore) {
  const TemporaryFolder folder = TemporaryFolder::make("storage").value();
  const std::string data = folder.path() + "/data";
  make_store(data);
  EXPECT_EQ(run("verify " + data).code, ExitCode::ok);
  EXPECT_EQ(run("--data-dir " + data + " backup " + folder.path() + "/backup").code, ExitCode::ok);
  const auto restored = run("--json --data-dir " + folder.path() + "/again restore " + folder.path() + "/backup");
  EXPECT_EQ(restored.code, ExitCode::ok) << restored.err;
  EXPECT_TRUE(nlohmann::json::parse(restored.out)["verification"]["whole"]);
  EXPECT_EQ(run("--data-dir " + data + " restore " + folder.path() + "/backup").code, ExitCode::conflict);
}

TEST(StorageCommands, VerifySaysExactlyWhatIsBroken) {
  const TemporaryFolder folder = TemporaryFolder::make("storage").value();
  const std::string data = folder.path() + "/data";
  EXPECT_EQ(run("verify " + data).code, ExitCode::not_found);
  make_store(data);
  std::filesystem::create_directories(data + "/snapshots");
  std::ofstream(data + "/snapshots/learner-7.mcls") << "not one";
  const auto broken = run("verify " + data);
  EXPECT_EQ(broken.code, ExitCode::problems_found);
  EXPECT_THAT(broken.out, HasSubstr("broken: snapshot of learner step 7"));
  std::ofstream(data + "/matchcue.db", std::ios::trunc) << std::string(8192, 'x');
  EXPECT_THAT(run("verify " + data).out, HasSubstr("broken: " + data + "/matchcue.db: file is not a database"));
}

}  // namespace
}  // namespace matchcue::cli
