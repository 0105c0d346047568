// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>

#include "base/text.h"
#include "cli/command.h"
#include "cli/serve.h"

namespace matchcue::cli {

namespace {

/// One thing that was looked at.
struct Finding {
  std::string what;
  std::string found;
  bool good = true;
  std::string fix;  ///< what to do when it is not good
};

Finding check_descriptors() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const bool good = limit.rlim_cur >= 4'096;
  return {"file descriptors", std::to_string(limit.rlim_cur) + " (one a viewer)", good,
          "raise it: ulimit -n " + std::to_string(limit.rlim_max)};
}

Finding check_backlog() {
  std::ifstream file("/proc/sys/net/core/somaxconn");
  std::int64_t backlog = 0;
  file >> backlog;
  return {"listen backlog", std::to_string(backlog), backlog >= 1'024, "sysctl -w net.core.somaxconn=4096"};
}

Finding check_space(const std::string& directory) {
  std::error_code error;
  std::filesystem::path place = std::filesystem::absolute(directory);
  while (!std::filesystem::exists(place) && place.has_parent_path()) place = place.parent_path();
  const auto space = std::filesystem::space(place, error);
  const auto mib = error ? 0 : space.available >> 20;
  return {"free space", std::to_string(mib) + " MiB at " + place.string(), mib >= 512, "free some, or use --data-dir"};
}

/// The median of eleven syncs of one block: an acknowledgement waits for one.
Finding check_sync_speed(const std::string& directory) {
  std::filesystem::path place = std::filesystem::exists(directory) ? directory : ".";
  const std::string path = (place / ".matchcue-doctor").string();
  const int fd = ::open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return {"disk sync", "cannot write to " + place.string(), false, "make it writable"};
  std::vector<double> ms;
  const std::string block(4'096, 'x');
  for (int i = 0; i < 11; ++i) {
    const auto start = std::chrono::steady_clock::now();
    if (::write(fd, block.data(), block.size()) != static_cast<ssize_t>(block.size())) break;
    ::fdatasync(fd);
    ms.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  ::close(fd);
  ::unlink(path.c_str());
  if (ms.empty()) return {"disk sync", "cannot write to " + place.string(), false, "free some space"};
  std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(ms.size() / 2), ms.end());
  std::ostringstream text;
  text.precision(2);
  text << std::fixed << ms[ms.size() / 2] << " ms";
  return {"disk sync", text.str(), ms[ms.size() / 2] < 20, "acknowledgements wait for it: use a faster disk"};
}

ExitCode doctor(const Globals& globals, bool list_settings) {
  const auto options = load_options(globals.config);
  if (!options.ok()) {
    fail(globals, options.error());
    return ExitCode::invalid_config;
  }
  if (list_settings) {
    for (const Setting& setting : settings()) {
      std::cout << setting.key << " = " << setting.get(*options) << "\n    " << setting.help << "\n";
    }
    return ExitCode::ok;
  }
  const std::vector<Finding> findings = {check_descriptors(), check_backlog(), check_space(options->store.directory),
                                         check_sync_speed(options->store.directory)};
  bool all_good = true;
  for (const Finding& finding : findings) {
    all_good = all_good && finding.good;
    if (globals.json) {
      std::string line = "{\"what\":";
      append_json_string(finding.what, line);
      line += ",\"found\":";
      append_json_string(finding.found, line);
      line += finding.good ? ",\"good\":true}" : ",\"good\":false}";
      std::cout << line << "\n";
    } else {
      std::cout << (finding.good ? "ok    " : "FIX   ") << finding.what << ": " << finding.found << "\n";
      if (!finding.good) std::cout << "      " << finding.fix << "\n";
    }
  }
  return all_good ? ExitCode::ok : ExitCode::problems_found;
}

}  // namespace

void add_doctor_command(Commands commands) {
  auto list = std::make_shared<bool>(false);
  CLI::App* app = commands.app.add_subcommand("doctor", "Look at this machine and the configuration");
  app->add_flag("--settings", *list, "print every setting, its value and its meaning");
  app->callback(
      [commands, list] { commands.action = [&globals = commands.globals, list] { return doctor(globals, *list); }; });
}

}  // namespace matchcue::cli
