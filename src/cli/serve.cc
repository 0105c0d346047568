// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>

#include "api/server.h"
#include "cli/engine_host.h"
#include "cli/stored_access_office.h"
#include "cli/training_desk.h"
#include "gateway/gateway.h"

namespace matchcue::cli {

namespace {

constexpr Milliseconds kWatchPeriod{1'000};

class RunningServer final : public Server {
 public:
  explicit RunningServer(const Options& options) : options_(options) {}
  ~RunningServer() override { stop(); }

  Result<void> start() {
    MCUE_TRY_VOID(check_protection(options_.access, options_.gateway.listen, options_.api));
    MCUE_TRY(access_, AccessDesk::open(options_.access));
    MCUE_TRY_VOID(host_.start(options_));
    access_loop_ = runtime::make_loop("access", clock_);
    MCUE_TRY(office_, open_access_office(host_.store(), *access_, *access_loop_, options_.access.tickets));
    access_loop_->every(kWatchPeriod, [this] {
      access_->reload_changed([](const std::string& what) { std::cerr << "access: " << what << std::endl; });
    });
    access_loop_->start();
    const gateway::Surroundings around{host_.engine(), host_.metrics(), access_->admission(), access_->tls()};
    MCUE_TRY(web_, WebDesk::open(options_.web, options_.access, access_->tls()));
    MCUE_TRY(gateway_, gateway::start_gateway(options_.gateway, around, host_.loops()));
    MCUE_TRY_VOID(start_api());
    web_->start(gateway_->address().port, api_->port());
    return {};
  }

  bool is_secure() const override { return access_->tls() != nullptr; }
  std::string viewers_address() const override { return gateway_->address().text(); }
  std::string api_address() const override { return runtime::Address{options_.api.host, api_->port()}.text(); }
  const WebDesk& web() const override { return *web_; }
  metrics::Metrics& metrics() override { return host_.metrics(); }

  void stop() override {
    if (web_) web_->stop();
    if (api_) api_->stop();
    trainings_.reset();
    if (gateway_) gateway_->stop();
    host_.stop();
    if (access_loop_) access_loop_->stop();
  }

 private:
  Result<void> start_api() {
    TrainingDeskOptions trainings;
    trainings.data_dir = options_.store.directory;
    trainings_ = make_training_desk(trainings, clock_);
    api::ServerOptions api = options_.api_server;
    api.host = options_.api.host;
    api.port = options_.api.port;
    api.home_port = web_->home_port();
    api.home_secure = web_->is_secure();
    api.viewers_websocket = (is_secure() ? "wss://" : "ws://") + gateway_->address().text() + "/v1/ws";
    const auto refused = [this](std::string_view why) { host_.metrics().operators_refused(why).Increment(); };
    MCUE_TRY(api_, api::ApiServer::start(api, {host_.engine(), *trainings_, *office_, access_->operators(),
                                               access_->tls(), [this] { return exposition(); },
                                               [this] { return host_.engine().ready(); }, web_->studio(), refused}));
    return {};
  }

  std::string exposition() {
    host_.metrics().storage_trouble().Set(host_.engine().storage_trouble() ? 1 : 0);
    return host_.metrics().exposition();
  }

  Options options_;
  SystemClock clock_;
  std::unique_ptr<AccessDesk> access_;
  std::unique_ptr<runtime::Loop> access_loop_;  ///< the thread of access_
  EngineHost host_;
  std::unique_ptr<api::AccessOffice> office_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<api::TrainingDesk> trainings_;
  std::unique_ptr<WebDesk> web_;  ///< before api_, which serves its studio
  std::unique_ptr<api::ApiServer> api_;
};

sigset_t ending_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

Result<std::unique_ptr<Server>> start_server(const Options& options) {
  auto server = std::make_unique<RunningServer>(options);
  MCUE_TRY_VOID(server->start());
  return std::unique_ptr<Server>(std::move(server));
}

Result<Options> load_options(const std::string& config) {
  Options options;
  const std::string path = config.empty() ? "matchcue.toml" : config;
  if (!config.empty() || std::filesystem::exists(path)) MCUE_TRY_VOID(apply_file(options, path));
  std::vector<const char*> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) environment.push_back(*entry);
  MCUE_TRY_VOID(apply_environment(options, environment));
  return options;
}

void block_signals() {
  const sigset_t signals = ending_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is a full disk, and no reason to end
}

int wait_for_signal() {
  const sigset_t signals = ending_signals();
  int signal = 0;
  sigwait(&signals, &signal);
  return signal;
}

}  // namespace matchcue::cli
