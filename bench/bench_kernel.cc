// SPDX-License-Identifier: Apache-2.0
//
// What one item a slot costs, for many viewers at once: kernel_bench [VIEWERS [ROUNDS]].
//
// VIEWERS viewers of 64 floats and 40 items in four slots; fewer viewers for 1,000 and 10,000 items, the same work.
// Each viewer has one of 64 rows of who may see what, nine items in ten. Figures are processor time of one thread, the
// median of ROUNDS rounds in which everything takes turns. "of peak" is the share of the multiply-adds that this core
// can do, measured in the same run. "fused": score, mask and choice by TopPerSlot; "apart": the viewers lie in memory
// in no order; "one viewer": FoldedItems::score, viewer by viewer, no choice; "then": scores of 1,024 viewers at a time
// by OpenBLAS, then the same choice from them, item by item.
//
// Last, one act taken into a viewer's state by user-personalization's network, with all that is done about an act, of
// 1,000 viewers in turn; "plain loops": the network alone, as one would write it (scoring/test_recurrent_tables.h).
#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <string>

#include "base/check.h"
#include "base/random.h"
#include "blas_scores.h"
#include "decider_baseline.h"
#include "fma_peak.h"
#include "scoring/recurrent_model.h"
#include "scoring/test_recurrent_tables.h"
#include "scoring/top_per_slot.h"
#include "thread_cpu.h"

namespace {

using namespace matchcue;
using namespace matchcue::scoring;
using Draw = DrawOptions::Draw;

constexpr std::size_t kDimension = 64;
constexpr std::size_t kSlots = 4;
constexpr std::size_t kRows = 64;
constexpr std::size_t kBlasViewers = 1'024;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::vector<float> numbers(Random& random, std::size_t count) {
  std::vector<float> out(count);
  for (float& x : out) x = static_cast<float>(random.uniform() - .5);
  return out;
}

std::vector<std::uint32_t> slots_of(std::size_t items) {
  std::vector<std::uint32_t> slots;
  for (std::uint32_t i = 0; i < items; ++i) slots.push_back(i % kSlots);
  return slots;
}

/// A moment and its viewers.
class Moment {
 public:
  Moment(std::size_t viewers, std::size_t items)
      : random_(1),
        vectors_(numbers(random_, items * kDimension)),
        items_(kDimension, vectors_, std::vector<float>(items), slots_of(items), kSlots),
        eligible_(items_),
        viewers_(numbers(random_, viewers * kDimension)),
        picks_(viewers * kSlots) {
    for (std::size_t r = 0; r < kRows; ++r) {
      std::vector<std::uint64_t> bits((items + 63) / 64);
      for (std::size_t i = 0; i < items; ++i) bits[i / 64] |= std::uint64_t{random_.below(10) > 0} << (i % 64);
      eligible_.add_row(bits);
      rows_.push_back(std::move(bits));
    }
    for (std::size_t v = 0; v < viewers; ++v) {
      in_order_.push_back(viewers_.data() + v * kDimension);
      row_of_.push_back(static_cast<std::uint32_t>(random_.below(kRows)));
      hashes_.push_back(random_.next());
    }
    apart_ = in_order_;
    for (std::size_t v = viewers; v > 1; --v) std::swap(apart_[v - 1], apart_[random_.below(v)]);
  }

  std::size_t viewer_count() const { return in_order_.size(); }
  std::size_t item_count() const { return items_.item_count(); }

  void choose(TopPerSlot& top, Draw draw, bool apart) {
    const std::vector<std::uint64_t> seeds = {1, 2, 3, 4};
    top.choose(items_, eligible_, {apart ? apart_ : in_order_, row_of_, hashes_}, {draw, 100, .002f, seeds}, picks_);
  }

  /// The same picks, from scores that OpenBLAS made.
  void choose_after_blas(bool draw) {
    scores_.resize(kBlasViewers * item_count());
    for (std::size_t begin = 0; begin < viewer_count(); begin += kBlasViewers) {
      const std::size_t count = std::min(kBlasViewers, viewer_count() - begin);
      const std::span<float> scores = std::span(scores_).first(count * item_count());
      bench::blas_scores(std::span(viewers_).subspan(begin * kDimension, count * kDimension), vectors_, kDimension,
                         scores);
      if (!draw) continue;
      for (std::size_t v = 0; v < count; ++v) choose_from(begin + v, scores.data() + v * item_count());
    }
  }

  bench::DeciderBaseline make_decider() const { return {viewers_, vectors_, kDimension, kSlots}; }

  void score_one_by_one(Kernel kernel) {
    scores_.resize(std::max(scores_.size(), item_count()));
    for (const float* const viewer : in_order_) {
      items_.score({viewer, kDimension}, std::span(scores_).first(item_count()), kernel);
    }
  }

  double propensity_sum() const {
    return std::accumulate(picks_.begin(), picks_.end(), 0.,
                           [](double sum, const Pick& p) { return sum + p.propensity; });
  }

 private:
  void choose_from(std::size_t viewer, const float* scores) {
    const std::vector<std::uint64_t>& may_see = rows_[row_of_[viewer]];
    for (std::uint32_t slot = 0; slot < kSlots; ++slot) {
      eligible_here_.clear();
      std::uint32_t best = Pick::kNone;
      for (std::uint32_t i = slot; i < item_count(); i += kSlots) {
        if ((may_see[i / 64] >> (i % 64) & 1) == 0) continue;
        eligible_here_.push_back(i);
        if (best == Pick::kNone || scores[i] > scores[best]) best = i;
      }
      picks_[viewer * kSlots + slot] =
          draw_from(scores, best, static_cast<std::uint32_t>(mix64((slot + 1) ^ hashes_[viewer]) >> 33));
    }
  }

  Pick draw_from(const float* scores, std::uint32_t best, std::uint32_t drawn) const {
    if (best == Pick::kNone) return {};
    const auto count = static_cast<float>(eligible_here_.size());
    const float least = std::min(.002f, .5f / count) * 0x1p31f;
    const float kept = 0x1p31f - count * least;
    std::uint32_t passed = 0;
    for (const std::uint32_t i : eligible_here_) {
      if (i == best) continue;
      const auto parts = static_cast<std::uint32_t>(kept / (count + 100 * (scores[best] - scores[i])) + least);
      passed += parts;
      if (passed > drawn) return {i, scores[i], static_cast<float>(parts) * 0x1p-31f};
    }
    return {best, scores[best], static_cast<float>((1u << 31) - passed) * 0x1p-31f};
  }

  Random random_;
  std::vector<float> vectors_;
  FoldedItems items_;
  EligibleItems eligible_;
  std::vector<std::vector<std::uint64_t>> rows_;
  std::vector<float> viewers_;
  std::vector<const float*> in_order_;
  std::vector<const float*> apart_;
  std::vector<std::uint32_t> row_of_;
  std::vector<std::uint64_t> hashes_;
  std::vector<float> scores_;
  std::vector<std::uint32_t> eligible_here_;
  std::vector<Pick> picks_;
};

/// rows x columns times a vector, over and over, as a network's layers are when one viewer acts.
void measure_product(std::size_t rows, std::size_t columns, std::size_t rounds) {
  constexpr std::size_t kTimes = 20'000;
  Random random(2);
  const std::vector<float> values = numbers(random, rows * columns);
  const PackedMatrix matrix(rows, columns, values, {});
  std::vector<float> x = numbers(random, columns);
  std::vector<float> y(rows);
  const auto us_of = [&](const auto& multiply) {
    const double begin = bench::thread_cpu_us();
    for (std::size_t i = 0; i < kTimes; ++i) {
      multiply();
      x[i % columns] = .01f * y[i % rows];  // so that a product waits for the one before
    }
    return (bench::thread_cpu_us() - begin) / static_cast<double>(kTimes);
  };
  std::vector<double> packed;
  std::vector<double> plain;
  std::vector<double> peak;
  for (std::size_t round = 0; round < rounds; ++round) {
    peak.push_back(bench::fma_peak_per_ns(20));
    packed.push_back(us_of([&] { matrix.multiply(x, y); }));
    plain.push_back(us_of([&] {
      for (std::size_t r = 0; r < rows; ++r) {
        float sum = 0;
        for (std::size_t k = 0; k < columns; ++k) sum += values[r * columns + k] * x[k];
        y[r] = sum;
      }
    }));
  }
  const double floor_us = static_cast<double>(rows * columns) / median(peak) / 1'000;
  fmt::print("{:<40}{:>14.3f}{:>8.0f} %{:>17.2f}x\n", fmt::format("{} x {}", rows, columns), median(packed),
             100 * floor_us / median(packed), median(plain) / median(packed));
}

/// One act taken into a viewer's state, as recipe user-personalization does it: acts of many viewers in turn.
void measure_advance(RecurrentCell cell, std::size_t rounds) {
  constexpr std::size_t kViewers = 1'000;
  constexpr std::size_t kItems = 4'000;
  constexpr std::size_t kPlainActs = 200;
  RecurrentShape shape;
  shape.cell = cell;
  shape.gaps = 10;
  const RecurrentTables tables = random_tables(shape, kItems, 1);
  const auto model = make_recurrent_model("m-1", "m", tables);
  std::vector<domain::Item> items;
  for (const std::string& id : tables.items) items.push_back(domain::make_item(domain::ItemId(id), {}, "").value());
  const domain::Values context = {{"HOME", true}, {"MATCH_EVENT", std::string("GOAL")}};
  std::vector<std::vector<float>> states(kViewers, std::vector<float>(model->state_size()));
  for (auto& state : states) model->start(state);
  Random random(3);
  std::int64_t now_s = 1'700'000'000;
  PlainNetwork<float> plain(tables);
  std::vector<float> input = numbers(random, shape.width);
  std::vector<double> served;
  std::vector<double> in_loops;
  std::vector<double> peak;
  for (std::size_t round = 0; round < rounds; ++round) {
    peak.push_back(bench::fma_peak_per_ns(20));
    double begin = bench::thread_cpu_us();
    for (auto& state : states) model->advance(state, {items[random.below(kItems)], "CLICK", context, now_s += 7});
    served.push_back((bench::thread_cpu_us() - begin) / kViewers);
    begin = bench::thread_cpu_us();
    for (std::size_t act = 0; act < kPlainActs; ++act) input = plain.advance(std::move(input));
    in_loops.push_back((bench::thread_cpu_us() - begin) / kPlainActs);
  }
  const std::size_t products = cell == RecurrentCell::rg_lru ? 5 + 2 * shape.inner : 4 + 2 * shape.inner;
  const double floor_us =
      static_cast<double>(products * shape.width * shape.width * shape.blocks) / median(peak) / 1'000;
  fmt::print(
      "{:<40}{:>14.3f}{:>8.0f} %{:>17.2f}x\n",
      fmt::format("{}, {} floats kept", cell == RecurrentCell::rg_lru ? "rg_lru" : "min_gru", model->state_size()),
      median(served), 100 * floor_us / median(served), median(in_loops) / median(served));
}

/// One way to do a moment, and what it took, a round each.
struct Way {
  std::string name;
  std::function<void()> run;
  std::vector<double> us = {};
};

void measure(std::size_t viewers, std::size_t item_count, std::size_t rounds) {
  Moment moment(viewers, item_count);
  std::vector<Way> ways;
  for (const Kernel kernel : runnable_kernels()) {
    const std::string name(name_of(kernel));
    const auto top = std::make_shared<TopPerSlot>(kernel);
    ways.push_back({name + ", fused, drawn", [&moment, top] { moment.choose(*top, Draw::inverse_gap, false); }});
    if (kernel != fastest_kernel()) continue;
    ways.push_back({name + ", fused, drawn, apart", [&moment, top] { moment.choose(*top, Draw::inverse_gap, true); }});
    ways.push_back({name + ", fused, best", [&moment, top] { moment.choose(*top, Draw::best, false); }});
    ways.push_back({name + ", one viewer, scores only", [&moment, kernel] { moment.score_one_by_one(kernel); }});
  }
  const auto decider = std::make_shared<bench::DeciderBaseline>(moment.make_decider());
  ways.push_back({"Decider", [decider] { CHECK(decider->draw_for_all() > 0); }});
  if (*bench::blas_name() != '\0') {
    ways.push_back({"OpenBLAS, scores only", [&moment] { moment.choose_after_blas(false); }});
    ways.push_back({"OpenBLAS, then drawn", [&moment] { moment.choose_after_blas(true); }});
  }
  std::vector<double> peak;
  for (std::size_t round = 0; round < rounds; ++round) {
    peak.push_back(bench::fma_peak_per_ns(20));
    for (Way& way : ways) {
      const double begin = bench::thread_cpu_us();
      way.run();
      way.us.push_back((bench::thread_cpu_us() - begin) / static_cast<double>(viewers));
      CHECK(moment.propensity_sum() >= 0);
    }
  }
  const double floor_us = static_cast<double>(item_count * kDimension) / median(peak) / 1'000;
  const auto fastest = std::find_if(ways.begin(), ways.end(), [](const Way& way) {
    return way.name == std::string(name_of(fastest_kernel())) + ", fused, drawn";
  });
  fmt::print("\n{} viewers, {} items, {} floats, {} slots; at {:.1f} multiply-adds a ns: {:.3f} us a viewer\n", viewers,
             item_count, kDimension, kSlots, median(peak), floor_us);
  fmt::print("{:<40}{:>14}{:>10}{:>18}\n", "", "us a viewer", "of peak", "of fused, drawn");
  for (const Way& way : ways) {
    const double us = median(way.us);
    fmt::print("{:<40}{:>14.3f}{:>8.0f} %{:>17.2f}x\n", way.name, us, 100 * floor_us / us, us / median(fastest->us));
  }
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t viewers = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  const std::size_t rounds = argc > 2 ? std::stoull(argv[2]) : 5;
  const std::string blas = bench::blas_name();
  fmt::print("{}\n",
             blas.empty() ? "OpenBLAS is not there (Debian: libopenblas-dev), so nothing to compare with" : blas);
  for (const std::size_t items : {std::size_t{40}, std::size_t{1'000}, std::size_t{10'000}}) {
    measure(std::max<std::size_t>(1, viewers * 40 / items), items, rounds);
  }
  fmt::print("\n{:<40}{:>14}{:>10}{:>18}\n", "PackedMatrix, one product", "us", "of peak", "plain loop is");
  for (const std::size_t rows : {std::size_t{64}, std::size_t{128}, std::size_t{256}}) {
    measure_product(rows, kDimension, rounds);
  }
  fmt::print("\n{:<40}{:>14}{:>10}{:>18}\n", "An act, 2 blocks of 64", "us", "of peak", "plain loops are");
  for (const RecurrentCell cell : {RecurrentCell::rg_lru, RecurrentCell::min_gru}) measure_advance(cell, rounds);
}
