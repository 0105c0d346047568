// SPDX-License-Identifier: Apache-2.0
#include "cli/moment_lines.h"

#include <fmt/format.h>

#include "base/text.h"
#include "domain/value.h"

namespace matchcue::cli {
namespace {

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

std::string_view kind_of(simulate::MomentKind kind) {
  switch (kind) {
    case simulate::MomentKind::moment: return "moment";
    case simulate::MomentKind::correction: return "correction";
    case simulate::MomentKind::state: return "state";
  }
  return "";
}

}  // namespace

std::string moment_line(const simulate::TimedMoment& moment, const simulate::Played& played) {
  const auto timing = moment.state.find("MATCH_TIMING");
  return fmt::format("#{:<4} {:>8}  {}-{}  {:<44} {:<14} ({} ms{})", played.sequence.value(), moment.clock,
                     moment.score[0], moment.score[1], moment.text,
                     timing == moment.state.end() ? "" : domain::to_text(timing->second), played.ack.count(),
                     played.changed ? "" : ", unchanged");
}

std::string moment_json(const simulate::TimedMoment& moment, const simulate::Played& played) {
  std::string state;
  for (const auto& [name, value] : moment.state) {
    state += fmt::format("{}{}:{}", state.empty() ? "" : ",", json_text(name), json_text(domain::to_text(value)));
  }
  return fmt::format(
      R"({{"sequence":{},"kind":"{}","clock":{},"score":[{},{}],"text":{},"state":{{{}}},"subject":{},"changed":{},"ack_ms":{}}})",
      played.sequence.value(), kind_of(moment.kind), json_text(moment.clock), moment.score[0], moment.score[1],
      json_text(moment.text), state, moment.subject ? json_text(moment.subject->str()) : "null", played.changed,
      played.ack.count());
}

}  // namespace matchcue::cli
