// SPDX-License-Identifier: Apache-2.0
#include "scoring/window_model.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "base/isa_clones.h"
#include "scoring/metadata_index.h"

namespace matchcue::scoring {

namespace {

/// out += weight * row
MCUE_ISA_CLONES void add_scaled(float* out, const float* row, float weight, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) out[i] += weight * row[i];
}

class WindowModel;

/// Columns are the items that are computed: the catalogue's known ones, and those that new ones are like.
class WindowScorer final : public SequenceScorer {
 public:
  WindowScorer(const WindowModel& model, const domain::Catalogue& catalogue, const domain::MomentContext& moment);
  void score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) override;

 private:
  struct NewItem {
    std::size_t place;                       ///< in the catalogue
    std::vector<MetadataIndex::Near> alike;  ///< columns, not items; weights sum to 1, or none
  };
  static constexpr std::uint32_t kNone = static_cast<std::uint32_t>(-1);

  std::uint32_t column_of(std::uint32_t item);
  void add_row(std::span<const float> row, float weight);
  void add_near(std::size_t item, float weight);
  float link(float raw) const;

  const WindowModel& model_;
  std::vector<std::uint32_t> items_;      ///< by column
  std::vector<std::uint32_t> columns_;    ///< by item; kNone when it is not computed
  bool consecutive_ = true;               ///< items_ are first, first + 1, ...
  std::vector<std::uint32_t> column_at_;  ///< by place in the catalogue; kNone for new items
  std::size_t known_ = 0;                 ///< columns of the catalogue's known items; they come first
  std::vector<NewItem> new_items_;
  std::vector<float> folded_;  ///< by column: base and context
  std::vector<float> raw_;     ///< by column
};

class WindowModel final : public SequenceModel {
 public:
  WindowModel(std::string id, std::string recipe, WindowTables tables)
      : id_(std::move(id)), recipe_(std::move(recipe)), tables_(std::move(tables)) {
    CHECK(tables_.base.size() == tables_.items.size());
    for (double weight = 1; decays_.size() < tables_.window; weight *= tables_.decay) {
      decays_.push_back(static_cast<float>(weight));
    }
    if (!tables_.item_feature_begin.empty()) {
      index_.emplace(tables_.item_codes, tables_.item_feature_begin, tables_.item_features);
    }
  }

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }
  std::size_t state_size() const override { return tables_.window; }
  double log_odds_scale() const override { return tables_.log_odds_scale; }

  void start(std::span<float> state) const override { std::fill(state.begin(), state.end(), 0.0F); }

  void advance(std::span<float> state, const Act& act) const override {
    if (state.empty()) return;
    auto item = find_item(act.item.id.str());
    if (!item) {
      const auto alike = alike_to(act.item.fields, 1);
      if (alike.empty()) return;
      item = alike.front().item;
    }
    std::copy_backward(state.begin(), state.end() - 1, state.end());
    state.front() = static_cast<float>(*item + 1);
  }

  std::unique_ptr<SequenceScorer> fold(const domain::Catalogue& catalogue,
                                       const domain::MomentContext& moment) const override {
    return std::make_unique<WindowScorer>(*this, catalogue, moment);
  }

  const WindowTables& tables() const { return tables_; }
  std::span<const float> decays() const { return decays_; }
  std::optional<std::uint32_t> find_item(const std::string& id) const {
    const auto found = std::lower_bound(tables_.items.begin(), tables_.items.end(), id);
    if (found == tables_.items.end() || *found != id) return std::nullopt;
    return static_cast<std::uint32_t>(found - tables_.items.begin());
  }
  std::vector<MetadataIndex::Near> alike_to(const domain::Values& fields, std::size_t count) const {
    return index_ ? index_->nearest(fields, count) : std::vector<MetadataIndex::Near>();
  }

 private:
  std::string id_;
  std::string recipe_;
  WindowTables tables_;
  std::vector<float> decays_;
  std::optional<MetadataIndex> index_;  ///< refers to tables_
};

WindowScorer::WindowScorer(const WindowModel& model, const domain::Catalogue& catalogue,
                           const domain::MomentContext& moment)
    : model_(model), columns_(model.tables().items.size(), kNone) {
  const WindowTables& tables = model.tables();
  for (const domain::Item& item : catalogue.items()) {
    const auto known = model.find_item(item.id.str());
    column_at_.push_back(known ? column_of(*known) : kNone);
  }
  known_ = items_.size();
  for (std::size_t place = 0; place < column_at_.size(); ++place) {
    if (column_at_[place] != kNone) continue;
    NewItem added{place, model.alike_to(catalogue.items()[place].fields, kItemsAlike)};
    float sum = 0;
    for (const auto& alike : added.alike) sum += alike.weight;
    for (auto& alike : added.alike) alike = {column_of(alike.item), alike.weight / sum};
    new_items_.push_back(std::move(added));
  }
  raw_.assign(items_.size(), 0);
  for (std::size_t column = 0; column < items_.size(); ++column) raw_[column] = tables.base[items_[column]];
  if (!tables.by_context.empty()) {
    tables.context_codes.read_features(moment.context, [&](std::size_t feature) {
      add_row(tables.by_context.subspan(feature * tables.items.size(), tables.items.size()), 1);
    });
  }
  folded_ = raw_;
}

std::uint32_t WindowScorer::column_of(std::uint32_t item) {
  if (columns_[item] == kNone) {
    if (!items_.empty() && item != items_.back() + 1) consecutive_ = false;
    columns_[item] = static_cast<std::uint32_t>(items_.size());
    items_.push_back(item);
  }
  return columns_[item];
}

/// Adds what a row of a table says to every column.
void WindowScorer::add_row(std::span<const float> row, float weight) {
  if (items_.empty()) return;
  if (consecutive_) return add_scaled(raw_.data(), row.data() + items_.front(), weight, raw_.size());
  for (std::size_t column = 0; column < raw_.size(); ++column) raw_[column] += weight * row[items_[column]];
}

void WindowScorer::add_near(std::size_t item, float weight) {
  const WindowTables& tables = model_.tables();
  for (std::int32_t at = tables.near_begin[item]; at < tables.near_begin[item + 1]; ++at) {
    const auto entry = static_cast<std::size_t>(at);
    const std::uint32_t column = columns_[static_cast<std::size_t>(tables.near_items[entry])];
    if (column != kNone) raw_[column] += weight * tables.near_weights[entry];
  }
}

float WindowScorer::link(float raw) const {
  const auto floor = static_cast<float>(model_.tables().floor);
  if (floor == 0) return raw;
  return raw >= floor ? std::log(raw / floor) : (raw - floor) / (2 * floor - raw);
}

void WindowScorer::score(std::span<const float> state, const domain::ViewerTraits& traits, std::span<float> scores) {
  const WindowTables& tables = model_.tables();
  const std::size_t n = tables.items.size();
  raw_ = folded_;
  if (!tables.by_viewer.empty()) {
    tables.viewer_codes.read_features(
        traits.fields, [&](std::size_t feature) { add_row(tables.by_viewer.subspan(feature * n, n), 1); });
  }
  for (std::size_t k = 0; k < state.size(); ++k) {
    if (state[k] < 1) break;
    const std::size_t item = static_cast<std::size_t>(state[k]) - 1;
    if (!tables.by_item.empty()) add_row(tables.by_item.subspan(item * n, n), model_.decays()[k]);
    if (!tables.near_begin.empty()) add_near(item, model_.decays()[k]);
  }
  for (std::size_t place = 0; place < column_at_.size(); ++place) {
    if (column_at_[place] != kNone) scores[place] = link(raw_[column_at_[place]]);
  }
  if (new_items_.empty()) return;
  float mean = 0;
  for (std::size_t column = 0; column < known_; ++column) mean += raw_[column];
  if (known_ > 0) mean /= static_cast<float>(known_);
  for (const NewItem& added : new_items_) {
    float raw = added.alike.empty() ? mean : 0;
    for (const auto& alike : added.alike) raw += alike.weight * raw_[alike.item];
    scores[added.place] = link(raw);
  }
}

}  // namespace

SequenceModelPtr make_window_model(std::string id, std::string recipe, WindowTables tables) {
  return std::make_shared<WindowModel>(std::move(id), std::move(recipe), std::move(tables));
}

}  // namespace matchcue::scoring
