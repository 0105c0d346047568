// SPDX-License-Identifier: Apache-2.0
//
// Thousands of single bits flipped, anywhere in the files of a store: each is found, and nothing wrong is ever read.
// MCUE_FLIPS=n makes it n flips.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "store/fault_script.h"
#include "store/simulated_disk.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/verify.h"

namespace matchcue::store {
namespace {

using Files = std::map<std::string, std::string>;

std::uint64_t flips(std::uint64_t otherwise) {
  const char* text = std::getenv("MCUE_FLIPS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

Result<std::unique_ptr<Store>> open_on(SimulatedDisk& disk) {
  SqliteOptions options;
  options.directory = "data";
  options.disk = &disk;
  return open_sqlite_store(options);
}

/// A store that was written to by a script, and closed or killed.
struct Written {
  FaultScript script{7};
  Files files;

  Written(std::size_t groups, bool closed) {
    SimulatedDisk disk;
    auto store = open_on(disk).value();
    script.write(*store, groups);
    if (!closed) files = disk.files();
    store.reset();
    if (closed) files = disk.files();
  }
};

/// The database, and the files of the decision log with anything in them.
std::vector<std::string> paths_of(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : files) {
    if (path == "data/matchcue.db" || (path.starts_with("data/decisions") && !bytes.empty())) paths.push_back(path);
  }
  CHECK(paths.size() >= 2, paths.size());
  return paths;
}

/// Opens the store with this bit flipped and reads all there is. Returns "found", "harmless", or what was read wrong.
std::string read_with_flip(SimulatedDisk& disk, const Written& written, const std::string& path, std::uint64_t bit) {
  disk.put_files(written.files);
  disk.flip_bit(path, bit);
  const auto store = open_on(disk);
  if (!store.ok()) return store.error().kind == ErrorKind::corrupt ? "found" : store.error().message;
  FaultScript script = written.script;
  const std::string wrong = script.check(*(*store)->make_reader());
  if (wrong.empty()) return "harmless";
  const bool said = wrong.find("damaged") != std::string::npos || wrong.find("malformed") != std::string::npos ||
                    wrong.find("not a database") != std::string::npos;
  return said ? "found" : wrong;
}

TEST(FlippedBits, OfADatabaseAndALogAreFoundByVerifyEveryOne) {
  const Written written(25, true);
  SimulatedDisk disk;
  Random random(1);
  for (const std::string& path : paths_of(written.files)) {
    const std::uint64_t bits = written.files.at(path).size() * 8;
    for (std::uint64_t i = 0; i < flips(5'000) / 4; ++i) {
      const std::uint64_t bit = random.below(bits);
      disk.put_files(written.files);
      disk.flip_bit(path, bit);
      const auto verified = verify_directory("data", disk);
      const bool found = !verified.ok() || !verified->damage.empty();
      ASSERT_TRUE(found) << path << " bit " << bit;
    }
  }
}

TEST(FlippedBits, AreNeverReadAsSomethingElse) {
  const Written written(25, true);
  SimulatedDisk disk;
  Random random(2);
  std::uint64_t found = 0;
  for (const std::string& path : paths_of(written.files)) {
    const std::uint64_t bits = written.files.at(path).size() * 8;
    for (std::uint64_t i = 0; i < flips(5'000) / 4; ++i) {
      const std::uint64_t bit = random.below(bits);
      const std::string read = read_with_flip(disk, written, path, bit);
      ASSERT_TRUE(read == "found" || read == "harmless") << path << " bit " << bit << ": " << read;
      found += read == "found" ? 1 : 0;
    }
  }
  EXPECT_GT(found, flips(5'000) / 8);
}

/// Where the last two commits of a WAL begin: what they wrote cannot be told from a torn write.
std::uint64_t last_commits_at(const std::string& wal) {
  constexpr std::uint64_t kFrameBytes = 24 + 4096;
  std::vector<std::uint64_t> ends = {32};
  for (std::uint64_t at = 32; at + kFrameBytes <= wal.size(); at += kFrameBytes) {
    if (wal.substr(at + 4, 4) != std::string(4, '\0')) ends.push_back(at + kFrameBytes);
  }
  return ends.size() < 3 ? 0 : ends[ends.size() - 3];
}

TEST(FlippedBits, OfAWalThatAKilledProcessLeftAreFoundBeforeItsLastCommits) {
  const Written written(40, false);
  SimulatedDisk disk;
  Random random(3);
  const std::string path = "data/matchcue.db-wal";
  const std::uint64_t safe_bytes = last_commits_at(written.files.at(path));
  ASSERT_GT(safe_bytes, 100'000U);
  std::uint64_t found = 0;
  for (std::uint64_t i = 0; i < flips(5'000) / 8; ++i) {
    const std::uint64_t bit = random.below(safe_bytes * 8);
    const std::string read = read_with_flip(disk, written, path, bit);
    ASSERT_TRUE(read == "found" || read == "harmless") << "bit " << bit << ": " << read;
    found += read == "found" ? 1 : 0;
  }
  EXPECT_GT(found, flips(5'000) / 8 * 9 / 10);
}

}  // namespace
}  // namespace matchcue::store
