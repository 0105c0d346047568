// SPDX-License-Identifier: Apache-2.0
#include "learn/live_version.h"

#include <algorithm>
#include <cmath>

#include "base/isa_clones.h"
#include "base/text.h"
#include "learn/moment.h"

namespace matchcue::learn {

namespace {

constexpr std::string_view kPopularitySuffix = ".popularity";
constexpr double kPopularityPriorTrials = 20;
constexpr float kSequenceMax = 3;

/// Items' tastes by dimension, so that a loop over items is one vector operation after another.
struct TasteColumns {
  std::size_t items = 0;
  std::vector<float> values;  ///< kTasteSize x items

  explicit TasteColumns(std::size_t count) : items(count), values(kTasteSize * count) {}
  void set(std::size_t item, const Taste& taste) {
    for (std::size_t k = 0; k < kTasteSize; ++k) values[k * items + item] = taste[k];
  }
};

/// out_i = start_i + vector . column_i.
MCUE_ISA_CLONES void add_products(const float* columns, const float* vector, std::size_t items, float* out) {
  for (std::size_t k = 0; k < kTasteSize; ++k) {
    const float* column = columns + k * items;
    const float weight = vector[k];
    for (std::size_t i = 0; i < items; ++i) out[i] += weight * column[i];
  }
}

/// Everybody is scored by the items' own rates.
class PopularityScorer final : public scoring::MomentScorer {
 public:
  PopularityScorer(const Model& model, const domain::Catalogue& catalogue) {
    double trials = kPopularityPriorTrials;
    double reward = 1;
    for (ItemRow row = 0; row < model.items.size(); ++row) {
      trials += model.items[row].trials;
      reward += std::max(0., model.items[row].reward);
    }
    const double prior = reward / trials;
    for (const domain::Item& item : catalogue.items()) {
      const auto row = model.item_rows.find(item.id);
      const double own_trials = row == model.item_rows.end() ? 0 : model.items[row->second].trials;
      const double own_reward = row == model.item_rows.end() ? 0 : std::max(0., model.items[row->second].reward);
      const double count = own_trials + kPopularityPriorTrials;
      const double rate = std::clamp((own_reward + prior * kPopularityPriorTrials) / count, 1e-6, 1 - 1e-6);
      scores_.push_back(static_cast<float>(std::log(rate / (1 - rate))));
      spreads_.push_back({static_cast<float>(1 / std::sqrt(count * rate * (1 - rate))), 1});
    }
  }

  bool personal() const override { return false; }
  std::span<const scoring::Spread> spreads() const override { return spreads_; }
  void score(std::string_view, const domain::ViewerTraits&, std::span<float> scores) override {
    std::copy(scores_.begin(), scores_.end(), scores.begin());
  }

 private:
  std::vector<float> scores_;
  std::vector<scoring::Spread> spreads_;
};

/// By slot of the catalogue: the share of the draws in which its items differ from what is believed. The more trials an
/// item has had on average, the smaller, so that a large audience is not asked the same question a thousand times.
std::vector<float> draw_shares(const Model& model, const domain::Catalogue& catalogue) {
  constexpr double kShareMin = 1. / 16;
  std::vector<double> wanted(catalogue.slots().size());
  std::vector<double> trials(wanted.size());
  for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
    const std::size_t slot = catalogue.slot_of(i);
    wanted[slot] += model.options.exploration_trials;
    const auto row = model.item_rows.find(catalogue.items()[i].id);
    if (row != model.item_rows.end()) trials[slot] += model.items[row->second].trials;
  }
  std::vector<float> shares;
  for (std::size_t slot = 0; slot < wanted.size(); ++slot) {
    const double share = trials[slot] > wanted[slot] ? std::sqrt(wanted[slot] / trials[slot]) : 1;
    shares.push_back(static_cast<float>(std::max(share, kShareMin)));
  }
  return shares;
}

class LearnerScorer final : public scoring::MomentScorer {
 public:
  LearnerScorer(const Model& model, const ViewerTable& viewers, const Campaign* campaign,
                const domain::Catalogue& catalogue, const domain::MomentContext& moment)
      : model_(model),
        viewers_(viewers),
        catalogue_(catalogue),
        items_(catalogue.items().size()),
        taste_(items_),
        plain_taste_(items_),
        sequence_(items_),
        sharing_(model.metadata.size()),
        places_(model.items.size(), kNowhere) {
    if (campaign != nullptr) campaign_.emplace(*campaign, catalogue, moment);
    const FoldedMoment folded = fold_moment(model, moment);
    const auto exploration = static_cast<float>(model.options.exploration);
    const std::vector<float> shares = draw_shares(model, catalogue);
    for (std::size_t i = 0; i < items_; ++i) {
      const auto row = model.item_rows.find(catalogue.items()[i].id);
      for (const Feature feature : model.metadata.find(texts_of(catalogue.items()[i].fields))) {
        sharing_[feature].push_back(static_cast<std::uint32_t>(i));
      }
      if (row == model.item_rows.end()) {
        const NewItem fresh = fold_new_item(model, catalogue.items()[i], folded.columns);
        main_.push_back(fresh.main);
        spreads_.push_back({exploration * std::sqrt(fresh.variance), shares[catalogue.slot_of(i)]});
        taste_.set(i, fresh.taste);
        plain_taste_.set(i, fresh.taste);
        continue;
      }
      places_[row->second] = static_cast<std::uint32_t>(i);
      main_.push_back(folded.main[row->second]);
      spreads_.push_back({exploration * std::sqrt(folded.variance[row->second]), shares[catalogue.slot_of(i)]});
      taste_.set(i, folded.taste[row->second]);
      plain_taste_.set(i, model.items[row->second].taste);
    }
  }

  bool personal() const override { return true; }

  std::span<const scoring::Spread> spreads() const override { return spreads_; }
  void score(std::string_view viewer, const domain::ViewerTraits& traits, std::span<float> scores) override {
    std::copy(main_.begin(), main_.end(), scores.begin());
    const Whom whom = look_up(viewer, traits);
    add_taste(whom, scores);
    add_shared(whom, scores);
    add_history(whom, model_.pair[kFatigue], model_.pair[kClicks], scores);
    add_sequence(whom, scores);
    add_campaign(whom, traits, scores);
  }

  std::vector<scoring::ScorePart> parts(std::string_view viewer, const domain::ViewerTraits& traits) override {
    std::vector<scoring::ScorePart> parts;
    const auto part = [&](std::string_view name) -> std::vector<float>& {
      return parts.emplace_back(scoring::ScorePart{name, std::vector<float>(items_)}).values;
    };
    const Whom whom = look_up(viewer, traits);
    std::vector<float> appeal = appeal_at_any_moment();
    std::vector<float>& moment = part("moment");
    for (std::size_t i = 0; i < items_; ++i) moment[i] = main_[i] - appeal[i];
    part("appeal") = std::move(appeal);
    add_taste(whom, part("taste"));
    add_shared(whom, part("in_common"));
    add_history(whom, model_.pair[kFatigue], 0, part("fatigue"));
    add_history(whom, 0, model_.pair[kClicks], part("clicks"));
    add_sequence(whom, part("sequence"));
    if (campaign_) add_campaign(whom, traits, part("campaign"));
    return parts;
  }

 private:
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  /// A viewer as the learner knows them, or as their traits make one expect.
  struct Whom {
    std::string_view id;
    const ViewerState* state = nullptr;  ///< null: never met
    Taste taste{};
    std::span<const Feature> metadata;
  };

  Whom look_up(std::string_view viewer, const domain::ViewerTraits& traits) {
    if (const auto row = find_owner(viewers_, viewer)) {
      const ViewerState& state = viewers_[*row];
      return {state.id.str(), &state, state.taste, state.metadata};
    }
    strangers_metadata_ = model_.metadata.find(traits.fields);
    return {viewer, nullptr, prior_taste(model_, strangers_metadata_), strangers_metadata_};
  }

  /// main_ of a moment of which nothing is known.
  std::vector<float> appeal_at_any_moment() const {
    const FoldedMoment any = fold_moment(model_, {{}, {}});
    std::vector<float> appeal;
    for (const domain::Item& item : catalogue_.items()) {
      const auto row = model_.item_rows.find(item.id);
      appeal.push_back(row == model_.item_rows.end() ? fold_new_item(model_, item, any.columns).main
                                                     : any.main[row->second]);
    }
    return appeal;
  }

  void add_taste(const Whom& whom, std::span<float> scores) const {
    if (model_.options.use_taste) add_products(taste_.values.data(), whom.taste.data(), items_, scores.data());
  }

  void add_shared(const Whom& whom, std::span<float> scores) const {
    const auto weight = static_cast<float>(model_.pair[kShared]);
    for (const Feature feature : whom.metadata) {
      for (const std::uint32_t place : sharing_[feature]) scores[place] += weight;
    }
  }

  void add_history(const Whom& whom, double fatigue, double clicks, std::span<float> scores) const {
    if (whom.state == nullptr || !model_.options.use_history) return;
    for (const History& entry : whom.state->history) {
      const std::uint32_t place = places_[entry.item];
      if (place == kNowhere) continue;
      scores[place] += static_cast<float>(fatigue) * entry.fatigue + static_cast<float>(clicks) * entry.clicked;
    }
  }

  void add_sequence(const Whom& whom, std::span<float> scores) {
    if (whom.state == nullptr || !model_.options.use_history || !whom.state->has_sequence()) return;
    std::fill(sequence_.begin(), sequence_.end(), 0.F);
    add_products(plain_taste_.values.data(), whom.state->sequence_taste.data(), items_, sequence_.data());
    const auto weight = static_cast<float>(model_.pair[kSequence]);
    for (std::size_t i = 0; i < items_; ++i) {
      scores[i] += weight * std::clamp(sequence_[i], -kSequenceMax, kSequenceMax);
    }
  }

  void add_campaign(const Whom& whom, const domain::ViewerTraits& traits, std::span<float> scores) {
    if (!campaign_) return;
    const auto weight = static_cast<float>(model_.pair[kCampaign]);
    const std::span<const float> expected = campaign_->score(whom.id, traits);
    for (std::size_t i = 0; i < items_; ++i) scores[i] += weight * expected[i];
  }

  const Model& model_;
  const ViewerTable& viewers_;
  const domain::Catalogue& catalogue_;
  std::optional<CampaignScorer> campaign_;
  std::size_t items_;
  std::vector<float> main_;
  std::vector<scoring::Spread> spreads_;
  TasteColumns taste_;
  TasteColumns plain_taste_;
  std::vector<float> sequence_;
  std::vector<Feature> strangers_metadata_;
  std::vector<std::vector<std::uint32_t>> sharing_;  ///< metadata value -> places of the items that have it too
  std::vector<std::uint32_t> places_;                ///< item row -> place in the catalogue
};

class LiveVersion final : public scoring::SolutionVersion {
 public:
  LiveVersion(std::uint64_t step, Policy policy, Model model, ViewerTable viewers, std::optional<Campaign> campaign)
      : id_(live_version_id(step, policy)),
        policy_(policy),
        model_(std::move(model)),
        viewers_(std::move(viewers)),
        campaign_(std::move(campaign)) {}

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::string_view campaign() const override { return campaign_ ? campaign_->model().id() : std::string_view(); }
  std::unique_ptr<scoring::MomentScorer> fold(const domain::Catalogue& catalogue,
                                              const domain::MomentContext& moment) const override {
    if (policy_ == Policy::popularity) return std::make_unique<PopularityScorer>(model_, catalogue);
    return std::make_unique<LearnerScorer>(model_, viewers_, campaign_ ? &*campaign_ : nullptr, catalogue, moment);
  }

 private:
  std::string id_;
  std::string recipe_{kLiveBandit};
  Policy policy_;
  Model model_;
  ViewerTable viewers_;
  std::optional<Campaign> campaign_;
};

}  // namespace

std::string live_version_id(std::uint64_t step, Policy policy) {
  return std::string(kLiveBandit) + "-" + std::to_string(step) +
         std::string(policy == Policy::popularity ? kPopularitySuffix : "");
}

std::optional<LiveVersionName> parse_live_version_id(std::string_view id) {
  if (!id.starts_with(kLiveBandit) || id.size() <= kLiveBandit.size() + 1) return std::nullopt;
  id.remove_prefix(kLiveBandit.size() + 1);
  LiveVersionName name;
  if (id.ends_with(kPopularitySuffix)) {
    name.policy = Policy::popularity;
    id.remove_suffix(kPopularitySuffix.size());
  }
  const auto step = parse_int(id);
  if (!step || *step < 0) return std::nullopt;
  name.step = static_cast<std::uint64_t>(*step);
  return name;
}

scoring::SolutionVersionPtr make_live_version(std::uint64_t step, Policy policy, Model model, ViewerTable viewers,
                                              std::optional<Campaign> campaign) {
  return std::make_shared<LiveVersion>(step, policy, std::move(model), std::move(viewers), std::move(campaign));
}

}  // namespace matchcue::learn
