// SPDX-License-Identifier: Apache-2.0
#include "store/fault_script.h"

#include <algorithm>

#include "store/sqlite/test_store.h"

namespace matchcue::store {

namespace {

constexpr std::uint64_t kGroupWritesMax = 5;
constexpr const char* kEvents[] = {"match", "cup"};
constexpr std::size_t kAll = 1'000'000;
constexpr Milliseconds kKeep{20'000};
constexpr Milliseconds kGroupEvery{1'000};
constexpr int kAnswered = 200;
constexpr const char* kOutcome = " and its outcome";
constexpr Milliseconds kRevokedFor{86'400'000};

std::string snapshot_bytes(std::uint64_t step) { return std::string(3'000, static_cast<char>('a' + step % 26)); }

}  // namespace

// --- writing

void FaultScript::write(Store& store, std::size_t groups) {
  std::promise<void> finished;
  finished_ = &finished;
  groups_left_ = groups;
  failed_ = false;
  // From the store's thread, the first group too: what is queued when it is back is one commit.
  store.put_schema(domain::DatasetKind::users, "begin", [this, &store](const Result<void>&) { next_group(store); });
  finished.get_future().get();
  finished_ = nullptr;
}

void FaultScript::write_on(Store& store, std::size_t groups) {
  stop_at_failure_ = false;
  write(store, groups);
  stop_at_failure_ = true;
}

/// On the store's thread.
void FaultScript::next_group(Store& store) {
  if (groups_left_ == 0 || (failed_ && stop_at_failure_)) return finished_->set_value();
  --groups_left_;
  now_ += kGroupEvery;
  const std::uint64_t writes = 1 + random_.below(kGroupWritesMax);
  unanswered_ = 1 + writes;
  for (std::uint64_t i = 0; i < writes; ++i) write_one(store);
  answered(store, nullptr);  // all were sent
}

void FaultScript::answered(Store& store, const Error* error) {
  if (error != nullptr) {
    refusals_.insert(error->code);
    failed_ = true;
  }
  if (--unanswered_ == 0) next_group(store);
}

template <typename T>
Done<T> FaultScript::note(Store& store, Names* names, std::string name) {
  names->sent.insert(name);
  return [this, &store, names, name = std::move(name)](const Result<T>& result) {
    if (result.ok()) {
      names->acknowledged.insert(name);
      ++acknowledged_;
    }
    answered(store, result.ok() ? nullptr : &result.error());
  };
}

void FaultScript::write_one(Store& store) {
  switch (random_.below(14)) {
    case 0:
    case 1: return write_change(store);
    case 2: return write_interaction(store);
    case 3:
    case 4: return write_feedback(store);
    case 5:
    case 6: return write_decisions(store);
    case 7: return random_.below(3) == 0 ? write_snapshot(store) : write_step(store);
    case 8: return write_link(store);
    case 9: return drop_decisions(store);
    case 10: return write_content(store);
    case 11:
    case 12: return write_access(store);
    default: return write_catalogue(store);
  }
}

void FaultScript::write_change(Store& store) {
  const std::string event = kEvents[random_.below(2)];
  const std::uint64_t sequence = ++last_sequence_[event];
  const domain::Change change = make_change(event.c_str(), sequence);
  domain::LiveEvent state{change.event, change.sequence, change.moment, change.after, {}, {}};
  store.append_change(std::make_shared<domain::Change>(change), state, domain::Sequence(sequence - 1),
                      note<void>(store, &changes_, event + " " + std::to_string(sequence)));
}

void FaultScript::write_interaction(Store& store) {
  std::uint64_t number = next_number_++;
  // Now and then somebody is not sure whether an earlier one arrived, and sends it again.
  if (random_.below(4) == 0 && !interactions_.sent.empty()) number = std::stoull(*interactions_.sent.begin());
  store.add_interactions({make_interaction("viewer1", "item", static_cast<std::int64_t>(number), "GOAL")},
                         note<WriteSummary>(store, &interactions_, std::to_string(number)));
}

void FaultScript::write_feedback(Store& store) {
  const std::string id =
      random_.below(4) == 0 && !feedback_.sent.empty() ? *feedback_.sent.rbegin() : std::to_string(next_number_++);
  auto feedback = make_feedback("viewer1", id, decided_);
  if (decided_ == 0) {
    feedback.attributed = false;
    feedback.traits = nullptr;
  }
  store.append_feedback({feedback}, note<std::vector<FeedbackOutcome>>(store, &feedback_, id));
}

void FaultScript::write_decisions(Store& store) {
  decided_ = next_number_++;
  decided_at_[decided_] = now_;
  store.append_decisions(
      std::make_shared<domain::DecisionBatch>(make_batch("match", decided_, 3)),
      [this, &store](const Result<void>& result) { answered(store, result.ok() ? nullptr : &result.error()); });
}

void FaultScript::drop_decisions(Store& store) {
  store.drop_decisions(now_, kKeep, [this, &store](const Result<RetentionStep>& step) {
    answered(store, step.ok() ? nullptr : &step.error());
  });
}

void FaultScript::write_step(Store& store) {
  const std::uint64_t number = ++last_step_;
  store.append_learner_step({number, 0, wall_time_from_ms(0), false, number == 1 ? "{}" : "", 0},
                            note<void>(store, &steps_, std::to_string(number)));
}

void FaultScript::write_snapshot(Store& store) {
  snapshot_sent_ = next_number_++;
  const auto put = store.put_learner_snapshot({snapshot_sent_, snapshot_bytes(snapshot_sent_)});
  if (put.ok()) snapshot_ = snapshot_sent_;
  answered(store, put.ok() ? nullptr : &put.error());
}

void FaultScript::write_link(Store& store) {
  const std::string name = std::to_string(next_number_++);
  const domain::ViewerLink link{0, domain::ViewerId("anonymous" + name), domain::ViewerId("viewer1"),
                                domain::no_traits(), wall_time_from_ms(0)};
  store.identify_viewer(link, note<std::uint64_t>(store, &links_, name));
}

void FaultScript::write_catalogue(Store& store) {
  const std::string name = std::to_string(next_number_++);
  switch (random_.below(3)) {
    case 0:
      return store.put_filter(
          {domain::FilterName("f" + name), "EXCLUDE ItemID WHERE Items.A IN (\"x\")", wall_time_from_ms(0)},
          note<domain::StoredFilter>(store, &filters_, name));
    case 1: return store.put_items({make_test_item(name.c_str(), "new")}, note<WriteSummary>(store, &items_, name));
    default: {
      domain::Viewer viewer;
      viewer.id = domain::ViewerId("viewer" + name);
      viewer.document = std::string(800, 'd');  // so that rows are several pages
      return store.put_viewers({viewer}, note<WriteSummary>(store, &viewers_, name));
    }
  }
}

void FaultScript::write_content(Store& store) {
  const std::string name = std::to_string(next_number_++);
  store.map_content(domain::ContentId(name), domain::EventId(kEvents[random_.below(2)]),
                    note<void>(store, &contents_, name));
}

/// A revocation, what an operator asks for, or what came of it.
void FaultScript::write_access(Store& store) {
  const std::uint64_t number = next_number_++;
  const std::string name = std::to_string(number);
  const std::uint64_t which = random_.below(3);
  if (which == 0) {
    return store.put_revocation({name, domain::ViewerId(), now_, now_ + kRevokedFor},
                                note<void>(store, &revocations_, name));
  }
  domain::AuditRecord record;
  record.number = number;
  record.operation = "putItems";
  if (which == 1 || asked_ == 0) {
    asked_ = number;
    return store.put_audit(record, note<void>(store, &audit_, name));
  }
  record.number = std::exchange(asked_, 0);
  audit_.sent.insert(std::to_string(record.number));  // it may not have been stored before
  record.status = kAnswered;
  store.put_audit(record, note<void>(store, &audit_, std::to_string(record.number) + kOutcome));
}

// --- checking

std::string FaultScript::check(Reader& reader) {
  for (const auto part : {&FaultScript::check_changes, &FaultScript::check_interactions, &FaultScript::check_feedback,
                          &FaultScript::check_decisions, &FaultScript::check_learner, &FaultScript::check_catalogue,
                          &FaultScript::check_access}) {
    std::string wrong = (this->*part)(reader);
    if (!wrong.empty()) return wrong;
  }
  return {};
}

std::string FaultScript::compare(const char* what, Names& names, const std::multiset<std::string>& found) {
  const auto name = [what](const std::string& which) { return std::string(what) + " " + which; };
  for (const std::string& each : names.acknowledged) {
    if (!found.contains(each)) return name(each) + " was acknowledged and is lost";
  }
  for (const std::string& each : found) {
    if (found.count(each) > 1) return name(each) + " is there twice";
    if (!names.sent.contains(each)) return name(each) + " was never sent";
  }
  names.sent = names.acknowledged = std::set<std::string>(found.begin(), found.end());
  return {};
}

std::string FaultScript::check_changes(Reader& reader) {
  std::multiset<std::string> found, contents;
  const auto events = reader.load_events();
  if (!events.ok()) return events.error().message;
  last_sequence_.clear();
  for (const domain::LiveEvent& event : *events) {
    const auto changes = reader.load_changes(event.id, domain::Sequence(0), kAll);
    if (!changes.ok()) return changes.error().message;
    std::uint64_t last = 0;
    for (const domain::Change& change : *changes) {
      if (change.sequence.value() != ++last) return event.id.str() + " has a gap before " + std::to_string(last);
      if (change.after != make_change(event.id.str().c_str(), last).after) return "a change is another one";
      found.insert(event.id.str() + " " + std::to_string(last));
    }
    if (event.sequence.value() != last) return event.id.str() + " is not at its last change";
    last_sequence_[event.id.str()] = last;
    for (const domain::ContentId& content : event.contents) contents.insert(content.str());
  }
  const std::string wrong = compare("content", contents_, contents);
  return wrong.empty() ? compare("change", changes_, found) : wrong;
}

std::string FaultScript::check_interactions(Reader& reader) {
  std::multiset<std::string> found;
  const auto visited = reader.visit_interactions(UINT64_MAX, [&](const domain::Interaction& interaction) {
    found.insert(std::to_string(interaction.timestamp_s));
    return true;
  });
  if (!visited.ok()) return visited.error().message;
  const auto count = reader.count_interactions();
  if (!count.ok()) return count.error().message;
  if (*count != found.size()) return "interactions are counted wrong";
  return compare("interaction", interactions_, found);
}

std::string FaultScript::check_feedback(Reader& reader) {
  std::multiset<std::string> found;
  const auto all = reader.load_feedback_after(0, kAll);
  if (!all.ok()) return all.error().message;
  for (const domain::Feedback& feedback : *all) {
    found.insert(feedback.id);
    if (!feedback.attributed) continue;
    const auto decision = reader.load_decision(feedback.cue.decision);
    if (!decision.ok()) return decision.error().message;
    const std::string wrong = decision->has_value() ? "" : check_dropped(reader, feedback.cue.decision.sequence);
    if (!wrong.empty()) return "feedback " + feedback.id + " cites a decision that " + wrong;
  }
  return compare("feedback", feedback_, found);
}

/// Decisions that are not there were dropped because they were old, and their header is kept.
std::string FaultScript::check_dropped(Reader& reader, domain::Sequence sequence) {
  const domain::EventId event("match");
  const auto dropped = reader.has_dropped_decisions(event, sequence);
  if (!dropped.ok()) return "cannot be asked for: " + dropped.error().message;
  if (!*dropped) return "is not there";
  if (now_ - decided_at_[sequence.value()] < kKeep) return "was dropped too early";
  const auto header = reader.load_decision_header(event, sequence);
  if (!header.ok()) return "has lost its header: " + header.error().message;
  const bool same = header->has_value() && **header == make_batch("match", sequence.value(), 3).header;
  return same ? "" : "has another header";
}

std::string FaultScript::check_decisions(Reader& reader) {
  std::set<std::uint64_t> found;
  std::string wrong;
  const auto visited = reader.visit_decisions([&](const domain::DecisionBatch& batch) {
    if (!found.insert(batch.header.sequence.value()).second) wrong = "a decision is there twice";
    if (batch.rows() != 3) wrong = "a decision is there in part";
    return true;
  });
  decided_ = found.empty() ? 0 : *found.rbegin();
  return visited.ok() ? wrong : visited.error().message;
}

std::string FaultScript::check_learner(Reader& reader) {
  std::multiset<std::string> found;
  const auto steps = reader.load_learner_steps(0, kAll);
  if (!steps.ok()) return steps.error().message;
  last_step_ = 0;
  for (const LearnerStep& step : *steps) {
    if (step.number != ++last_step_) return "learner steps have a gap before " + std::to_string(step.number);
    found.insert(std::to_string(step.number));
  }
  const auto snapshot = reader.load_learner_snapshot(UINT64_MAX);
  if (!snapshot.ok()) return snapshot.error().message;
  const std::uint64_t kept = snapshot->has_value() ? (*snapshot)->step : 0;
  if (kept < snapshot_ || kept > snapshot_sent_) return "snapshot " + std::to_string(snapshot_) + " is lost";
  if (kept != 0 && (*snapshot)->bytes != snapshot_bytes(kept)) return "a snapshot is there in part";
  snapshot_ = snapshot_sent_ = kept;
  return compare("learner step", steps_, found);
}

std::string FaultScript::check_catalogue(Reader& reader) {
  std::multiset<std::string> filters, items, viewers, links;
  const auto kept = reader.load_filters();
  if (!kept.ok()) return kept.error().message;
  for (const auto& filter : *kept) filters.insert(filter.name.str().substr(1));
  const auto catalogue = reader.load_catalogue(std::nullopt);
  if (!catalogue.ok()) return catalogue.error().message;
  for (const auto& item : (*catalogue)->items()) items.insert(item.id.str());
  const auto people = reader.load_viewers({}, kAll);
  if (!people.ok()) return people.error().message;
  for (const auto& viewer : *people) viewers.insert(viewer.id.str().substr(std::string("viewer").size()));
  const auto known = reader.load_viewer_links(0, kAll);
  if (!known.ok()) return known.error().message;
  for (const auto& link : *known) links.insert(link.anonymous.str().substr(std::string("anonymous").size()));
  std::string wrong = compare("filter", filters_, filters);
  if (wrong.empty()) wrong = compare("item", items_, items);
  if (wrong.empty()) wrong = compare("viewer", viewers_, viewers);
  return wrong.empty() ? compare("link", links_, links) : wrong;
}

std::string FaultScript::check_access(Reader& reader) {
  std::multiset<std::string> revocations, audit;
  const auto revoked = reader.load_revocations();
  if (!revoked.ok()) return revoked.error().message;
  for (const auto& revocation : *revoked) revocations.insert(revocation.ticket);
  const auto records = reader.load_audit(0, kAll);
  if (!records.ok()) return records.error().message;
  for (const auto& record : *records) {
    const std::string number = std::to_string(record.number);
    audit.insert(number);
    if (record.status == kAnswered) audit.insert(number + kOutcome);
  }
  const std::string wrong = compare("revocation", revocations_, revocations);
  return wrong.empty() ? compare("audit record", audit_, audit) : wrong;
}

}  // namespace matchcue::store
