// SPDX-License-Identifier: Apache-2.0
//
// The model of a store against the embedded one: the same random writes, and the same answers to every question.
#include <gtest/gtest.h>

#include <sstream>

#include "store/sqlite/test_store.h"
#include "store/values_json.h"
#include "tests/simulation/sim_store.h"

namespace matchcue::simulation {
namespace {

using domain::ContentId;
using domain::EventId;
using domain::FilterName;
using domain::ItemId;
using domain::Sequence;
using domain::Value;
using domain::ViewerId;
using store::Done;
using store::WriteSummary;

/// A store, and how to wait for its answers.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual store::Store& store() = 0;
  virtual void wait(const std::future<void>& done) = 0;

  template <typename T, typename Start>
  Result<T> write(Start start) {
    std::optional<Result<T>> answer;
    std::promise<void> done;
    const auto is_done = done.get_future();
    start(Done<T>([&](Result<T> result) {
      answer.emplace(std::move(result));
      done.set_value();
    }));
    wait(is_done);
    return *std::move(answer);
  }
};

class Model final : public Subject {
 public:
  store::Store& store() override { return store_; }
  void wait(const std::future<void>& done) override { scheduler_.wait(done); }

 private:
  Scheduler scheduler_{1, {}};
  Disk disk_;
  SimStore store_{disk_, {}, scheduler_, 1, [] {}};
};

class Real final : public Subject {
 public:
  Real() {
    store::SqliteOptions options;
    options.directory = directory_.path();
    store_ = store::open_sqlite_store(options).value();
  }
  store::Store& store() override { return *store_; }
  void wait(const std::future<void>& done) override { done.wait(); }

 private:
  store::TestDirectory directory_;
  std::unique_ptr<store::Store> store_;
};

// ---- Everything as text.

template <typename T, typename Write>
std::string text_of(const Result<T>& result, Write write) {
  if (!result.ok()) return "error " + std::to_string(static_cast<int>(result.error().kind)) + " " + result.error().code;
  std::ostringstream out;
  write(out, *result);
  return out.str();
}

std::string text_of(const Result<void>& result) { return result.ok() ? "ok" : "error " + result.error().code; }

void write(std::ostream& out, const WriteSummary& summary) {
  out << summary.added << ' ' << summary.replaced << ' ' << summary.unchanged << ' ' << summary.catalogue_version;
}
void write(std::ostream& out, const domain::Change& change) {
  out << change.event << ' ' << change.sequence << ' ' << to_string(change.kind) << ' ' << to_ms(change.at) << ' '
      << change.moment << ' ' << change.first << ' ' << store::to_json(change.before) << store::to_json(change.after)
      << change.reason << (change.subject ? change.subject->str() : "-") << '\n';
}
void write(std::ostream& out, const domain::LiveEvent& event) {
  out << event.id << ' ' << event.sequence << ' ' << event.moment << ' ' << store::to_json(event.state)
      << store::to_json(event.overrides) << store::to_json(event.filters);
  for (const ContentId& content : event.contents) out << ' ' << content;
  out << '\n';
}
void write(std::ostream& out, const domain::Item& item) {
  out << item.id << ' ' << item.slot << ' ' << item.label << ' ' << item.version << ' ' << store::to_json(item.fields)
      << '\n';
}
void write(std::ostream& out, const domain::Viewer& viewer) {
  out << viewer.id << ' ' << viewer.age.value_or(-1) << ' ' << viewer.country << ' ' << viewer.version << '\n';
}
void write(std::ostream& out, const domain::Feedback& row) {
  out << row.number << ' ' << row.viewer << ' ' << row.id << ' ' << to_string(row.cue) << ' ' << to_string(row.kind)
      << ' ' << row.value << ' ' << row.attributed << ' ' << row.item << ' ' << row.propensity << '\n';
}
void write(std::ostream& out, const domain::ViewerLink& link) {
  out << link.number << ' ' << link.anonymous << ' ' << link.viewer << ' ' << to_ms(link.at) << '\n';
}
void write(std::ostream& out, const domain::StoredFilter& filter) {
  out << filter.name << ' ' << filter.expression << ' ' << to_ms(filter.created) << '\n';
}
void write(std::ostream& out, const store::LearnerStep& step) {
  out << step.number << ' ' << step.feedback << ' ' << step.settle << ' ' << step.settings << ' ' << step.links << '\n';
}
void write(std::ostream& out, const domain::DecisionHeader& header) {
  out << header.event << ' ' << header.sequence << ' ' << header.solution_version << ' ' << header.seed << '\n';
}
void write(std::ostream& out, const domain::DecisionBatch& batch) {
  write(out, batch.header);
  for (const ViewerId& viewer : batch.viewers) out << viewer << ' ';
}
template <typename T>
void write(std::ostream& out, const std::vector<T>& rows) {
  for (const T& row : rows) write(out, row);
}
template <typename T>
void write(std::ostream& out, const std::optional<T>& row) {
  if (row) write(out, *row);
}

template <typename T>
std::string say(const Result<T>& result) {
  return text_of(result, [](std::ostream& out, const T& value) { write(out, value); });
}

// ---- One step of a random script, done to a store.

class Script {
 public:
  Script(Subject& subject, std::uint64_t seed)
      : subject_(subject), store_(subject.store()), reader_(store_.make_reader()), random_(seed) {}

  std::string step() {
    const std::uint64_t choice = random_.below(18);
    const std::string answer = choice < 7 ? write_live(choice) : write_rest(choice);
    return std::to_string(choice) + ": " + answer + '\n' + ask();
  }

 private:
  std::string name(const char* prefix, std::uint64_t count) { return prefix + std::to_string(random_.below(count)); }
  EventId event() { return EventId(name("e", 2)); }
  ViewerId viewer() { return ViewerId(name("v", 5)); }

  std::string write_live(std::uint64_t choice) {
    switch (choice) {
      case 0:
      case 1: return append_change();
      case 2: {
        const ContentId content(name("c", 3));
        const EventId target = event();
        return text_of(subject_.write<void>([&](auto done) { store_.map_content(content, target, done); }));
      }
      case 3:
      case 4: {
        const auto batch = std::make_shared<domain::DecisionBatch>(
            store::make_batch(event().str().c_str(), 1 + random_.below(6), random_.below(4), name("v", 3)));
        return text_of(subject_.write<void>([&](auto done) { store_.append_decisions(batch, done); }));
      }
      default: {
        std::vector<domain::Feedback> rows;
        for (std::uint64_t i = 0; i < 3; ++i) {
          rows.push_back(store::make_feedback(viewer().str(), name("id", 12), 1 + random_.below(6)));
          rows.back().kind = random_.below(2) == 0 ? domain::FeedbackKind::click : domain::FeedbackKind::impression;
          rows.back().at = wall_time_from_ms(static_cast<std::int64_t>(1'000'000 + random_.below(1'000'000)));
        }
        const auto outcomes =
            subject_.write<std::vector<store::FeedbackOutcome>>([&](auto done) { store_.append_feedback(rows, done); });
        return text_of(outcomes, [](std::ostream& out, const auto& all) {
          for (const auto outcome : all) out << static_cast<int>(outcome);
        });
      }
    }
  }

  std::string write_rest(std::uint64_t choice) {
    switch (choice) {
      case 7: {
        std::vector<domain::Item> items;
        for (int i = 0; i < 2; ++i)
          items.push_back(store::make_test_item(name("i", 4).c_str(), name("label", 3).c_str()));
        return say(subject_.write<WriteSummary>([&](auto done) { store_.put_items(items, done); }));
      }
      case 8: {
        const auto age = Value(static_cast<std::int64_t>(random_.below(3)));
        const auto row = domain::make_viewer(viewer(), {{"AGE", age}}, "{}").value();
        return say(subject_.write<WriteSummary>([&](auto done) { store_.put_viewers({row}, done); }));
      }
      case 9: {
        const auto row = store::make_interaction(viewer().str().c_str(), name("i", 3).c_str(),
                                                 static_cast<std::int64_t>(random_.below(2'000)), "GOAL");
        return say(subject_.write<WriteSummary>([&](auto done) { store_.add_interactions({row, row}, done); }));
      }
      case 10: {
        const std::string text = name("schema", 5);
        return text_of(
            subject_.write<void>([&](auto done) { store_.put_schema(domain::DatasetKind::users, text, done); }));
      }
      case 11: {
        const domain::ViewerLink link{0, ViewerId(name("v", 3)), ViewerId(name("v", 6) + "x"), domain::no_traits(),
                                      wall_time_from_ms(5)};
        return text_of(subject_.write<std::uint64_t>([&](auto done) { store_.identify_viewer(link, done); }),
                       [](std::ostream& out, std::uint64_t number) { out << number; });
      }
      case 12:
      case 13: return write_filter(choice == 12);
      case 14:
      case 15: {
        now_ += std::chrono::hours(random_.below(72));
        return text_of(subject_.write<store::RetentionStep>(
                           [&](auto done) { store_.drop_decisions(now_, std::chrono::hours(96), done); }),
                       [](std::ostream& out, const store::RetentionStep& step) {
                         out << step.more << ' ' << (step.kept_from ? to_ms(*step.kept_from) : 0);
                       });
      }
      default: {
        store::LearnerStep step{
            steps_ + random_.below(3), random_.below(9), wall_time_from_ms(7), true, name("s", 2), 0};
        const auto stored = subject_.write<void>([&](auto done) { store_.append_learner_step(step, done); });
        if (!stored.ok()) return text_of(stored);
        steps_ = step.number;
        EXPECT_TRUE(store_.put_learner_snapshot({step.number, name("bytes", 9)}).ok());
        return text_of(stored);
      }
    }
  }

  std::string write_filter(bool put) {
    const FilterName filter(name("f", 2));
    if (!put) return say(subject_.write<domain::StoredFilter>([&](auto done) { store_.delete_filter(filter, done); }));
    const domain::StoredFilter row{filter, name("expression", 3),
                                   wall_time_from_ms(static_cast<std::int64_t>(random_.below(99)))};
    return say(subject_.write<domain::StoredFilter>([&](auto done) { store_.put_filter(row, done); }));
  }

  std::string append_change() {
    const EventId id = event();
    Sequence& last = sequences_[id];
    const Sequence previous(last.value() + (random_.below(5) == 0 ? 1 : 0));  // sometimes wrong
    domain::Change change = store::make_change(id.str().c_str(), previous.value() + 1);
    const domain::LiveEvent after{id, change.sequence, change.moment, change.after, {}, {}, {}};
    const auto stored = subject_.write<void>([&](auto done) {
      store_.append_change(std::make_shared<const domain::Change>(change), after, previous, done);
    });
    if (stored.ok()) last = change.sequence;
    return text_of(stored);
  }

  /// Every question that there is.
  std::string ask() {
    std::ostringstream out;
    out << say(reader_->load_events());
    for (const char* id : {"e0", "e1"}) {
      out << say(reader_->load_changes(EventId(id), Sequence(1), 3))
          << say(reader_->load_latest_changes(EventId(id), 2)) << say(reader_->load_change(EventId(id), Sequence(2)))
          << say(reader_->load_decision_header(EventId(id), Sequence(2)));
      for (std::uint64_t sequence = 1; sequence < 7; ++sequence) {
        out << *reader_->has_dropped_decisions(EventId(id), Sequence(sequence));
      }
    }
    for (int v = 0; v < 5; ++v) ask_of(ViewerId("v" + std::to_string(v)), out);
    const auto catalogue = reader_->load_catalogue(std::nullopt);
    out << (*catalogue)->version() << '\n';
    write(out, (*catalogue)->items());
    const auto before = reader_->load_catalogue((*catalogue)->version() / 2);
    write(out, (*before)->items());
    out << say(reader_->load_viewers(ViewerId("v1"), 2)) << *reader_->count_interactions()
        << say(reader_->load_filters()) << *reader_->last_viewer_link_number() << say(reader_->load_viewer_links(1, 2))
        << reader_->load_schema(domain::DatasetKind::users)->value_or("none")
        << say(reader_->load_feedback(ViewerId(), 3)) << say(reader_->load_feedback_after(2, 4))
        << *reader_->last_feedback_number() << say(reader_->load_learner_steps(1, 3))
        << say(reader_->load_learner_settings());
    const auto snapshot = reader_->load_learner_snapshot(steps_ == 0 ? 0 : steps_ - 1);
    if (*snapshot) out << (*snapshot)->step << (*snapshot)->bytes;
    EXPECT_TRUE(reader_
                    ->visit_decisions([&](const domain::DecisionBatch& batch) {
                      write(out, batch);
                      return true;
                    })
                    .ok());
    EXPECT_TRUE(reader_
                    ->visit_interactions(reader_->last_interaction_number().value(),
                                         [&](const domain::Interaction& row) {
                                           out << row.viewer << row.item << row.timestamp_s << ' ';
                                           return true;
                                         })
                    .ok());
    return out.str();
  }

  void ask_of(const ViewerId& viewer, std::ostream& out) {
    out << say(reader_->load_viewer(viewer)) << say(reader_->find_viewer_link(viewer))
        << say(reader_->load_links_to(ViewerId(viewer.str() + "x"))) << say(reader_->load_feedback(viewer, 2));
    const auto decision = reader_->load_decision({EventId("e0"), Sequence(2), ViewerId(viewer.str() + "1")});
    if (decision.ok() && *decision) write(out, (*decision)->header);
    const auto past = reader_->load_past(viewer);
    for (const auto& [type, items] : past->by_type()) {
      out << type << ':';
      for (const ItemId& item : items) out << item << ' ';
    }
    out << '\n';
  }

  Subject& subject_;
  store::Store& store_;
  std::unique_ptr<store::Reader> reader_;
  Random random_;
  std::map<EventId, Sequence> sequences_;
  std::uint64_t steps_ = 0;
  WallTime now_ = wall_time_from_ms(1'780'000'000'000);
};

TEST(StoreConformance, TheModelAnswersAsTheEmbeddedStore) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Model model;
    Real real;
    Script on_model(model, seed);
    Script on_real(real, seed);
    for (int i = 0; i < 150; ++i) {
      ASSERT_EQ(on_model.step(), on_real.step()) << "step " << i << " of seed " << seed;
    }
  }
}

}  // namespace
}  // namespace matchcue::simulation
