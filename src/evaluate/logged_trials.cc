// SPDX-License-Identifier: Apache-2.0
#include "evaluate/logged_trials.h"

#include <fmt/format.h>

#include <algorithm>

#include "evaluate/off_policy_log.h"

namespace matchcue::evaluate {
namespace {

template <typename Value>
Error refuse(std::string field, const Value& value, std::string_view why) {
  std::string message = fmt::format("{} {} {}", field, value, why);
  return invalid("invalid_trial", std::move(message), std::move(field));
}

}  // namespace

std::size_t LoggedTrials::number_of(const domain::SlotName& slot, const domain::ItemId& item) {
  return items_.try_emplace({slot, item}, items_.size()).first->second;
}

std::optional<std::size_t> LoggedTrials::find_number(const domain::SlotName& slot, const domain::ItemId& item) const {
  const auto known = items_.find({slot, item});
  return known == items_.end() ? std::nullopt : std::optional(known->second);
}

Result<std::uint16_t> LoggedTrials::slot_number(const domain::SlotName& slot) {
  const auto known = std::find(slots_.begin(), slots_.end(), slot.str());
  if (known != slots_.end()) return static_cast<std::uint16_t>(known - slots_.begin());
  if (slots_.size() == kSlotsMax) return refuse("slot", slot.str(), fmt::format("is one more than {}", kSlotsMax));
  slots_.push_back(slot.str());
  return static_cast<std::uint16_t>(slots_.size() - 1);
}

std::uint32_t LoggedTrials::decision_number(const domain::DecisionHeader& header) {
  const auto [known, is_new] =
      by_change_.try_emplace({header.event, header.sequence}, static_cast<std::uint32_t>(headers_.size()));
  if (is_new) headers_.push_back(header);
  return known->second;
}

std::uint32_t LoggedTrials::candidates_number(std::span<const std::size_t> candidates) {
  const auto [known, is_new] = by_candidates_.try_emplace({candidates.begin(), candidates.end()},
                                                          static_cast<std::uint32_t>(candidates_.size()));
  if (is_new) candidates_.push_back(known->first);
  return known->second;
}

std::uint32_t LoggedTrials::viewer_number(const domain::ViewerId& viewer) {
  const auto [known, is_new] = by_viewer_.try_emplace(viewer, static_cast<std::uint32_t>(viewers_.size()));
  if (is_new) viewers_.push_back(viewer);
  return known->second;
}

Result<void> LoggedTrials::add(const Row& row) {
  if (row.slot >= row.header.slots.size()) return refuse("slot", row.slot, "is none of the decision's");
  if (!(row.propensity > 0 && row.propensity <= 1)) return refuse("propensity", row.propensity, "is not in (0, 1]");
  if (!(row.reward >= 0 && row.reward <= 1)) return refuse("reward", row.reward, "is not in [0, 1]");
  const auto shown = std::find(row.candidates.begin(), row.candidates.end(), row.item);
  if (shown == row.candidates.end()) return refuse("item", row.item, "is not among the candidates");
  Trial trial;
  MCUE_TRY(trial.slot, slot_number(row.header.slots[row.slot]));
  trial.viewer = viewer_number(row.viewer);
  trial.decision = decision_number(row.header);
  trial.candidates = candidates_number(row.candidates);
  trial.place = static_cast<std::uint16_t>(shown - row.candidates.begin());
  trial.propensity = static_cast<float>(row.propensity);
  trial.reward = static_cast<float>(row.reward);
  trials_.push_back(trial);
  return {};
}

}  // namespace matchcue::evaluate
