// SPDX-License-Identifier: Apache-2.0
#include "gateway/gateway.h"

#include <future>

namespace matchcue::gateway {

namespace {

constexpr Milliseconds kFlushPatience{1'000};

class LoopGateway final : public Gateway {
 public:
  LoopGateway(runtime::Address address, std::unique_ptr<SharedLimits> limits,
              std::vector<std::unique_ptr<ShardGateway>> shards)
      : address_(std::move(address)), limits_(std::move(limits)), shards_(std::move(shards)) {
    std::vector<ShardGateway*> all;
    for (const auto& shard : shards_) all.push_back(shard.get());
    for (const auto& shard : shards_) shard->set_shards(all);
    for (const auto& shard : shards_) shard->loop().post([&shard] { shard->open(); });
  }
  ~LoopGateway() override { stop(); }

  const runtime::Address& address() const override { return address_; }

  void stop() override {
    if (stopped_) return;
    stopped_ = true;
    std::vector<std::future<void>> shut;
    for (const auto& shard : shards_) {
      const auto done = std::make_shared<std::promise<void>>();
      shut.push_back(done->get_future());
      const bool posted =
          shard->loop().post([&shard, done] { shard->shut(kFlushPatience, [done] { done->set_value(); }); });
      if (!posted) done->set_value();
    }
    for (std::future<void>& each : shut) each.wait();
    // Viewers who were on the way from one loop to another have arrived, and been let go, when every mailbox has run.
    for (const auto& shard : shards_) {
      const auto ran = std::make_shared<std::promise<void>>();
      if (shard->loop().post([ran] { ran->set_value(); })) ran->get_future().wait();
    }
  }

 private:
  runtime::Address address_;
  std::unique_ptr<SharedLimits> limits_;
  std::vector<std::unique_ptr<ShardGateway>> shards_;
  bool stopped_ = false;
};

}  // namespace

Result<std::unique_ptr<Gateway>> start_gateway(const Options& options, const Surroundings& surroundings,
                                               const std::vector<runtime::Loop*>& loops) {
  CHECK(loops.size() == surroundings.engine.shard_count(), loops.size());
  runtime::Address address = options.listen;
  auto limits = std::make_unique<SharedLimits>(options);
  std::vector<std::unique_ptr<ShardGateway>> shards;
  for (std::size_t i = 0; i < loops.size(); ++i) {
    const runtime::PortUse use = i == 0 ? runtime::PortUse::first : runtime::PortUse::another;
    MCUE_TRY(runtime::Fd listener, runtime::listen_on(address, use));
    MCUE_TRY(address, runtime::bound_address(listener.get()));
    shards.push_back(std::make_unique<ShardGateway>(i, options, surroundings, *limits, *loops[i], std::move(listener)));
  }
  return std::unique_ptr<Gateway>(
      std::make_unique<LoopGateway>(std::move(address), std::move(limits), std::move(shards)));
}

}  // namespace matchcue::gateway
