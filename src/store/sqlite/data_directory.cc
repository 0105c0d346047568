// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite/data_directory.h"

namespace matchcue::store {

Result<DataDirectory> DataDirectory::open(Disk& disk, const std::string& path) {
  MCUE_TRY_VOID(disk.create_folder(path));
  MCUE_TRY(auto lock, disk.lock_folder(path));
  return DataDirectory(DataPaths(disk, path), std::move(lock));
}

}  // namespace matchcue::store
