// SPDX-License-Identifier: Apache-2.0
//
// demo: the whole product on this machine, with a match, a crowd and a view of what happens.
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "cli/command.h"
#include "cli/crowd_flags.h"
#include "cli/interrupt.h"
#include "cli/live_picture.h"
#include "cli/picture_director.h"
#include "cli/serve.h"
#include "cli/temporary_folder.h"
#include "simulate/demo_view.h"
#include "simulate/driver.h"
#include "simulate/load_client.h"
#include "simulate/match_script.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kRedraw(250);
constexpr Milliseconds kLogLine(2'000);
constexpr Milliseconds kBetweenMatches(3'000);
constexpr double kSpeed = 60;
constexpr double kSpeedWithPicture = 16;  // a moment every six seconds or so: people can follow
constexpr double kClickProbability = 0.6;
constexpr double kSeenShare = 0.6;

struct DemoFlags {
  std::size_t viewers = 1'000;
  std::optional<double> speed;
  std::uint64_t seed = 1;
  std::string duration;
  bool no_browser = false;
  bool no_picture = false;
};

bool is_free(std::uint16_t port) {
  const runtime::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

/// Port 0 where the usual port is taken; says so.
void avoid_taken_port(runtime::Address& address, const char* what) {
  if (address.port == 0 || is_free(address.port)) return;
  std::fprintf(stderr, "demo: port %u is taken, so %s get a free one\n", address.port, what);
  address.port = 0;
}

/// All of them free ones where one of the usual ports is taken, so that they follow each other or none does.
void avoid_taken_site_ports(WebOptions& web) {
  if (web.home == 0) return;
  for (int port = web.home; port <= web.home + api::kPicturePortOffset; ++port) {
    if (is_free(static_cast<std::uint16_t>(port))) continue;
    std::fprintf(stderr, "demo: port %d is taken, so the web sites get free ones\n", port);
    web.home = 0;
    return;
  }
}

/// picture_folder  where the live picture will be; "" is none
Result<std::unique_ptr<Server>> start_demo_server(const Globals& globals, const std::string& data_dir,
                                                  const std::string& picture_folder) {
  MCUE_TRY(Options options, load_options(globals.config));
  MCUE_TRY_VOID(apply_setting(options, "data_dir", data_dir));
  options.log_level = "error";
  avoid_taken_port(options.gateway.listen, "viewers");
  avoid_taken_port(options.api, "the page and the API");
  avoid_taken_site_ports(options.web);
  options.web.picture_folder = picture_folder;
  return start_server(options);
}

/// Where a desktop is, shows the page. Nothing waits for it.
void open_browser(const std::string& url) {
  if (std::getenv("DISPLAY") == nullptr && std::getenv("WAYLAND_DISPLAY") == nullptr) return;
  ::signal(SIGCHLD, SIG_IGN);  // nobody asks how the opener ended
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  std::string program = "xdg-open";
  std::string argument = url;
  char* const arguments[] = {program.data(), argument.data(), nullptr};
  pid_t child = 0;
  ::posix_spawnp(&child, program.c_str(), &actions, nullptr, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
}

/// The view, redrawn while the driver waits for the next moment.
class Stage final : public simulate::Pause {
 public:
  Stage(const Clock& clock, const std::atomic<bool>& stop, SteadyTime end, simulate::AudienceReader& audience,
        const simulate::LoadClient& crowd, bool quiet)
      : clock_(clock),
        stop_(stop),
        end_(end),
        audience_(audience),
        crowd_(crowd),
        on_terminal_(::isatty(STDOUT_FILENO) == 1),
        quiet_(quiet) {
    const char* no_colour = std::getenv("NO_COLOR");
    if (no_colour == nullptr || *no_colour == '\0') paint_ = simulate::Paint::colour;
    if (on_terminal_ && !quiet_) std::fputs("\x1b[2J\x1b[?25l", stdout);  // clear, no cursor
  }
  ~Stage() override {
    if (on_terminal_ && !quiet_) std::fputs("\x1b[?25h", stdout);
  }
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  bool until(SteadyTime when) override {
    while (!over()) {
      const SteadyTime now = clock_.steady();
      if (now >= when) return true;
      if (now >= next_draw_) draw(now);
      simulate::FlagPause(clock_, stop_).until(std::min({when, next_draw_, end_}));
    }
    return false;
  }
  bool over() const { return stop_ || clock_.steady() >= end_; }

  void show(const simulate::TimedMoment& moment) {
    const auto text = [&](const char* name) { return domain::to_text(moment.state.at(name)); };
    scene.clock = moment.clock;
    scene.score = moment.score;
    scene.timing = text("MATCH_TIMING");
    scene.setting = text("MATCH_TYPE") + " in " + text("MATCH_VENUE");
    ++scene.moments;
    scene.feed.push_back(fmt::format("{:>8}  {}", moment.clock, moment.text));
    if (scene.feed.size() > simulate::kFeedLines) scene.feed.pop_front();
  }

  simulate::DemoScene scene;

 private:
  void draw(SteadyTime now) {
    const simulate::LoadSnapshot crowd = crowd_.snapshot();
    const double seconds = std::chrono::duration<double>(now - last_draw_).count();
    scene.slates_per_second = static_cast<double>(crowd.slates - scene.slates) / std::max(seconds, 0.001);
    scene.slates = crowd.slates;
    scene.viewers_connected = crowd.welcomed;
    scene.interactions = crowd.interactions_acknowledged;
    if (const auto seen = audience_.read(domain::EventId("1"))) {
      scene.last_push_ms = seen->last_push_ms;
      scene.on_screen = seen->on_screen;
    }
    last_draw_ = now;
    next_draw_ = now + (on_terminal_ ? kRedraw : kLogLine);
    if (quiet_) return;
    std::fputs((on_terminal_ ? screen() : render_line(scene) + "\n").c_str(), stdout);
    std::fflush(stdout);
  }

  /// Drawn over the screen before, each line cleared to its end, so that nothing flickers.
  std::string screen() const {
    winsize size{};
    const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    std::string text = "\x1b[H";
    for (const char c : render_screen(scene, known ? size.ws_col : 80, paint_)) {
      if (c == '\n') text += "\x1b[K";
      text += c;
    }
    return text + "\x1b[J";
  }

  const Clock& clock_;
  const std::atomic<bool>& stop_;
  SteadyTime end_;
  simulate::AudienceReader& audience_;
  const simulate::LoadClient& crowd_;
  bool on_terminal_;
  bool quiet_;
  simulate::Paint paint_ = simulate::Paint::plain;
  SteadyTime last_draw_;
  SteadyTime next_draw_;
};

double speed_of(const DemoFlags& flags, bool has_picture) {
  return flags.speed.value_or(has_picture ? kSpeedWithPicture : kSpeed);
}

/// Where the picture goes, with the program that makes it.
struct Camera {
  std::string ffmpeg;
  TemporaryFolder folder;
};

/// Nothing, having said why, where there can be no picture.
std::optional<Camera> find_camera(const DemoFlags& flags) {
  if (flags.no_picture) return std::nullopt;
  auto ffmpeg = find_ffmpeg();
  if (!ffmpeg) {
    std::fprintf(stderr, "demo: no live picture: %s\n", ffmpeg.error().message.c_str());
    return std::nullopt;
  }
  auto folder = TemporaryFolder::make("picture");
  if (!folder) return std::nullopt;
  return Camera{*std::move(ffmpeg), *std::move(folder)};
}

/// Nothing where no site shows it.
std::unique_ptr<LivePicture> start_picture(const std::optional<Camera>& camera, const DemoFlags& flags,
                                           const Server& server, const Clock& clock) {
  if (!camera || server.web().home_port() == 0) return nullptr;
  const LivePictureOptions options{camera->folder.path(),
                                   {std::string(simulate::kScriptTeams[0]), std::string(simulate::kScriptTeams[1])},
                                   speed_of(flags, true),
                                   flags.seed};
  auto picture = LivePicture::start(camera->ffmpeg, options, clock);
  if (picture) return *std::move(picture);
  std::fprintf(stderr, "demo: no live picture: %s\n", picture.error().message.c_str());
  return nullptr;
}

Result<simulate::LoadOptions> crowd_of(const DemoFlags& flags, const Server& server, const Clock& clock) {
  CrowdFlags crowd;
  crowd.url = "ws://" + server.viewers_address();
  crowd.viewers = flags.viewers;
  crowd.clicks = kClickProbability;
  crowd.impressions = kSeenShare;
  crowd.reconnect = true;
  MCUE_TRY(simulate::LoadOptions options, crowd_options(crowd, clock.wall()));
  options.viewer.taste = true;  // so that there is something to learn
  return options;
}

/// Plays one match after another until the stage is over.
Result<void> play_matches(Stage& stage, simulate::Driver& driver, const Clock& clock, std::uint64_t seed) {
  for (; !stage.over(); ++seed) {
    simulate::MomentList match(simulate::make_match(seed));
    const auto summary = driver.play(match, [&](const auto& moment, const auto&) { stage.show(moment); });
    if (!summary) return summary.error();
    stage.until(clock.steady() + kBetweenMatches);
  }
  return {};
}

/// What the demo opens: the page with viewers side by side where there is one, and otherwise the operators' page.
std::string page_of(const Server& server) {
  const api::SiteFiles* studio = server.web().studio();
  const bool has_demo = studio != nullptr && studio->find("demo.html") != nullptr && server.web().home_port() != 0;
  return (server.is_secure() ? "https://" : "http://") + server.api_address() + (has_demo ? "/demo" : "/");
}

/// Everything but the server: the crowd comes, the match is played, the crowd reports.
Result<simulate::LoadReport> run_show(const Globals& globals, const DemoFlags& flags, const Server& server,
                                      Milliseconds duration, LivePicture* picture) {
  const std::atomic<bool>& stop = stop_on_interrupt();
  const SystemClock clock;
  const std::string api_url = "http://" + server.api_address();
  const auto api = simulate::make_http_event_api(api_url);
  simulate::AudienceReader audience(api_url);
  MCUE_TRY(const simulate::LoadOptions options, crowd_of(flags, server, clock));
  simulate::LoadClient crowd(options, clock);
  {
    Stage stage(clock, stop, clock.steady() + duration, audience, crowd, globals.quiet);
    stage.scene.page_url = page_of(server);
    stage.scene.viewers_url = "ws://" + server.viewers_address() + "/v1/ws";
    stage.scene.teams = {std::string(simulate::kScriptTeams[0]), std::string(simulate::kScriptTeams[1])};
    stage.scene.viewers_wanted = flags.viewers;
    std::optional<PictureDirector> director;
    if (picture != nullptr) {
      director.emplace(
          *api, [picture](const auto& moment) { picture->show(moment); }, speed_of(flags, true), clock);
      director->follow(api_url);
    }
    simulate::EventApi& events = director ? static_cast<simulate::EventApi&>(*director) : *api;
    simulate::Driver driver(events, clock, stage,
                            {domain::EventId("1"), domain::ContentId("c1"), speed_of(flags, picture != nullptr)});
    MCUE_TRY_VOID(driver.prepare(simulate::make_match(flags.seed).front().state));
    crowd.start();
    crowd.wait_welcomed(Milliseconds(30'000), stop);
    MCUE_TRY_VOID(play_matches(stage, driver, clock, flags.seed));
  }
  return crowd.finish(api.get(), domain::EventId("1"));
}

ExitCode demo(const Globals& globals, const DemoFlags& flags) {
  Milliseconds duration = std::chrono::hours(24 * 365);
  if (!flags.duration.empty()) {
    const auto wanted = parse_duration(flags.duration, "duration");
    if (!wanted) return fail(globals, wanted.error());
    duration = *wanted;
  }
  ::signal(SIGPIPE, SIG_IGN);
  std::optional<TemporaryFolder> temporary;
  if (globals.data_dir.empty()) {
    auto made = TemporaryFolder::make("demo");
    if (!made) return fail(globals, made.error());
    temporary.emplace(*std::move(made));
  }
  const std::optional<Camera> camera = find_camera(flags);
  auto server = start_demo_server(globals, temporary ? temporary->path() : globals.data_dir,
                                  camera ? camera->folder.path() : std::string());
  if (!server) return fail(globals, server.error());
  const SystemClock clock;
  auto picture = start_picture(camera, flags, **server, clock);
  const std::string url = page_of(**server);
  if (!globals.json) {
    std::printf("\n  matchcue demo: open  %s  in a browser\n\n", url.c_str());
    std::fflush(stdout);
  }
  if (::isatty(STDOUT_FILENO) == 1 && !flags.no_browser) open_browser(url);
  const auto report = run_show(globals, flags, **server, duration, picture.get());
  picture.reset();
  (*server)->stop();
  if (!report) return fail(globals, report.error());
  std::fputs((globals.json ? write_report_json(*report) + "\n" : "\n" + write_report(*report)).c_str(), stdout);
  return ExitCode::ok;
}

}  // namespace

void add_demo_command(Commands commands) {
  const auto flags = std::make_shared<DemoFlags>();  // shared: the callback below outlives this call
  CLI::App* command = commands.app.add_subcommand(
      "demo", "A live match with viewers on this machine, in a temporary folder or --data-dir; Ctrl-C stops");
  command->add_option("--viewers", flags->viewers, "How many viewers")
      ->check(CLI::Range(1, 18'000))
      ->capture_default_str();
  command->add_option("--speed", flags->speed, "Times faster than a real match; 16, and 60 without a picture")
      ->check(CLI::Range(0.01, 10'000.0));
  command->add_option("--seed", flags->seed, "Which match; the next one has the next seed")->capture_default_str();
  command->add_option("--duration", flags->duration, "Stop after this time");
  command->add_flag("--no-picture", flags->no_picture, "Draw no live picture");
  command->add_flag("--no-browser", flags->no_browser, "Open no browser");
  command->callback([flags, &globals = commands.globals, &action = commands.action] {
    action = [flags, &globals] { return demo(globals, *flags); };
  });
}

}  // namespace matchcue::cli
