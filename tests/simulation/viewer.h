#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A viewer's client on one device: says hello, resumes, acknowledges, acts on cues and repeats what is not
// acknowledged. It knows nothing but the frames that reach it, and holds the server to its word about them.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/world.h"

namespace matchcue::simulation {

struct ViewerProfile {
  std::string id;
  std::string device;
  std::string content;
  std::string anonymous;  ///< whom they watch as until they sign in; empty for never
  bool sample = false;
};

/// World loop.
class Viewer {
 public:
  Viewer(World& world, ViewerProfile profile, std::uint64_t seed);

  /// Begins to watch, and to have accidents.
  void begin();
  /// From now on connected, and patient.
  void heal();
  /// Whether all has come that there is, and all is acknowledged that was said.
  bool is_settled() const;
  /// Checks that nothing is missing in what came since continuity began.
  void check_continuity();
  bool is_online() const { return online_; }
  std::string name() const { return profile_.id + "/" + profile_.device; }
  /// What it is waiting for, in words.
  std::string waits_for() const;
  const ViewerProfile& profile() const { return profile_; }
  domain::EventId event() const;

 private:
  struct Shown {
    std::uint64_t sequence = 0;
    std::uint64_t moment = 0;
    std::string item;
  };
  struct Pending {
    std::string text;
    std::string viewer;  ///< as whom it was said
  };
  struct Resumed {
    std::uint64_t sequence = 0;
    WallTime latest;  ///< by which slates had expired
  };

  void connect();
  void disconnect();
  void come_back_later();
  void on_end();
  void on_frame(std::string_view text);
  void on_welcome(const SeenFrame& frame);
  void on_slate(const SeenFrame& frame);
  void on_retract(const SeenFrame& frame);
  bool takes_sequence(const SeenFrame& frame);
  void act_on(const SeenFrame& frame);
  void act(const std::string& cue, const char* kind);
  void poison(const std::string& cue);
  void say_again();
  void have_accident();
  void sign_in();
  std::string hello() const;
  void broken(const std::string& expected, const std::string& seen);
  bool is_excused(const domain::Change& change) const;
  /// Whether a pin, a block or a filter changed what this client has on its screen.
  bool touches_screen(const domain::Change& adjustment) const;
  void check_retracted(const domain::Change& correction);

  World& world_;
  ViewerProfile profile_;
  Random random_;
  std::string viewer_;  ///< as whom they watch now
  std::string previously_;
  ConnectionPtr connection_;
  bool online_ = false;
  bool waiting_ = false;  ///< a reconnect is planned
  // What the client keeps over reconnects.
  std::optional<std::pair<std::string, std::uint64_t>> resume_;  ///< epoch and sequence
  std::map<std::string, Pending> pending_;
  std::uint64_t next_id_ = 1;
  // Since continuity began.
  std::uint64_t chain_from_ = 0;
  std::map<std::uint64_t, std::map<std::string, std::string>> slates_;  ///< slot to item
  std::set<std::uint64_t> superseded_;
  std::vector<Resumed> resumed_;
  std::map<std::string, Shown> shown_;  ///< and not retracted
  std::set<std::string> retracted_;
};

}  // namespace matchcue::simulation
