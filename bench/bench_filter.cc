// SPDX-License-Identifier: Apache-2.0
//
// What filters in force cost: a viewer's decision without and with them in the same run, making the decider of a
// change, and reading a viewer's past with the index that a filter on Interactions makes, and without.
//
// The counter `ratio` is the time with filters over that without, or without the index over that with it.

#include <benchmark/benchmark.h>

#include <chrono>

#include "decide/decider.h"
#include "scoring/test_fixed_version.h"
#include "store/sqlite/test_store.h"

namespace matchcue {
namespace {

using Seconds = std::chrono::duration<double>;

template <typename Run>
double seconds_of(Run run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return Seconds(std::chrono::steady_clock::now() - start).count();
}

const std::vector<std::vector<std::string>> kFilters = {
    {},
    {R"(EXCLUDE ItemID WHERE Items.GENRE IN ("g1", "g2"))"},
    {R"(EXCLUDE ItemID WHERE Items.GENRE IN ("g1", "g2") IF CurrentUser.AGE < 18)"},
    {R"(EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("click", "stream"))"},
};

domain::Catalogue make_catalogue(std::size_t items) {
  std::vector<domain::Item> all;
  for (std::size_t i = 0; i < items; ++i) {
    domain::Values fields = {{"ITEM_TYPE", "T" + std::to_string(i % 4)}, {"GENRE", "g" + std::to_string(i % 7)}};
    all.push_back(domain::make_item(domain::ItemId("i" + std::to_string(i)), std::move(fields), "").value());
  }
  return domain::Catalogue(1, std::move(all));
}

/// A decider for one change of a catalogue with kFilters[which] in force.
struct Room {
  Room(std::size_t items, std::size_t which) : catalogue(make_catalogue(items)) {
    domain::Circumstances circumstances;
    for (const std::string& expression : kFilters[which]) {
      circumstances.filters.push_back({domain::FilterName("f"), expression, {}});
    }
    domain::Change change;
    change.event = domain::EventId("1");
    header = decide::make_header(change, std::move(circumstances), catalogue, *version, {});
    for (std::size_t act = 0; act < 20; ++act) past.add("click", domain::ItemId("i" + std::to_string(act * 7)));
  }

  domain::Catalogue catalogue;
  scoring::SolutionVersionPtr version = scoring::make_fixed_version();
  domain::DecisionHeader header;
  domain::ViewerPast past;
  domain::ViewerTraits traits{16, "", {{"AGE", domain::Value(std::int64_t{16})}}};
};

/// Seconds for `viewers` decisions, the answers about the past included, as a walk does them.
double decide_for(const Room& room, std::size_t viewers) {
  decide::Decider decider(room.header, room.catalogue, *room.version);
  std::vector<domain::Choice> choices(decider.slot_count());
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < viewers; ++i) ids.push_back("viewer" + std::to_string(i));
  return seconds_of([&] {
    for (const std::string& id : ids) {
      domain::PastItems answers;
      if (decider.past_questions() > 0) answers = decider.answer(room.past);
      decider.draw(id, room.traits, choices.data(), answers);
      benchmark::DoNotOptimize(choices.data());
    }
  });
}

void decide_with_filters(benchmark::State& state) {
  constexpr std::size_t kViewers = 20'000;
  const auto items = static_cast<std::size_t>(state.range(0));
  const Room plain(items, 0);
  const Room filtered(items, static_cast<std::size_t>(state.range(1)));
  double without = 0;
  double with = 0;
  for (auto _ : state) {
    without += decide_for(plain, kViewers);
    const double taken = decide_for(filtered, kViewers);
    with += taken;
    state.SetIterationTime(taken);
  }
  state.counters["ns_viewer"] = with / static_cast<double>(state.iterations() * kViewers) * 1e9;
  state.counters["ratio"] = with / without;
  const auto& expressions = kFilters[static_cast<std::size_t>(state.range(1))];
  state.SetLabel(expressions.front().substr(0, 60));
}
BENCHMARK(decide_with_filters)->ArgsProduct({{40, 1'000}, {1, 2, 3}})->UseManualTime()->Iterations(10);

void make_decider(benchmark::State& state) {
  const Room room(static_cast<std::size_t>(state.range(0)), static_cast<std::size_t>(state.range(1)));
  for (auto _ : state) {
    benchmark::DoNotOptimize(decide::Decider(room.header, room.catalogue, *room.version));
  }
}
BENCHMARK(make_decider)->ArgsProduct({{40, 10'000}, {0, 1, 3}})->Unit(benchmark::kMicrosecond);

void load_past(benchmark::State& state) {
  constexpr int kViewers = 10'000;
  constexpr int kActs = 50;  // each
  const store::TestDirectory directory;
  store::TestStore store(directory.path());
  for (int act = 0; act < kActs; ++act) {
    std::vector<domain::Interaction> rows;
    for (int viewer = 0; viewer < kViewers; ++viewer) {
      const std::string item = "i" + std::to_string(act % 40);
      rows.push_back(store::make_interaction(("viewer" + std::to_string(viewer)).c_str(), item.c_str(),
                                             1'700'000'000 + act, "GOAL"));
    }
    CHECK(store.add(std::move(rows)).ok());
  }
  const auto read = [&](int viewers) {
    return seconds_of([&] {
      for (int viewer = 0; viewer < viewers; ++viewer) {
        const domain::ViewerId id("viewer" + std::to_string(viewer * 7 % kViewers));
        CHECK(store.reader().load_past(id).value().by_type().at("click").size() == kActs);
      }
    });
  };
  const double scanned = read(3) / 3;
  const double made = seconds_of([&] {
    CHECK(store::wait_for<void>([&](store::Done<void> done) { store.store().index_past(std::move(done)); }).ok());
  });
  double indexed = 0;
  for (auto _ : state) {
    const double taken = read(1'000);
    indexed += taken / 1'000;
    state.SetIterationTime(taken / 1'000);
  }
  indexed /= static_cast<double>(state.iterations());
  state.counters["us_viewer"] = indexed * 1e6;
  state.counters["ratio"] = scanned / indexed;
  state.counters["index_s"] = made;
  state.SetLabel("500,000 interactions, 50 a viewer");
}
BENCHMARK(load_past)->UseManualTime()->Iterations(5);

}  // namespace
}  // namespace matchcue
