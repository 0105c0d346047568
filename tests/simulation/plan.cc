// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/plan.h"

#include <algorithm>

namespace matchcue::simulation {

namespace {

class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(stable_hash("plan", seed)) {}
  bool chance(double share) { return random_.uniform() < share; }
  std::size_t between(std::size_t low, std::size_t high) { return low + random_.below(high - low + 1); }
  Milliseconds ms(std::size_t low, std::size_t high) { return Milliseconds(between(low, high)); }

 private:
  Random random_;
};

void draw_sizes(Draw& draw, Plan& plan) {
  plan.shards = draw.between(1, 3);
  plan.events = draw.chance(.3) ? 2 : 1;
  plan.viewers = draw.between(1, 6);
  if (draw.chance(.2)) plan.viewers = draw.between(10, 25);
  if (draw.chance(.01)) plan.viewers = draw.between(100, 200);
  plan.sample_viewers = draw.chance(.25) ? draw.between(1, 3) : 0;
  plan.items = draw.between(4, 16);
  plan.duration = draw.ms(8'000, 30'000);
  plan.change_every = draw.ms(200, 3'000);
  if (plan.viewers > 50) {
    plan.duration = draw.ms(4'000, 8'000);
    plan.change_every = draw.ms(1'000, 3'000);
  }
  plan.act_share = draw.chance(.7) ? .1 + .1 * static_cast<double>(draw.between(0, 5)) : 0;
}

void draw_faults(Draw& draw, Plan& plan) {
  plan.corrections = draw.chance(.5);
  plan.overrides = draw.chance(.5);
  plan.filters = draw.chance(.35);
  plan.catalogue_changes = draw.chance(.4);
  plan.second_devices = draw.chance(.4);
  plan.anonymous = draw.chance(.3);
  plan.crashes = draw.chance(.5) ? draw.between(1, 3) : 0;
  plan.power_cut_share = draw.chance(.5) ? .7 : 0;
  plan.storage_refuses = draw.chance(.25);
  plan.network_cuts = draw.chance(.6);
  plan.half_open = draw.chance(.3);
  plan.stuck_viewers = draw.chance(.3);
  plan.clock_steps = draw.chance(.2);
  plan.poison = draw.chance(.4);
  plan.duplicates = draw.chance(.4);
  plan.latency_max = draw.chance(.3) ? draw.ms(200, 3'000) : draw.ms(1, 60);
  if (draw.chance(.3)) plan.pace = {.02, draw.ms(5, 400), 200};
}

void draw_limits(Draw& draw, Plan& plan) {
  plan.store.commit_us_max = draw.chance(.3) ? draw.between(10'000, 400'000) : draw.between(100, 5'000);
  plan.store.commit_writes_max = draw.chance(.3) ? draw.between(1, 4) : 100;
  if (plan.storage_refuses && draw.chance(.3)) plan.store.queue_writes_max = draw.between(8, 30);
  plan.engine.ring_changes_max = draw.chance(.4) ? draw.between(1, 6) : 64;
  plan.engine.resume_window = draw.chance(.3) ? draw.ms(1'000, 4'000) : Milliseconds(120'000);
  plan.engine.slate_lifetime = draw.chance(.2) ? draw.ms(1'000, 6'000) : Milliseconds(600'000);
  if (draw.chance(.2)) plan.engine.reload_bytes_max = draw.between(0, 6'000);
  plan.engine.learner.reward.wait = draw.ms(0, 3'000);
  plan.outbox_bytes_max = draw.between(1'500, 12'000);
  plan.kernel_bytes = draw.between(0, 8'000);
  if (draw.chance(.3)) plan.engine.ring_age_max = draw.ms(1'000, 8'000);  // where the resume window is as short
}

/// No slate outlives what is kept of its decision: nobody keeps decisions for less than a day, or slates for longer.
/// Nor does anybody's clock step by what they keep.
void draw_retention(Draw& draw, Plan& plan) {
  if (plan.clock_steps || !draw.chance(.3)) return;
  plan.engine.slate_lifetime = std::min(plan.engine.slate_lifetime, draw.ms(1'000, 4'000));
  plan.retention.keep = plan.engine.slate_lifetime + draw.ms(500, 4'000);
  plan.retention.every = draw.ms(100, 2'000);
}

}  // namespace

Plan draw_plan(std::uint64_t seed) {
  Draw draw(seed);
  Plan plan;
  plan.seed = seed;
  draw_sizes(draw, plan);
  draw_faults(draw, plan);
  draw_limits(draw, plan);
  draw_retention(draw, plan);
  return plan;
}

std::string to_string(const Plan& plan) {
  std::string text = "shards " + std::to_string(plan.shards) + ", viewers " + std::to_string(plan.viewers) + "+" +
                     std::to_string(plan.sample_viewers) + ", items " + std::to_string(plan.items) + ", events " +
                     std::to_string(plan.events) + ", " + std::to_string(plan.duration.count()) + " ms, ring " +
                     std::to_string(plan.engine.ring_changes_max) + ", crashes " + std::to_string(plan.crashes);
  const std::pair<bool, const char*> parts[] = {{plan.corrections, "corrections"},
                                                {plan.overrides, "overrides"},
                                                {plan.filters, "filters"},
                                                {plan.catalogue_changes, "catalogue changes"},
                                                {plan.second_devices, "devices"},
                                                {plan.anonymous, "anonymous"},
                                                {plan.power_cut_share > 0, "power cuts"},
                                                {plan.storage_refuses, "storage refuses"},
                                                {plan.network_cuts, "network cuts"},
                                                {plan.half_open, "half-open"},
                                                {plan.stuck_viewers, "stuck viewers"},
                                                {plan.clock_steps, "clock steps"},
                                                {plan.poison, "poison"},
                                                {plan.retention.keep > Milliseconds(0), "retention"},
                                                {plan.duplicates, "duplicates"}};
  for (const auto& [on, name] : parts) {
    if (on) text += std::string(", ") + name;
  }
  return text;
}

}  // namespace matchcue::simulation
