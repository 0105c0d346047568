// SPDX-License-Identifier: Apache-2.0
#include "simulate/socket_audience.h"

#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <unordered_map>

#include "api/http_client.h"
#include "codec/personalize_schema.h"
#include "simulate/event_api.h"
#include "simulate/load_client.h"

namespace matchcue::simulate {
namespace {

constexpr Milliseconds kPatience{30'000};
constexpr Milliseconds kRetry{100};

std::string csv_cell(const std::string& text) {
  std::string cell = "\"";
  for (const char c : text) cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

/// Rows with the columns that any of them has.
std::string write_csv(const std::string& id_column, const std::vector<std::pair<std::string, domain::Values>>& rows) {
  domain::Values columns;
  for (const auto& [id, fields] : rows) columns.insert(fields.begin(), fields.end());
  std::string csv = id_column;
  for (const auto& [name, example] : columns) csv += "," + name;
  for (const auto& [id, fields] : rows) {
    csv += "\n" + csv_cell(id);
    for (const auto& [name, example] : columns) {
      const auto value = fields.find(name);
      csv += value == fields.end() ? "," : "," + csv_cell(domain::to_text(value->second));
    }
  }
  return csv + "\n";
}

class SocketAudience final : public CrowdAudience, private ViewerSink {
 public:
  SocketAudience(SocketAudienceOptions options, const Clock& clock)
      : options_(std::move(options)), clock_(clock), http_(options_.api), events_(make_http_event_api(options_.api)) {}

  ~SocketAudience() override { load_.reset(); }

  Result<void> put_context(const domain::Schema& interactions) override {
    return done(http_.send("PUT", "/v1/datasets/interactions/schema", codec::write_schema(interactions)));
  }

  Result<void> put_items(std::span<const CrowdItem> items) override {
    std::vector<std::pair<std::string, domain::Values>> rows;
    for (const CrowdItem& item : items) rows.emplace_back(item.id.str(), item.fields);
    return import("items", write_csv("ITEM_ID", rows));
  }

  Result<void> put_viewers(std::span<const CrowdViewer> viewers) override {
    std::vector<std::pair<std::string, domain::Values>> rows;
    for (const CrowdViewer& viewer : viewers) {
      rows.emplace_back(viewer.id.str(), viewer.fields);
      numbers_.emplace(viewer.id, numbers_.size());
    }
    slates_.resize(viewers.size());
    shown_.resize(viewers.size());
    return import("users", write_csv("USER_ID", rows));
  }

  Result<void> connect() override {
    MCUE_TRY_VOID(events_->map_content(domain::ContentId("crowd"), options_.event));
    LoadOptions load;
    load.server = options_.viewers;
    load.viewers = slates_.size();
    load.viewer_prefix = "crowd-";
    load.viewer.content = "crowd";
    load.viewer.run = fmt::format("crowd{}", to_ms(clock_.wall()));
    load.viewer.keep_receipts = false;
    load.reconnect = true;
    load.sink = this;
    load_ = std::make_unique<LoadClient>(std::move(load), clock_);
    load_->start();
    const std::atomic<bool> go_on{false};
    if (load_->wait_welcomed(kPatience, go_on) && load_->snapshot().welcomed == slates_.size()) return {};
    return unavailable("crowd_stalled", fmt::format("{} of {} viewers were welcomed at {}", load_->snapshot().welcomed,
                                                    slates_.size(), options_.viewers.text()));
  }

  Result<void> fire(const TimedMoment& moment) override {
    std::this_thread::sleep_until(next_);
    next_ = clock_.steady() + options_.interval;
    MCUE_TRY(const Accepted accepted,
             patiently<Accepted>([&] { return events_->fire(options_.event, moment, clock_.wall()); }));
    std::unique_lock lock(mutex_);
    expected_ = accepted.sequence.value();
    const auto missing = [&] {
      return std::count_if(shown_.begin(), shown_.end(), [&](std::uint64_t shown) { return shown < expected_; });
    };
    if (changed_.wait_for(lock, kPatience, [&] { return missing() == 0; })) return {};
    return unavailable("crowd_stalled", fmt::format("{} viewers have no slate for moment {}", missing(), expected_));
  }

  const std::vector<std::vector<CrowdCue>>& slates() const override { return slates_; }

  Result<void> act(std::span<const CrowdAct> acts) override {
    {
      const std::lock_guard lock(mutex_);
      unacknowledged_ = acts.size();
    }
    for (const CrowdAct& act : acts) load_->act(act.viewer, act.cue, domain::to_string(act.kind));
    std::unique_lock lock(mutex_);
    if (changed_.wait_for(lock, kPatience, [&] { return unacknowledged_ == 0; })) return {};
    return unavailable("crowd_stalled", fmt::format("{} interactions are not acknowledged", unacknowledged_));
  }

  Result<void> settle() override {
    return done(patiently<api::ClientResponse>([&] { return http_.send("POST", "/v1/learner/settle", "{}"); }));
  }

 private:
  void on_slate(const domain::ViewerId& viewer, std::uint64_t sequence, std::span<const SlateCue> cues) override {
    const auto number = numbers_.find(viewer);
    if (number == numbers_.end()) return;
    const std::lock_guard lock(mutex_);
    shown_[number->second] = sequence;
    std::vector<CrowdCue>& screen = slates_[number->second];
    screen.clear();
    for (const SlateCue& cue : cues) {
      screen.push_back({std::string(cue.id), std::string(cue.slot), std::string(cue.item)});
    }
    if (expected_ != 0) changed_.notify_one();
  }
  void on_interaction_ack(const domain::ViewerId&, std::string_view, SteadyTime, SteadyTime) override {
    const std::lock_guard lock(mutex_);
    if (unacknowledged_ > 0 && --unacknowledged_ == 0) changed_.notify_one();
  }

  Result<void> import(const std::string& kind, const std::string& csv) {
    MCUE_TRY(const api::ClientResponse answer,
             http_.send("POST", "/v1/datasets/" + kind + "/imports", csv, "text/csv"));
    const auto report = nlohmann::json::parse(answer.body, nullptr, false);
    if (report.is_object() && report.value("rejected_rows", 0) == 0) return {};
    return Error{ErrorKind::internal, "rejected_rows", kind + " were rejected: " + answer.body, {}};
  }

  /// Calls again while the server is away, as somebody would who waits for it to come back. A moment may then be fired
  /// twice; the viewers act on what the last one shows.
  template <typename T, typename Call>
  Result<T> patiently(const Call& call) {
    const SteadyTime deadline = clock_.steady() + kPatience;
    while (true) {
      Result<T> answer = call();
      if (answer.ok() || answer.error().kind != ErrorKind::unavailable || clock_.steady() >= deadline) return answer;
      std::this_thread::sleep_for(kRetry);
    }
  }

  static Result<void> done(const Result<api::ClientResponse>& answer) {
    if (!answer.ok()) return answer.error();
    return {};
  }

  SocketAudienceOptions options_;
  const Clock& clock_;
  api::HttpClient http_;
  std::unique_ptr<EventApi> events_;
  std::unordered_map<domain::ViewerId, std::size_t> numbers_;
  SteadyTime next_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t expected_ = 0;
  std::size_t unacknowledged_ = 0;
  std::vector<std::uint64_t> shown_;  ///< the sequence of each viewer's slate
  std::vector<std::vector<CrowdCue>> slates_;
  std::unique_ptr<LoadClient> load_;
};

}  // namespace

std::unique_ptr<CrowdAudience> make_socket_audience(const SocketAudienceOptions& options, const Clock& clock) {
  return std::make_unique<SocketAudience>(options, clock);
}

}  // namespace matchcue::simulate
