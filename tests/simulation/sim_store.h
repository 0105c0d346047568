#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A store on a Disk: its one writer is a loop of the scheduler, commits take time that is drawn, may be refused, and
// may be cut short anywhere by a crash.

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "store/sqlite/lost_decisions.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/scheduler.h"

namespace matchcue::simulation {

struct StoreOptions {
  std::uint64_t commit_us_max = 2'000;   ///< a commit takes up to this
  std::size_t queue_writes_max = 1'000;  ///< writes waiting; one more is refused
  std::size_t commit_writes_max = 50;    ///< writes in one commit
};

/// One process's store. The Disk outlives it.
class SimStore final : public store::Store {
 public:
  /// Told of everything by which a crash could come.
  using OnEdge = std::function<void()>;

  SimStore(Disk& disk, StoreOptions options, Scheduler& scheduler, std::uint64_t seed, OnEdge on_edge);
  ~SimStore() override;

  /// While it is on, every commit fails and says `unavailable`.
  void set_refusing(bool refusing) { refusing_ = refusing; }
  /// The process is gone: nothing more reaches the disk. What was failing may turn out to have been written.
  void crash();
  void set_options(const StoreOptions& options) { options_ = options; }
  /// Hands out all answers that wait.
  void answer_all() { writer_->drain(); }
  std::size_t queued() const { return queue_.size(); }

  const std::string& epoch() const override { return disk_.epoch; }
  std::unique_ptr<store::Reader> make_reader() override;
  void append_change(domain::ChangePtr change, domain::LiveEvent event, domain::Sequence previous,
                     store::Done<void> done) override;
  void map_content(domain::ContentId content, domain::EventId event, store::Done<void> done) override;
  void put_items(std::vector<domain::Item> items, store::Done<store::WriteSummary> done) override;
  void put_viewers(std::vector<domain::Viewer> viewers, store::Done<store::WriteSummary> done) override;
  void add_interactions(std::vector<domain::Interaction> interactions, store::Done<store::WriteSummary> done) override;
  void put_schema(domain::DatasetKind kind, std::string text, store::Done<void> done) override;
  void identify_viewer(domain::ViewerLink link, store::Done<std::uint64_t> done) override;
  void put_filter(domain::StoredFilter filter, store::Done<domain::StoredFilter> done) override;
  void delete_filter(domain::FilterName name, store::Done<domain::StoredFilter> done) override;
  void index_past(store::Done<void> done) override;
  /// Not modelled: the engine asks for it when an operator does, and the simulated ones do not.
  void erase_viewer(domain::ViewerId viewer, store::Done<store::Erasure> done) override;
  std::optional<Error> trouble() const override;
  void put_revocation(domain::Revocation revocation, store::Done<void> done) override;
  void put_audit(domain::AuditRecord record, store::Done<void> done) override;
  void append_decisions(std::shared_ptr<const domain::DecisionBatch> batch, store::Done<void> done) override;
  void append_feedback(std::vector<domain::Feedback> feedback,
                       store::Done<std::vector<store::FeedbackOutcome>> done) override;
  void append_learner_step(store::LearnerStep step, store::Done<void> done) override;
  void drop_decisions(WallTime now, Milliseconds keep, store::Done<store::RetentionStep> done) override;
  Result<void> put_learner_snapshot(const store::LearnerSnapshot& snapshot) override;
  void close() override;

 private:
  using Answer = std::function<void()>;
  struct Write {
    std::function<Answer(Disk* disk, const Error* refused)> run;  ///< on the disk, or refused
    std::shared_ptr<const domain::DecisionBatch> decisions;       ///< when it logs some
  };

  template <typename T, typename Apply>
  void submit(Apply apply, store::Done<T> done, std::shared_ptr<const domain::DecisionBatch> decisions = nullptr);
  void schedule_commit();
  void commit();
  void answer_soon(Answer answer);
  void refuse(const Write& write, const Error& error);

  Disk& disk_;
  StoreOptions options_;
  Scheduler& scheduler_;
  Random random_;
  OnEdge on_edge_;
  std::deque<Write> queue_;
  store::LostDecisions lost_;
  std::vector<Write> limbo_;  ///< of a failed commit: the disk may hold it all the same
  bool refusing_ = false;
  bool committing_ = false;
  bool crashed_ = false;
  bool closed_ = false;
  std::unique_ptr<SimLoop> writer_;  // last: it uses all of the above
};

}  // namespace matchcue::simulation
