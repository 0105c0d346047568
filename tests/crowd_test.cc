// SPDX-License-Identifier: Apache-2.0
//
// The load client against the real gateway, engine and store: what the crowd says about a good run, about bad viewers
// and about a server that went away.

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <memory>
#include <thread>

#include "engine/threaded_engine.h"
#include "gateway/gateway.h"
#include "simulate/driver.h"
#include "simulate/load_client.h"
#include "simulate/match_script.h"
#include "store/sqlite/sqlite_store.h"

namespace matchcue {
namespace {

/// Calls the engine and waits.
template <typename T, typename Call>
Result<T> wait_for(Call call) {
  // shared_ptr: std::function must be copyable.
  const auto promise = std::make_shared<std::promise<Result<T>>>();
  call([promise](Result<T> result) { promise->set_value(std::move(result)); });
  return promise->get_future().get();
}

/// The HTTP API's calls, without HTTP.
class DirectApi final : public simulate::EventApi {
 public:
  explicit DirectApi(engine::Engine& engine) : engine_(engine) {}

  Result<simulate::Accepted> set_state(const domain::EventId& event, const domain::Values& state,
                                       WallTime media_time) override {
    return accepted(wait_for<engine::ChangeReceipt>([&](auto reply) {
      engine_.set_state({event, state, media_time}, std::move(reply));
    }));
  }
  Result<simulate::Accepted> fire(const domain::EventId& event, const simulate::TimedMoment& moment,
                                  WallTime media_time) override {
    return accepted(wait_for<engine::ChangeReceipt>([&](auto reply) {
      engine_.fire_moment({event, moment.state, media_time, moment.subject}, std::move(reply));
    }));
  }
  Result<simulate::Accepted> correct(const domain::EventId& event, domain::Sequence wrong,
                                     const simulate::TimedMoment& moment, WallTime media_time) override {
    return accepted(wait_for<engine::ChangeReceipt>([&](auto reply) {
      engine_.correct_moment({event, wrong, moment.state, media_time, moment.subject, moment.reason}, std::move(reply));
    }));
  }
  Result<void> map_content(const domain::ContentId& content, const domain::EventId& event) override {
    const auto mapped =
        wait_for<domain::LiveEvent>([&](auto reply) { engine_.map_content(content, event, std::move(reply)); });
    return mapped ? Result<void>() : mapped.error();
  }
  Result<domain::Sequence> latest(const domain::EventId& event) override {
    MCUE_TRY(const auto found,
             wait_for<domain::LiveEvent>([&](auto reply) { engine_.find_event(event, std::move(reply)); }));
    return found.sequence;
  }
  Result<std::vector<simulate::ChangeSeen>> changes_after(const domain::EventId& event,
                                                          domain::Sequence after) override {
    MCUE_TRY(const auto changes, wait_for<std::vector<domain::ChangePtr>>([&](auto reply) {
               engine_.read_changes(event, after, 1'000, Milliseconds(0), std::move(reply));
             }));
    std::vector<simulate::ChangeSeen> seen;
    for (const auto& change : changes) seen.push_back({change->sequence, change->kind, change->at, change->first});
    return seen;
  }

 private:
  static Result<simulate::Accepted> accepted(Result<engine::ChangeReceipt> receipt) {
    if (!receipt) return receipt.error();
    return simulate::Accepted{receipt->event.sequence, receipt->changed};
  }
  engine::Engine& engine_;
};

struct CrowdTest : testing::Test {
  CrowdTest() {
    std::filesystem::remove_all(directory);
    start();
    std::vector<domain::Item> items;
    for (int i = 1; i <= 40; ++i) {
      const std::string slot = i < 10 ? "SOCIAL" : i < 18 ? "GENERAL" : "PLAYER";
      items.push_back(domain::make_item(domain::ItemId("ITEM_ID_" + std::to_string(i)),
                                        {{"ITEM_TYPE", slot}, {"ITEM_LABEL", std::string("L")}}, "{}")
                          .value());
    }
    EXPECT_TRUE(wait_for<store::WriteSummary>([&](auto reply) { engine->put_items(items, std::move(reply)); }));
    api = std::make_unique<DirectApi>(*engine);
    EXPECT_TRUE(api->set_state(match, {}, clock.wall()));
    EXPECT_TRUE(api->map_content(domain::ContentId("c1"), match));
    options.server = gateway->address();
    options.viewers = 200;
    options.threads = 2;
  }
  ~CrowdTest() override {
    stop();
    std::filesystem::remove_all(directory);
  }

  void start() {
    store::SqliteOptions on_disk;
    on_disk.directory = directory;
    store = store::open_sqlite_store(on_disk).value();
    loops.clear();
    for (const char* name : {"control", "shard-0", "shard-1"}) {
      loops.push_back(runtime::make_loop(name, clock));
      loops.back()->start();
    }
    engine::Options pipeline;
    pipeline.num_results = 500;  // the sample route pushes nothing to a viewer whose items all rank lower: not here
    engine = engine::start_engine(pipeline, {*store, *loops[0], {loops[1].get(), loops[2].get()}, metrics}).value();
    gateway::Options edge;
    edge.listen = {"127.0.0.1", options.server.port == 8080 ? std::uint16_t{0} : options.server.port};
    edge.viewer.messages_per_second = edge.messages_per_second = 10'000;  // a match in a second: ten a moment
    gateway =
        gateway::start_gateway(edge, {*engine, metrics, admission, nullptr}, {loops[1].get(), loops[2].get()}).value();
  }
  void stop() {
    gateway->stop();
    engine->stop();
    for (auto& loop : loops) loop->stop();
    gateway.reset();
    engine.reset();
    store.reset();
  }

  /// Plays so many moments of a match, as fast as they are acknowledged.
  void play(std::size_t count) {
    auto moments = simulate::make_match(5);
    moments.resize(count);
    simulate::MomentList source(std::move(moments));
    simulate::FlagPause pause(clock, never);
    simulate::Driver driver(*api, clock, pause, {match, {}, 1e9});
    const auto summary =
        driver.play(source, [&](const auto&, const auto& played) { sent[played.sequence.value()] = played.sent; });
    ASSERT_TRUE(summary) << summary.error().message;
  }
  void wait_until_all_are_back(const simulate::LoadClient& client) {
    const SteadyTime deadline = clock.steady() + std::chrono::seconds(20);
    while (client.snapshot().welcomed < 200 && clock.steady() < deadline) std::this_thread::sleep_for(Milliseconds(20));
    EXPECT_LT(clock.steady(), deadline);
  }
  simulate::LoadReport finish(simulate::LoadClient& client) { return client.finish(api.get(), match, sent).value(); }

  const domain::EventId match{"1"};
  const std::atomic<bool> never{false};
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / ("matchcue-crowd-" + std::to_string(::getpid()) + "-" +
                                                testing::UnitTest::GetInstance()->current_test_info()->name());
  SystemClock clock;
  metrics::Metrics metrics{"test"};
  std::unique_ptr<store::Store> store;
  std::vector<std::unique_ptr<runtime::Loop>> loops;
  std::unique_ptr<engine::Engine> engine;
  access::Admission admission{access::AdmissionPolicy()};
  std::unique_ptr<gateway::Gateway> gateway;
  std::unique_ptr<DirectApi> api;
  simulate::LoadOptions options;
  std::map<std::uint64_t, SteadyTime> sent;
};

TEST_F(CrowdTest, EveryViewerGetsEveryMomentOnceInOrder) {
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  play(30);
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_EQ(report.expected, 200U * 30);
  EXPECT_EQ(report.total.slates, report.expected + 200);  // each was shown the present state when it came
  EXPECT_GT(report.last_receive_ms.max, 0);
}

TEST_F(CrowdTest, TheVerdictWaitsForWhatAServerThatStallsStillBrings) {
  options.viewer.impression_share = 1;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  std::promise<void> stalled;
  loops[1]->post([over = stalled.get_future().share()] { over.wait(); });
  play(1);
  loops[0]->post([this, stalled = std::move(stalled)]() mutable {
    loops[0]->after(Milliseconds(3'000), [stalled = std::move(stalled)]() mutable { stalled.set_value(); });
  });
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_EQ(report.total.interactions_acknowledged, report.total.interactions_sent);
}

TEST_F(CrowdTest, FeedbackIsAcknowledged) {
  options.viewer.impression_share = 0.5;
  options.viewer.click_probability = 0.5;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  play(5);
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_GT(report.total.interactions_sent, 200U);
  EXPECT_EQ(report.total.interactions_acknowledged, report.total.interactions_sent);
}

TEST_F(CrowdTest, StuckAndKilledViewersDoNotMatterToTheOthers) {
  options.stuck = 20;
  options.kill_share = 0.2;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  play(30);
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_EQ(report.stuck, 20U);
  EXPECT_GT(report.killed, 10U);
}

TEST_F(CrowdTest, TheSampleRouteIsCounted) {
  options.viewer.protocol = simulate::LoadProtocol::sample;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  std::this_thread::sleep_for(
      Milliseconds(100));  // the route has no sequences: joining must lie clearly before playing
  play(10);
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_EQ(report.total.slates, 200U * 10);
}

TEST_F(CrowdTest, ViewersComeBackToARestartedServerAndMissNothingUnannounced) {
  options.reconnect = true;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  play(10);
  stop();
  start();
  api = std::make_unique<DirectApi>(*engine);
  play(5);
  wait_until_all_are_back(client);
  play(5);
  const simulate::LoadReport report = finish(client);
  EXPECT_EQ(report.missing, 0U) << simulate::write_report(report);
  EXPECT_EQ(report.total.duplicated + report.total.out_of_order, 0U) << simulate::write_report(report);
  EXPECT_GE(report.reconnects, 200U);
}

TEST_F(CrowdTest, WhoBreaksOffTriesAgainWhenComingBackFails) {
  options.churn = 1'000;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  stop();
  start();
  api = std::make_unique<DirectApi>(*engine);
  wait_until_all_are_back(client);
  play(5);
  EXPECT_EQ(finish(client).missing, 0U);
}

TEST_F(CrowdTest, ViewersThatBreakOffAndComeBackMissNothingAndSeeNothingTwice) {
  options.churn = 1'000;
  options.viewer.impression_share = 0.5;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  for (const SteadyTime deadline = clock.steady() + std::chrono::seconds(20);
       client.snapshot().reconnects < 100 && clock.steady() < deadline;) {
    play(1);
  }
  const simulate::LoadReport report = finish(client);
  EXPECT_TRUE(report.ok()) << simulate::write_report(report);
  EXPECT_GE(report.reconnects, 100U);
  EXPECT_EQ(report.total.interactions_acknowledged, report.total.interactions_sent);
}

TEST_F(CrowdTest, AServerThatIsNotThereIsAProblem) {
  options.server.port = 1;
  options.viewers = 3;
  simulate::LoadClient client(options, clock);
  client.start();
  ASSERT_TRUE(client.wait_welcomed(Milliseconds(10'000), never));
  const simulate::LoadReport report = finish(client);
  EXPECT_FALSE(report.ok());
  EXPECT_EQ(report.never_welcomed, 3U);
  EXPECT_NE(report.problem.find("cannot connect"), std::string::npos) << report.problem;
}

}  // namespace
}  // namespace matchcue
