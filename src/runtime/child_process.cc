// SPDX-License-Identifier: Apache-2.0
#include "runtime/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "runtime/socket.h"

namespace matchcue::runtime {

namespace {

constexpr std::size_t kBytesMax = 64 * 1024;

struct Pipe {
  Fd read, write;
};

Error refused(const std::string& what) { return unavailable("no_child", what + ": " + std::strerror(errno)); }

Result<Pipe> make_pipe() {
  std::array<int, 2> ends = {-1, -1};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refused("cannot make a pipe");
  Pipe pipe{Fd(ends[0]), Fd(ends[1])};
  if (::fcntl(pipe.read.get(), F_SETFL, O_NONBLOCK) != 0) return refused("cannot make a pipe");
  return pipe;
}

/// What the child is given and what it is not.
class Surroundings {
 public:
  Surroundings(const Pipe& out, const Pipe& err) {
    ::posix_spawn_file_actions_init(&files_);
    ::posix_spawn_file_actions_addopen(&files_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files_, out.write.get(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&files_, err.write.get(), STDERR_FILENO);
    // Not every library closes its sockets on exec: a child that held a listener would keep its port.
    ::posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
    ::posix_spawnattr_init(&attributes_);
    // In a group of its own: Ctrl-C at this process's terminal is for its owner to pass on.
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int each : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&signals, each);
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
  }
  Surroundings(const Surroundings&) = delete;
  Surroundings& operator=(const Surroundings&) = delete;
  ~Surroundings() {
    ::posix_spawn_file_actions_destroy(&files_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

/// Watches both pipes and the process itself: its end comes when it is gone, whoever still holds the pipes.
class Child final : public ChildProcess, public FdHandler {
 public:
  Child(Loop& loop, pid_t pid, Fd out, Fd err, Fd process, Events events)
      : loop_(loop),
        pid_(pid),
        out_(std::move(out)),
        err_(std::move(err)),
        process_(std::move(process)),
        events_(std::move(events)) {
    for (const Fd* fd : {&out_, &err_, &process_}) loop_.add(fd->get(), EPOLLIN, this);
  }

  ~Child() override {
    for (Fd* fd : {&out_, &err_, &process_}) forget(*fd);
    if (pid_ == 0) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  void signal(int number) override {
    if (pid_ != 0) ::kill(pid_, number);  // not reaped yet, so the number is still the child's
  }

  void on_ready(std::uint32_t) override {
    int status = 0;
    const bool ended = ::waitpid(pid_, &status, WNOHANG) == pid_;
    drain(out_, [this](std::string_view bytes) {
      end_.output.append(bytes.substr(0, kBytesMax - std::min(kBytesMax, end_.output.size())));
    });
    drain(err_, [this](std::string_view bytes) { take_lines(bytes); });
    if (!ended) return;
    pid_ = 0;
    if (!line_.empty()) events_.on_line(std::exchange(line_, {}));
    if (WIFSIGNALED(status)) {
      end_.signal = WTERMSIG(status);
    } else {
      end_.status = WEXITSTATUS(status);
    }
    for (Fd* fd : {&out_, &err_, &process_}) forget(*fd);
    const auto on_end = std::move(events_.on_end);
    on_end(std::move(end_));  // last: it may have deleted this
  }

 private:
  template <typename Take>
  void drain(Fd& fd, const Take& take) {
    std::array<char, 4096> buffer;
    while (fd) {
      const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
      if (got > 0) {
        take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
      } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
      } else {
        forget(fd);  // closed at the other end
      }
    }
  }

  void take_lines(std::string_view bytes) {
    for (const char c : bytes) {
      if (c == '\n') {
        events_.on_line(line_);
        line_.clear();
      } else if (line_.size() < kBytesMax) {
        line_ += c;
      }
    }
  }

  void forget(Fd& fd) {
    if (!fd) return;
    loop_.remove(fd.get());
    fd.reset();
  }

  Loop& loop_;
  pid_t pid_;  ///< 0 when it is gone
  Fd out_, err_, process_;
  Events events_;
  std::string line_;  ///< that is not whole yet
  ChildEnd end_;
};

}  // namespace

Result<std::unique_ptr<ChildProcess>> start_child(Loop& loop, const std::vector<std::string>& words,
                                                  ChildProcess::Events events) {
  MCUE_TRY(Pipe out, make_pipe());
  MCUE_TRY(Pipe err, make_pipe());
  std::vector<char*> argv;
  for (const std::string& word : words) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  const Surroundings surroundings(out, err);
  pid_t pid = 0;
  errno = ::posix_spawn(&pid, argv.front(), surroundings.files(), surroundings.attributes(), argv.data(), environ);
  if (errno != 0) return refused("cannot start " + words.front());
  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));  // glibc 2.36 declares pidfd_open() for C alone
  if (!process) {
    const Error error = refused("cannot watch " + words.front());
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    return error;
  }
  return std::unique_ptr<ChildProcess>(std::make_unique<Child>(loop, pid, std::move(out.read), std::move(err.read),
                                                               std::move(process), std::move(events)));
}

}  // namespace matchcue::runtime
