// SPDX-License-Identifier: Apache-2.0
#include "engine/campaign_build.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <unordered_map>
#include <vector>

namespace matchcue::engine {

namespace {

constexpr std::size_t kRowsPerRead = 4'096;

/// Interactions with every text as a number.
struct CodedInteractions {
  struct Row {
    std::uint32_t viewer;
    std::uint32_t item;
    std::uint32_t event_type;
    std::uint32_t context;
    std::int64_t timestamp_s;
    double event_value;
  };
  template <typename T>
  class Codes {
   public:
    std::uint32_t code(const T& value) {
      const auto [known, is_new] = codes_.try_emplace(value, static_cast<std::uint32_t>(values_.size()));
      if (is_new) values_.push_back(value);
      return known->second;
    }
    const T& operator[](std::uint32_t code) const { return values_[code]; }
    const std::vector<T>& values() const { return values_; }

   private:
    std::map<T, std::uint32_t> codes_;
    std::vector<T> values_;
  };

  std::vector<Row> rows;
  Codes<domain::ViewerId> viewers;
  Codes<domain::ItemId> items;
  Codes<std::string> event_types;
  Codes<domain::Values> contexts;
};

template <typename OwnerOf>
Result<CodedInteractions> load_interactions(store::Reader& reader, std::uint64_t last, const OwnerOf& owner_of) {
  CodedInteractions coded;
  MCUE_TRY_VOID(reader.visit_interactions(last, [&](const domain::Interaction& row) {
    coded.rows.push_back({coded.viewers.code(owner_of(row.viewer)), coded.items.code(row.item),
                          coded.event_types.code(row.event_type), coded.contexts.code(row.context), row.timestamp_s,
                          row.event_value});
    return true;
  }));
  std::stable_sort(coded.rows.begin(), coded.rows.end(), [](const auto& a, const auto& b) {
    return a.viewer != b.viewer ? a.viewer < b.viewer : a.timestamp_s < b.timestamp_s;
  });
  return coded;
}

/// The items with these ids; those that the catalogue does not have know nothing but their id.
std::vector<domain::Item> find_items(const domain::Catalogue& catalogue, const std::vector<domain::ItemId>& ids) {
  std::vector<domain::Item> items;
  for (const domain::ItemId& id : ids) {
    const auto place = catalogue.find_item(id);
    items.push_back(place ? catalogue.items()[*place] : domain::Item());
    items.back().id = id;
  }
  return items;
}

std::int64_t seconds_of(WallTime at) { return to_ms(at) / 1'000; }

/// Whether a campaign is told of the row now.
bool is_told(const domain::Feedback& row, const learn::LogLearner* learner, WallTime now) {
  return learn::LogLearner::may_train(row) && learn::LogLearner::is_act(row.kind) &&
         (learner == nullptr || !learner->is_waiting(row, now));
}

}  // namespace

Result<scoring::SequenceModelPtr> no_models(const std::string& id) {
  return not_found("unknown_solution_version", "unknown solution version \"" + id + "\"", "solution_version");
}

Result<std::vector<learn::PastAct>> load_acts(store::Reader& reader, const domain::ViewerId& viewer, std::uint64_t last,
                                              const learn::LogLearner& learner, WallTime now) {
  MCUE_TRY(auto rows, reader.load_feedback(viewer, std::numeric_limits<std::size_t>::max()));
  std::reverse(rows.begin(), rows.end());
  CitedDecisions cited(reader);
  std::vector<learn::PastAct> acts;
  const domain::CueId* acted = nullptr;
  for (const domain::Feedback& row : rows) {
    if (row.number > last || !is_told(row, &learner, now)) continue;
    if (acted != nullptr && *acted == row.cue) continue;
    acted = &row.cue;
    MCUE_TRY(const CitedDecision* decision, cited.find(row.cue.decision.event, row.cue.decision.sequence));
    if (!decision->catalogue) continue;
    const auto place = decision->catalogue->find_item(row.item);
    if (place) acts.push_back({decision->catalogue, *place, decision->header.context, seconds_of(row.at)});
  }
  return acts;
}

CampaignBuild::CampaignBuild(scoring::SequenceModelPtr model, learn::Settings::Deployment deployment)
    : deployment_(std::move(deployment)), campaign_(std::move(model)) {}

Result<void> CampaignBuild::add_interactions(store::Reader& reader) {
  if (deployment_.links > 0) {
    MCUE_TRY(auto links, reader.load_viewer_links(0, std::numeric_limits<std::size_t>::max()));
    for (domain::ViewerLink& link : links) {
      if (link.number <= deployment_.links) links_.emplace(link.anonymous, std::move(link));
    }
  }
  MCUE_TRY(const CodedInteractions coded,
           load_interactions(
               reader, deployment_.interactions, [this](const domain::ViewerId& viewer) -> const auto& {
                 return owner_of(viewer);
               }));
  MCUE_TRY(const domain::CataloguePtr catalogue, reader.load_catalogue(std::nullopt));
  const std::vector<domain::Item> items = find_items(*catalogue, coded.items.values());
  for (const CodedInteractions::Row& row : coded.rows) {
    campaign_.advance(coded.viewers[row.viewer], {items[row.item], coded.event_types[row.event_type],
                                                  coded.contexts[row.context], row.timestamp_s, row.event_value});
  }
  return {};
}

Result<void> CampaignBuild::add_feedback(store::Reader& reader, std::uint64_t last, WallTime until,
                                         const learn::LogLearner* learner, WallTime now) {
  CitedDecisions cited(reader);
  while (feedback_ < last) {
    const std::size_t wanted = std::min<std::uint64_t>(kRowsPerRead, last - feedback_);
    MCUE_TRY(const auto rows, reader.load_feedback_after(feedback_, wanted));
    if (rows.empty()) return {};
    for (const domain::Feedback& row : rows) {
      if (row.at > until) return {};
      MCUE_TRY_VOID(add_row(cited, row, learner, now));
      feedback_ = row.number;
    }
  }
  return {};
}

const domain::ViewerId& CampaignBuild::owner_of(const domain::ViewerId& viewer) const {
  const auto link = links_.find(viewer);
  return link == links_.end() ? viewer : link->second.viewer;
}

Result<bool> CampaignBuild::add_row(CitedDecisions& cited, const domain::Feedback& row,
                                    const learn::LogLearner* learner, WallTime now) {
  if (!learn::LogLearner::may_train(row)) return false;
  const auto link = links_.find(row.viewer);
  const domain::ViewerId& viewer = link == links_.end() ? row.viewer : link->second.viewer;
  if (link == links_.end() || !campaign_.viewers().find(viewer.str())) {
    campaign_.meet(viewer, link == links_.end() ? row.traits : link->second.traits);
  }
  if (!is_told(row, learner, now)) return false;
  const auto [acted, is_first] = last_acts_.try_emplace(row.viewer, row.cue);
  if (!is_first && acted->second == row.cue) return false;
  acted->second = row.cue;
  MCUE_TRY(const CitedDecision* decision, cited.find(row.cue.decision.event, row.cue.decision.sequence));
  if (!decision->catalogue) return false;
  const auto place = decision->catalogue->find_item(row.item);
  if (!place) return false;
  campaign_.advance(
      viewer, {decision->catalogue->items()[*place], learn::kActed, decision->header.context, seconds_of(row.at)});
  return true;
}

Result<void> CampaignBuild::identify(store::Reader& reader, std::uint64_t last, const learn::LogLearner& learner,
                                     WallTime now) {
  if (last <= deployment_.links) return {};
  MCUE_TRY(const auto links, reader.load_viewer_links(deployment_.links, std::numeric_limits<std::size_t>::max()));
  for (const domain::ViewerLink& link : links) {
    if (link.number > last) break;
    std::vector<learn::PastAct> acts;
    if (campaign_.needs_acts(link)) {
      MCUE_TRY(acts, load_acts(reader, link.anonymous, feedback_, learner, now));
    }
    campaign_.identify(link, acts);
  }
  return {};
}

}  // namespace matchcue::engine
