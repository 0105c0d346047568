// SPDX-License-Identifier: Apache-2.0
//
// What deciding and learning cost, and how much that is beside the push that follows: learner_bench [VIEWERS [ROUNDS]].
//
// Deciding: one moment of the crowd, 46 items in four slots, for VIEWERS viewers in an order that no cache knows.
// Learning: the crowd's own stream, impressions and about 5 % clicks. All figures are processor time of one thread, the
// median of ROUNDS rounds in which everything takes turns (of learning: of the last moments). A push is a slate
// rendered, framed and sent to a loopback socket, measured in the same rounds; beside it stands the figure that
// ARCHITECTURE.md gives for one. "a slate" are the rows of a slate that is seen as a whole; "version" is what
// publishing takes after a step, "Decider" what a moment takes before its first viewer: with the model out of all
// caches after learning from many viewers some milliseconds, else well below one.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "learner_crowd.h"
#include "push_baseline.h"

namespace {

using namespace matchcue;
using namespace matchcue::bench;

constexpr double kDesignPushUs = 8;  ///< ARCHITECTURE.md: what the kernel's TCP send takes
constexpr std::size_t kSockets = 4'000;

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

std::string shares(double us, double push_us) {
  return fmt::format("{:6.1f} % {:6.1f} %", 100 * us / push_us, 100 * us / kDesignPushUs);
}

/// Viewers to decide for, and the version that does.
struct DecideCase {
  std::string name;
  const LearnerCrowd& crowd;
  const Audience& audience;
  scoring::SolutionVersionPtr version;
  std::vector<double> score_us = {};
  std::vector<double> draw_us = {};

  /// Decides for `count` viewers, first only scoring them.
  void measure(std::size_t count) {
    constexpr std::size_t kStride = 1'000'003;  // a prime: consecutive viewers lie apart
    const domain::Catalogue& catalogue = *crowd.catalogue();
    domain::DecisionHeader header = crowd.make_header();
    header.solution_version = version->id();
    const auto scorer = version->fold(catalogue, {header.context, header.subjects});
    std::vector<float> scores(catalogue.items().size());
    const std::size_t people = audience.ids.size();
    float sum = 0;
    const double begin = thread_cpu_us();
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t viewer = i * kStride % people;
      scorer->score(audience.ids[viewer].str(), *audience.traits[viewer], scores);
      sum += scores[0];
    }
    const double scored = thread_cpu_us();
    decide::Decider decider(header, catalogue, *version);
    std::vector<domain::Choice> choices(decider.slot_count());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t viewer = i * kStride % people;
      decider.draw(audience.ids[viewer].str(), *audience.traits[viewer], choices.data());
      sum += choices[0].propensity;
    }
    const double drawn = thread_cpu_us();
    CHECK(sum == sum);
    score_us.push_back((scored - begin) / static_cast<double>(count));
    draw_us.push_back((drawn - scored) / static_cast<double>(count));
  }

  void print(double push_us) const {
    const double score = median(score_us);
    const double all = median(draw_us);
    fmt::print("{:<52}{:8.2f}{:9.2f}{:9.2f}   {}\n", name, all, score, all - score, shares(all, push_us));
  }
};

/// The push, with and without the kernel.
struct PushCase {
  const LearnerCrowd& crowd;
  PushBaseline sockets{kSockets};
  std::vector<double> push_us = {};
  std::vector<double> render_us = {};

  void measure() {
    const engine::SlateRenderer renderer(
        crowd.change(), std::make_shared<const engine::RenderedCatalogue>(crowd.catalogue()), Milliseconds(600'000));
    const domain::DecisionHeader header = crowd.make_header();
    decide::Decider decider(header, *crowd.catalogue(), *crowd.version());
    std::vector<domain::Choice> choices(decider.slot_count());
    const Audience viewers = Audience::with_traits_of(crowd.audience(), "known", kSockets);
    decider.draw(viewers.ids[0].str(), *viewers.traits[0], choices.data());
    for (int pass = 0; pass < 10; ++pass) {
      push_us.push_back(sockets.us_a_push(renderer, viewers.ids, choices, true));
      render_us.push_back(sockets.us_a_push(renderer, viewers.ids, choices, false));
    }
  }
};

/// Learns from a crowd of its own for a while, then prints what a row took in the last moments.
void measure_learning(std::size_t viewers, std::size_t steps, double push_us) {
  constexpr std::size_t kWarmUp = 15;
  constexpr std::size_t kMeasured = 15;
  LearnerCrowd crowd(1, viewers);
  std::vector<double> add;
  std::vector<double> step;
  std::vector<double> publish;
  std::vector<double> decider;
  double rows_a_slate = 0;
  for (std::size_t moment = 0; moment < kWarmUp + kMeasured; ++moment) {
    const MomentCost cost = crowd.play(steps);
    if (moment < kWarmUp) continue;
    const auto rows = static_cast<double>(cost.rows);
    add.push_back(cost.add_us / rows);
    step.push_back(cost.step_us / rows);
    publish.push_back(cost.publish_us / static_cast<double>(cost.steps));
    decider.push_back(cost.decider_us);
    rows_a_slate += rows / static_cast<double>(viewers * kMeasured);
  }
  const double row = median(add) + median(step);
  const std::string name = fmt::format("{:>6} viewers, {} step{} a moment", viewers, steps, steps == 1 ? "" : "s");
  fmt::print("{:<52}{:8.2f}{:9.2f}{:9.2f}   {}   {:8.1f} {:8.0f} {:8.0f}\n", name, row, median(add), median(step),
             shares(row, push_us), row * rows_a_slate, median(publish), median(decider));
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t viewers = argc > 1 ? std::stoull(argv[1]) : 1'000'000;
  const std::size_t rounds = argc > 2 ? std::stoull(argv[2]) : 5;
  constexpr std::size_t kCrowd = 2'000;
  constexpr std::size_t kMoments = 30;
  LearnerCrowd crowd(1, kCrowd);
  for (std::size_t moment = 0; moment < kMoments; ++moment) crowd.play(1);
  const scoring::SolutionVersionPtr small = crowd.version();
  const Audience known = Audience::with_traits_of(crowd.audience(), "known", viewers);
  const Audience unseen = Audience::with_traits_of(crowd.audience(), "unseen", viewers);
  crowd.play_for(known);
  std::array<DecideCase, 3> cases = {
      {{fmt::format("known, {} moments each; {} over and over", kMoments, kCrowd), crowd, crowd.audience(), small},
       {fmt::format("known, one slate each; {} of them", viewers), crowd, known, crowd.version()},
       {fmt::format("never seen; {} beside those known", viewers), crowd, unseen, crowd.version()}}};
  PushCase push{crowd};
  for (std::size_t round = 0; round < rounds; ++round) {
    push.measure();
    for (DecideCase& each : cases) each.measure(viewers);
  }
  const double push_us = median(push.push_us);
  fmt::print(
      "push: a slate of {} bytes rendered, framed and sent to each of {} loopback sockets: {:.2f} us, {:.2f} of "
      "them before send(2)\n\n",
      push.sockets.frame_bytes(), kSockets, push_us, median(push.render_us));
  fmt::print("{:<52}{:>8}{:>9}{:>9}   {:>8} {:>8}\n", "decide, CPU us a viewer", "all", "scoring", "drawing", "of push",
             "of 8 us");
  for (const DecideCase& each : cases) each.print(push_us);
  fmt::print("\n{:<52}{:>8}{:>9}{:>9}   {:>8} {:>8}   {:>8} {:>8} {:>8}\n", "learn, CPU us a row of feedback", "all",
             "add", "step", "of push", "of 8 us", "a slate", "version", "Decider");
  for (const std::size_t crowd_size : {std::size_t{1'500}, std::size_t{20'000}}) {
    for (const std::size_t steps : {std::size_t{1}, std::size_t{8}}) measure_learning(crowd_size, steps, push_us);
  }
}
