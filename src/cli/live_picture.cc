// SPDX-License-Identifier: Apache-2.0
#include "cli/live_picture.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"
#include "simulate/picture.h"

namespace matchcue::cli {

namespace {

constexpr const char* kFont = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf";
constexpr Milliseconds kBannerTime{4'500};
constexpr std::int64_t kFirstFrames = 3;  // given as fast as they are taken
constexpr Milliseconds kFrame{1'000 / simulate::kPictureRate};

/// drawtext of a file that is read again for every frame.
std::string overlay(const char* file, const std::string& place, int size) {
  return std::string("drawtext=fontfile=") + kFont + ":textfile=" + file +
         ":reload=1:expansion=none:fontcolor=white:fontsize=" + std::to_string(size) + ":" + place;
}

std::vector<std::string> words_of(const std::string& ffmpeg) {
  const std::string size = std::to_string(simulate::kPictureWidth) + "x" + std::to_string(simulate::kPictureHeight);
  const std::string rate = std::to_string(simulate::kPictureRate);
  const std::string interval = std::to_string(2 * simulate::kPictureRate);
  const std::string bar = "y=(" + std::to_string(simulate::kPictureBarHeight) + "-ascent)/2";
  const std::string band = "x=(w-tw)/2:y=" + std::to_string(simulate::kPictureBandTop) + "+(" +
                           std::to_string(simulate::kPictureBandHeight) + "-ascent)/2";
  const std::string texts = overlay("score.txt", "x=14:" + bar, 20) + "," +
                            overlay("clock.txt", "x=w-tw-14:" + bar, 20) + "," + overlay("banner.txt", band, 22);
  return {"nice",
          "-n",
          "10",
          ffmpeg,
          "-hide_banner",
          "-loglevel",
          "error",
          "-fflags",
          "nobuffer",
          "-probesize",
          "32",
          "-f",
          "rawvideo",
          "-pix_fmt",
          "yuv420p",
          "-video_size",
          size,
          "-framerate",
          rate,
          "-i",
          "pipe:0",
          "-filter_threads",
          "1",
          "-vf",
          texts,
          "-an",
          "-c:v",
          "libx264",
          "-preset",
          "ultrafast",
          "-tune",
          "zerolatency",
          "-threads",
          "1",
          "-crf",
          "25",
          "-g",
          interval,
          "-keyint_min",
          interval,
          "-sc_threshold",
          "0",
          "-f",
          "hls",
          "-hls_time",
          "2",
          "-hls_list_size",
          "40",
          "-hls_delete_threshold",
          "3",
          "-hls_flags",
          "delete_segments+independent_segments+program_date_time+temp_file",
          "-hls_segment_filename",
          "live%d.ts",
          "live.m3u8"};
}

}  // namespace

Result<std::string> find_ffmpeg() {
  if (!std::filesystem::exists(kFont)) {
    return unavailable("no_ffmpeg", std::string(kFont) + " is not there (package fonts-dejavu-core)");
  }
  const char* path = std::getenv("PATH");
  for (const std::string_view folder : split(path == nullptr ? "" : path, ':')) {
    const std::string program = std::string(folder) + "/ffmpeg";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return unavailable("no_ffmpeg", "ffmpeg is not installed (package ffmpeg)");
}

LivePicture::LivePicture(const LivePictureOptions& options, const Clock& clock) : options_(options), clock_(clock) {}

Result<std::unique_ptr<LivePicture>> LivePicture::start(const std::string& ffmpeg, const LivePictureOptions& options,
                                                        const Clock& clock) {
  std::unique_ptr<LivePicture> picture(new LivePicture(options, clock));
  picture->write_texts(Shown(), clock.steady());
  MCUE_TRY_VOID(picture->spawn(ffmpeg));
  picture->thread_ = std::thread([made = picture.get()] { made->play(); });
  return picture;
}

LivePicture::~LivePicture() {
  stop_ = true;
  // Nothing of it is kept: its folder is temporary.
  if (pid_ > 0) ::kill(pid_, SIGKILL);
  if (thread_.joinable()) thread_.join();
  while (pid_ > 0 && ::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

Result<void> LivePicture::spawn(const std::string& ffmpeg) {
  const auto refused = [&] { return unavailable("no_ffmpeg", "cannot start " + ffmpeg + ": " + std::strerror(errno)); };
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return refused();
  const runtime::Fd theirs(ends[0]);
  frames_.reset(ends[1]);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, theirs.get(), STDIN_FILENO);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addchdir_np(&files, options_.folder.c_str());
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  // A group of its own: Ctrl-C is for the demo, which ends it.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  std::vector<std::string> words = words_of(ffmpeg);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  errno = ::posix_spawnp(&pid_, argv.front(), &files, &attributes, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (errno == 0) return {};
  pid_ = 0;
  return refused();
}

void LivePicture::show(const simulate::TimedMoment& moment) {
  shown_.replace(Shown{++shown_count_, moment, clock_.steady()});
}

/// A frame is drawn when it is due. When this machine was too busy, the next ones come at once until they are in time
/// again: so a frame's number is its time. ffmpeg dates its first frame with the time at which it begins to write; that
/// is when it has encoded it and takes the second.
void LivePicture::play() {
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);  // that ffmpeg is gone is seen by what write() returns
  simulate::Picture picture(options_.seed);
  std::string frame(simulate::kPictureBytes, '\0');
  SteadyTime start = clock_.steady();
  std::uint64_t seen = 0;
  for (std::int64_t number = 0; !stop_; ++number) {
    if (number < kFirstFrames) start = clock_.steady() - number * kFrame;
    std::this_thread::sleep_for(start + number * kFrame - clock_.steady());
    const auto shown = shown_.get();
    if (shown->number != seen) picture.happen(shown->moment);
    seen = shown->number;
    const SteadyTime now = clock_.steady();
    write_texts(*shown, now);
    picture.step();
    picture.draw({reinterpret_cast<std::uint8_t*>(frame.data()), frame.size()}, !texts_["banner.txt"].empty());
    if (feed(frame)) continue;
    if (!stop_) std::fprintf(stderr, "demo: the picture ended: ffmpeg takes no more frames\n");
    return;
  }
}

void LivePicture::write_texts(const Shown& shown, SteadyTime now) {
  const auto since = std::chrono::duration_cast<Milliseconds>(now - shown.at);
  const auto& [home, away] = options_.teams;
  write_text("score.txt", home + "  " + std::to_string(shown.moment.score[0]) + " - " +
                              std::to_string(shown.moment.score[1]) + "  " + away);
  const auto later = Milliseconds(static_cast<std::int64_t>(static_cast<double>(since.count()) * options_.speed));
  write_text("clock.txt", simulate::advance_clock(shown.moment.clock, later));
  const bool has_banner = shown.number > 0 && since < kBannerTime;
  write_text("banner.txt", has_banner ? simulate::banner_of(shown.moment) : std::string());
}

/// By a rename, so that ffmpeg never reads half of it. A blank stands for nothing: ffmpeg takes no empty file.
void LivePicture::write_text(const char* name, const std::string& text) {
  const auto [known, is_new] = texts_.try_emplace(name);
  if (!is_new && known->second == text) return;
  known->second = text;
  const std::string path = options_.folder + "/" + name;
  std::ofstream(path + ".new") << (text.empty() ? " " : text);
  std::error_code ignored;
  std::filesystem::rename(path + ".new", path, ignored);
}

/// False when ffmpeg is gone.
bool LivePicture::feed(std::string_view frame) {
  while (!frame.empty()) {
    const ssize_t written = ::write(frames_.get(), frame.data(), frame.size());
    if (written < 0 && errno != EINTR) return false;
    if (written > 0) frame.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace matchcue::cli
