#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Where the moments of a simulated live event come from: a script made from a seed, the AWS sample's simulator, or a
// recorded match. Sources know no clock; driver.h plays them.

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "domain/ids.h"
#include "domain/value.h"

namespace matchcue::simulate {

/// Which call of the API tells the server.
enum class MomentKind {
  moment,      ///< something happened (`moment fire`)
  correction,  ///< the moment `corrects` was wrong (`moment correct`)
  state,       ///< the state is now so, as the AWS sample writes it (`event set`)
};

/// One thing that a source wants told, and when.
struct TimedMoment {
  MomentKind kind = MomentKind::moment;
  Milliseconds offset{0};                 ///< from the start of the source, at its own speed; never decreases
  domain::Values state;                   ///< the five context fields, all as text
  std::optional<domain::ItemId> subject;  ///< the acting player's item
  std::optional<std::size_t> corrects;    ///< correction: which of this source's moments, counted from 0
  std::string reason;                     ///< correction: why, for people
  std::string clock;                      ///< as shown on the screen: "", "12:34", "45+2:10"
  std::array<int, 2> score{};             ///< home, away
  std::string text;                       ///< what happened, for people: "GOAL Argentina, LIONEL MESSI"
};

/// A finite or endless list of moments in the order of their times. Single thread.
class MomentSource {
 public:
  virtual ~MomentSource() = default;
  /// The next moment, or nothing at the end.
  virtual std::optional<TimedMoment> next() = 0;
};

/// Moments that are known already, in order.
class MomentList final : public MomentSource {
 public:
  explicit MomentList(std::vector<TimedMoment> moments) : moments_(std::move(moments)) {}
  std::optional<TimedMoment> next() override {
    if (position_ == moments_.size()) return std::nullopt;
    return moments_[position_++];
  }

 private:
  std::vector<TimedMoment> moments_;
  std::size_t position_ = 0;
};

}  // namespace matchcue::simulate
