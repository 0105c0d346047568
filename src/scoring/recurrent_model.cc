// SPDX-License-Identifier: Apache-2.0
//
// A viewer's state, in floats:
//
//   what the network remembers   RecurrentNetwork::memory_size()
//   what the viewer is           width
//   when they acted last         3: acted (0 or 1); the time in seconds as high * 2^24 + low, 0 <= low < 2^24. Floats
//                                hold such numbers exactly, and unlike an integer's bits they are never NaN.
#include "scoring/recurrent_model.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <unordered_map>

#include "scoring/blended_model.h"
#include "scoring/field_labels.h"
#include "scoring/folded_items.h"
#include "scoring/recurrent_network.h"
#include "scoring/recurrent_steps.h"
#include "scoring/time_gap.h"
#include "scoring/window_model.h"

namespace matchcue::scoring {

namespace {

constexpr std::size_t kTimeFloats = 3;
constexpr std::int64_t kTimePart = std::int64_t{1} << 24;
constexpr std::int64_t kTimeMax = kTimePart * kTimePart / 2 - 1;

class RecurrentModel final : public SequenceModel {
 public:
  RecurrentModel(std::string id, std::string recipe, RecurrentTables tables)
      : id_(std::move(id)),
        recipe_(std::move(recipe)),
        tables_(std::move(tables)),
        network_(tables_),
        item_labels_(tables_.item_fields),
        viewer_labels_(tables_.viewer_fields),
        context_labels_(tables_.context_fields),
        other_type_(width()) {
    for (std::size_t i = 0; i < tables_.items.size(); ++i) item_numbers_.emplace(tables_.items[i], i);
    double biases = 0;
    for (const float bias : tables_.item_bias) biases += static_cast<double>(bias);
    if (!tables_.items.empty()) mean_bias_ = static_cast<float>(biases / static_cast<double>(tables_.items.size()));
    for (std::size_t t = 0; t < tables_.event_types.size(); ++t) {
      add_scaled_to(row(tables_.event_type_rows, t), 1 / static_cast<float>(tables_.event_types.size()), width(),
                    other_type_.data());
    }
  }

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::size_t state_size() const override { return network_.memory_size() + width() + kTimeFloats; }
  double log_odds_scale() const override { return tables_.log_odds_scale; }

  void start(std::span<float> state) const override {
    CHECK(state.size() == state_size(), state.size());
    std::fill(state.begin(), state.end(), 0.0F);
    std::copy(tables_.start.begin(), tables_.start.end(), state.begin() + memory_end());
  }

  void advance(std::span<float> state, const Act& act) const override {
    CHECK(state.size() == state_size(), state.size());
    alignas(64) float input[kRecurrentWidthMax] = {};
    add_item(act.item, input);
    if (!tables_.event_types.empty()) add_to(event_type_row(act.event_type), width(), input);
    const std::int64_t gap = pass_time(state.last(kTimeFloats), act.timestamp_s);
    if (tables_.shape.gaps > 0) add_to(row(tables_.gaps, static_cast<std::size_t>(gap_bucket(gap))), width(), input);
    add_context(tables_.context_in, act.context, input);
    network_.advance(state.first(network_.memory_size()), {input, width()}, viewer_of(state));
  }

  std::unique_ptr<SequenceScorer> fold(const domain::Catalogue& catalogue,
                                       const domain::MomentContext& moment) const override;

  std::size_t width() const { return tables_.shape.width; }
  const RecurrentTables& tables() const { return tables_; }
  const float* row(std::span<const float> rows, std::size_t number) const { return rows.data() + number * width(); }

  /// What a viewer is, within their state.
  template <typename Float>
  std::span<Float> viewer_of(std::span<Float> state) const {
    return state.subspan(network_.memory_size(), width());
  }
  /// Adds what an item is.
  void add_item(const domain::Item& item, float* out) const {
    const auto found = item_numbers_.find(item.id.str());
    if (found != item_numbers_.end()) return add_to(row(tables_.item_vectors, found->second), width(), out);
    item_labels_.read_shares(item.fields, [&](std::size_t label, float share) {
      add_scaled_to(row(tables_.item_labels, label), share, width(), out);
    });
  }
  float bias_of(const domain::Item& item) const {
    const auto found = item_numbers_.find(item.id.str());
    return found == item_numbers_.end() ? mean_bias_ : tables_.item_bias[found->second];
  }
  /// Adds who a viewer is.
  void add_traits(const domain::ViewerTraits& traits, float* out) const {
    viewer_labels_.read_shares(traits.fields, [&](std::size_t label, float share) {
      add_scaled_to(row(tables_.viewer_labels, label), share, width(), out);
    });
  }
  /// Adds the rows of a moment's labels.
  void add_context(std::span<const float> rows, const domain::Values& context, float* out) const {
    context_labels_.read_lowest(context, [&](std::size_t label) { add_to(row(rows, label), width(), out); });
  }

 private:
  std::ptrdiff_t memory_end() const { return static_cast<std::ptrdiff_t>(network_.memory_size()); }

  const float* event_type_row(std::string_view name) const {
    for (std::size_t t = 0; t < tables_.event_types.size(); ++t) {
      if (tables_.event_types[t] == name) return row(tables_.event_type_rows, t);
    }
    return other_type_.data();
  }

  /// Seconds since the act before, 0 when there was none; keeps the time.
  static std::int64_t pass_time(std::span<float> kept, std::int64_t now_s) {
    const std::int64_t now = std::clamp(now_s, -kTimeMax, kTimeMax);
    const auto before = static_cast<std::int64_t>(kept[1]) * kTimePart + static_cast<std::int64_t>(kept[2]);
    const std::int64_t gap = kept[0] > 0 ? now - before : 0;
    kept[0] = 1;
    kept[1] = static_cast<float>(now >> 24);
    kept[2] = static_cast<float>(now & (kTimePart - 1));
    return gap;
  }

  std::string id_;
  std::string recipe_;
  RecurrentTables tables_;
  RecurrentNetwork network_;
  FieldLabels item_labels_;
  FieldLabels viewer_labels_;
  FieldLabels context_labels_;
  std::unordered_map<std::string, std::size_t> item_numbers_;
  std::vector<float> other_type_;
  float mean_bias_ = 0;
};

/// With s = what the viewer is + who they are, g and c the gate and the query of the moment's context, item i scores
/// b_i + v_i ((1 + g) s + c) = (b_i + v_i c) + ((1 + g) v_i) s: all but s is folded into the items.
class RecurrentScorer final : public SequenceScorer {
 public:
  RecurrentScorer(const RecurrentModel& model, FoldedItems items)
      : model_(model), items_(std::move(items)), viewer_(model.width()) {}

  void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) override {
    const std::span<const float> viewer = state.empty() ? model_.tables().start : model_.viewer_of(state);
    std::copy(viewer.begin(), viewer.end(), viewer_.begin());
    model_.add_traits(traits, viewer_.data());
    items_.score(viewer_, scores);
  }

 private:
  const RecurrentModel& model_;
  FoldedItems items_;
  std::vector<float> viewer_;
};

std::unique_ptr<SequenceScorer> RecurrentModel::fold(const domain::Catalogue& catalogue,
                                                     const domain::MomentContext& moment) const {
  const std::size_t count = catalogue.items().size();
  std::vector<float> query(width());
  std::vector<float> gate(width(), 1);
  add_context(tables_.context_query, moment.context, query.data());
  if (tables_.shape.gate) add_context(tables_.context_gate, moment.context, gate.data());
  std::vector<float> vectors(count * width());
  std::vector<float> biases;
  std::vector<std::uint32_t> slots;
  for (std::size_t i = 0; i < count; ++i) {
    const domain::Item& item = catalogue.items()[i];
    float* const vector = vectors.data() + i * width();
    add_item(item, vector);
    float bias = bias_of(item);
    for (std::size_t k = 0; k < width(); ++k) {
      bias += vector[k] * query[k];
      vector[k] *= gate[k];
    }
    biases.push_back(bias);
    slots.push_back(static_cast<std::uint32_t>(catalogue.slot_of(i)));
  }
  return std::make_unique<RecurrentScorer>(*this,
                                           FoldedItems(width(), vectors, biases, slots, catalogue.slots().size()));
}

}  // namespace

SequenceModelPtr make_recurrent_model(std::string id, std::string recipe, RecurrentTables tables) {
  return std::make_shared<RecurrentModel>(std::move(id), std::move(recipe), std::move(tables));
}

Result<SequenceModelPtr> open_recurrent_model(const SolutionFolderPtr& folder) {
  const auto manifest = nlohmann::json::parse(folder->manifest(), nullptr, false);
  const auto corrupt = [&](const char* field, const std::string& what) {
    return Error{ErrorKind::corrupt, "corrupt_solution_version", folder->id() + ": " + field + " " + what, field};
  };
  if (!manifest.is_object() || manifest.value("recipe", nlohmann::json()) != "user-personalization") {
    return corrupt("recipe", "is not \"user-personalization\"");
  }
  MCUE_TRY(RecurrentTables tables, read_recurrent_tables(manifest, folder));
  const double scale = tables.log_odds_scale;
  auto network = make_recurrent_model(folder->id(), "user-personalization", std::move(tables));
  const auto weight = manifest.find("ridge_weight");
  if (weight == manifest.end()) return network;
  if (!weight->is_number()) return corrupt("ridge_weight", "is not a number");
  MCUE_TRY(WindowTables ridge, read_window_tables(manifest, folder, "ridge_"));
  return make_blended_model(std::move(network), make_window_model(folder->id(), "sequential-ridge", std::move(ridge)),
                            static_cast<float>(weight->get<double>()), scale);
}

}  // namespace matchcue::scoring
