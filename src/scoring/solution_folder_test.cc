// SPDX-License-Identifier: Apache-2.0
#include "scoring/solution_folder.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace matchcue::scoring {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifest = R"({"recipe": "sequential-ridge", "parameters": {"lambda": 100.5}, "labels": ["é"]})";

class SolutionFolderTest : public testing::Test {
 protected:
  SolutionFolderTest() {
    std::string name = (fs::temp_directory_path() / "solution-folder-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    temporary_ = name;
    root_ = name + "/versions";
  }
  ~SolutionFolderTest() override { fs::remove_all(temporary_); }

  std::vector<Tensor> tensors() const {
    return {{"bias", {3}, bias_, {}}, {"item/embedding", {2, 16}, matrix_, {}}, {"codes", {2}, {}, codes_}};
  }
  std::string write(const std::string& manifest = kManifest) {
    return write_solution_folder(root_, manifest, tensors()).value();
  }
  std::string path_of(const std::string& id) const { return root_ + "/" + id; }

  static std::string read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void overwrite(const std::string& path, const std::string& bytes) {
    fs::remove(path);
    std::ofstream(path, std::ios::binary) << bytes;
  }
  /// What opening says; "" when it opens.
  std::string complaint(const std::string& id) const {
    const auto folder = open_solution_folder(path_of(id));
    if (folder.ok()) return "";
    EXPECT_EQ(folder.error().kind, ErrorKind::corrupt);
    return folder.error().message;
  }

  std::vector<float> bias_ = {1, 2, 3};
  std::vector<float> matrix_ = std::vector<float>(32, 0.5f);
  std::vector<std::int32_t> codes_ = {4, 5};
  std::string temporary_;
  std::string root_;
};

TEST_F(SolutionFolderTest, WhatWasWrittenIsOpened) {
  const std::string id = write();
  const SolutionFolderPtr folder = open_solution_folder(path_of(id)).value();
  EXPECT_EQ(folder->id(), id);
  EXPECT_TRUE(id.starts_with("sequential-ridge-"));
  EXPECT_EQ(id.size(), std::string("sequential-ridge-").size() + 12);
  EXPECT_EQ(folder->tensors().size(), 3u);
  const Tensor* bias = folder->find("bias");
  ASSERT_NE(bias, nullptr);
  EXPECT_EQ(std::vector<float>(bias->floats.begin(), bias->floats.end()), bias_);
  const Tensor* codes = folder->find("codes");
  ASSERT_NE(codes, nullptr);
  EXPECT_EQ(std::vector<std::int32_t>(codes->integers.begin(), codes->integers.end()), codes_);
  EXPECT_EQ(folder->find("other"), nullptr);
  EXPECT_NE(folder->manifest().find("100.5"), std::string::npos);
  EXPECT_NE(folder->manifest().find("weights_sha256"), std::string::npos);
}

TEST_F(SolutionFolderTest, WholeLinesAreMappedAligned) {
  const SolutionFolderPtr folder = open_solution_folder(path_of(write())).value();
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(folder->find("item/embedding")->floats.data()) % 64, 0u);
}

TEST_F(SolutionFolderTest, TheSameContentIsTheSameVersionAndTheSameBytes) {
  const std::string id = write();
  const std::string weights = read(path_of(id) + "/weights.safetensors");
  const std::string manifest = read(path_of(id) + "/manifest.json");
  EXPECT_EQ(write(R"({"labels":["\u00e9"],"parameters":{"lambda":100.5},"recipe":"sequential-ridge"})"), id);
  fs::remove_all(root_);
  std::vector<Tensor> reversed = tensors();
  std::reverse(reversed.begin(), reversed.end());
  EXPECT_EQ(write_solution_folder(root_, kManifest, reversed).value(), id);
  EXPECT_EQ(read(path_of(id) + "/weights.safetensors"), weights);
  EXPECT_EQ(read(path_of(id) + "/manifest.json"), manifest);
}

TEST_F(SolutionFolderTest, OtherContentIsAnotherVersion) {
  const std::string first = write();
  matrix_[31] = 0.75f;
  const std::string second = write();
  const std::string third = write(R"({"recipe": "sequential-ridge"})");
  EXPECT_NE(first, second);
  EXPECT_NE(second, third);
  EXPECT_EQ(list_solution_folders(root_).value().size(), 3u);
}

TEST_F(SolutionFolderTest, ALinkOpensAsTheVersionItPointsTo) {
  const std::string id = write();
  fs::create_directory_symlink(id, root_ + "/latest");
  EXPECT_EQ(open_solution_folder(root_ + "/latest").value()->id(), id);
  EXPECT_EQ(open_solution_folder(path_of(id) + "/").value()->id(), id);
}

TEST_F(SolutionFolderTest, WhatACrashLeavesIsNobodysVersion) {
  const std::string id = write();
  const std::string leftover = root_ + "/.writing-abcdef";
  fs::create_directory(leftover);
  fs::copy_file(path_of(id) + "/weights.safetensors", leftover + "/weights.safetensors");
  EXPECT_EQ(list_solution_folders(root_).value(), std::vector<std::string>{id});
  fs::copy_file(path_of(id) + "/manifest.json", leftover + "/manifest.json");
  EXPECT_FALSE(open_solution_folder(leftover).ok());
}

TEST_F(SolutionFolderTest, WhatADeadWriterLeftIsTakenAwayAndNothingElse) {
  fs::create_directories(root_ + "/.writing-abcdef/inside");
  overwrite(root_ + "/.checkpoint-0123456789abcdef", "somebody may go on from it");
  const int living = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY);
  ASSERT_EQ(::flock(living, LOCK_SH), 0);  // as a writer holds it
  write();
  EXPECT_TRUE(fs::exists(root_ + "/.writing-abcdef"));
  ::close(living);  // as a killed one's is
  write();
  EXPECT_FALSE(fs::exists(root_ + "/.writing-abcdef"));
  EXPECT_TRUE(fs::exists(root_ + "/.checkpoint-0123456789abcdef"));
}

TEST_F(SolutionFolderTest, WritingLeavesNothingElseBehind) {
  write();
  write();
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST_F(SolutionFolderTest, AnyChangedBitIsFound) {
  const std::string id = write();
  for (const std::string file : {"/manifest.json", "/weights.safetensors"}) {
    const std::string bytes = read(path_of(id) + file);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ 1);
      overwrite(path_of(id) + file, damaged);
      EXPECT_NE(complaint(id).find(file.substr(1)), std::string::npos) << file << " byte " << at;
    }
    overwrite(path_of(id) + file, bytes);
  }
  EXPECT_EQ(complaint(id), "");
}

TEST_F(SolutionFolderTest, AShortOrMissingFileIsNamed) {
  for (const std::string file : {"/manifest.json", "/weights.safetensors"}) {
    const std::string id = write();
    const std::string bytes = read(path_of(id) + file);
    for (const std::size_t size : {bytes.size() - 1, bytes.size() / 2, std::size_t{0}}) {
      overwrite(path_of(id) + file, bytes.substr(0, size));
      EXPECT_NE(complaint(id).find(file.substr(1)), std::string::npos) << file << " of " << size;
    }
    fs::remove(path_of(id) + file);
    EXPECT_NE(complaint(id).find(file + ": there is no such file"), std::string::npos);
    fs::remove_all(root_);
  }
}

TEST_F(SolutionFolderTest, ARenamedFolderIsRefused) {
  const std::string id = write();
  fs::rename(path_of(id), path_of("sequential-ridge-000000000000"));
  EXPECT_NE(complaint("sequential-ridge-000000000000").find("it belongs to " + id), std::string::npos);
}

TEST_F(SolutionFolderTest, ADamagedVersionIsNotSilentlyTakenForTheNewOne) {
  const std::string id = write();
  overwrite(path_of(id) + "/weights.safetensors", "gone");
  const auto again = write_solution_folder(root_, kManifest, tensors());
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, ErrorKind::corrupt);
}

TEST_F(SolutionFolderTest, AVersionThatIsNotThereIsNotFound) {
  EXPECT_EQ(open_solution_folder(root_ + "/sims-0123456789ab").error().kind, ErrorKind::not_found);
  EXPECT_EQ(list_solution_folders(root_).value().size(), 0u);
}

TEST_F(SolutionFolderTest, AnUnusableManifestIsRefusedAndNothingWritten) {
  const std::string deep = "{\"recipe\":\"x\",\"a\":" + std::string(1000, '[') + std::string(1000, ']') + "}";
  for (const std::string& manifest : {std::string(""), std::string("[]"), std::string("{}"), deep,
                                      std::string(R"({"recipe":"../up"})"), std::string(R"({"recipe":7})")}) {
    const auto written = write_solution_folder(root_, manifest, tensors());
    ASSERT_FALSE(written.ok()) << manifest;
    EXPECT_EQ(written.error().code, "invalid_manifest");
  }
  EXPECT_FALSE(fs::exists(root_));
}

TEST_F(SolutionFolderTest, WhereNothingCanBeWrittenItSaysSo) {
  overwrite(root_, "a file");
  const auto written = write_solution_folder(root_, kManifest, tensors());
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().kind, ErrorKind::unavailable);
  EXPECT_NE(written.error().message.find(root_), std::string::npos);
}

}  // namespace
}  // namespace matchcue::scoring
