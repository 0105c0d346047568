// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/sim_store.h"

#include <algorithm>

#include "tests/simulation/sim_reader.h"

namespace matchcue::simulation {

using store::Done;
using store::WriteSummary;

namespace {

constexpr double kLimboShare = 0.3;  ///< of failed commits, those which the disk may hold all the same

Error storage_unavailable() { return unavailable("storage_unavailable", "the database could not be written"); }

}  // namespace

SimStore::SimStore(Disk& disk, StoreOptions options, Scheduler& scheduler, std::uint64_t seed, OnEdge on_edge)
    : disk_(disk),
      options_(options),
      scheduler_(scheduler),
      random_(seed),
      on_edge_(std::move(on_edge)),
      writer_(scheduler.make_loop("writer")) {}

SimStore::~SimStore() = default;

std::unique_ptr<store::Reader> SimStore::make_reader() { return std::make_unique<SimReader>(disk_); }

template <typename T, typename Apply>
void SimStore::submit(Apply apply, Done<T> done, std::shared_ptr<const domain::DecisionBatch> decisions) {
  Write write;
  write.decisions = std::move(decisions);
  write.run = [apply = std::move(apply), done = std::move(done)](Disk* disk, const Error* refused) -> Answer {
    const Result<T> result = refused != nullptr ? Result<T>(*refused) : Result<T>(apply(*disk));
    return [done, result] {
      if (done) done(result);
    };
  };
  on_edge_();
  if (crashed_ || closed_) return refuse(write, unavailable("store_closed", "the store is closed"));
  if (queue_.size() >= options_.queue_writes_max) return refuse(write, unavailable("store_queue_full", "busy"));
  queue_.push_back(std::move(write));
  if (!committing_) schedule_commit();
}

void SimStore::refuse(const Write& write, const Error& error) {
  if (write.decisions) {
    const domain::DecisionHeader& header = write.decisions->header;
    disk_.refused_decisions.insert({header.event, header.sequence});
    lost_.add(header.event, header.sequence);
  }
  answer_soon(write.run(nullptr, &error));
}

void SimStore::answer_soon(Answer answer) {
  writer_->post([this, answer = std::move(answer)] {
    on_edge_();
    answer();
  });
}

void SimStore::schedule_commit() {
  committing_ = true;
  const auto takes = std::chrono::microseconds(random_.below(options_.commit_us_max + 1));
  writer_->at(scheduler_.clock().steady() + takes, [this] { commit(); });
}

void SimStore::commit() {
  on_edge_();  // a crash here is one before the commit
  if (crashed_) return;
  std::vector<Write> writes;
  while (!queue_.empty() && writes.size() < options_.commit_writes_max) {
    writes.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  std::vector<Answer> answers;
  if (refusing_) {
    for (const Write& write : writes) refuse(write, storage_unavailable());
    limbo_.clear();
    if (random_.uniform() < kLimboShare) limbo_ = std::move(writes);
  } else {
    limbo_.clear();
    for (const Write& write : writes) answers.push_back(write.run(&disk_, nullptr));
  }
  for (Answer& answer : answers) answer_soon(std::move(answer));
  writer_->post([this] {
    committing_ = false;
    if (!queue_.empty() && !crashed_) schedule_commit();
  });
}

void SimStore::crash() {
  if (crashed_) return;
  crashed_ = true;
  for (const Write& write : limbo_) write.run(&disk_, nullptr);
  // The transaction that was being made is not there, but its decisions may be in their log, which is a file of its
  // own.
  for (const Write& write : queue_) {
    if (!write.decisions || random_.below(2) == 0) break;
    CHECK(disk_.append_decisions(write.decisions).ok());
  }
  std::deque<Write> lost;
  lost.swap(queue_);
  for (const Write& write : lost) refuse(write, unavailable("store_closed", "the store is closed"));
}

void SimStore::append_change(domain::ChangePtr change, domain::LiveEvent event, domain::Sequence previous,
                             Done<void> done) {
  submit<void>(
      [change, event = std::move(event), previous](Disk& disk) { return disk.append_change(*change, event, previous); },
      std::move(done));
}
void SimStore::map_content(domain::ContentId content, domain::EventId event, Done<void> done) {
  submit<void>(
      [content = std::move(content), event = std::move(event)](Disk& disk) { return disk.map_content(content, event); },
      std::move(done));
}
void SimStore::put_items(std::vector<domain::Item> items, Done<WriteSummary> done) {
  submit<WriteSummary>([rows = std::move(items)](Disk& disk) { return disk.put_items(rows); }, std::move(done));
}
void SimStore::put_viewers(std::vector<domain::Viewer> viewers, Done<WriteSummary> done) {
  submit<WriteSummary>([rows = std::move(viewers)](Disk& disk) { return disk.put_viewers(rows); }, std::move(done));
}
void SimStore::add_interactions(std::vector<domain::Interaction> interactions, Done<WriteSummary> done) {
  submit<WriteSummary>([rows = std::move(interactions)](Disk& disk) { return disk.add_interactions(rows); },
                       std::move(done));
}
void SimStore::put_schema(domain::DatasetKind kind, std::string text, Done<void> done) {
  submit<void>(
      [kind, text = std::move(text)](Disk& disk) {
        disk.schemas[kind] = text;
        return Result<void>();
      },
      std::move(done));
}
void SimStore::identify_viewer(domain::ViewerLink link, Done<std::uint64_t> done) {
  submit<std::uint64_t>([link = std::move(link)](Disk& disk) { return disk.identify(link); }, std::move(done));
}
void SimStore::put_filter(domain::StoredFilter filter, Done<domain::StoredFilter> done) {
  submit<domain::StoredFilter>([filter = std::move(filter)](Disk& disk) { return disk.put_filter(filter); },
                               std::move(done));
}
void SimStore::delete_filter(domain::FilterName name, Done<domain::StoredFilter> done) {
  submit<domain::StoredFilter>([name = std::move(name)](Disk& disk) { return disk.delete_filter(name); },
                               std::move(done));
}
void SimStore::index_past(Done<void> done) {
  submit<void>(
      [](Disk& disk) {
        disk.past_index = true;
        return Result<void>();
      },
      std::move(done));
}
void SimStore::erase_viewer(domain::ViewerId, Done<store::Erasure> done) {
  done(Error{ErrorKind::unsupported, "not_modelled", "the simulated store erases nobody", {}});
}
std::optional<Error> SimStore::trouble() const {
  return refusing_ ? std::optional(storage_unavailable()) : std::nullopt;
}
void SimStore::put_revocation(domain::Revocation revocation, Done<void> done) {
  submit<void>(
      [revocation = std::move(revocation)](Disk& disk) {
        disk.revocations.push_back(revocation);
        return Result<void>();
      },
      std::move(done));
}
void SimStore::put_audit(domain::AuditRecord record, Done<void> done) {
  submit<void>(
      [record = std::move(record)](Disk& disk) {
        disk.audit[record.number] = record;
        return Result<void>();
      },
      std::move(done));
}
void SimStore::append_decisions(std::shared_ptr<const domain::DecisionBatch> batch, Done<void> done) {
  submit<void>([batch](Disk& disk) { return disk.append_decisions(batch); }, std::move(done), batch);
}
void SimStore::drop_decisions(WallTime now, Milliseconds keep, Done<store::RetentionStep> done) {
  submit<store::RetentionStep>([now, keep](Disk& disk) { return disk.drop_decisions(now, keep); }, std::move(done));
}
void SimStore::append_feedback(std::vector<domain::Feedback> feedback, Done<std::vector<store::FeedbackOutcome>> done) {
  submit<std::vector<store::FeedbackOutcome>>(
      [this, rows = std::move(feedback)](Disk& disk) {
        std::vector<domain::Feedback> admitted;
        for (const domain::Feedback& row : rows) admitted.push_back(lost_.admit(row));
        return disk.append_feedback(admitted);
      },
      std::move(done));
}
void SimStore::append_learner_step(store::LearnerStep step, Done<void> done) {
  submit<void>([step = std::move(step)](Disk& disk) { return disk.append_step(step); }, std::move(done));
}

Result<void> SimStore::put_learner_snapshot(const store::LearnerSnapshot& snapshot) {
  on_edge_();
  if (crashed_ || refusing_) return storage_unavailable();
  disk_.put_snapshot(snapshot);
  return {};
}

void SimStore::close() {
  if (closed_) return;
  closed_ = true;
  while (!queue_.empty() && !crashed_) commit();
  answer_all();
  for (LoggedBatch& logged : disk_.log) logged.synced = true;
}

}  // namespace matchcue::simulation
