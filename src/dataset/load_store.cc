// SPDX-License-Identifier: Apache-2.0
#include "dataset/load_store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/text.h"
#include "base/time.h"
#include "codec/json_object.h"
#include "codec/personalize_schema.h"

namespace matchcue::dataset {

namespace {

using domain::DatasetKind;
using domain::Feedback;
using domain::FeedbackKind;

constexpr std::size_t kPageRows = 1'000;

Result<domain::Schema> load_schema(store::Reader& reader, DatasetKind kind) {
  MCUE_TRY(const auto text, reader.load_schema(kind));
  if (!text) return codec::builtin_schema(kind);
  return codec::parse_schema(kind, *text);
}

/// Who did what was done under an id: another viewer, when whoever used it was identified.
class Owners {
 public:
  Result<void> load(store::Reader& reader) {
    MCUE_TRY(auto links, reader.load_viewer_links(0, std::numeric_limits<std::size_t>::max()));
    for (domain::ViewerLink& link : links) owners_.emplace(std::move(link.anonymous), std::move(link.viewer));
    return {};
  }
  bool is_other(const domain::ViewerId& id) const { return owners_.contains(id); }
  const domain::ViewerId& owner_of(const domain::ViewerId& id) const {
    const auto owner = owners_.find(id);
    return owner == owners_.end() ? id : owner->second;
  }

 private:
  std::unordered_map<domain::ViewerId, domain::ViewerId> owners_;
};

Result<void> add_catalogue(store::Reader& reader, const Owners& owners, DatasetBuilder& builder) {
  MCUE_TRY(const auto catalogue, reader.load_catalogue(std::nullopt));
  for (const domain::Item& item : catalogue->items()) builder.add_item(item);
  for (domain::ViewerId last;;) {
    MCUE_TRY(const auto viewers, reader.load_viewers(last, kPageRows));
    if (viewers.empty()) return {};
    for (const domain::Viewer& viewer : viewers) {
      if (!owners.is_other(viewer.id)) builder.add_viewer(viewer);
    }
    last = viewers.back().id;
  }
}

/// The IMPRESSION of the row as it was given; "" when it has none.
std::string impression_of(const domain::Interaction& interaction) {
  const auto row = codec::JsonObject::parse(interaction.document, "");
  if (!row.ok()) return {};
  auto shown = row->find_string("IMPRESSION");
  return shown.ok() && *shown ? std::move(**shown) : std::string();
}

Result<void> add_interactions(store::Reader& reader, const Owners& owners, bool with_impressions,
                              DatasetBuilder& builder) {
  return reader.visit_interactions(UINT64_MAX, [&](domain::Interaction interaction) {
    if (owners.is_other(interaction.viewer)) interaction.viewer = owners.owner_of(interaction.viewer);
    std::vector<std::string_view> impressions;
    std::string shown;
    if (with_impressions) shown = impression_of(interaction);
    if (!shown.empty()) impressions = split(shown, '|');
    builder.add_interaction(interaction, impressions);
    return true;
  });
}

/// Calls `visit` with all attributed feedback up to a number.
template <typename Visit>
Result<void> visit_feedback(store::Reader& reader, std::uint64_t last, const Visit& visit) {
  for (std::uint64_t number = 0; number < last;) {
    MCUE_TRY(const auto page, reader.load_feedback_after(number, kPageRows));
    if (page.empty()) return {};
    for (const Feedback& feedback : page) {
      number = feedback.number;
      if (feedback.attributed && number <= last) MCUE_TRY_VOID(visit(feedback));
    }
  }
  return {};
}

/// Feedback on its way to interactions.
class FeedbackRows {
 public:
  FeedbackRows(store::Reader& reader, const Owners& owners, const std::vector<FeedbackKind>& kinds,
               DatasetBuilder& builder)
      : reader_(reader), owners_(owners), kinds_(kinds), builder_(builder) {}

  Result<void> add() {
    MCUE_TRY(const std::uint64_t last, reader_.last_feedback_number());
    MCUE_TRY_VOID(visit_feedback(reader_, last, [this](const Feedback& feedback) -> Result<void> {
      if (is_wanted(feedback.kind)) seen_.try_emplace(domain::to_string(feedback.cue.decision));
      return {};
    }));
    MCUE_TRY_VOID(visit_feedback(reader_, last, [this](const Feedback& feedback) -> Result<void> {
      const auto slate = seen_.find(domain::to_string(feedback.cue.decision));
      if (slate != seen_.end()) see(feedback.item.str(), slate->second);
      return {};
    }));
    return visit_feedback(reader_, last, [this](const Feedback& feedback) -> Result<void> {
      return is_wanted(feedback.kind) ? add_one(feedback) : Result<void>();
    });
  }

 private:
  bool is_wanted(FeedbackKind kind) const { return std::find(kinds_.begin(), kinds_.end(), kind) != kinds_.end(); }

  /// Whatever a viewer did with an item, they saw it.
  static void see(const std::string& item, std::vector<std::string>& items) {
    if (std::find(items.begin(), items.end(), item) == items.end()) items.push_back(item);
  }

  Result<void> add_one(const Feedback& feedback) {
    const domain::DecisionId& decision = feedback.cue.decision;
    const auto change = std::pair(decision.event, decision.sequence);
    auto context = contexts_.find(change);
    if (context == contexts_.end()) {
      MCUE_TRY(auto header, reader_.load_decision_header(decision.event, decision.sequence));
      context = contexts_.emplace(change, header ? std::move(header->context) : domain::Values()).first;
    }
    domain::Interaction interaction;
    interaction.viewer = owners_.owner_of(feedback.viewer);
    interaction.item = feedback.item;
    interaction.timestamp_s = to_ms(feedback.at) / 1'000;
    interaction.event_type = domain::event_type_of(feedback.kind);
    interaction.event_value = feedback.value;
    interaction.context = context->second;
    const auto& items = seen_.at(domain::to_string(decision));
    const std::vector<std::string_view> impressions(items.begin(), items.end());
    builder_.add_interaction(interaction, impressions);
    return {};
  }

  store::Reader& reader_;
  const Owners& owners_;
  const std::vector<FeedbackKind>& kinds_;
  DatasetBuilder& builder_;
  std::unordered_map<std::string, std::vector<std::string>> seen_;  ///< by decision: the items, first seen first
  std::map<std::pair<domain::EventId, domain::Sequence>, domain::Values> contexts_;
};

}  // namespace

Result<std::vector<FeedbackKind>> read_feedback_flag(const std::vector<std::string>& names) {
  if (names.empty()) return std::vector{FeedbackKind::click};
  if (names == std::vector<std::string>{"none"}) return std::vector<FeedbackKind>();
  std::vector<FeedbackKind> kinds;
  for (const std::string& name : names) {
    const auto kind = domain::parse_feedback_kind(name);
    if (!kind) {
      return invalid("invalid_flag",
                     "--feedback \"" + name + "\": is not none, nor impression, click, dismiss, answer or convert",
                     "feedback");
    }
    kinds.push_back(*kind);
  }
  return kinds;
}

Result<Dataset> load_dataset_store(store::Reader& reader, const StoreRows& rows) {
  Schemas schemas;
  MCUE_TRY(schemas.users, load_schema(reader, DatasetKind::users));
  MCUE_TRY(schemas.items, load_schema(reader, DatasetKind::items));
  MCUE_TRY(schemas.interactions, load_schema(reader, DatasetKind::interactions));
  DatasetBuilder builder(schemas, rows.filter);
  Owners owners;
  MCUE_TRY_VOID(owners.load(reader));
  MCUE_TRY_VOID(add_catalogue(reader, owners, builder));
  MCUE_TRY_VOID(add_interactions(reader, owners, schemas.interactions.find_field("IMPRESSION") != nullptr, builder));
  if (!rows.feedback.empty()) MCUE_TRY_VOID(FeedbackRows(reader, owners, rows.feedback, builder).add());
  return std::move(builder).build();
}

}  // namespace matchcue::dataset
