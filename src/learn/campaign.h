#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The campaign under the learner: a trained model that is served, and what it knows of each viewer. What it expects is
// where the learner starts; the learner adds what this event shows to be different.

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "domain/catalogue.h"
#include "domain/decision.h"
#include "learn/id_table.h"
#include "scoring/sequence_model.h"

namespace matchcue::learn {

struct CampaignViewer {
  domain::ViewerId id;
  domain::TraitsPtr traits = domain::no_traits();  ///< of the newest decision for them
  std::vector<float> state;                        ///< the model's
};

/// Value type whose copies by share() are cheap. Thread safety as IdTable.
class Campaign {
 public:
  explicit Campaign(scoring::SequenceModelPtr model) : model_(std::move(model)) {}

  const scoring::SequenceModel& model() const { return *model_; }
  const scoring::SequenceModelPtr& model_ptr() const { return model_; }
  void set_model(scoring::SequenceModelPtr model) { model_ = std::move(model); }
  const IdTable<CampaignViewer>& viewers() const { return viewers_; }

  /// Remembers the viewer's traits, which the model scores with. O(1).
  void meet(const domain::ViewerId& viewer, const domain::TraitsPtr& traits);
  /// Takes one act into what is known of its viewer. O(1).
  void advance(const domain::ViewerId& viewer, const scoring::Act& act);
  /// The same model and viewers, for readers.
  Campaign share();

 private:
  friend class Snapshot;
  CampaignViewer& viewer_of(const domain::ViewerId& viewer);

  scoring::SequenceModelPtr model_;
  IdTable<CampaignViewer> viewers_;
};

/// A campaign folded into one moment. Holds on to the campaign and the catalogue, which must outlive it. Single thread.
class CampaignScorer {
 public:
  CampaignScorer(const Campaign& campaign, const domain::Catalogue& catalogue, const domain::MomentContext& moment);

  /// By item of the catalogue: how much likelier, in log-odds, the viewer acts upon it than upon the items of its slot
  /// on average. Valid until the next call. `traits` stand for a viewer whom the campaign never met.
  std::span<const float> score(std::string_view viewer, const domain::ViewerTraits& traits);

 private:
  const Campaign& campaign_;
  const domain::Catalogue& catalogue_;
  std::unique_ptr<scoring::SequenceScorer> scorer_;
  float scale_;
  std::vector<float> scores_;
  std::vector<float> slot_means_;
  std::vector<float> slot_shares_;  ///< 1 / items of the slot
};

}  // namespace matchcue::learn
