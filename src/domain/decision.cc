// SPDX-License-Identifier: Apache-2.0
#include "domain/decision.h"

#include <array>

#include "base/quoted_text.h"
#include "base/text.h"

namespace matchcue::domain {

namespace {

constexpr std::array<std::string_view, 5> kFeedbackKinds = {"impression", "click", "dismiss", "answer", "convert"};

void append_parts(const DecisionId& id, std::string& out) {
  append_base64url(id.event.str(), out);
  out += '.';
  out += std::to_string(id.sequence.value());
  out += '.';
  append_base64url(id.viewer.str(), out);
}

Error bad_id(std::string_view what, std::string_view text) {
  return invalid("invalid_id", quoted_text(text) + " is not a " + std::string(what), {});
}

std::optional<DecisionId> parse_parts(std::string_view event, std::string_view sequence, std::string_view viewer) {
  const auto event_id = decode_base64url(event);
  const auto number = parse_int(sequence);
  const auto viewer_id = decode_base64url(viewer);
  if (!event_id || !viewer_id || !number || *number < 1 || std::to_string(*number) != sequence) return std::nullopt;
  if (!check_id(*event_id, "event").ok() || !check_id(*viewer_id, "viewer").ok()) return std::nullopt;
  return DecisionId{EventId(*event_id), Sequence(static_cast<std::uint64_t>(*number)), ViewerId(*viewer_id)};
}

}  // namespace

std::string to_string(const DecisionId& id) {
  std::string out = "d_";
  append_parts(id, out);
  return out;
}

std::string to_string(const CueId& id) {
  std::string out = "c_";
  append_parts(id.decision, out);
  out += '.';
  out += std::to_string(id.slot);
  return out;
}

Result<DecisionId> parse_decision_id(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() == 3 && parts[0].starts_with("d_")) {
    if (auto id = parse_parts(parts[0].substr(2), parts[1], parts[2])) return *std::move(id);
  }
  return bad_id("decision id", text);
}

Result<CueId> parse_cue_id(std::string_view text) {
  const auto parts = split(text, '.');
  if (parts.size() == 4 && parts[0].starts_with("c_")) {
    const auto slot = parse_int(parts[3]);
    const bool canonical = slot && *slot >= 0 && *slot < 1000 && std::to_string(*slot) == parts[3];
    if (auto id = parse_parts(parts[0].substr(2), parts[1], parts[2]); id && canonical) {
      return CueId{*std::move(id), static_cast<std::size_t>(*slot)};
    }
  }
  return bad_id("cue id", text);
}

std::string_view to_string(FeedbackKind kind) { return kFeedbackKinds[static_cast<std::size_t>(kind)]; }

std::string_view event_type_of(FeedbackKind kind) {
  switch (kind) {
    case FeedbackKind::impression: return "IMPRESSION";
    case FeedbackKind::click: return "CLICK";
    case FeedbackKind::dismiss: return "DISMISS";
    case FeedbackKind::answer: return "ANSWER";
    case FeedbackKind::convert: return "CONVERT";
  }
  return "IMPRESSION";
}

std::optional<FeedbackKind> parse_feedback_kind(std::string_view text) {
  for (std::size_t i = 0; i < kFeedbackKinds.size(); ++i) {
    if (kFeedbackKinds[i] == text) return static_cast<FeedbackKind>(i);
  }
  return std::nullopt;
}

}  // namespace matchcue::domain
