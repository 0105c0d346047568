#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests and benches: a solution version that knows nothing of viewers and moments.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "scoring/solution_version.h"

namespace matchcue::scoring {

/// Immutable; any thread.
class FixedVersion final : public SolutionVersion {
 public:
  explicit FixedVersion(domain::ItemId favourite)
      : id_("fixed" + (favourite.str().empty() ? "" : "-" + favourite.str())), favourite_(std::move(favourite)) {}

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::unique_ptr<MomentScorer> fold(const domain::Catalogue& catalogue, const domain::MomentContext&) const override {
    std::vector<float> scores;
    for (const domain::Item& item : catalogue.items()) {
      scores.push_back(favourite_.str().empty() || item.id == favourite_ ? 1.0F : .1F);
    }
    return std::make_unique<Scorer>(std::move(scores));
  }

 private:
  class Scorer final : public MomentScorer {
   public:
    explicit Scorer(std::vector<float> scores)
        : scores_(std::move(scores)), spreads_(scores_.size(), Spread{kDeviation, 1}) {}
    bool personal() const override { return false; }
    std::span<const Spread> spreads() const override { return spreads_; }
    void score(std::string_view, const domain::ViewerTraits&, std::span<float> scores) override {
      std::copy(scores_.begin(), scores_.end(), scores.begin());
    }

   private:
    std::vector<float> scores_;
    std::vector<Spread> spreads_;
  };

  static constexpr float kDeviation = .3F;  // a favourite is drawn nearly always

  std::string id_;
  std::string recipe_ = "fixed";
  domain::ItemId favourite_;
};

/// All items score 1; with a favourite, all others a tenth of it.
inline SolutionVersionPtr make_fixed_version(const std::string& favourite = {}) {
  return std::make_shared<FixedVersion>(domain::ItemId(favourite));
}

}  // namespace matchcue::scoring
