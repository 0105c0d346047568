// SPDX-License-Identifier: Apache-2.0
#include "cli/picture_director.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/http_client.h"
#include "simulate/picture.h"

namespace matchcue::cli {

namespace {

using Json = nlohmann::json;

constexpr const char* kGoal = "GOAL";
constexpr int kWaitMs = 500;
constexpr Milliseconds kRetry{500};

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string event_of(const simulate::TimedMoment& moment) {
  const auto found = moment.state.find("MATCH_EVENT");
  return found == moment.state.end() ? std::string() : domain::to_text(found->second);
}

}  // namespace

PictureDirector::~PictureDirector() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

void PictureDirector::follow(const std::string& url) {
  thread_ = std::thread([this, url] { watch(url); });
}

void PictureDirector::watch(const std::string& url) {
  api::HttpClient client(url);
  std::optional<std::uint64_t> seen;
  while (!stop_) {
    const std::string from =
        seen ? "/changes?after=" + std::to_string(*seen) + "&wait_ms=" + std::to_string(kWaitMs) : std::string();
    const auto answer = client.send("GET", "/v1/events/1" + from);
    const Json body = answer ? Json::parse(answer->body, nullptr, false) : Json();
    if (!body.is_object()) {
      std::this_thread::sleep_for(kRetry);
    } else if (!seen) {
      seen = body.value("sequence", std::uint64_t{0});
    } else {
      for (const Json& change : body.value("changes", Json::array())) {
        seen = std::max(*seen, change.value("sequence", std::uint64_t{0}));
        see(change);
      }
    }
  }
}

void PictureDirector::see(const Json& change) {
  const std::string kind = text_at(change, "kind");
  if (kind != "moment" && kind != "correction") return;
  const std::lock_guard lock(mutex_);
  const auto sequence = change.value("sequence", std::uint64_t{0});
  if (told_.contains(sequence)) return;
  simulate::TimedMoment moment = script_;
  const auto since = std::chrono::duration<double, std::milli>(clock_.steady() - script_at_).count() * speed_;
  moment.clock = simulate::advance_clock(script_.clock, Milliseconds(static_cast<std::int64_t>(since)));
  moment.kind = kind == "moment" ? simulate::MomentKind::moment : simulate::MomentKind::correction;
  moment.subject.reset();
  if (const std::string subject = text_at(change, "subject"); !subject.empty())
    moment.subject = domain::ItemId(subject);
  const std::string event = change.contains("after") ? text_at(change["after"], "MATCH_EVENT") : std::string();
  moment.state["MATCH_EVENT"] = event;
  moment.text = event;
  if (moment.kind == simulate::MomentKind::correction) {
    const std::string reason = text_at(change, "reason");
    const auto corrects = change.find("corrects");
    const auto wrong = corrects != change.end() && corrects->is_number_unsigned()
                           ? goals_.find(corrects->get<std::uint64_t>())
                           : goals_.end();
    moment.text = wrong != goals_.end() ? "VAR: no goal" : reason.empty() ? "Corrected" : reason;
    if (wrong != goals_.end()) {
      --besides_[wrong->second];
      goals_.erase(wrong);
    }
  } else if (event == kGoal) {
    goals_[sequence] = simulate::acting_team(moment);
    ++besides_[goals_[sequence]];
  }
  show_with_score(std::move(moment));
}

void PictureDirector::show_script(const simulate::TimedMoment& moment, domain::Sequence sequence) {
  told_.insert(sequence.value());
  const auto timing = moment.state.find("MATCH_TIMING");
  if (timing != moment.state.end() && domain::to_text(timing->second) == "PRE-MATCH") besides_ = {};
  if (moment.kind == simulate::MomentKind::moment && event_of(moment) == kGoal) {
    goals_[sequence.value()] = simulate::acting_team(moment);
  }
  script_ = moment;
  script_at_ = clock_.steady();
  show_with_score(moment);
}

void PictureDirector::show_with_score(simulate::TimedMoment moment) {
  for (std::size_t team = 0; team < 2; ++team) {
    moment.score[team] = std::max(0, script_.score[team] + besides_[team]);
  }
  show_(moment);
}

Result<simulate::Accepted> PictureDirector::fire(const domain::EventId& event, const simulate::TimedMoment& moment,
                                                 WallTime media_time) {
  const std::lock_guard lock(mutex_);
  auto accepted = api_.fire(event, moment, media_time);
  if (accepted) show_script(moment, accepted->sequence);
  return accepted;
}

Result<simulate::Accepted> PictureDirector::correct(const domain::EventId& event, domain::Sequence wrong,
                                                    const simulate::TimedMoment& moment, WallTime media_time) {
  const std::lock_guard lock(mutex_);
  auto accepted = api_.correct(event, wrong, moment, media_time);
  if (accepted) show_script(moment, accepted->sequence);
  return accepted;
}

Result<simulate::Accepted> PictureDirector::set_state(const domain::EventId& event, const domain::Values& state,
                                                      WallTime media_time) {
  return api_.set_state(event, state, media_time);
}
Result<void> PictureDirector::map_content(const domain::ContentId& content, const domain::EventId& event) {
  return api_.map_content(content, event);
}
Result<domain::Sequence> PictureDirector::latest(const domain::EventId& event) { return api_.latest(event); }
Result<std::vector<simulate::ChangeSeen>> PictureDirector::changes_after(const domain::EventId& event,
                                                                         domain::Sequence after) {
  return api_.changes_after(event, after);
}

}  // namespace matchcue::cli
