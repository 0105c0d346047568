#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Producers and operators: they set states, fire and correct moments, pin, block and filter, change the catalogue, and
// sometimes say what must be refused.

#include <map>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace matchcue::simulation {

/// World loop.
class Operators {
 public:
  Operators(World& world, std::vector<std::string> viewers, std::uint64_t seed);

  /// Puts the first catalogue and maps contents; all that must be there before anybody watches. Nothing fails yet.
  void set_up();
  bool is_set_up() const { return set_up_left_ == 0; }
  /// Begins to do things at random times, until the world heals.
  void begin();
  /// What was asked of the process that is gone is answered by nobody: its rows may change again.
  void on_restart() { busy_.clear(); }
  /// One more moment for each event, after the last fault.
  void fire_last();
  domain::EventId event(std::size_t number) const { return domain::EventId("e" + std::to_string(number)); }

 private:
  void act();
  void change_something();
  void set_state();
  void fire();
  void correct();
  void override_item();
  void use_filter();
  void put_filter();
  void put_viewer();
  void put_item();
  void ask_something();
  void say_nonsense();
  void put_viewers(std::vector<domain::Viewer> rows, bool first);
  void put_items(std::vector<domain::Item> rows, bool first);
  domain::Viewer make_viewer(const std::string& id);
  domain::Item make_item(std::size_t number, bool may_restrict);
  domain::Values state();
  std::string mark() { return "mark-" + std::to_string(++marks_); }
  domain::EventId any_event();
  domain::ItemId any_item();
  engine::Engine& engine() { return *world_.process->engine; }
  /// `mark` is in the change's reason; `holds` is what was asked for, of the event as the answer has it.
  engine::Reply<engine::ChangeReceipt> change_reply(const std::string& what, const domain::EventId& event,
                                                    const std::string& mark = {},
                                                    std::function<bool(const domain::LiveEvent&)> holds = {});
  std::uint64_t below(std::uint64_t bound) { return random_.below(bound); }

  World& world_;
  std::vector<std::string> viewers_;
  Random random_;
  std::size_t set_up_left_ = 0;
  std::uint64_t marks_ = 0;
  std::set<std::string> busy_;  ///< rows of which a change is under way
};

}  // namespace matchcue::simulation
