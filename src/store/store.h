#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Durable state behind one interface. `sqlite/` is the embedded default; a cluster can take its place.
//
// Writes go through Store and are answered only when they are durable. Reads go through a Reader, one per thread.

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "domain/access_records.h"
#include "domain/catalogue.h"
#include "domain/decision.h"
#include "domain/filter.h"
#include "domain/live_event.h"
#include "domain/viewer_link.h"
#include "domain/viewer_past.h"

namespace matchcue::store {

/// Called exactly once, on a thread of the store's, after the commit or the failure. Must not block.
template <typename T>
using Done = std::function<void(Result<T>)>;

/// What a write of many rows did. A row equal to what is stored counts as unchanged and changes nothing.
struct WriteSummary {
  std::uint64_t added = 0;
  std::uint64_t replaced = 0;
  std::uint64_t unchanged = 0;
  std::uint64_t catalogue_version = 0;  ///< after the write
};

/// What was removed of one person, and the proof.
struct Erasure {
  std::vector<domain::ViewerId> ids;  ///< that they were known by
  std::uint64_t viewers = 0;          ///< rows of the catalogue
  std::uint64_t interactions = 0;
  std::uint64_t feedback = 0;
  std::uint64_t links = 0;
  std::uint64_t traits = 0;     ///< that nobody else has
  std::uint64_t decisions = 0;  ///< that were made for them; what was chosen stays, for nobody
  std::uint64_t snapshots = 0;  ///< of the learner, which knew them
  std::uint64_t bytes_searched = 0;
  /// Where one of the ids' bytes still are: "matchcue.db: 2". Also as parts of longer ids, or by chance when an id is
  /// short. Empty: the search found nothing.
  std::vector<std::string> bytes_found;
};

/// What one step of dropping old decisions did.
struct RetentionStep {
  std::uint64_t bytes_freed = 0;
  bool more = false;                  ///< there may be more to drop now: the next step may follow
  std::optional<WallTime> kept_from;  ///< of the oldest decisions that are left; nothing while there is more, or none
};

enum class FeedbackOutcome { stored, repeated };

/// One step of the learner, which is a fold over feedback: the steps say in which portions it was folded, and when
/// what was not acted upon had been waited for long enough. With them the fold can be done again, to the same bits.
struct LearnerStep {
  std::uint64_t number = 0;    ///< 1, 2, ...
  std::uint64_t feedback = 0;  ///< number of the last feedback that is folded in
  WallTime at;                 ///< impressions that still wait are judged by this time
  bool settle = false;         ///< all impressions that still wait are judged now
  std::string settings;        ///< the learner's from this step on, as JSON; empty when as before, never in step 1
  std::uint64_t links = 0;     ///< number of the last viewer link that counts; 0 for none
  friend bool operator==(const LearnerStep&, const LearnerStep&) = default;
};

/// The learner's whole state after a step, in its own format.
struct LearnerSnapshot {
  std::uint64_t step = 0;
  std::string bytes;
};

/// Reads a consistent view. One thread; calls may read from disk. Errors of every call: corrupt, unavailable.
class Reader {
 public:
  virtual ~Reader() = default;

  virtual Result<std::vector<domain::LiveEvent>> load_events() = 0;
  /// Changes with sequence > after, in order, at most `limit`.
  virtual Result<std::vector<domain::Change>> load_changes(const domain::EventId& event, domain::Sequence after,
                                                           std::size_t limit) = 0;
  /// The latest `limit` changes, in order.
  virtual Result<std::vector<domain::Change>> load_latest_changes(const domain::EventId& event, std::size_t limit) = 0;
  virtual Result<std::optional<domain::Change>> load_change(const domain::EventId& event,
                                                            domain::Sequence sequence) = 0;

  /// The catalogue as it was at `version`; nothing means now. Errors: also not_found when no such version was made.
  virtual Result<domain::CataloguePtr> load_catalogue(std::optional<std::uint64_t> version) = 0;
  virtual Result<std::optional<domain::Viewer>> load_viewer(const domain::ViewerId& viewer) = 0;
  /// Viewers with id > after, in id order, at most `limit`.
  virtual Result<std::vector<domain::Viewer>> load_viewers(const domain::ViewerId& after, std::size_t limit) = 0;
  virtual Result<std::uint64_t> count_interactions() = 0;
  /// The number of the newest interaction; 0 when there is none. They are numbered as they are added, from 1; those of
  /// somebody who was erased leave gaps.
  virtual Result<std::uint64_t> last_interaction_number() = 0;
  /// Calls `visit` with every interaction up to number `last` in the order in which they were added, until it returns
  /// false. `visit` may use this reader. What is added meanwhile is left out. Cost: about 2 us a row; a page of rows is
  /// in memory.
  virtual Result<void> visit_interactions(std::uint64_t last,
                                          const std::function<bool(domain::Interaction)>& visit) = 0;

  /// Every kept filter, in the order of names.
  virtual Result<std::vector<domain::StoredFilter>> load_filters() = 0;
  /// What a viewer did, from interactions and from feedback other than impressions: the newest of each type. What was
  /// done under an id that is linked to theirs, or that theirs is linked to, was done by them.
  /// Cost: some 10 us and 1 us an act when Store::index_past() was done; without it every interaction is looked at.
  virtual Result<domain::ViewerPast> load_past(const domain::ViewerId& viewer) = 0;
  /// True when Store::index_past() was done.
  virtual Result<bool> has_past_index() = 0;

  /// Whom this viewer was identified as; nothing when they were not. Cost: a few microseconds.
  virtual Result<std::optional<domain::ViewerLink>> find_viewer_link(const domain::ViewerId& anonymous) = 0;
  /// The number of the newest link; 0 when there is none.
  virtual Result<std::uint64_t> last_viewer_link_number() = 0;
  /// Links with a number > `after`, in order, at most `limit`.
  virtual Result<std::vector<domain::ViewerLink>> load_viewer_links(std::uint64_t after, std::size_t limit) = 0;
  /// Everybody who was identified as this viewer, in order.
  virtual Result<std::vector<domain::ViewerLink>> load_links_to(const domain::ViewerId& viewer) = 0;

  /// Every revocation that is kept.
  virtual Result<std::vector<domain::Revocation>> load_revocations() = 0;
  /// Records with a number > `after`, in order, at most `limit`.
  virtual Result<std::vector<domain::AuditRecord>> load_audit(std::uint64_t after, std::size_t limit) = 0;
  virtual Result<std::uint64_t> last_audit_number() = 0;  ///< 0 when there is none

  /// The schema text that was put for this kind, or nothing.
  virtual Result<std::optional<std::string>> load_schema(domain::DatasetKind kind) = 0;

  virtual Result<std::optional<domain::Decision>> load_decision(const domain::DecisionId& id) = 0;
  /// The header that the first decisions for this change were logged with, also when they were dropped; nothing when
  /// there were none.
  virtual Result<std::optional<domain::DecisionHeader>> load_decision_header(const domain::EventId& event,
                                                                             domain::Sequence sequence) = 0;
  /// True when the first decisions for this change were dropped, by Store::drop_decisions(). Their header is kept.
  virtual Result<bool> has_dropped_decisions(const domain::EventId& event, domain::Sequence sequence) = 0;
  /// Calls `visit` with the newest logged batches, oldest of them first, reading back at most `bytes_max`.
  virtual Result<void> visit_latest_decisions(std::size_t bytes_max,
                                              const std::function<void(domain::DecisionBatch)>& visit) = 0;
  /// Calls `visit` with every logged batch, oldest first, until it returns false. A batch that was logged in parts
  /// comes in parts. One part at a time is in memory, and `visit` may use this reader. What is logged meanwhile is left
  /// out. Damaged parts are passed over; the first one's error is returned at the end.
  virtual Result<void> visit_decisions(const std::function<bool(domain::DecisionBatch)>& visit) = 0;
  /// A viewer's newest feedback, newest first, at most `limit`; an empty viewer means everybody's.
  virtual Result<std::vector<domain::Feedback>> load_feedback(const domain::ViewerId& viewer, std::size_t limit) = 0;
  /// Feedback with a number > `number`, in order, at most `limit`. Numbers have no gaps, and order is that of
  /// append_feedback: a row seen once is never preceded by a new one. What somebody gave who was erased is there
  /// without them, unattributed. Cost: about 1 us a row.
  virtual Result<std::vector<domain::Feedback>> load_feedback_after(std::uint64_t number, std::size_t limit) = 0;
  /// The number of the newest feedback; 0 when there is none.
  virtual Result<std::uint64_t> last_feedback_number() = 0;
  /// Steps with a number > `after`, in order, at most `limit`.
  virtual Result<std::vector<LearnerStep>> load_learner_steps(std::uint64_t after, std::size_t limit) = 0;
  /// Steps that say the settings, in order: the first and each after which they were others.
  virtual Result<std::vector<LearnerStep>> load_learner_settings() = 0;
  /// The newest kept snapshot of a step <= `step_max`, or nothing. Its bytes are not checked.
  virtual Result<std::optional<LearnerSnapshot>> load_learner_snapshot(std::uint64_t step_max) = 0;
};

/// Any thread. Writes are carried out in the order of the calls, many to a commit; `done` follows the commit.
/// Errors of every write: unavailable (storage refuses: disk full, I/O error, queue full, closed), corrupt.
class Store {
 public:
  virtual ~Store() = default;

  /// Names this incarnation of the change streams; kept for the life of the data directory.
  virtual const std::string& epoch() const = 0;
  virtual std::unique_ptr<Reader> make_reader() = 0;

  /// Appends one change and the event's new state in one transaction. `event` is the state after it.
  /// Errors: conflict when the event's stored sequence is not `previous`.
  virtual void append_change(domain::ChangePtr change, domain::LiveEvent event, domain::Sequence previous,
                             Done<void> done) = 0;
  /// From now on `content` carries `event`; creates the event (sequence 0) when it does not exist.
  virtual void map_content(domain::ContentId content, domain::EventId event, Done<void> done) = 0;

  /// Adds or replaces rows by id; the whole call is one catalogue version, or none when nothing changed.
  virtual void put_items(std::vector<domain::Item> items, Done<WriteSummary> done) = 0;
  virtual void put_viewers(std::vector<domain::Viewer> viewers, Done<WriteSummary> done) = 0;
  /// Adds interactions that are not stored yet: same viewer, item, time, type, value and context are the same one.
  virtual void add_interactions(std::vector<domain::Interaction> interactions, Done<WriteSummary> done) = 0;
  virtual void put_schema(domain::DatasetKind kind, std::string text, Done<void> done) = 0;

  /// Stores a link, once; its own `number` is ignored, and `done` gets the stored one's, also of one that was stored
  /// before. The two ids differ. Errors: conflict (already_identified) when it would not be one step from an anonymous
  /// viewer to a known one.
  virtual void identify_viewer(domain::ViewerLink link, Done<std::uint64_t> done) = 0;

  /// Adds or replaces a filter; `done` gets what is kept then: `created` stays that of the first.
  virtual void put_filter(domain::StoredFilter filter, Done<domain::StoredFilter> done) = 0;
  /// Errors: not_found.
  virtual void delete_filter(domain::FilterName name, Done<domain::StoredFilter> done) = 0;
  /// Makes Reader::load_past() fast from now on, and adding interactions a little slower. A few seconds with millions
  /// of interactions, during which other writes wait; nothing when it was done before.
  virtual void index_past(Done<void> done) = 0;

  /// Logs a batch. `done` may be empty. Written before any later write in this order; not synced by itself.
  virtual void append_decisions(std::shared_ptr<const domain::DecisionBatch> batch, Done<void> done) = 0;
  /// A step of dropping decisions that were logged more than `keep` before `now`. To be asked again and again: it also
  /// marks how far the log is at `now`, which is all that the store knows of time. What is dropped goes by files that
  /// cover at most a day or a quarter of `keep`. Other writes wait for some milliseconds.
  virtual void drop_decisions(WallTime now, Milliseconds keep, Done<RetentionStep> done) = 0;
  /// Stores feedback once per (viewer, id); outcomes are in the order of the input. `number` is ignored.
  virtual void append_feedback(std::vector<domain::Feedback> feedback, Done<std::vector<FeedbackOutcome>> done) = 0;

  /// Removes a person from everything stored: every id that they are linked by. Rows that others are numbered after
  /// stay, without them. Then searches every file of the directory for the ids' bytes. Other writes wait. Asked again
  /// after a crash it goes on. Cost: reads every file, and writes the database anew when bytes are left in it.
  virtual void erase_viewer(domain::ViewerId viewer, Done<Erasure> done) = 0;

  /// Errors: conflict when step.number is not the one after the last step's.
  virtual void append_learner_step(LearnerStep step, Done<void> done) = 0;
  /// Keeps a snapshot, and forgets the oldest of more than a few. Blocks until it is durable; not in the order of the
  /// other writes. Errors: unavailable.
  virtual Result<void> put_learner_snapshot(const LearnerSnapshot& snapshot) = 0;

  /// Keeps a revocation, and forgets those that are over at its time.
  virtual void put_revocation(domain::Revocation revocation, Done<void> done) = 0;
  /// Adds a record, or replaces that of the same number.
  virtual void put_audit(domain::AuditRecord record, Done<void> done) = 0;
  /// Why storage refuses now: the error of the last commit or probe; nothing when it went well. After a refusal it is
  /// tried once a second whether storage works again. Any thread.
  virtual std::optional<Error> trouble() const = 0;

  /// Carries out what is queued, then refuses everything. Idempotent.
  virtual void close() = 0;
};

}  // namespace matchcue::store
