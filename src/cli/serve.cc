// SPDX-License-Identifier: Apache-2.0
#include "cli/serve.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "api/server.h"
#include "cli/sample_store.h"
#include "engine/threaded_engine.h"
#include "gateway/gateway.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::cli {

namespace {

constexpr std::string_view kVersion = "0.1.0";
constexpr std::uint64_t kSampleSeed = 1;

/// Parts in the order they are built; taken down in reverse, but for the loops, which end before what runs on them.
class RunningServer final : public Server {
 public:
  explicit RunningServer(const Options& options) : options_(options), metrics_(kVersion) {}
  ~RunningServer() override { stop(); }

  Result<void> start() {
    MCUE_TRY(store_, store::open_sqlite_store(options_.store));
    if (options_.sample_data) MCUE_TRY_VOID(fill_when_new());
    control_ = runtime::make_loop("control", clock_);
    control_->start();
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    std::vector<runtime::Loop*> loops;
    for (int i = 0; i < (options_.shards == 0 ? cores : options_.shards); ++i) {
      shards_.push_back(runtime::make_loop("shard-" + std::to_string(i), clock_));
      shards_.back()->start();
      loops.push_back(shards_.back().get());
    }
    MCUE_TRY(engine_, engine::start_engine(options_.engine, {*store_, *control_, loops, metrics_}));
    MCUE_TRY(gateway_, gateway::start_gateway(options_.gateway, {*engine_, metrics_}, loops));
    api::ServerOptions api;
    api.host = options_.api.host;
    api.port = options_.api.port;
    api.viewers_websocket = "ws://" + gateway_->address().text() + "/v1/ws";
    MCUE_TRY(api_, api::ApiServer::start(
                       api, *engine_, [this] { return metrics_.exposition(); }, [this] { return engine_->ready(); }));
    return {};
  }

  std::string viewers_address() const override { return gateway_->address().text(); }
  std::string api_address() const override { return runtime::Address{options_.api.host, api_->port()}.text(); }
  metrics::Metrics& metrics() override { return metrics_; }

  void stop() override {
    if (api_) api_->stop();
    if (gateway_) gateway_->stop();
    if (engine_) engine_->stop();
    if (store_) store_->close();
    for (const auto& shard : shards_) shard->stop();
    if (control_) control_->stop();
  }

 private:
  Result<void> fill_when_new() {
    const auto reader = store_->make_reader();
    MCUE_TRY(const domain::CataloguePtr catalogue, reader->load_catalogue(std::nullopt));
    if (!catalogue->items().empty()) return {};
    return load_sample_data(*store_, kSampleSeed);
  }

  Options options_;
  SystemClock clock_;
  metrics::Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runtime::Loop> control_;
  std::vector<std::unique_ptr<runtime::Loop>> shards_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<gateway::Gateway> gateway_;
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
}

int wait_for_signal() {
  const sigset_t signals = ending_signals();
  int signal = 0;
  sigwait(&signals, &signal);
  return signal;
}

}  // namespace matchcue::cli
