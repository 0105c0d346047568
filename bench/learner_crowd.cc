// SPDX-License-Identifier: Apache-2.0
#include "learner_crowd.h"

#include <algorithm>

#include "base/random.h"
#include "simulate/match_script.h"

namespace matchcue::bench {
namespace {

constexpr std::int64_t kStartMs = 1'780'000'000'000;
constexpr std::int64_t kMomentMs = 120'000;

simulate::CrowdParams all_items_from_the_start() {
  simulate::CrowdParams params;
  params.newtick = 0;
  return params;
}

}  // namespace

Audience Audience::with_traits_of(const Audience& crowd, const std::string& prefix, std::size_t count) {
  Audience audience;
  for (std::size_t i = 0; i < count; ++i) {
    audience.ids.emplace_back(prefix + "-" + std::to_string(i + 1));
    audience.traits.push_back(crowd.traits[i % crowd.traits.size()]);
  }
  return audience;
}

LearnerCrowd::LearnerCrowd(std::uint64_t seed, std::size_t viewers)
    : world_(all_items_from_the_start(), {simulate::make_match(seed)}, seed, viewers), learner_(learn::Settings()) {
  for (const simulate::CrowdViewer& viewer : world_.viewers()) {
    audience_.ids.push_back(viewer.id);
    audience_.traits.push_back(
        std::make_shared<const domain::ViewerTraits>(domain::ViewerTraits{{}, "", viewer.fields}));
  }
  std::vector<domain::Item> items;
  for (const simulate::CrowdItem& item : world_.items()) {
    items.push_back(domain::make_item(item.id, item.fields, "").value());
  }
  catalogue_ = std::make_shared<const domain::Catalogue>(1, std::move(items));
  world_items_.resize(world_.items().size());
  for (std::size_t i = 0; i < world_items_.size(); ++i) {
    world_items_[catalogue_->find_item(world_.items()[i].id).value()] = i;
  }
  CHECK(catalogue_->slots() == world_.slots());
  version_ = learner_.version();
}

void LearnerCrowd::enter_moment() {
  CHECK(world_.next_tick());
  for (domain::Subject& subject : subjects_) ++subject.moments_ago;
  std::erase_if(subjects_, [](const auto& subject) { return subject.moments_ago > domain::kSubjectMomentsMax; });
  if (world_.tick().subject) {
    subjects_.insert(subjects_.begin(), {world_.items()[*world_.tick().subject].id, world_.tick().context, 0});
  }
  change_.event = domain::EventId("crowd");
  change_.sequence = change_.moment = domain::Sequence(world_.tick_number() + 1);
  change_.at = wall_time_from_ms(kStartMs + static_cast<std::int64_t>(world_.tick_number()) * kMomentMs);
  change_.media_time = change_.at;
  change_.after = world_.tick().context;
}

domain::DecisionHeader LearnerCrowd::make_header() const {
  return decide::make_header(change_, {{}, subjects_}, *catalogue_, *version_, {});
}

MomentCost LearnerCrowd::play(std::size_t steps) {
  enter_moment();
  std::vector<simulate::CrowdShown> shown(world_.slots().size());
  return show(audience_, steps, [&](std::size_t viewer, std::size_t slot, std::size_t item) {
    shown[slot] = {world_items_[item], world_.clicks(viewer, world_items_[item])};
    if (slot + 1 == shown.size()) world_.record(viewer, shown);
    return shown[slot].clicked;
  });
}

MomentCost LearnerCrowd::play_for(const Audience& others) {
  Random random(1);
  return show(others, 1, [&](std::size_t, std::size_t, std::size_t) { return random.below(20) == 0; });
}

MomentCost LearnerCrowd::show(const Audience& audience, std::size_t steps, const Clicks& clicks) {
  MomentCost cost;
  const domain::DecisionHeader header = make_header();
  double before = thread_cpu_us();
  const auto timed = [&](double& us) {
    const double now = thread_cpu_us();
    us += now - before;
    before = now;
  };
  const auto deciding_version = version_;
  decide::Decider decider(header, *catalogue_, *deciding_version);
  timed(cost.decider_us);
  const std::size_t viewers = audience.ids.size();
  const std::size_t slots = header.slots.size();
  std::vector<domain::Choice> choices(slots);
  std::vector<domain::Feedback> rows;
  domain::Feedback row;
  row.attributed = true;
  row.at = header.at;
  for (std::size_t step = 0; step < steps; ++step) {
    rows.clear();
    for (std::size_t viewer = viewers * step / steps; viewer < viewers * (step + 1) / steps; ++viewer) {
      decider.draw(audience.ids[viewer].str(), *audience.traits[viewer], choices.data());
      row.viewer = audience.ids[viewer];
      row.traits = audience.traits[viewer];
      for (std::size_t slot = 0; slot < slots; ++slot) {
        row.cue = {{header.event, header.sequence, row.viewer}, slot};
        row.slot = header.slots[slot];
        row.item = catalogue_->items()[choices[slot].item].id;
        row.propensity = choices[slot].propensity;
        row.kind = domain::FeedbackKind::impression;
        rows.push_back(row);
        if (!clicks(viewer, slot, choices[slot].item)) continue;
        row.kind = domain::FeedbackKind::click;
        rows.push_back(row);
      }
    }
    cost.rows += rows.size();
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i].number = learner_.feedback() + i + 1;
    before = thread_cpu_us();
    for (const domain::Feedback& each : rows) learner_.add(each, header, catalogue_);
    timed(cost.add_us);
    row.at += learner_.settings().reward.wait;
    learner_.step(row.at, false);
    timed(cost.step_us);
    version_ = learner_.version();
    timed(cost.publish_us);
    ++cost.steps;
  }
  return cost;
}

}  // namespace matchcue::bench
