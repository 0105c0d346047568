#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: somebody who writes what a store takes in the course of an event, notes what was acknowledged, and,
// however the store came to be opened again, says whether all of it is there, once, and nothing half.

#include <cstdint>
#include <future>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "store/store.h"

namespace matchcue::store {

/// One thread, but for the Dones.
class FaultScript {
 public:
  explicit FaultScript(std::uint64_t seed) : random_(seed) {}

  /// Writes groups of a few writes, each group in one commit, until one fails or `groups` are done. Which writes they
  /// are depends on the seed alone. By the script's clock there is a second between them. Blocks.
  void write(Store& store, std::size_t groups);
  /// The same without minding failures.
  void write_on(Store& store, std::size_t groups);

  /// What is wrong with what the store holds now; empty when nothing is. From then on, what was not acknowledged and is
  /// not there counts as never written, and is tried again where clients would.
  std::string check(Reader& reader);

  std::uint64_t acknowledged() const { return acknowledged_; }
  /// The codes of all failures.
  const std::set<std::string>& refusals() const { return refusals_; }
  void forget_refusals() { refusals_.clear(); }

 private:
  /// What may and what must be there, of things that have names.
  struct Names {
    std::set<std::string> sent;
    std::set<std::string> acknowledged;
  };

  void next_group(Store& store);
  void write_one(Store& store);
  template <typename T>
  Done<T> note(Store& store, Names* names, std::string name);
  void answered(Store& store, const Error* error);

  void write_change(Store& store);
  void write_interaction(Store& store);
  void write_feedback(Store& store);
  void write_decisions(Store& store);
  void drop_decisions(Store& store);
  void write_step(Store& store);
  void write_snapshot(Store& store);
  void write_link(Store& store);
  void write_catalogue(Store& store);
  void write_content(Store& store);
  void write_access(Store& store);

  std::string check_changes(Reader& reader);
  std::string check_interactions(Reader& reader);
  std::string check_feedback(Reader& reader);
  std::string check_dropped(Reader& reader, domain::Sequence sequence);
  std::string check_decisions(Reader& reader);
  std::string check_learner(Reader& reader);
  std::string check_catalogue(Reader& reader);
  std::string check_access(Reader& reader);
  static std::string compare(const char* what, Names& names, const std::multiset<std::string>& found);

  Random random_;
  std::promise<void>* finished_ = nullptr;  // of the present write()
  std::size_t groups_left_ = 0;
  std::size_t unanswered_ = 0;
  bool stop_at_failure_ = true;
  bool failed_ = false;
  std::uint64_t acknowledged_ = 0;
  std::set<std::string> refusals_;

  std::uint64_t next_number_ = 1;                       // makes names unique
  std::map<std::string, std::uint64_t> last_sequence_;  // sent, by event
  std::uint64_t decided_ = 0;                           // the last sequence that decisions were sent for
  WallTime now_ = wall_time_from_ms(1'780'000'000'000);
  std::map<std::uint64_t, WallTime> decided_at_;
  std::uint64_t asked_ = 0;  ///< the last audit record whose outcome is not known
  std::uint64_t last_step_ = 0;
  std::uint64_t snapshot_ = 0;       // acknowledged
  std::uint64_t snapshot_sent_ = 0;  // the newest
  Names changes_, contents_, interactions_, feedback_, steps_, links_, viewers_, items_, filters_, revocations_, audit_;
};

}  // namespace matchcue::store
