#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a viewer's client reads out of the frames of the native protocol. Quick, and only for texts whose ids need no
// escapes, as the simulated world's do not.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace matchcue::simulation {

struct SeenCue {
  std::string id;
  std::string slot;
  std::string item;
};

struct SeenFrame {
  std::string type;  ///< welcome, slate, retract, ack, error, goaway
  std::uint64_t sequence = 0;
  std::uint64_t moment = 0;       ///< slate
  std::string event;              ///< slate
  std::string epoch;              ///< welcome
  bool continuity_kept = true;    ///< welcome
  std::string id;                 ///< ack: of the interaction
  std::string code;               ///< error
  std::vector<SeenCue> cues;      ///< slate
  std::vector<std::string> gone;  ///< retract: ids of cues
};

SeenFrame read_frame(std::string_view text);

}  // namespace matchcue::simulation
