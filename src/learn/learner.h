#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The live learner: a fold over what viewers did. The same trials in the same order give the same bits.

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "domain/catalogue.h"
#include "domain/decision.h"
#include "learn/model.h"
#include "learn/moment.h"
#include "learn/viewer_table.h"

namespace matchcue::learn {

/// One impression and what came of it.
struct Trial {
  ViewerRow viewer = 0;
  ItemRow item = 0;
  float reward = 0;  ///< -1..1; of a repair, by how much the reward of a trial folded in earlier changes
  bool repair = false;
  float campaign = 0;  ///< what the campaign makes of this viewer and item, in log-odds; 0 without one
};

/// Single thread. Learning is approximate Bayesian: Newton (Laplace) steps in blocks, each seeing what the one before
/// moved; tastes by alternating regularised least squares on working responses.
class Learner {
 public:
  explicit Learner(const Options& options);

  /// Decays and scales are as these from now on; what was learned stays.
  void set_options(const Options& options) { model_.options = options; }
  /// Copies for readers, which share memory with this learner until that changes.
  std::pair<Model, ViewerTable> share();

  const Model& model() const { return model_; }
  const ViewerTable& viewers() const { return viewers_; }

  /// Takes in items that are new. O(catalogue).
  void add_items(const domain::Catalogue& catalogue);
  /// Takes in context values that are new. O(items) when there are any.
  void add_context(const domain::Values& context);
  /// The row with what is known of the viewer, made when they are new.
  ViewerRow viewer_row(const domain::ViewerId& viewer, const domain::Values& metadata);
  /// From now on `anonymous` is `viewer`, whose `metadata` count, and what was learned of the two is known of one.
  /// Nothing when it was so before. O(history).
  void identify(const domain::ViewerId& anonymous, const domain::ViewerId& viewer, const domain::Values& metadata);
  /// Viewers; one who was identified counts once.
  std::size_t viewer_count() const { return viewers_.size() - identified_; }

  /// Folds in trials that share a moment. `ordinal` orders moments; a viewer's traces decay when it rises.
  /// O(trials) + O(items x width^2).
  void fold(const domain::MomentContext& moment, std::uint64_t ordinal, std::span<const Trial> trials);
  /// Trusts what was learned less, for an event that may be different or a campaign that knows it by now: item weights,
  /// and what viewers' histories say of their tastes, keep the share `keep` of what they differ from their priors.
  /// Slots keep how often they are acted upon. O(items x width^2 + viewers x history).
  void relax(double keep);
  /// Solves for the tastes of viewers, metadata values and items. O(viewers x history x kTasteSize^2).
  void refresh();

 private:
  friend class Snapshot;
  struct Batch;

  void begin_moment(std::uint64_t ordinal);
  void step_weights(ContextWeights& weights, Batch& batch, const std::vector<std::size_t>& ranges);
  void step_groups(Batch& batch);
  void step_items(Batch& batch);
  void step_subject(Batch& batch);
  void step_pair(Batch& batch);
  void step_context_taste(Batch& batch);
  void remember(const Batch& batch, std::uint64_t ordinal);
  GroupRow group_row(const std::string& name);

  /// How sure the model is of what it holds as point values. Only learning needs it.
  struct Precisions {
    SquareMatrix subject{1};
    SquareMatrix pair{kPairSize};
    std::vector<SquareMatrix> context_taste;  ///< of W_f's entries, row-major
  };

  /// Prior variances as the data have moved them, by context field where there is one for each; Model::item_context is
  /// one more.
  struct Scales {
    explicit Scales(const Options& options);
    void grow(std::size_t fields, const Options& options);

    double appeal;
    double item_taste;
    std::vector<double> group_context;
    std::vector<double> context_taste;
  };

  void grow_to_width(ContextWeights& weights, const std::vector<double>& variances) const;
  void adapt_item_scales();
  void adapt_group_scales();
  void adapt_context_taste_scales();
  void solve_metadata();
  void solve_viewers();
  void solve_one_viewer(ViewerRow row);
  void solve_group_taste();
  void solve_items();

  Model model_;
  Precisions precisions_;
  Scales scales_;
  ViewerTable viewers_;
  std::uint64_t identified_ = 0;  ///< rows whose viewers are known as others
  std::uint64_t newest_moment_ = 0;
};

}  // namespace matchcue::learn
