#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Keeps the demo's picture and its event together: what the script tells the server is shown when the server has it,
// and what somebody fires or corrects at a page in between is shown as well.

#include <array>
#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <thread>

#include "base/clock.h"
#include "simulate/event_api.h"

namespace matchcue::cli {

/// Passes the script's calls on. Single thread, as what it passes them to; it follows the event on one of its own.
class PictureDirector final : public simulate::EventApi {
 public:
  using Show = std::function<void(const simulate::TimedMoment&)>;

  /// show   is called for one moment at a time, on either thread
  /// speed  how much faster than the wall's the match clock runs
  PictureDirector(simulate::EventApi& api, Show show, double speed, const Clock& clock)
      : api_(api), show_(std::move(show)), speed_(speed), clock_(clock) {}
  ~PictureDirector() override;

  /// Begins to follow event "1" at "http://HOST:PORT", from the next change on.
  void follow(const std::string& url);
  /// One change of the event as /changes has it.
  void see(const nlohmann::json& change);

  Result<simulate::Accepted> set_state(const domain::EventId& event, const domain::Values& state,
                                       WallTime media_time) override;
  Result<simulate::Accepted> fire(const domain::EventId& event, const simulate::TimedMoment& moment,
                                  WallTime media_time) override;
  Result<simulate::Accepted> correct(const domain::EventId& event, domain::Sequence wrong,
                                     const simulate::TimedMoment& moment, WallTime media_time) override;
  Result<void> map_content(const domain::ContentId& content, const domain::EventId& event) override;
  Result<domain::Sequence> latest(const domain::EventId& event) override;
  Result<std::vector<simulate::ChangeSeen>> changes_after(const domain::EventId& event,
                                                          domain::Sequence after) override;

 private:
  void show_script(const simulate::TimedMoment& moment, domain::Sequence sequence);
  void show_with_score(simulate::TimedMoment moment);
  void watch(const std::string& url);

  simulate::EventApi& api_;
  Show show_;
  double speed_;
  const Clock& clock_;
  // A lock, because the script's call has to end before its change is looked at: only then is it known to be its own.
  std::mutex mutex_;
  std::set<std::uint64_t> told_;                ///< the script's changes
  std::map<std::uint64_t, std::size_t> goals_;  ///< by sequence, of which team
  std::array<int, 2> besides_{};                ///< goals that are not in the script's score
  simulate::TimedMoment script_;                ///< its latest
  SteadyTime script_at_;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

}  // namespace matchcue::cli
