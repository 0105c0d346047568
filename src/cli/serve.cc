// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "api/server.h"
#include "cli/engine_host.h"
#include "cli/training_desk.h"
#include "gateway/gateway.h"

namespace matchcue::cli {

namespace {

class RunningServer final : public Server {
 public:
  explicit RunningServer(const Options& options) : options_(options) {}
  ~RunningServer() override { stop(); }

  Result<void> start() {
    MCUE_TRY_VOID(host_.start(options_));
    MCUE_TRY(gateway_, gateway::start_gateway(options_.gateway, {host_.engine(), host_.metrics()}, host_.loops()));
    api::ServerOptions api;
    api.host = options_.api.host;
    api.port = options_.api.port;
    api.viewers_websocket = "ws://" + gateway_->address().text() + "/v1/ws";
    TrainingDeskOptions trainings;
    trainings.data_dir = options_.store.directory;
    trainings_ = make_training_desk(trainings, clock_);
    MCUE_TRY(api_, api::ApiServer::start(
                       api, host_.engine(), *trainings_, [this] { return exposition(); },
                       [this] { return host_.engine().ready(); }));
    return {};
  }

  std::string viewers_address() const override { return gateway_->address().text(); }
  std::string api_address() const override { return runtime::Address{options_.api.host, api_->port()}.text(); }
  metrics::Metrics& metrics() override { return host_.metrics(); }

  void stop() override {
    if (api_) api_->stop();
    trainings_.reset();
    if (gateway_) gateway_->stop();
    host_.stop();
  }

 private:
  std::string exposition() {
    host_.metrics().storage_trouble().Set(host_.engine().storage_trouble() ? 1 : 0);
    return host_.metrics().exposition();
  }

  Options options_;
  SystemClock clock_;
  EngineHost host_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<api::TrainingDesk> trainings_;
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
