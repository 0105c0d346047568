// SPDX-License-Identifier: Apache-2.0
//
// decisions.log is nothing but chunks, one directly behind the other; decision_chunk.cc draws one.
#include "store/decision_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "store/decision_chunk.h"

namespace matchcue::store {

namespace {

Error io_error(const std::string& path, std::string_view doing) {
  return unavailable("storage_unavailable", "cannot " + std::string(doing) + " " + path + ": " + std::strerror(errno));
}

/// Reads up to `length` bytes; fewer only at the end of the file.
Result<std::string> read_at(const FileHandle& file, const std::string& path, std::uint64_t offset, std::size_t length) {
  std::string bytes(length, '\0');
  std::size_t done = 0;
  while (done < length) {
    const ssize_t count = ::pread(file.get(), bytes.data() + done, length - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error(path, "read");
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

}  // namespace

FileHandle::FileHandle(FileHandle&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
FileHandle& FileHandle::operator=(FileHandle&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}
FileHandle::~FileHandle() {
  if (fd_ >= 0) ::close(fd_);
}

Result<std::string> DecisionLogReader::read(std::uint64_t offset, std::uint64_t length) {
  if (!file_.is_open()) {
    file_ = FileHandle(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file_.is_open()) return io_error(path_, "open");
  }
  if (length > kChunkBytesMax) {
    return Error{ErrorKind::corrupt, "corrupt_decisions", path_ + ": the index names a chunk that is too long", {}};
  }
  MCUE_TRY(std::string bytes, read_at(file_, path_, offset, length));
  if (bytes.size() != length) {
    return Error{ErrorKind::corrupt,
                 "corrupt_decisions",
                 path_ + " ends inside the chunk at offset " + std::to_string(offset),
                 {}};
  }
  return bytes;
}

DecisionLog::DecisionLog(std::string path, FileHandle file, std::uint64_t end)
    : path_(std::move(path)), file_(std::move(file)), end_(end) {}

Result<DecisionLog> DecisionLog::open(std::string path) {
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.get(), &status) != 0) return io_error(path, "open");
  return DecisionLog(std::move(path), std::move(file), static_cast<std::uint64_t>(status.st_size));
}

Result<std::uint64_t> DecisionLog::append(std::string_view chunk) {
  if (sync_failed_) return unavailable("storage_unavailable", path_ + ": an earlier sync failed; restart to recover");
  if (stale_tail_) MCUE_TRY_VOID(cut(end_));
  std::size_t done = 0;
  while (done < chunk.size()) {
    const ssize_t count =
        ::pwrite(file_.get(), chunk.data() + done, chunk.size() - done, static_cast<off_t>(end_ + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      const Error error = io_error(path_, "write");
      drop_tail();
      return error;
    }
    done += static_cast<std::size_t>(count);
  }
  const std::uint64_t offset = end_;
  end_ += chunk.size();
  return offset;
}

void DecisionLog::rewind(std::uint64_t end) {
  CHECK(end <= end_, end, end_);
  if (end == end_) return;
  end_ = end;
  if (synced_ > end_) synced_ = end_;
  drop_tail();
}

void DecisionLog::drop_tail() {
  stale_tail_ = true;
  [[maybe_unused]] const bool cut_now = cut(end_).ok();  // else before the next append
}

Result<void> DecisionLog::sync() {
  if (sync_failed_) return unavailable("storage_unavailable", path_ + ": an earlier sync failed; restart to recover");
  if (::fdatasync(file_.get()) != 0) {
    sync_failed_ = true;
    return io_error(path_, "sync");
  }
  synced_ = end_;
  return {};
}

Result<std::vector<ChunkPlace>> DecisionLog::recover_tail(std::uint64_t offset) {
  std::vector<ChunkPlace> places;
  while (offset < end_) {
    MCUE_TRY(const std::string prefix, read_at(file_, path_, offset, kChunkPrefixBytes));
    const auto length = chunk_length(prefix);
    if (!length) break;
    MCUE_TRY(const std::string chunk, read_at(file_, path_, offset, *length));
    const auto batch = decode_decision_chunk(chunk);
    if (!batch) break;
    places.push_back({offset, *length, batch->header.event, batch->header.sequence});
    offset += *length;
  }
  MCUE_TRY_VOID(cut(offset));
  return places;
}

Result<bool> DecisionLog::has_chunk(const ChunkPlace& place) {
  if (place.length > kChunkBytesMax) return false;
  MCUE_TRY(const std::string chunk, read_at(file_, path_, place.offset, place.length));
  return decode_decision_chunk(chunk).ok();
}

bool DecisionLog::is_in_place() const {
  struct stat status {};
  return ::fstat(file_.get(), &status) == 0 && status.st_nlink > 0;
}

Result<void> DecisionLog::cut(std::uint64_t end) {
  if (::ftruncate(file_.get(), static_cast<off_t>(end)) != 0) return io_error(path_, "truncate");
  end_ = end;
  stale_tail_ = false;
  return {};
}

}  // namespace matchcue::store
