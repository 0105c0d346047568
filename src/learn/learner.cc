// SPDX-License-Identifier: Apache-2.0
#include "learn/learner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/random.h"

namespace matchcue::learn {

namespace {

constexpr PairValues kPairSd = {.5, 1, .5, .5, .5};

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

double square(double x) { return x * x; }

}  // namespace

/// Trials of one moment, sorted by item, with eta as it stands after the steps so far.
struct Learner::Batch {
  struct Row {
    ViewerRow viewer;
    ItemRow item;
    double reward;
    bool repair;
    double eta;
    double taste;  ///< z.q, without the moment
    PairValues pair;

    double p() const { return sigmoid(eta); }
    double residual() const { return repair ? reward : reward - p(); }
    double information() const { return repair ? 0 : p() * (1 - p()); }
  };
  struct Sums {
    double residual = 0;
    double information = 0;
    void add(const Row& row) {
      residual += row.residual();
      information += row.information();
    }
    void add(const Sums& other) {
      residual += other.residual;
      information += other.information;
    }
  };

  FoldedMoment moment;
  std::vector<Row> rows;
  struct ItemRange {
    ItemRow item;
    std::size_t begin, end;
  };
  std::vector<ItemRange> ranges;

  Sums sums(const ItemRange& range) const {
    Sums sums;
    for (std::size_t r = range.begin; r < range.end; ++r) sums.add(rows[r]);
    return sums;
  }
  void shift(const ItemRange& range, double by) {
    for (std::size_t r = range.begin; r < range.end; ++r) rows[r].eta += by;
  }
};

Learner::Learner(const Options& options) : model_(options), scales_(options) {
  precisions_.subject(0, 0) = 1 / square(options.subject_sd);
  for (std::size_t k = 0; k < kPairSize; ++k) precisions_.pair(k, k) = 1 / square(kPairSd[k]);
}

std::pair<Model, ViewerTable> Learner::share() {
  Model model = model_;
  model.items = model_.items.share();
  return {std::move(model), viewers_.share()};
}

GroupRow Learner::group_row(const std::string& name) {
  const auto [found, is_new] = model_.group_rows.try_emplace(name, static_cast<GroupRow>(model_.groups.size()));
  if (is_new) {
    ContextWeights group;
    const Options& options = model_.options;
    group.grow(1, square(options.group_appeal_sd));
    group.mean[0] = name.starts_with(kSlotGroup) ? options.base_log_odds : 0;
    grow_to_width(group, scales_.group_context);
    model_.groups.push_back(std::move(group));
    model_.group_taste.emplace_back();
  }
  return found->second;
}

void Learner::grow_to_width(ContextWeights& weights, const std::vector<double>& variances) const {
  for (std::size_t width = weights.mean.size() + 1; width <= model_.width(); ++width) {
    weights.grow(width, variances[model_.context.field_of(static_cast<Feature>(width - 2))]);
  }
}

void Learner::add_items(const domain::Catalogue& catalogue) {
  const Options& options = model_.options;
  for (const domain::Item& item : catalogue.items()) {
    const auto [row, is_new] = model_.item_rows.try_emplace(item.id, static_cast<ItemRow>(model_.items.size()));
    if (!is_new) continue;
    ItemState state;
    state.id = item.id;
    for (const std::string& name : group_names(item)) state.groups.push_back(group_row(name));
    state.texts = texts_of(item.fields);
    state.shared = model_.metadata.find(state.texts);
    state.weights.grow(1, scales_.appeal);
    grow_to_width(state.weights, model_.item_context);
    for (std::size_t k = 0; k < kTasteSize; ++k) {
      // Small and different for each item, so that the alternating solution has somewhere to start from.
      Random random(stable_hash(item.id.str(), k));
      state.taste[k] = model_.group_taste[state.groups.front()][k] +
                       static_cast<float>(options.item_taste_sd * 2 * (random.uniform() + random.uniform() - 1));
    }
    model_.items.push_back(std::move(state));
  }
}

void Learner::add_context(const domain::Values& context) {
  const std::size_t before = model_.width();
  model_.context.add(context);
  if (model_.width() == before) return;
  const Options& options = model_.options;
  scales_.grow(model_.context.field_count(), options);
  model_.item_context.resize(model_.context.field_count(), square(options.context_sd));
  for (std::size_t width = before + 1; width <= model_.width(); ++width) {
    const std::size_t field = model_.context.field_of(static_cast<Feature>(width - 2));
    for (ContextWeights& group : model_.groups) group.grow(width, scales_.group_context[field]);
    for (ItemRow row = 0; row < model_.items.size(); ++row) {
      model_.items.edit(row).weights.grow(width, model_.item_context[field]);
    }
    model_.context_taste.emplace_back(kTasteSize);
    SquareMatrix precision;
    precision.grow(kTasteSize * kTasteSize, 1 / scales_.context_taste[field]);
    precisions_.context_taste.push_back(std::move(precision));
  }
  model_.subject.resize(model_.width(), 0);
  precisions_.subject.grow(model_.width(), 1 / square(options.subject_sd));
}

ViewerRow Learner::viewer_row(const domain::ViewerId& viewer, const domain::Values& metadata) {
  if (const auto known = find_owner(viewers_, viewer.str())) return *known;
  const std::size_t before = model_.metadata.size();
  model_.metadata.add(metadata);
  if (model_.metadata.size() > before) {
    for (ItemRow row = 0; row < model_.items.size(); ++row) {
      ItemState& item = model_.items.edit(row);
      item.shared = model_.metadata.find(item.texts);
    }
  }
  model_.metadata_taste.resize(model_.metadata.size());
  ViewerState state;
  state.id = viewer;
  state.metadata = model_.metadata.find(metadata);
  state.taste = prior_taste(model_, state.metadata);
  return viewers_.add(std::move(state));
}

void Learner::identify(const domain::ViewerId& anonymous, const domain::ViewerId& viewer,
                       const domain::Values& metadata) {
  const ViewerRow to = viewer_row(viewer, metadata);
  const ViewerRow from = viewer_row(anonymous, {});
  if (from == to) return;
  ViewerState shell;
  shell.id = anonymous;
  shell.known_as = to;
  ViewerState known = std::exchange(viewers_.edit(from), std::move(shell));
  viewers_.edit(to).take_over(std::move(known), model_.options);
  ++identified_;
  if (model_.options.use_taste) solve_one_viewer(to);
}

void Learner::begin_moment(std::uint64_t ordinal) {
  if (ordinal <= newest_moment_) return;
  newest_moment_ = ordinal;
  const double drift = square(model_.options.drift_sd);
  for (ItemRow row = 0; row < model_.items.size(); ++row) model_.items.edit(row).weights.covariance(0, 0) += drift;
}

void Learner::fold(const domain::MomentContext& moment, std::uint64_t ordinal, std::span<const Trial> trials) {
  begin_moment(ordinal);
  Batch batch;
  batch.moment = fold_moment(model_, moment);
  std::vector<std::uint32_t> order(trials.size());
  for (std::uint32_t t = 0; t < order.size(); ++t) order[t] = t;
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return trials[a].item < trials[b].item; });
  batch.rows.reserve(trials.size());
  for (const std::uint32_t t : order) {
    const Trial& trial = trials[t];
    const ViewerState& viewer = viewers_[trial.viewer];
    Batch::Row row{trial.viewer, trial.item, trial.reward, trial.repair, 0, 0, {}};
    const Taste& taste = model_.items[trial.item].taste;
    double eta = batch.moment.main[trial.item];
    if (model_.options.use_taste) {
      row.taste = dot(viewer.taste, taste);
      eta += dot(viewer.taste, batch.moment.taste[trial.item]);
    }
    if (model_.options.use_history) {
      if (const History* history = viewer.find(trial.item)) {
        row.pair[kFatigue] = history->fatigue;
        row.pair[kClicks] = history->clicked;
      }
      row.pair[kSequence] = std::clamp(static_cast<double>(dot(viewer.sequence_taste, taste)), -3., 3.);
    }
    row.pair[kCampaign] = static_cast<double>(trial.campaign);
    row.pair[kShared] = static_cast<double>(count_shared(viewer.metadata, model_.items[trial.item].shared));
    for (std::size_t k = 0; k < kPairSize; ++k) eta += model_.pair[k] * row.pair[k];
    row.eta = eta;
    if (batch.ranges.empty() || batch.ranges.back().item != trial.item) {
      batch.ranges.push_back({trial.item, batch.rows.size(), batch.rows.size()});
    }
    batch.rows.push_back(row);
    batch.ranges.back().end = batch.rows.size();
  }
  // What items share comes first: an item's own weights would take it for theirs.
  if (model_.options.use_subject) step_subject(batch);
  step_groups(batch);
  step_items(batch);
  step_pair(batch);
  if (model_.options.use_taste && model_.options.use_context_taste) step_context_taste(batch);
  remember(batch, ordinal);
}

/// The most probable weights given the prior and all of these trials: they share their columns, so the mean can only
/// move along one direction, and Newton's method has one unknown.
void Learner::step_weights(ContextWeights& weights, Batch& batch, const std::vector<std::size_t>& ranges) {
  constexpr int kIterations = 3;
  constexpr double kStepMax = 2;
  const ContextWeights::Direction direction = weights.direction(batch.moment.columns);
  double step = 0;
  Batch::Sums sums;
  for (int i = 0; i < kIterations; ++i) {
    sums = {};
    for (const std::size_t range : ranges) sums.add(batch.sums(batch.ranges[range]));
    const double limit = kStepMax / direction.along;
    const double next =
        std::clamp(step + (sums.residual - step) / (1 + sums.information * direction.along), -limit, limit);
    for (const std::size_t range : ranges) batch.shift(batch.ranges[range], (next - step) * direction.along);
    step = next;
  }
  weights.move(direction, step, sums.information);
}

void Learner::step_groups(Batch& batch) {
  for (GroupRow g = 0; g < model_.groups.size(); ++g) {
    std::vector<std::size_t> ranges;
    for (std::size_t r = 0; r < batch.ranges.size(); ++r) {
      const auto& groups = model_.items[batch.ranges[r].item].groups;
      if (std::find(groups.begin(), groups.end(), g) != groups.end()) ranges.push_back(r);
    }
    if (!ranges.empty()) step_weights(model_.groups[g], batch, ranges);
  }
}

void Learner::step_items(Batch& batch) {
  for (std::size_t r = 0; r < batch.ranges.size(); ++r) {
    const auto& range = batch.ranges[r];
    ItemState& item = model_.items.edit(range.item);
    step_weights(item.weights, batch, {r});
    for (std::size_t row = range.begin; row < range.end; ++row) {
      item.reward += batch.rows[row].reward;
      if (!batch.rows[row].repair) item.trials += 1;
    }
  }
}

void Learner::step_subject(Batch& batch) {
  const std::size_t width = model_.width();
  std::vector<double> gradient(width);
  bool any = false;
  for (const auto& [item, rho] : batch.moment.subjects) {
    for (const auto& range : batch.ranges) {
      if (range.item != item) continue;
      const Batch::Sums sums = batch.sums(range);
      any = true;
      for (std::size_t a = 0; a < width; ++a) {
        gradient[a] += sums.residual * rho[a];
        for (std::size_t b = 0; b < width; ++b) {
          precisions_.subject(a, b) += sums.information * rho[a] * rho[b];
        }
      }
    }
  }
  if (!any) return;
  SquareMatrix factor = precisions_.subject;
  factorize(factor);
  solve_factorized(factor, gradient);
  for (std::size_t a = 0; a < width; ++a) model_.subject[a] += gradient[a];
  for (const auto& [item, rho] : batch.moment.subjects) {
    double moved = 0;
    for (std::size_t a = 0; a < width; ++a) moved += gradient[a] * rho[a];
    for (const auto& range : batch.ranges) {
      if (range.item == item) batch.shift(range, moved);
    }
  }
}

void Learner::step_pair(Batch& batch) {
  PairValues gradient{};
  for (const Batch::Row& row : batch.rows) {
    const double residual = row.residual();
    const double information = row.information();
    for (std::size_t a = 0; a < kPairSize; ++a) {
      gradient[a] += residual * row.pair[a];
      for (std::size_t b = 0; b < kPairSize; ++b) {
        precisions_.pair(a, b) += information * row.pair[a] * row.pair[b];
      }
    }
  }
  SquareMatrix factor = precisions_.pair;
  factorize(factor);
  solve_factorized(factor, gradient);
  for (std::size_t a = 0; a < kPairSize; ++a) model_.pair[a] += gradient[a];
  for (Batch::Row& row : batch.rows) {
    for (std::size_t a = 0; a < kPairSize; ++a) row.eta += gradient[a] * row.pair[a];
  }
}

void Learner::step_context_taste(Batch& batch) {
  constexpr std::size_t kEntries = kTasteSize * kTasteSize;
  for (const std::uint16_t column : batch.moment.columns) {
    if (column == 0) continue;
    SquareMatrix& precision = precisions_.context_taste[column - 1U];
    std::vector<double> gradient(kEntries);
    for (const auto& range : batch.ranges) {
      const Taste& q = model_.items[range.item].taste;
      SquareMatrix zz(kTasteSize);
      std::array<double, kTasteSize> z{};
      for (std::size_t r = range.begin; r < range.end; ++r) {
        const Taste& taste = viewers_[batch.rows[r].viewer].taste;
        const double residual = batch.rows[r].residual();
        const double information = batch.rows[r].information();
        for (std::size_t a = 0; a < kTasteSize; ++a) {
          z[a] += residual * static_cast<double>(taste[a]);
          const double scaled = information * static_cast<double>(taste[a]);
          for (std::size_t b = 0; b <= a; ++b) zz(a, b) += scaled * static_cast<double>(taste[b]);
        }
      }
      for (std::size_t a = 0; a < kTasteSize; ++a) {
        for (std::size_t c = 0; c < kTasteSize; ++c) gradient[a * kTasteSize + c] += z[a] * static_cast<double>(q[c]);
      }
      for (std::size_t a = 0; a < kTasteSize; ++a) {
        for (std::size_t b = 0; b < kTasteSize; ++b) {
          const double weight = a >= b ? zz(a, b) : zz(b, a);
          for (std::size_t c = 0; c < kTasteSize; ++c) {
            for (std::size_t d = 0; d < kTasteSize; ++d) {
              precision(a * kTasteSize + c, b * kTasteSize + d) +=
                  weight * static_cast<double>(q[c]) * static_cast<double>(q[d]);
            }
          }
        }
      }
    }
    SquareMatrix factor = precision;
    factorize(factor);
    solve_factorized(factor, gradient);
    SquareMatrix& matrix = model_.context_taste[column - 1U];
    for (std::size_t e = 0; e < kEntries; ++e) matrix.values()[e] += gradient[e];
    for (const auto& range : batch.ranges) {
      const Taste& q = model_.items[range.item].taste;
      std::array<double, kTasteSize> moved{};
      for (std::size_t a = 0; a < kTasteSize; ++a) {
        for (std::size_t c = 0; c < kTasteSize; ++c)
          moved[a] += gradient[a * kTasteSize + c] * static_cast<double>(q[c]);
      }
      for (std::size_t r = range.begin; r < range.end; ++r) {
        const Taste& taste = viewers_[batch.rows[r].viewer].taste;
        for (std::size_t a = 0; a < kTasteSize; ++a) batch.rows[r].eta += moved[a] * static_cast<double>(taste[a]);
      }
    }
  }
}

void Learner::remember(const Batch& batch, std::uint64_t ordinal) {
  const Options& options = model_.options;
  for (const Batch::Row& row : batch.rows) {
    ViewerState& viewer = viewers_.edit(row.viewer);
    if (viewer.seen_moment < ordinal) {
      if (viewer.moments == 0) viewer.first_moment = ordinal;
      ++viewer.moments;
      viewer.seen_moment = ordinal;
      viewer.fade(options, 1);
    }
    auto entry = std::find_if(viewer.history.begin(), viewer.history.end(),
                              [&](const History& each) { return each.item == row.item; });
    if (entry == viewer.history.end()) {
      if (viewer.history.size() >= options.recent_items_max) viewer.history.erase(viewer.history.begin());
      entry = viewer.history.insert(viewer.history.end(), History{});
      entry->item = row.item;
    }
    const double information = row.information();
    entry->information += static_cast<float>(information);
    entry->target += static_cast<float>(information * row.taste + row.residual());
    if (!row.repair) entry->fatigue = std::log2(std::exp2(entry->fatigue) + 1);
    entry->clicked += static_cast<float>(row.reward);
    entry->sequence += static_cast<float>(row.reward);
  }
}

}  // namespace matchcue::learn
