// SPDX-License-Identifier: Apache-2.0
#include "scoring/factorization_model.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "scoring/act_ring.h"
#include "scoring/context_levels.h"
#include "scoring/field_labels.h"
#include "scoring/folded_items.h"
#include "scoring/recurrent_steps.h"
#include "scoring/use_counts.h"

namespace matchcue::scoring {

namespace {

class FactorizationModel final : public SequenceModel {
 public:
  FactorizationModel(std::string id, std::string recipe, FactorizationTables tables)
      : id_(std::move(id)),
        recipe_(std::move(recipe)),
        tables_(std::move(tables)),
        item_labels_(tables_.item_fields),
        viewer_labels_(tables_.viewer_fields),
        levels_(tables_.context_fields),
        acts_(tables_.history_acts, levels_.code_counts()) {
    for (std::size_t i = 0; i < tables_.items.size(); ++i) {
      item_numbers_.emplace(tables_.items[i], static_cast<std::uint32_t>(i));
    }
  }

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::size_t state_size() const override { return acts_.size(); }
  double log_odds_scale() const override { return tables_.log_odds_scale; }

  void start(std::span<float> state) const override {
    CHECK(state.size() == state_size(), state.size());
    std::fill(state.begin(), state.end(), 0.0F);
  }

  void advance(std::span<float> state, const Act& act) const override {
    const auto item = find_item(act.item.id.str());
    if (!item || act.event_value <= 0) return;
    Code codes[kContextFieldsMax] = {};
    levels_.read(act.context, {codes, acts_.field_count()});
    acts_.push(state, *item, {codes, acts_.field_count()});
  }

  std::unique_ptr<SequenceScorer> fold(const domain::Catalogue& catalogue,
                                       const domain::MomentContext& moment) const override;

  const FactorizationTables& tables() const { return tables_; }
  const ContextLevels& levels() const { return levels_; }
  const FieldLabels& viewer_labels() const { return viewer_labels_; }
  const ActRing& acts() const { return acts_; }
  const float* row(std::span<const float> rows, std::size_t number) const {
    return rows.data() + number * tables_.width;
  }
  std::optional<std::uint32_t> find_item(const std::string& id) const {
    const auto found = item_numbers_.find(id);
    if (found == item_numbers_.end()) return std::nullopt;
    return found->second;
  }
  /// Adds what an item is to `vector`; returns its bias.
  float add_item(const domain::Item& item, std::optional<std::uint32_t> number, float* vector) const {
    if (number) {
      add_to(row(tables_.item_vectors, *number), tables_.width, vector);
      return tables_.item_bias[*number];
    }
    float bias = tables_.constants[1];
    item_labels_.read_shares(item.fields, [&](std::size_t label, float share) {
      add_scaled_to(row(tables_.item_labels, label), share, tables_.width, vector);
      bias += share * tables_.item_label_bias[label];
    });
    return bias;
  }

 private:
  std::string id_;
  std::string recipe_;
  FactorizationTables tables_;
  FieldLabels item_labels_;
  FieldLabels viewer_labels_;
  ContextLevels levels_;
  ActRing acts_;
  std::unordered_map<std::string, std::uint32_t> item_numbers_;
};

/// With c the context's vector and q the viewer's, item i scores (b_i + v_i c) + v_i q and what its uses say: all but q
/// and the uses is folded into the items.
class FactorizationScorer final : public SequenceScorer {
 public:
  FactorizationScorer(const FactorizationModel& model, const domain::Catalogue& catalogue,
                      const domain::MomentContext& moment)
      : model_(model),
        place_of_(model.tables().items.size(), kNone),
        asked_(model.levels().count()),
        act_(model.levels().count()),
        codes_(model.acts().field_count()),
        viewer_(model.tables().width),
        uses_(model.tables().items.size(), model.levels().count()) {
    model_.levels().read(moment.context, codes_);
    model_.levels().expand(codes_, asked_);
    fold_items(catalogue);
  }

  void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) override {
    const FactorizationTables& tables = model_.tables();
    std::fill(viewer_.begin(), viewer_.end(), 0.0F);
    float constant = 0;
    model_.viewer_labels().read_shares(traits.fields, [&](std::size_t label, float share) {
      add_scaled_to(model_.row(tables.viewer_labels, label), share, tables.width, viewer_.data());
      if (!tables.viewer_bias.empty()) constant += share * tables.viewer_bias[label];
    });
    count_uses(state);
    add_history();
    items_->score(viewer_, scores);
    if (constant != 0) {
      for (float& score : scores) score += constant;
    }
    add_repeats(scores);
  }

 private:
  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  void fold_items(const domain::Catalogue& catalogue) {
    const FactorizationTables& tables = model_.tables();
    std::vector<float> query(tables.width);
    float constant = tables.constants[0];
    for (std::size_t level = 0; level < asked_.size(); ++level) {
      const std::size_t label = model_.levels().first_label(level) + asked_[level];
      add_to(model_.row(tables.context_labels, label), tables.width, query.data());
      if (!tables.context_bias.empty()) constant += tables.context_bias[label];
    }
    const std::size_t count = catalogue.items().size();
    std::vector<float> vectors(count * tables.width);
    std::vector<float> biases;
    std::vector<std::uint32_t> slots;
    for (std::size_t i = 0; i < count; ++i) {
      const domain::Item& item = catalogue.items()[i];
      const auto number = model_.find_item(item.id.str());
      if (number) place_of_[*number] = static_cast<std::uint32_t>(i);
      float* const vector = vectors.data() + i * tables.width;
      float bias = constant + model_.add_item(item, number, vector);
      for (std::size_t k = 0; k < tables.width; ++k) bias += vector[k] * query[k];
      biases.push_back(bias);
      slots.push_back(static_cast<std::uint32_t>(catalogue.slot_of(i)));
    }
    items_.emplace(tables.width, vectors, biases, slots, catalogue.slots().size());
  }

  void count_uses(std::span<const float> state) {
    uses_.clear();
    if (state.empty()) return;
    model_.acts().read(state, codes_, [&](std::uint32_t item) {
      CHECK(item < place_of_.size(), item, place_of_.size());  // another version's state
      model_.levels().expand(codes_, act_);
      uses_.add(item, act_, asked_);
    });
  }

  /// Adds what the items that a viewer used say of them.
  void add_history() {
    const FactorizationTables& tables = model_.tables();
    float sum = 0;
    for (std::size_t k = 0; k < uses_.items().size(); ++k) sum += weight_of_uses(uses_.of(k)[0]);
    if (sum == 0) return;
    const float norm = 1 / std::sqrt(sum);
    for (std::size_t k = 0; k < uses_.items().size(); ++k) {
      add_scaled_to(model_.row(tables.history_vectors, uses_.items()[k]), norm * weight_of_uses(uses_.of(k)[0]),
                    tables.width, viewer_.data());
    }
  }

  /// Adds what having used an item says of using it again.
  void add_repeats(std::span<float> scores) const {
    const FactorizationTables& tables = model_.tables();
    for (std::size_t k = 0; k < uses_.items().size(); ++k) {
      const std::uint32_t item = uses_.items()[k];
      if (place_of_[item] == kNone) continue;
      const auto uses = uses_.of(k);
      float sum = (tables.repeat[0] + tables.item_repeat[item]) * weight_of_uses(uses[0]) + tables.repeat[1];
      for (std::size_t level = 1; level < uses.size(); ++level) {
        sum += tables.repeat[1 + level] * weight_of_uses(uses[level]);
      }
      scores[place_of_[item]] += sum;
    }
  }

  const FactorizationModel& model_;
  std::vector<std::uint32_t> place_of_;  ///< in the catalogue, by item; kNone for those that it does not have
  std::vector<Code> asked_;
  std::optional<FoldedItems> items_;
  // Scratch of one viewer.
  std::vector<Code> act_;
  std::vector<Code> codes_;
  std::vector<float> viewer_;
  UseCounts uses_;
};

std::unique_ptr<SequenceScorer> FactorizationModel::fold(const domain::Catalogue& catalogue,
                                                         const domain::MomentContext& moment) const {
  return std::make_unique<FactorizationScorer>(*this, catalogue, moment);
}

}  // namespace

SequenceModelPtr make_factorization_model(std::string id, std::string recipe, FactorizationTables tables) {
  CHECK(tables.context_fields.fields().size() <= kContextFieldsMax);
  return std::make_shared<FactorizationModel>(std::move(id), std::move(recipe), std::move(tables));
}

Result<SequenceModelPtr> open_factorization_model(const SolutionFolderPtr& folder) {
  const auto manifest = nlohmann::json::parse(folder->manifest(), nullptr, false);
  MCUE_TRY(FactorizationTables tables, read_factorization_tables(manifest, folder));
  return make_factorization_model(folder->id(), std::string(kFactorizationMachine), std::move(tables));
}

}  // namespace matchcue::scoring
