// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_learner_policy.h"

#include <algorithm>

#include "base/random.h"
#include "decide/posterior_draws.h"

namespace matchcue::simulate {
namespace {

constexpr std::int64_t kStartMs = 1'780'000'000'000;
constexpr std::int64_t kTickMs = 120'000;  // longer than the reward window: every tick's trials are closed

class LearnerPolicy final : public CrowdPolicy {
 public:
  LearnerPolicy(std::uint64_t seed, const learn::Settings& settings, double floor)
      : seed_(seed), floor_(floor), learner_(settings) {}

  std::string_view name() const override { return learn::kLiveBandit; }

  void choose(const CrowdWorld& world, std::span<std::size_t> items) override {
    update_catalogue(world);
    update_subjects(world);
    const std::size_t slots = world.slots().size();
    const auto version = learner_.version();
    const auto scorer = version->fold(*catalogue_, {world.tick().context, subjects_});
    std::vector<decide::PosteriorDraws> draws;
    for (std::size_t slot = 0; slot < slots; ++slot) {
      draws.emplace_back(world.candidates(slot).size(), mix64(seed_ ^ (world.tick_number() * 64 + slot)));
    }
    std::vector<float> means(catalogue_->items().size());
    std::vector<float> deviations(means.size());
    propensities_.resize(items.size());
    for (std::size_t viewer = 0; viewer < world.viewers().size(); ++viewer) {
      const CrowdViewer& who = world.viewers()[viewer];
      scorer->score(who.id.str(), domain::ViewerTraits{{}, "", who.fields}, means, deviations);
      Random random(mix64(seed_ + world.tick_number() * 1'000'003 + viewer));
      for (std::size_t slot = 0; slot < slots; ++slot) {
        const std::size_t cell = viewer * slots + slot;
        items[cell] =
            draw(world.candidates(slot), draws[slot], means, deviations, random.uniform(), propensities_[cell]);
      }
    }
  }

  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override {
    domain::DecisionHeader header;
    header.context = world.tick().context;
    header.slots = world.slots();
    const WallTime now = wall_time_from_ms(kStartMs + static_cast<std::int64_t>(world.tick_number()) * kTickMs);
    domain::Feedback row;
    row.at = now;
    row.attributed = true;
    for (std::size_t cell = 0; cell < shown.size(); ++cell) {
      if (shown[cell].item == kNoCrowdItem) continue;
      const std::size_t slot = cell % world.slots().size();
      const CrowdViewer& who = world.viewers()[cell / world.slots().size()];
      row.viewer = who.id;
      row.cue = {{domain::EventId("1"), domain::Sequence(world.tick_number() + 1), who.id}, slot};
      row.slot = world.slots()[slot];
      row.item = world.items()[shown[cell].item].id;
      row.propensity = static_cast<float>(propensities_[cell]);
      row.traits = std::make_shared<domain::ViewerTraits>(domain::ViewerTraits{{}, "", who.fields});
      tell(row, header, domain::FeedbackKind::impression);
      if (shown[cell].clicked) tell(row, header, domain::FeedbackKind::click);
    }
    learner_.step(now, true);
  }

 private:
  void tell(domain::Feedback& row, const domain::DecisionHeader& header, domain::FeedbackKind kind) {
    row.kind = kind;
    row.number = learner_.feedback() + 1;
    learner_.add(row, header, subjects_, *catalogue_);
  }

  void update_catalogue(const CrowdWorld& world) {
    std::vector<domain::Item> items;
    for (std::size_t i = 0; i < world.items().size(); ++i) {
      if (!world.is_available(i)) continue;
      items.push_back(domain::make_item(world.items()[i].id, world.items()[i].fields, "").value());
    }
    if (catalogue_ && catalogue_->items().size() == items.size()) return;
    const std::uint64_t number = catalogue_ ? catalogue_->version() + 1 : 1;
    catalogue_ = std::make_shared<const domain::Catalogue>(number, std::move(items));
    places_.assign(world.items().size(), 0);
    for (std::size_t i = 0; i < world.items().size(); ++i) {
      places_[i] = catalogue_->find_item(world.items()[i].id).value_or(0);
    }
  }

  void update_subjects(const CrowdWorld& world) {
    for (domain::Subject& subject : subjects_) ++subject.moments_ago;
    std::erase_if(subjects_, [](const auto& subject) { return subject.moments_ago > domain::kSubjectMomentsMax; });
    if (world.tick().subject) subjects_.push_back({world.items()[*world.tick().subject].id, world.tick().context, 0});
  }

  std::size_t draw(std::span<const std::size_t> candidates, const decide::PosteriorDraws& draws,
                   const std::vector<float>& means, const std::vector<float>& deviations, double uniform,
                   double& propensity) {
    slot_means_.clear();
    slot_deviations_.clear();
    for (const std::size_t item : candidates) {
      slot_means_.push_back(means[places_[item]]);
      slot_deviations_.push_back(deviations[places_[item]]);
    }
    probabilities_.resize(candidates.size());
    draws.probabilities(slot_means_, slot_deviations_, floor_, probabilities_);
    std::size_t chosen = 0;
    for (double passed = probabilities_[0]; passed <= uniform && chosen + 1 < candidates.size();) {
      passed += probabilities_[++chosen];
    }
    propensity = probabilities_[chosen];
    return candidates[chosen];
  }

  std::uint64_t seed_;
  double floor_;
  learn::LogLearner learner_;
  domain::CataloguePtr catalogue_;
  std::vector<std::size_t> places_;  ///< the world's item -> place in the catalogue
  std::vector<domain::Subject> subjects_;
  std::vector<double> propensities_;  ///< viewers x slots, of the last choices
  std::vector<float> slot_means_;     // scratch
  std::vector<float> slot_deviations_;
  std::vector<double> probabilities_;
};

}  // namespace

std::unique_ptr<CrowdPolicy> make_learner_policy(std::uint64_t seed, const learn::Settings& settings, double floor) {
  return std::make_unique<LearnerPolicy>(seed, settings, floor);
}

}  // namespace matchcue::simulate
