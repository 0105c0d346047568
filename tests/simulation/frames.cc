// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/frames.h"

#include <charconv>

namespace matchcue::simulation {

namespace {

/// The text behind `"name":` from `from` on; empty when there is none.
std::string_view value_of(std::string_view text, std::string_view name, std::size_t from = 0) {
  const std::size_t at = text.find(name, from);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + name.size());
}

std::string text_of(std::string_view text, std::string_view name, std::size_t from = 0) {
  const std::string_view value = value_of(text, name, from);
  if (value.empty() || value.front() != '"') return {};
  return std::string(value.substr(1, value.find('"', 1) - 1));
}

std::uint64_t number_of(std::string_view text, std::string_view name) {
  const std::string_view value = value_of(text, name);
  std::uint64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

void read_cues(std::string_view text, std::vector<SeenCue>& cues) {
  for (std::size_t at = text.find("{\"id\":\"c_"); at != std::string_view::npos;
       at = text.find("{\"id\":\"c_", at + 1)) {
    cues.push_back({text_of(text, "\"id\":", at), text_of(text, "\"slot\":", at), text_of(text, "\"item\":", at)});
  }
}

void read_gone(std::string_view text, std::vector<std::string>& gone) {
  for (std::size_t at = text.find("\"c_"); at != std::string_view::npos; at = text.find("\"c_", at + 1)) {
    gone.emplace_back(text.substr(at + 1, text.find('"', at + 1) - at - 1));
  }
}

}  // namespace

SeenFrame read_frame(std::string_view text) {
  SeenFrame frame;
  frame.type = text_of(text, "\"t\":");
  frame.sequence = number_of(text, "\"seq\":");
  if (frame.type == "slate") {
    frame.event = text_of(text, "\"event\":");
    frame.moment = number_of(text, "\"moment\":");
    read_cues(text, frame.cues);
  } else if (frame.type == "retract") {
    read_gone(text, frame.gone);
  } else if (frame.type == "welcome") {
    frame.epoch = text_of(text, "\"epoch\":");
    frame.continuity_kept = text_of(text, "\"continuity\":") == "kept";
  } else if (frame.type == "ack") {
    frame.id = text_of(text, "\"id\":");
  } else if (frame.type == "error") {
    frame.code = text_of(text, "\"code\":");
  }
  return frame;
}

}  // namespace matchcue::simulation
