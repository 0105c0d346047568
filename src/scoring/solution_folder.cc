// SPDX-License-Identifier: Apache-2.0
#include "scoring/solution_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/sha256.h"

namespace matchcue::scoring {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* kManifestFile = "manifest.json";
constexpr const char* kWeightsFile = "weights.safetensors";
constexpr const char* kWeightsDigest = "weights_sha256";
constexpr const char* kUnfinished = ".writing-";
constexpr std::size_t kIdDigits = 12;
constexpr std::size_t kRecipeCharsMax = 64;
constexpr std::size_t kManifestDepthMax = 64;
constexpr std::size_t kManifestBytesMax = 256 << 20;

Error corrupt(const std::string& file, const std::string& what) {
  return Error{ErrorKind::corrupt, "corrupt_solution_version", file + ": " + what, {}};
}

/// What the system said about the last call.
Error refused(const std::string& doing, const std::string& path) {
  return unavailable("storage_refuses", "cannot " + doing + " " + path + ": " + std::strerror(errno));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  bool open() const { return number_ >= 0; }
  int number() const { return number_; }

 private:
  int number_;
};

/// A whole file, read-only.
class MappedFile {
 public:
  /// Errors: corrupt when there is none, unavailable.
  static Result<std::unique_ptr<MappedFile>> open(const std::string& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.open() && errno == ENOENT) return corrupt(path, "there is no such file");
    struct stat status = {};
    if (!file.open() || ::fstat(file.number(), &status) != 0) return refused("open", path);
    if (!S_ISREG(status.st_mode)) return corrupt(path, "not a file");
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size == 0) return std::unique_ptr<MappedFile>(new MappedFile(nullptr, 0));
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file.number(), 0);
    if (address == MAP_FAILED) return refused("map", path);
    return std::unique_ptr<MappedFile>(new MappedFile(address, size));
  }
  ~MappedFile() {
    if (address_ != nullptr) ::munmap(address_, size_);
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return {static_cast<const char*>(address_), size_}; }

 private:
  MappedFile(void* address, std::size_t size) : address_(address), size_(size) {}

  void* address_;
  std::size_t size_;
};

class MappedFolder final : public SolutionFolder {
 public:
  MappedFolder(std::string id, std::string manifest, std::unique_ptr<MappedFile> weights, std::vector<Tensor> tensors)
      : id_(std::move(id)),
        manifest_(std::move(manifest)),
        weights_(std::move(weights)),
        tensors_(std::move(tensors)) {}

  const std::string& id() const override { return id_; }
  const std::string& manifest() const override { return manifest_; }
  const std::vector<Tensor>& tensors() const override { return tensors_; }

 private:
  std::string id_;
  std::string manifest_;
  std::unique_ptr<MappedFile> weights_;
  std::vector<Tensor> tensors_;
};

std::optional<std::string> text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

bool is_recipe(std::string_view word) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !word.empty() && word.size() <= kRecipeCharsMax && std::all_of(word.begin(), word.end(), allowed);
}

std::string id_of(std::string_view recipe, std::string_view manifest) {
  return std::string(recipe) + "-" + sha256(manifest).substr(0, kIdDigits);
}

/// Parses a manifest. Nothing when it is no JSON object or nested too deeply.
std::optional<Json> parse_manifest(std::string_view text) {
  bool too_deep = false;
  const auto watch_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || depth > static_cast<int>(kManifestDepthMax);
    return !too_deep;
  };
  Json manifest = Json::parse(text, watch_depth, false);
  if (too_deep || !manifest.is_object()) return std::nullopt;
  return manifest;
}

/// Makes a manifest's final text. Keys are sorted, so that the same content is the same bytes.
Result<std::string> finish_manifest(const std::string& text, const std::string& weights_digest, std::string& recipe) {
  auto manifest = parse_manifest(text);
  if (!manifest) return invalid("invalid_manifest", "the manifest is not a JSON object");
  const auto named = text_of(*manifest, "recipe");
  if (!named || !is_recipe(*named)) {
    return invalid("invalid_manifest", "the manifest's recipe is not a word of a-z, 0-9 and '-'", "recipe");
  }
  recipe = *named;
  (*manifest)[kWeightsDigest] = weights_digest;
  return manifest->dump(1) + '\n';
}

Result<void> write_all(int file, const std::string& path, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return refused("write", path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

/// Writes a new read-only file and waits until the disk has it.
Result<void> write_file(const std::string& path, std::span<const std::string_view> parts) {
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444));
  if (!file.open()) return refused("make", path);
  for (const std::string_view part : parts) MCUE_TRY_VOID(write_all(file.number(), path, part));
  if (::fsync(file.number()) != 0) return refused("write", path);
  return {};
}

Result<void> sync_folder(const std::string& path) {
  const Descriptor folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder.open() || ::fsync(folder.number()) != 0) return refused("write", path);
  return {};
}

/// Takes away what writers left that were killed. The system frees a dead process's lock, and every living writer
/// shares one on the root: so who gets it alone knows that all that is unfinished there is nobody's any more.
/// Afterwards the lock is shared until `root` is closed. Where there are no locks nothing is taken away.
void join_writers(const Descriptor& root, const std::string& path) {
  if (::flock(root.number(), LOCK_EX | LOCK_NB) == 0) {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(path, ignored)) {
      if (entry.path().filename().string().starts_with(kUnfinished)) fs::remove_all(entry.path(), ignored);
    }
  }
  while (::flock(root.number(), LOCK_SH) != 0 && errno == EINTR) {
  }
}

/// A folder that is gone in the end unless it was renamed.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& root) : path_(root + "/" + kUnfinished + "XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  bool made() const { return !path_.empty(); }
  const std::string& path() const { return path_; }
  /// False, with errno, when it cannot be.
  bool rename(const std::string& name) {
    if (::rename(path_.c_str(), name.c_str()) != 0) return false;
    path_.clear();
    return true;
  }

 private:
  std::string path_;
};

}  // namespace

const Tensor* SolutionFolder::find(std::string_view name) const {
  const std::vector<Tensor>& all = tensors();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Tensor& tensor) { return tensor.name == name; });
  return found == all.end() ? nullptr : &*found;
}

Result<std::string> write_solution_folder(const std::string& root, const std::string& manifest,
                                          std::span<const Tensor> tensors) {
  MCUE_TRY(const SafetensorsLayout layout, lay_out_safetensors(tensors));
  std::vector<std::string_view> weights = {layout.prefix};
  for (const std::size_t i : layout.order) weights.push_back(bytes_of(tensors[i]));
  Sha256 digest;
  for (const std::string_view part : weights) digest.add(part);
  std::string recipe;
  MCUE_TRY(const std::string text, finish_manifest(manifest, digest.finish(), recipe));
  if (text.size() > kManifestBytesMax) return invalid("invalid_manifest", "the manifest is too long");

  std::error_code error;
  fs::create_directories(root, error);
  if (error) return unavailable("storage_refuses", "cannot make " + root + ": " + error.message());
  const Descriptor writers(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!writers.open()) return refused("write into", root);
  join_writers(writers, root);
  TemporaryFolder folder(root);
  if (!folder.made()) return refused("write into", root);
  if (::chmod(folder.path().c_str(), 0755) != 0) return refused("write", folder.path());
  MCUE_TRY_VOID(write_file(folder.path() + "/" + kWeightsFile, weights));
  const std::string_view manifest_bytes = text;
  MCUE_TRY_VOID(write_file(folder.path() + "/" + kManifestFile, {&manifest_bytes, 1}));
  MCUE_TRY_VOID(sync_folder(folder.path()));

  const std::string id = id_of(recipe, text);
  const std::string path = root + "/" + id;
  if (!folder.rename(path)) {
    if (errno != EEXIST && errno != ENOTEMPTY) return refused("make", path);
    MCUE_TRY(const SolutionFolderPtr there, open_solution_folder(path));
    return there->id();
  }
  MCUE_TRY_VOID(sync_folder(root));
  return id;
}

Result<SolutionFolderPtr> open_solution_folder(const std::string& path) {
  std::error_code error;
  const fs::path folder = fs::canonical(path, error);  // so that a link to a version opens as that version
  if (error && error != std::errc::no_such_file_or_directory && error != std::errc::not_a_directory) {
    return unavailable("storage_refuses", "cannot open " + path + ": " + error.message());
  }
  if (error || !fs::is_directory(folder, error)) {
    return not_found("unknown_solution_version", "there is no solution version at " + path);
  }
  const std::string manifest_path = folder / kManifestFile;
  const std::string weights_path = folder / kWeightsFile;
  MCUE_TRY(const auto manifest_file, MappedFile::open(manifest_path));
  if (manifest_file->bytes().size() > kManifestBytesMax) return corrupt(manifest_path, "too long");
  std::string text(manifest_file->bytes());
  const auto manifest = parse_manifest(text);
  if (!manifest) return corrupt(manifest_path, "not a JSON object");
  const auto recipe = text_of(*manifest, "recipe");
  if (!recipe || !is_recipe(*recipe)) return corrupt(manifest_path, "no usable \"recipe\"");
  std::string id = id_of(*recipe, text);
  if (folder.filename() != id) return corrupt(manifest_path, "was changed, or its folder renamed: it belongs to " + id);

  MCUE_TRY(auto weights, MappedFile::open(weights_path));
  const auto expected = text_of(*manifest, kWeightsDigest);
  if (!expected) return corrupt(manifest_path, std::string("no usable \"") + kWeightsDigest + '"');
  if (sha256(weights->bytes()) != *expected) return corrupt(weights_path, "its SHA-256 is not what the manifest says");
  auto tensors = read_safetensors(weights->bytes());
  if (!tensors.ok()) return corrupt(weights_path, tensors.error().message);
  return SolutionFolderPtr(
      std::make_shared<MappedFolder>(std::move(id), std::move(text), std::move(weights), std::move(tensors).value()));
}

Result<std::vector<std::string>> list_solution_folders(const std::string& root) {
  std::vector<std::string> ids;
  std::error_code error;
  if (!fs::exists(root, error)) return ids;
  for (fs::directory_iterator at(root, error), end; !error && at != end; at.increment(error)) {
    std::string name = at->path().filename();
    if (name.starts_with('.') || !at->is_directory(error)) continue;
    ids.push_back(std::move(name));
  }
  if (error) return unavailable("storage_refuses", "cannot read " + root + ": " + error.message());
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace matchcue::scoring
