// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/snapshot_folder.h"

#include <algorithm>

#include "base/text.h"

namespace matchcue::store {

namespace {

constexpr std::string_view kPrefix = "learner-";
constexpr std::string_view kSuffix = ".mcls";
constexpr std::string_view kUnfinished = ".tmp";

}  // namespace

std::string SnapshotFolder::file_of(std::uint64_t step) const {
  return path_ + "/" + std::string(kPrefix) + std::to_string(step) + std::string(kSuffix);
}

std::vector<std::uint64_t> SnapshotFolder::steps() const {
  std::vector<std::uint64_t> steps;
  for (std::string name : disk_->list(path_)) {
    if (!name.starts_with(kPrefix) || !name.ends_with(kSuffix)) continue;
    name = name.substr(kPrefix.size(), name.size() - kPrefix.size() - kSuffix.size());
    if (const auto step = parse_int(name); step && *step >= 0) steps.push_back(static_cast<std::uint64_t>(*step));
  }
  std::sort(steps.begin(), steps.end());
  return steps;
}

Result<void> SnapshotFolder::write_durably(const std::string& path, std::string_view bytes) const {
  MCUE_TRY(const auto file, disk_->open(path, OpenFor::writing));
  MCUE_TRY_VOID(file->truncate(0));
  MCUE_TRY_VOID(file->write(0, bytes));
  return file->sync();
}

Result<void> SnapshotFolder::save(const LearnerSnapshot& snapshot) const {
  MCUE_TRY_VOID(disk_->create_folder(path_));
  const std::string path = file_of(snapshot.step);
  const std::string unfinished = path + std::string(kUnfinished);
  const Result<void> written = write_durably(unfinished, snapshot.bytes);
  if (!written.ok()) {  // it takes room that others may need
    [[maybe_unused]] const bool removed = disk_->remove(unfinished).ok();
    return written;
  }
  MCUE_TRY_VOID(disk_->rename(unfinished, path));
  MCUE_TRY_VOID(disk_->sync_folder(path_));
  const std::vector<std::uint64_t> kept = steps();
  for (std::size_t i = 0; i + kKept < kept.size(); ++i) {
    [[maybe_unused]] const bool removed = disk_->remove(file_of(kept[i])).ok();  // else with the next one
  }
  return {};
}

Result<std::size_t> SnapshotFolder::remove_all() const {
  const std::vector<std::string> names = disk_->list(path_);  // unfinished ones too
  for (const std::string& name : names) MCUE_TRY_VOID(disk_->remove(path_ + "/" + name));
  if (!names.empty()) MCUE_TRY_VOID(disk_->sync_folder(path_));
  return names.size();
}

Result<std::optional<LearnerSnapshot>> SnapshotFolder::load(std::uint64_t step_max) const {
  const std::vector<std::uint64_t> kept = steps();
  const auto after = std::upper_bound(kept.begin(), kept.end(), step_max);
  if (after == kept.begin()) return std::optional<LearnerSnapshot>();
  LearnerSnapshot snapshot{*std::prev(after), {}};
  MCUE_TRY(const auto file, disk_->open(file_of(snapshot.step), OpenFor::reading));
  MCUE_TRY(const std::uint64_t size, file->size());
  MCUE_TRY(snapshot.bytes, file->read(0, size));
  return std::optional<LearnerSnapshot>(std::move(snapshot));
}

}  // namespace matchcue::store
