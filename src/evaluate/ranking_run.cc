// SPDX-License-Identifier: Apache-2.0
#include "evaluate/ranking_run.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.h"

namespace matchcue::evaluate {
namespace {

constexpr std::size_t kRequestsBetweenReports = 64;

/// States of all viewers of a task after their histories, one behind another.
std::vector<float> replay(const RankingTask& task, const scoring::SequenceModel& model) {
  const dataset::Dataset& data = task.dataset();
  std::vector<float> states(task.viewers().size() * model.state_size());
  for (std::size_t viewer = 0; viewer < task.viewers().size(); ++viewer) {
    const std::span<float> state(states.data() + viewer * model.state_size(), model.state_size());
    model.start(state);
    const auto& [number, end] = task.viewers()[viewer];
    for (std::size_t i = data.begin[number]; i < end; ++i) {
      model.advance(state, {task.catalogue().items()[data.item[i]], data.event_types[data.event_type[i]],
                            task.contexts()[task.context_of(i)], data.timestamp_s[i], data.event_value[i]});
    }
  }
  return states;
}

/// Requests of the same context beside one another.
std::vector<std::uint32_t> by_context(const RankingTask& task) {
  std::vector<std::uint32_t> order(task.requests().size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    return task.requests()[a].context < task.requests()[b].context;
  });
  return order;
}

/// Ranks the items of one request after another. Keeps its scratch between calls.
class Ranker {
 public:
  explicit Ranker(const RankingTask& task) : task_(task), places_(task.catalogue().items().size()) {}

  /// Takes the scores of all items and leaves those that can be recommended.
  void take(const RankingTask::Request& request, std::span<const float> scores) {
    const dataset::Dataset& data = task_.dataset();
    const auto& [number, end] = task_.viewers()[request.viewer];
    const bool all = task_.options().seen == Seen::kept;
    std::fill(places_.begin(), places_.end(), 0U);
    for (std::size_t i = data.begin[number]; i < end && !all; ++i) places_[data.item[i]] = kRemoved;
    items_.clear();
    scores_.clear();
    for (std::uint32_t item = 0; item < scores.size(); ++item) {
      if (places_[item] == kRemoved) continue;
      places_[item] = static_cast<std::uint32_t>(items_.size());
      items_.push_back(item);
      scores_.push_back(scores[item]);
    }
    relevant_.clear();
    for (const std::uint32_t item : task_.relevant(request)) relevant_.push_back(places_[item]);
  }

  std::span<const float> scores() const { return scores_; }
  /// Places of the relevant items among scores().
  std::span<const std::uint32_t> relevant() const { return relevant_; }

  /// Ranks of the relevant items, ascending. O(items x log relevant).
  std::span<const std::uint32_t> hit_ranks() {
    sorted_ = relevant_;
    std::sort(sorted_.begin(), sorted_.end(), Better{scores_});
    ranks_.assign(sorted_.size(), 0);
    for (std::uint32_t place = 0; place < scores_.size(); ++place) {
      const auto beaten = std::upper_bound(sorted_.begin(), sorted_.end(), place, Better{scores_});
      if (beaten != sorted_.end()) ++ranks_[static_cast<std::size_t>(beaten - sorted_.begin())];
    }
    std::partial_sum(ranks_.begin(), ranks_.end(), ranks_.begin());
    for (std::uint32_t& rank : ranks_) ++rank;
    return ranks_;
  }

  /// Numbers of the first items, best first.
  std::span<const std::uint32_t> list() {
    order_.resize(scores_.size());
    std::iota(order_.begin(), order_.end(), 0U);
    const std::size_t length = std::min(kListLength, order_.size());
    list_.resize(length);
    std::partial_sort_copy(order_.begin(), order_.end(), list_.begin(), list_.end(), Better{scores_});
    for (std::uint32_t& place : list_) place = items_[place];
    return list_;
  }

 private:
  static constexpr std::uint32_t kRemoved = 0xffffffff;

  /// Places by score, then in the catalogue's order.
  struct Better {
    std::span<const float> scores;
    bool operator()(std::uint32_t a, std::uint32_t b) const {
      return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
    }
  };

  const RankingTask& task_;
  std::vector<std::uint32_t> places_;  ///< by item
  std::vector<std::uint32_t> items_;   ///< that can be recommended
  std::vector<float> scores_;          ///< beside items_
  std::vector<std::uint32_t> relevant_;
  std::vector<std::uint32_t> sorted_;
  std::vector<std::uint32_t> ranks_;
  std::vector<std::uint32_t> order_;
  std::vector<std::uint32_t> list_;
};

/// Fills a RankingRun, request by request.
class Recorder {
 public:
  Recorder(const RankingTask& task, double scale) : task_(task), ranker_(task) {
    run_.values.resize(task.requests().size());
    run_.first_hits.resize(task.requests().size());
    run_.shown.resize(task.catalogue().items().size());
    if (scale > 0) calibration_.emplace(scale);
  }

  void add(std::uint32_t number, std::span<const float> scores) {
    ranker_.take(task_.requests()[number], scores);
    const auto ranks = ranker_.hit_ranks();
    RankingValues& values = run_.values[number];
    values = measure(ranks, ranks.size());
    run_.first_hits[number] = ranks.front();
    shares_.clear();
    for (const std::uint32_t item : ranker_.list()) {
      ++run_.shown[item];
      shares_.push_back(task_.item_shares()[item]);
    }
    values[static_cast<std::size_t>(RankingMetric::novelty_at_25)] = novelty(shares_);
    if (calibration_) calibration_->add(ranker_.scores(), ranker_.relevant());
  }

  RankingRun finish() && {
    if (calibration_ && !run_.values.empty()) run_.calibration = calibration_->finish();
    return std::move(run_);
  }

 private:
  const RankingTask& task_;
  Ranker ranker_;
  RankingRun run_;
  std::optional<CalibrationSums> calibration_;
  std::vector<double> shares_;
};

}  // namespace

Result<RankingRun> ask(const RankingTask& task, const scoring::SequenceModel& model, const OnAsked& on_asked) {
  const std::vector<float> states = replay(task, model);
  Recorder recorder(task, model.log_odds_scale());
  std::vector<float> scores(task.catalogue().items().size());
  std::unique_ptr<scoring::SequenceScorer> scorer;
  std::optional<std::uint32_t> folded;
  std::size_t done = 0;
  for (const std::uint32_t number : by_context(task)) {
    const RankingTask::Request& request = task.requests()[number];
    if (folded != request.context) {
      scorer = model.fold(task.catalogue(), {task.contexts()[request.context], {}});
      folded = request.context;
    }
    const std::span<const float> state(states.data() + request.viewer * model.state_size(), model.state_size());
    scorer->score(state, task.traits()[request.viewer], scores);
    const auto bad = std::find_if(scores.begin(), scores.end(), [](float score) { return !std::isfinite(score); });
    if (bad != scores.end()) {
      const auto& item = task.catalogue().items()[static_cast<std::size_t>(bad - scores.begin())];
      return Error{ErrorKind::corrupt,
                   "corrupt_scores",
                   "version \"" + model.id() + "\" gives item \"" + item.id.str() + "\" a score that is no number",
                   {}};
    }
    recorder.add(number, scores);
    if (++done % kRequestsBetweenReports == 0 || done == task.requests().size()) on_asked(done, task.requests().size());
  }
  return std::move(recorder).finish();
}

}  // namespace matchcue::evaluate
