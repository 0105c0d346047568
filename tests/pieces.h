#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A server in pieces, for tests: a store on disk, the engine on its loops, the gateway on a free port.

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "engine/threaded_engine.h"
#include "gateway/gateway.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue::tests {

/// Waits for the answer of an asynchronous call.
template <typename T>
class Waiting {
 public:
  engine::Reply<T> reply() {
    return [promise = promise_](Result<T> result) { promise->set_value(std::move(result)); };
  }
  Result<T> get() { return promise_->get_future().get(); }

 private:
  // shared_ptr: std::function must be copyable.
  std::shared_ptr<std::promise<Result<T>>> promise_ = std::make_shared<std::promise<Result<T>>>();
};

inline domain::Item make_item(const std::string& id, const std::string& slot, domain::Values fields = {}) {
  fields["ITEM_TYPE"] = domain::Value{slot};
  fields["ITEM_LABEL"] = domain::Value{"Label of " + id};
  return domain::make_item(domain::ItemId(id), std::move(fields), "{}").value();
}

/// On a directory that outlives it.
class Pieces {
 public:
  explicit Pieces(const std::string& directory, const engine::Options& options = {}) {
    store::SqliteOptions storage;
    storage.directory = directory;
    store_ = store::open_sqlite_store(storage).value();
    control_->start();
    for (auto& shard : shards_) shard->start();
    const std::vector<runtime::Loop*> loops = {shards_[0].get(), shards_[1].get()};
    engine_ = engine::start_engine(options, {*store_, *control_, loops, metrics_}).value();
    gateway::Options edge;
    edge.listen.port = 0;
    gateway_ = gateway::start_gateway(edge, {*engine_, metrics_, admission_, nullptr}, loops).value();
  }
  ~Pieces() { stop(); }

  void stop() {
    gateway_->stop();
    engine_->stop();
    for (auto& shard : shards_) shard->stop();
    control_->stop();
  }
  engine::Engine& engine() { return *engine_; }
  const runtime::Address& address() const { return gateway_->address(); }
  metrics::Metrics& metrics() { return metrics_; }

 private:
  SystemClock clock_;
  metrics::Metrics metrics_{"test"};
  access::Admission admission_{access::AdmissionPolicy()};  ///< everybody may come
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<runtime::Loop> control_ = runtime::make_loop("control", clock_);
  std::vector<std::unique_ptr<runtime::Loop>> shards_ = make_shards(clock_);
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<gateway::Gateway> gateway_;

  static std::vector<std::unique_ptr<runtime::Loop>> make_shards(const Clock& clock) {
    std::vector<std::unique_ptr<runtime::Loop>> shards;
    shards.push_back(runtime::make_loop("shard-0", clock));
    shards.push_back(runtime::make_loop("shard-1", clock));
    return shards;
  }
};

}  // namespace matchcue::tests
