// SPDX-License-Identifier: Apache-2.0
#include "api/watch.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace matchcue::api {

namespace {

/// Changes that are asked for at once, and how long the engine keeps the question when there are none.
constexpr std::size_t kChangesMax = 100;
constexpr Milliseconds kChangesWait{10'000};
/// What "per second" is counted over, at least.
constexpr Milliseconds kRatePeriod{1'000};

std::string write_frame(std::string_view head, std::string_view data) {
  std::string frame(head);
  frame += "\ndata: ";
  frame += data;
  frame += "\n\n";
  return frame;
}

std::string write_change(const domain::Change& change) {
  return write_frame("event: change\nid: " + std::to_string(change.sequence.value()), to_text(to_json(change)));
}

/// How fast a count grows.
class Rate {
 public:
  double per_second(SteadyTime now, std::uint64_t count) {
    counts_.emplace_back(now, count);
    while (counts_.size() > 2 && counts_[1].first <= now - kRatePeriod) counts_.pop_front();
    const std::chrono::duration<double> span = now - counts_.front().first;
    if (span.count() <= 0) return 0;
    return std::round(static_cast<double>(count - counts_.front().second) / span.count() * 10) / 10;
  }

 private:
  std::deque<std::pair<SteadyTime, std::uint64_t>> counts_;
};

}  // namespace

Json view_json(const domain::LiveEvent& event, const engine::AudienceView& audience, double slates_per_second,
               const engine::LearnerView& learner) {
  Json pushes = Json::array();
  for (const engine::AudienceView::Push& push : audience.pushes) {
    pushes.push_back({{"sequence", push.sequence.value()},
                      {"at", format_rfc3339(push.at)},
                      {"ms", push.ms},
                      {"viewers", push.slates}});
  }
  Json shown = to_json(audience);
  shown["slates_per_second"] = slates_per_second;
  shown["pushes"] = std::move(pushes);
  return {{"event", to_json(event)}, {"audience", std::move(shown)}, {"learner", to_json(learner)}};
}

/// What the streams of one event say of how it is. Asks the engine only while somebody calls advance().
class EventView : public std::enable_shared_from_this<EventView> {
 public:
  EventView(const Services& services, domain::EventId event)
      : engine_(services.engine), on_api_thread_(services.on_api_thread), event_(std::move(event)) {}

  /// The newest frame, and its number; 0 when there is none yet.
  const std::string& frame() const { return frame_; }
  std::uint64_t number() const { return number_; }
  /// Why there will be no more.
  const std::optional<Error>& trouble() const { return trouble_; }

  void add_reader(const WatchStream* reader, std::function<void()> wake) { readers_[reader] = std::move(wake); }
  void remove_reader(const WatchStream* reader) { readers_.erase(reader); }
  /// Something happened: the view is made anew as soon as it may be.
  void hasten() { hastened_ = true; }
  /// Takes in what the engine answered, and asks it again when it is time.
  void advance(WallTime wall, SteadyTime now) {
    if (asking_ && answers_.event && answers_.audience && answers_.learner) take_in(wall, now);
    if (asking_ || trouble_) return;
    const bool due = !asked_ || now >= *asked_ + kViewPeriod || (hastened_ && now >= made_ + kViewPeriod);
    if (due) ask(now);
  }

 private:
  struct Answers {
    std::optional<domain::LiveEvent> event;
    std::optional<engine::AudienceView> audience;
    std::optional<engine::LearnerView> learner;
  };

  void ask(SteadyTime now) {
    asking_ = true;
    hastened_ = false;
    asked_ = now;
    answers_ = Answers();
    engine_.find_event(event_, keep(&Answers::event));
    engine_.audience(event_, keep(&Answers::audience));
    engine_.learner(keep(&Answers::learner));
  }

  template <typename T>
  engine::Reply<T> keep(std::optional<T> Answers::*part) {
    return [on_api_thread = on_api_thread_, weak = weak_from_this(), part](Result<T> answer) {
      on_api_thread([weak, part, answer = std::move(answer)]() mutable {
        const auto view = weak.lock();
        if (view == nullptr) return;
        if (answer.ok()) {
          view->answers_.*part = std::move(answer).value();
        } else {
          view->trouble_ = std::move(answer).error();
        }
        view->wake_readers();
      });
    };
  }

  void take_in(WallTime wall, SteadyTime now) {
    asking_ = false;
    const double rate = rate_.per_second(*asked_, answers_.audience->slates);
    std::string body = to_text(view_json(*answers_.event, *answers_.audience, rate, *answers_.learner));
    answers_ = Answers();
    if (number_ > 0 && body == body_ && now < made_ + kViewPeriodMax - kViewPeriod) return;
    body_ = std::move(body);
    made_ = *asked_;
    frame_ = write_frame("event: view", R"({"at":")" + format_rfc3339(wall) + R"(",)" + body_.substr(1));
    ++number_;
    wake_readers();
  }

  void wake_readers() {
    for (const auto& [reader, wake] : readers_) wake();
  }

  engine::Engine& engine_;
  std::function<void(std::function<void()>)> on_api_thread_;
  domain::EventId event_;
  std::map<const WatchStream*, std::function<void()>> readers_;
  bool asking_ = false;
  bool hastened_ = false;
  std::optional<SteadyTime> asked_;  ///< last
  SteadyTime made_;                  ///< when what the newest frame says was asked for
  Answers answers_;
  Rate rate_;
  std::string body_;
  std::string frame_;
  std::uint64_t number_ = 0;
  std::optional<Error> trouble_;
};

class WatchStream final : public StreamSource, public std::enable_shared_from_this<WatchStream> {
 public:
  /// Without `after` the stream begins with the newest kWatchedChanges.
  WatchStream(const Services& services, std::shared_ptr<EventView> view, const domain::LiveEvent& event,
              std::optional<domain::Sequence> after)
      : engine_(services.engine),
        on_api_thread_(services.on_api_thread),
        view_(std::move(view)),
        event_(event.id),
        after_(after.value_or(domain::Sequence(0))),
        newest_only_(!after.has_value()) {
    // A change takes two numbers at most.
    const std::uint64_t back = 2 * kWatchedChanges;
    if (newest_only_ && event.sequence.value() > back) after_ = domain::Sequence(event.sequence.value() - back);
  }
  ~WatchStream() override { view_->remove_reader(this); }

  void start(std::function<void()> wake) override {
    wake_ = wake;
    view_->add_reader(this, std::move(wake));
  }

  std::string next(WallTime wall, SteadyTime now) override {
    std::string text = std::move(changes_);
    changes_.clear();
    if (!ending_ && view_->trouble()) end(*view_->trouble());
    if (ending_ && !over_) {
      over_ = true;
      const Json farewell = {{"reason", ending_->code}, {"message", ending_->message}};
      text += write_frame("event: end", to_text(farewell));
    }
    if (over_) return text;
    view_->advance(wall, now);
    if (!first_changes_ && seen_ != view_->number()) {
      seen_ = view_->number();
      text += view_->frame();
    }
    if (!asking_) ask();
    return text;
  }

  bool is_over() const override { return over_; }
  void end(Error why) override {
    if (!ending_) ending_ = std::move(why);
  }

 private:
  void ask() {
    asking_ = true;
    const Milliseconds wait = first_changes_ ? Milliseconds(0) : kChangesWait;
    engine_.read_changes(
        event_, after_, kChangesMax, wait,
        [on_api_thread = on_api_thread_, weak = weak_from_this()](Result<std::vector<domain::ChangePtr>> changes) {
          on_api_thread([weak, changes = std::move(changes)] {
            if (const auto stream = weak.lock()) stream->take_in(changes);
          });
        });
  }

  void take_in(const Result<std::vector<domain::ChangePtr>>& changes) {
    asking_ = false;
    if (!changes.ok()) {
      end(changes.error());
    } else if (!changes->empty()) {
      const bool skips = first_changes_ && newest_only_ && changes->size() > kWatchedChanges;
      const auto begin = skips ? changes->end() - kWatchedChanges : changes->begin();
      for (auto change = begin; change != changes->end(); ++change) changes_ += write_change(**change);
      after_ = changes->back()->sequence;
      view_->hasten();
    }
    first_changes_ = false;
    wake_();
  }

  engine::Engine& engine_;
  std::function<void(std::function<void()>)> on_api_thread_;
  std::shared_ptr<EventView> view_;
  domain::EventId event_;
  domain::Sequence after_;
  bool newest_only_;
  bool first_changes_ = true;  ///< they are asked for, and come in front of the first view
  bool asking_ = false;
  std::string changes_;  ///< not said yet: what the engine answered last
  std::uint64_t seen_ = 0;
  std::optional<Error> ending_;
  bool over_ = false;
  std::function<void()> wake_;
};

Result<std::shared_ptr<StreamSource>> Watches::open(const domain::LiveEvent& event,
                                                    std::optional<domain::Sequence> after) {
  std::erase_if(streams_, [](const auto& stream) { return stream.expired(); });
  std::erase_if(views_, [](const auto& view) { return view.second.expired(); });
  if (streams_.size() >= streams_max_) {
    return unavailable("too_many_streams", std::to_string(streams_.size()) +
                                               " streams are open, which is as many as "
                                               "there may be; close one first");
  }
  auto view = views_[event.id].lock();
  if (view == nullptr) views_[event.id] = view = std::make_shared<EventView>(services_, event.id);
  auto stream = std::make_shared<WatchStream>(services_, std::move(view), event, after);
  streams_.push_back(stream);
  return std::shared_ptr<StreamSource>(std::move(stream));
}

}  // namespace matchcue::api
