#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The promises of the product, each with a checker that sees only what is visible at the edges: what was asked and
// answered, frames handed to connections, and what is durable. The first broken one is the finding of a run.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/edge.h"
#include "tests/simulation/frames.h"

namespace matchcue::simulation {

struct Finding {
  std::string promise;
  std::string expected;
  std::string seen;
};

/// Keeps the first.
class Findings {
 public:
  void add(std::string promise, std::string expected, std::string seen) {
    if (!first_) first_ = Finding{std::move(promise), std::move(expected), std::move(seen)};
  }
  const std::optional<Finding>& first() const { return first_; }

 private:
  std::optional<Finding> first_;
};

/// What was asked for of rows that are replaced, in that order. Of each the last acknowledged must be on the disk, or
/// one that was asked for since and not refused: the answer may have been lost. Empty is that there is no row.
template <typename Id, typename Row>
class Replaced {
 public:
  std::uint64_t ask(const Id& id, std::optional<Row> row) {
    rows_[id].push_back({++asked_, std::move(row), false});
    return asked_;
  }
  /// The answer to what was asked; null is an acknowledgement.
  void answer(const Id& id, std::uint64_t asked, const Error* error) {
    std::vector<Asked>& rows = rows_[id];
    const auto at = std::find_if(rows.begin(), rows.end(), [&](const Asked& row) { return row.number == asked; });
    if (error == nullptr) {
      at->acknowledged = true;
      rows.erase(rows.begin(), at);
    } else if (error->kind != ErrorKind::unavailable) {  // then nobody knows
      rows.erase(at);
    }
  }
  /// Calls `is_there(id, row)` with what may be on the disk; every id of which it is always false, in their order.
  template <typename IsThere>
  std::vector<Id> missing(const IsThere& is_there) const {
    std::vector<Id> ids;
    for (const auto& [id, rows] : rows_) {
      if (rows.empty() || !rows.front().acknowledged) continue;
      const bool there = std::any_of(rows.begin(), rows.end(), [&, &id = id](const Asked& row) {
        return is_there(id, row.row ? &*row.row : nullptr);
      });
      if (!there) ids.push_back(id);
    }
    return ids;
  }

 private:
  struct Asked {
    std::uint64_t number;
    std::optional<Row> row;
    bool acknowledged;
  };
  std::uint64_t asked_ = 0;
  std::map<Id, std::vector<Asked>> rows_;
};

/// 1. What was acknowledged is durable: at once, and still there after every crash.
class DurableAcks {
 public:
  DurableAcks(const Disk& disk, Findings& findings) : disk_(disk), findings_(findings) {}

  Replaced<domain::ViewerId, domain::Viewer> viewers;
  Replaced<domain::FilterName, std::string> filters;  ///< their expressions

  void on_change(const domain::LiveEvent& event);
  void on_feedback(const domain::ViewerId& viewer, const std::string& id);
  void on_item(const domain::Item& item);
  void on_link(const domain::ViewerLink& link);
  void on_content(const domain::ContentId& content, const domain::EventId& event);
  /// Viewers and filters, of which there is an answer.
  void check_replaced();
  /// Looks at everything again.
  void check_all();

 private:
  void broken(const std::string& what);
  bool has(const domain::Item& item) const;

  const Disk& disk_;
  Findings& findings_;
  std::map<domain::EventId, domain::Sequence> changes_;
  std::set<std::pair<domain::ViewerId, std::string>> feedback_;
  std::map<domain::ItemId, domain::Item> items_;
  std::vector<domain::ViewerLink> links_;
  std::map<domain::ContentId, domain::EventId> contents_;
};

/// Rows that a shard must know of by now, and rows that it may know of already. One shard of one process.
template <typename Id, typename Row>
class InForce {
 public:
  void set(const Row& row) { rows_[row.id] = row; }
  void expect(const Row& row) { coming_.emplace(row.id, row); }
  void settle(const Row& row, bool stored) {
    const auto found = coming_.find(row.id);
    if (found != coming_.end()) coming_.erase(found);
    if (stored) rows_[row.id] = row;
  }
  /// Calls `allows` with what may be true of it, until it returns true. An unknown row is null.
  template <typename Allows>
  bool any(const Id& id, const Allows& allows) const {
    const auto known = rows_.find(id);
    if (allows(known == rows_.end() ? nullptr : &known->second)) return true;
    const auto [begin, end] = coming_.equal_range(id);
    for (auto at = begin; at != end; ++at) {
      if (allows(&at->second)) return true;
    }
    return false;
  }

 private:
  std::map<Id, Row> rows_;
  std::multimap<Id, Row> coming_;
};

/// 2 and 7. What a slate may say: only what is durable, about this viewer, eligible now, and as operators want it.
class SlateRules {
 public:
  SlateRules(const Disk& disk, Findings& findings) : disk_(disk), findings_(findings) {}

  /// A process with so many shards began.
  void restart(std::size_t shards);
  void expect(const domain::Viewer& row);
  void expect(const domain::Item& row);
  void settle(std::size_t shard, const domain::Viewer& row, bool stored) { viewers_[shard].settle(row, stored); }
  void settle(std::size_t shard, const domain::Item& row, bool stored) { items_[shard].settle(row, stored); }
  void on_push(const Connection& connection, const SeenFrame& frame);
  /// The decisions of slates that this process pushed are logged, or were refused.
  bool all_logged() const;
  /// They must be by now, as they were shown.
  void check_logged();

 private:
  struct Pushed {
    domain::DecisionId decision;
    std::vector<SeenCue> cues;
  };
  void check_cue(const Connection& connection, const SeenFrame& frame, const domain::Change& change,
                 const SeenCue& cue);
  void check_eligible(const Connection& connection, const SeenCue& cue);
  void check_pins(const Connection& connection, const SeenFrame& frame, const domain::Change& change);
  /// The overrides and filters in force after a change, from the change stream.
  struct Standing {
    std::map<domain::ItemId, domain::OverrideAction> overrides;
    std::map<domain::FilterName, domain::FilterUse> filters;
  };
  const Standing& standing_at(const domain::Change& change);

  const Disk& disk_;
  Findings& findings_;
  std::vector<InForce<domain::ViewerId, domain::Viewer>> viewers_;
  std::vector<InForce<domain::ItemId, domain::Item>> items_;
  std::map<std::string, Pushed> pushed_;
  std::map<std::pair<domain::EventId, domain::Sequence>, Standing> standings_;
};

/// 4. A walk reaches everybody in the same turn, whoever is stuck or dead.
class Isolation {
 public:
  Isolation(const Disk& disk, Findings& findings) : disk_(disk), findings_(findings) {}
  void on_push(const Connection& connection, const SeenFrame& frame);
  /// The turn in which pushes came is over.
  void on_turn_over(const Edge& edge);
  void forget() { walk_.reset(); }

 private:
  struct Walk {
    std::size_t shard = 0;
    domain::EventId event;
    domain::Sequence sequence;
  };
  const Disk& disk_;
  Findings& findings_;
  std::optional<Walk> walk_;
};

/// Feedback belongs to the decision that it cites, which is durable when it is.
class Attribution {
 public:
  Attribution(const Disk& disk, Findings& findings) : disk_(disk), findings_(findings) {}
  /// Looks at rows that are new. `whole` says that nothing was ever lost, so that every cue's decision must be known.
  void check(bool whole);

 private:
  void check_row(const domain::Feedback& row, bool whole);
  const Disk& disk_;
  Findings& findings_;
  std::size_t seen_ = 0;
};

/// 8. What was refused changed nothing.
class Refusals {
 public:
  Refusals(const Disk& disk, Findings& findings) : disk_(disk), findings_(findings) {}
  void on_refused_feedback(const domain::ViewerId& viewer, const std::string& id, const Error& error);
  /// `mark` stands in a reason or a state value of what was refused.
  void on_refused_change(const domain::EventId& event, const std::string& mark, const Error& error);
  void check_all();

 private:
  const Disk& disk_;
  Findings& findings_;
  std::set<std::pair<domain::ViewerId, std::string>> feedback_;
  std::set<std::pair<domain::EventId, std::string>> changes_;
};

}  // namespace matchcue::simulation
