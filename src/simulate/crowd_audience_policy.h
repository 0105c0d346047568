#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The whole product as one of the crowd's policies.

#include <memory>
#include <optional>

#include "simulate/crowd_audience.h"
#include "simulate/crowd_policy.h"

namespace matchcue::simulate {

/// Plays the world's ticks to an audience: fires each tick's moment with its context and subject, takes what the
/// viewers' slates show for the choice, and reports impressions and clicks. `audience` must outlive it.
class AudiencePolicy final : public CrowdPolicy {
 public:
  explicit AudiencePolicy(CrowdAudience& audience) : audience_(audience) {}

  std::string_view name() const override { return "matchcue"; }
  void choose(const CrowdWorld& world, std::span<std::size_t> items) override;
  void learn(const CrowdWorld& world, std::span<const CrowdShown> shown) override;
  /// What went wrong first. From then on nothing is said to the audience and the choice is kNoCrowdItem.
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  Result<void> show(const CrowdWorld& world, std::span<std::size_t> items);
  Result<void> report(const CrowdWorld& world, std::span<const CrowdShown> shown);
  Result<void> put_what_is_new(const CrowdWorld& world);
  TimedMoment moment_of(const CrowdTick& tick, const CrowdWorld& world) const;

  CrowdAudience& audience_;
  std::optional<Error> trouble_;
  domain::Schema context_;         ///< interactions with the world's context fields
  std::size_t items_put_ = 0;      ///< how many items the audience knows
  std::vector<std::string> cues_;  ///< of the last slates, viewers x slots
};

}  // namespace matchcue::simulate
