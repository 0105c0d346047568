// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_learner_policy.h"

#include <algorithm>
#include <utility>

#include "decide/decider.h"

namespace matchcue::simulate {
namespace {

constexpr std::int64_t kStartMs = 1'780'000'000'000;
constexpr std::int64_t kTickMs = 120'000;  // longer than the reward window: every tick's trials are closed

class LearnerPolicy final : public CrowdPolicy {
 public:
  LearnerPolicy(std::uint64_t seed, const learn::Settings& settings, double floor, OnCrowdDecisions on_decisions,
                std::optional<learn::Campaign> campaign)
      : learner_(settings), on_decisions_(std::move(on_decisions)) {
    if (campaign) {
      const std::string version = campaign->model().id();
      learner_.deploy({version, 0}, std::move(campaign));
    }
    options_.seed = seed;
    options_.floor = floor;
  }

  std::string_view name() const override { return learn::kLiveBandit; }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    update_catalogue(world);
    update_subjects(world);
    const auto version = learner_.version();
    domain::Change change;
    change.event = domain::EventId("crowd");
    change.sequence = change.moment = domain::Sequence(world.tick_number() + 1);
    change.at = wall_time_from_ms(kStartMs + static_cast<std::int64_t>(world.tick_number()) * kTickMs);
    change.after = world.tick().context;
    header_ = decide::make_header(change, {{}, subjects_}, *catalogue_, *version, options_);
    decide::Decider decider(header_, *catalogue_, *version);
    const std::size_t slots = world.slots().size();
    choices_.resize(world.viewers().size() * decider.slot_count());
    for (std::size_t viewer = 0; viewer < world.viewers().size(); ++viewer) {
      domain::Choice* choices = &choices_[viewer * decider.slot_count()];
      decider.draw(world.viewers()[viewer].id.str(), *traits_[viewer], choices);
      for (std::size_t slot = 0; slot < slots; ++slot) {
        items[viewer * slots + slot] = world_items_[choices[slot_places_[slot]].item];
      }
    }
    if (on_decisions_) on_decisions_(header_, *catalogue_, choices_);
  }

  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override {
    domain::Feedback row;
    row.at = header_.at;
    row.attributed = true;
    for (std::size_t cell = 0; cell < shown.size(); ++cell) {
      const std::size_t viewer = cell / world.slots().size();
      const std::size_t slot = slot_places_[cell % world.slots().size()];
      const domain::Choice& choice = choices_[viewer * header_.slots.size() + slot];
      row.viewer = world.viewers()[viewer].id;
      row.cue = {{header_.event, header_.sequence, row.viewer}, slot};
      row.slot = header_.slots[slot];
      row.item = catalogue_->items()[choice.item].id;
      row.propensity = choice.propensity;
      row.traits = traits_[viewer];
      tell(row, domain::FeedbackKind::impression);
      if (shown[cell].clicked) tell(row, domain::FeedbackKind::click);
    }
    learner_.step(header_.at, true);
  }

 private:
  void tell(domain::Feedback& row, domain::FeedbackKind kind) {
    row.kind = kind;
    row.number = learner_.feedback() + 1;
    learner_.add(row, header_, catalogue_);
  }

  void update_catalogue(const CrowdWorld& world) {
    if (traits_.empty()) {
      for (const CrowdViewer& viewer : world.viewers()) {
        traits_.push_back(std::make_shared<const domain::ViewerTraits>(domain::ViewerTraits{{}, "", viewer.fields}));
      }
    }
    std::vector<domain::Item> items;
    for (std::size_t i = 0; i < world.items().size(); ++i) {
      if (!world.is_available(i)) continue;
      items.push_back(domain::make_item(world.items()[i].id, world.items()[i].fields, "").value());
    }
    if (catalogue_ && catalogue_->items().size() == items.size()) return;
    const std::uint64_t number = catalogue_ ? catalogue_->version() + 1 : 1;
    catalogue_ = std::make_shared<const domain::Catalogue>(number, std::move(items));
    world_items_.resize(catalogue_->items().size());
    for (std::size_t i = 0; i < world.items().size(); ++i) {
      if (const auto place = catalogue_->find_item(world.items()[i].id)) world_items_[*place] = i;
    }
    const auto& places = catalogue_->slots();
    slot_places_.clear();
    for (const domain::SlotName& slot : world.slots()) {
      slot_places_.push_back(static_cast<std::size_t>(std::find(places.begin(), places.end(), slot) - places.begin()));
    }
  }

  void update_subjects(const CrowdWorld& world) {
    for (domain::Subject& subject : subjects_) ++subject.moments_ago;
    std::erase_if(subjects_, [](const auto& subject) { return subject.moments_ago > domain::kSubjectMomentsMax; });
    if (world.tick().subject) {
      subjects_.insert(subjects_.begin(), {world.items()[*world.tick().subject].id, world.tick().context, 0});
    }
  }

  decide::Options options_;
  learn::LogLearner learner_;
  OnCrowdDecisions on_decisions_;
  domain::CataloguePtr catalogue_;
  std::vector<domain::TraitsPtr> traits_;  ///< by viewer
  std::vector<std::size_t> world_items_;   ///< place in the catalogue -> the world's item
  std::vector<std::size_t> slot_places_;   ///< the world's slot -> place in the catalogue's slots
  std::vector<domain::Subject> subjects_;
  domain::DecisionHeader header_;
  std::vector<domain::Choice> choices_;  ///< viewers x header_.slots, of the last decisions
};

}  // namespace

std::unique_ptr<CrowdPolicy> make_learner_policy(std::uint64_t seed, const learn::Settings& settings, double floor,
                                                 OnCrowdDecisions on_decisions,
                                                 std::optional<learn::Campaign> campaign) {
  return std::make_unique<LearnerPolicy>(seed, settings, floor, std::move(on_decisions), std::move(campaign));
}

}  // namespace matchcue::simulate
