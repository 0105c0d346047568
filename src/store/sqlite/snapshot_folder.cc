// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/snapshot_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "base/text.h"
#include "store/decision_log.h"

namespace matchcue::store {

namespace {

constexpr std::string_view kPrefix = "learner-";
constexpr std::string_view kSuffix = ".mcls";

Error file_error(std::string_view doing, const std::string& path) {
  return unavailable("storage_unavailable", "cannot " + std::string(doing) + " " + path + ": " + std::strerror(errno));
}

Result<void> write_durably(const std::string& path, std::string_view bytes) {
  const FileHandle file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!file.is_open()) return file_error("create", path);
  while (!bytes.empty()) {
    const ssize_t count = ::write(file.get(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return file_error("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  if (::fsync(file.get()) != 0) return file_error("sync", path);
  return {};
}

Result<void> sync_folder(const std::string& path) {
  const FileHandle folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.is_open() || ::fsync(folder.get()) != 0) return file_error("sync", path);
  return {};
}

}  // namespace

std::string SnapshotFolder::file_of(std::uint64_t step) const {
  return path_ + "/" + std::string(kPrefix) + std::to_string(step) + std::string(kSuffix);
}

std::vector<std::uint64_t> SnapshotFolder::steps() const {
  std::vector<std::uint64_t> steps;
  std::error_code none;  // a folder that is not there has no snapshots
  for (const auto& entry : std::filesystem::directory_iterator(path_, none)) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    if (const auto step = parse_int(name); step && *step >= 0) steps.push_back(static_cast<std::uint64_t>(*step));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Result<void> SnapshotFolder::save(const LearnerSnapshot& snapshot) const {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  if (error) return unavailable("storage_unavailable", "cannot create " + path_ + ": " + error.message());
  const std::string path = file_of(snapshot.step);
  const std::string unfinished = path + ".tmp";
  MCUE_TRY_VOID(write_durably(unfinished, snapshot.bytes));
  if (::rename(unfinished.c_str(), path.c_str()) != 0) return file_error("rename", unfinished);
  MCUE_TRY_VOID(sync_folder(path_));
  const std::vector<std::uint64_t> kept = steps();
  for (std::size_t i = 0; i + kKept < kept.size(); ++i) std::filesystem::remove(file_of(kept[i]), error);
  return {};
}

Result<std::optional<LearnerSnapshot>> SnapshotFolder::load(std::uint64_t step_max) const {
  const std::vector<std::uint64_t> kept = steps();
  const auto after = std::upper_bound(kept.begin(), kept.end(), step_max);
  if (after == kept.begin()) return std::optional<LearnerSnapshot>();
  LearnerSnapshot snapshot{*std::prev(after), {}};
  std::ifstream file(file_of(snapshot.step), std::ios::binary | std::ios::ate);
  if (!file) return file_error("open", file_of(snapshot.step));
  snapshot.bytes.resize(static_cast<std::size_t>(file.tellg()));
  file.seekg(0).read(snapshot.bytes.data(), static_cast<std::streamsize>(snapshot.bytes.size()));
  if (!file) return file_error("read", file_of(snapshot.step));
  return std::optional<LearnerSnapshot>(std::move(snapshot));
}

}  // namespace matchcue::store
