#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <stdlib.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"

namespace matchcue::cli {

/// A folder of its own that is gone, with all that is in it, when this is.
class TemporaryFolder {
 public:
  /// `purpose` is part of its name. Errors: unavailable, naming the place.
  static Result<TemporaryFolder> make(std::string_view purpose) {
    std::string path =
        (std::filesystem::temp_directory_path() / ("matchcue-" + std::string(purpose) + "-XXXXXX")).string();
    if (::mkdtemp(path.data()) == nullptr) return unavailable("cannot_write", "cannot make a folder " + path);
    return TemporaryFolder(std::move(path));
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
  TemporaryFolder& operator=(TemporaryFolder&&) = delete;

  const std::string& path() const { return path_; }

 private:
  explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

}  // namespace matchcue::cli
