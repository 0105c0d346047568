// SPDX-License-Identifier: Apache-2.0
#include "codec/native_message.h"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/quoted_text.h"
#include "base/text.h"
#include "codec/json_object.h"

namespace matchcue::codec {

namespace {

constexpr std::size_t kInteractionIdBytesMax = 128;
constexpr double kRateMax = 16;

Error bad_field(const std::string& field, const std::string& what) {
  return invalid("invalid_message", field + ": " + what, field);
}

Result<domain::ViewerId> read_viewer(const JsonObject& object, const std::string& type) {
  MCUE_TRY(const std::string viewer, object.get_string("viewer"));
  MCUE_TRY_VOID(domain::check_id(viewer, type + ".viewer"));
  return domain::ViewerId(viewer);
}

/// "" when it is not given.
Result<std::string> read_device(const JsonObject& object, const std::string& type) {
  MCUE_TRY(const std::optional<std::string> device, object.find_string("device"));
  if (!device || device->empty()) return std::string();
  MCUE_TRY_VOID(domain::check_id(*device, type + ".device"));
  return *device;
}

Result<std::optional<ResumePoint>> read_resume(const JsonObject& object) {
  MCUE_TRY(const std::optional<JsonObject> resume, object.find_object("resume"));
  if (!resume) return std::optional<ResumePoint>();
  ResumePoint point;
  MCUE_TRY(point.epoch, resume->get_string("epoch"));
  MCUE_TRY_VOID(domain::check_id(point.epoch, "hello.resume.epoch"));
  MCUE_TRY(const std::uint64_t sequence, resume->get_unsigned("seq"));
  point.sequence = domain::Sequence(sequence);
  return std::optional<ResumePoint>(std::move(point));
}

Result<ClientMessage> read_hello(const JsonObject& object) {
  HelloMessage hello;
  MCUE_TRY(const std::optional<std::string> ticket, object.find_string("ticket"));
  hello.ticket = ticket.value_or("");
  if (hello.ticket.empty() || object.has("viewer")) {
    MCUE_TRY(hello.viewer, read_viewer(object, "hello"));
  }
  MCUE_TRY(const std::string content, object.get_string("content"));
  MCUE_TRY_VOID(domain::check_id(content, "hello.content"));
  hello.content = domain::ContentId(content);
  MCUE_TRY(hello.device, read_device(object, "hello"));
  MCUE_TRY(hello.resume, read_resume(object));
  MCUE_TRY(const std::optional<std::string> previously, object.find_string("previously"));
  if (previously) {
    MCUE_TRY_VOID(domain::check_id(*previously, "hello.previously"));
    // A page that signs out and in again may say so.
    if (*previously != hello.viewer.str()) hello.previously = domain::ViewerId(*previously);
  }
  return ClientMessage(std::move(hello));
}

Result<ClientMessage> read_clock(const JsonObject& object) {
  ClockMessage clock;
  MCUE_TRY(const std::string time, object.get_string("pdt"));
  auto parsed = parse_rfc3339(time);
  if (!parsed.ok()) return bad_field("clock.pdt", parsed.error().message);
  clock.programme_time = *parsed;
  MCUE_TRY(const std::optional<double> rate, object.find_number("rate"));
  clock.rate = rate.value_or(1);
  if (std::abs(clock.rate) > kRateMax)
    return bad_field("clock.rate", std::to_string(clock.rate) + " is not in -16..16");
  return ClientMessage(clock);
}

Result<ClientMessage> read_ack(const JsonObject& object) {
  MCUE_TRY(const std::uint64_t sequence, object.get_unsigned("seq"));
  return ClientMessage(AckMessage{domain::Sequence(sequence)});
}

Result<InteractionMessage> read_interaction(const JsonObject& object) {
  InteractionMessage interaction;
  MCUE_TRY(interaction.id, object.get_string("id"));
  if (interaction.id.empty() || interaction.id.size() > kInteractionIdBytesMax) {
    return bad_field("interaction.id", quoted_text(interaction.id) + " has " + std::to_string(interaction.id.size()) +
                                           " bytes; 1 to 128 are allowed");
  }
  MCUE_TRY_VOID(domain::check_id(interaction.id, "interaction.id"));
  MCUE_TRY(const std::string cue, object.get_string("cue"));
  auto cue_id = domain::parse_cue_id(cue);
  if (!cue_id.ok()) return bad_field("interaction.cue", cue_id.error().message);
  interaction.cue = *std::move(cue_id);
  MCUE_TRY(const std::string kind, object.get_string("kind"));
  const auto parsed = domain::parse_feedback_kind(kind);
  if (!parsed) {
    return bad_field("interaction.kind", quoted_text(kind) + " is not impression, click, dismiss, answer or convert");
  }
  interaction.kind = *parsed;
  MCUE_TRY(const std::optional<double> value, object.find_number("value"));
  interaction.value = value.value_or(1);
  return interaction;
}

}  // namespace

Result<ClientMessage> parse_client_message(std::string_view text) {
  MCUE_TRY(const JsonObject frame, JsonObject::parse(text, ""));
  MCUE_TRY(const std::string type, frame.get_string("t"));
  const JsonObject object = frame.named(type);
  if (type == "hello") return read_hello(object);
  if (type == "clock") return read_clock(object);
  if (type == "ack") return read_ack(object);
  if (type == "ticket") {
    MCUE_TRY(std::string ticket, object.get_string("ticket"));
    return ClientMessage(TicketMessage{std::move(ticket)});
  }
  if (type == "interaction") {
    MCUE_TRY(InteractionMessage interaction, read_interaction(object));
    return ClientMessage(std::move(interaction));
  }
  return ClientMessage(UnknownMessage{type});
}

Result<PostedInteraction> parse_posted_interaction(std::string_view text) {
  MCUE_TRY(const JsonObject object, JsonObject::parse(text, "interaction"));
  PostedInteraction posted;
  MCUE_TRY(posted.viewer, read_viewer(object, "interaction"));
  MCUE_TRY(posted.device, read_device(object, "interaction"));
  MCUE_TRY(posted.interaction, read_interaction(object));
  return posted;
}

std::string write_welcome(std::string_view session, std::string_view epoch, domain::Sequence sequence,
                          Continuity continuity, int ping_s, const RetryAdvice& retry) {
  std::string out = "{\"t\":\"welcome\",\"session\":";
  append_json_string(session, out);
  out += ",\"epoch\":";
  append_json_string(epoch, out);
  out += ",\"seq\":" + std::to_string(sequence.value()) + ",\"continuity\":\"" +
         (continuity == Continuity::kept ? "kept" : "lost") + "\",\"ping_s\":" + std::to_string(ping_s) +
         ",\"retry\":{\"min_ms\":" + std::to_string(retry.min_ms) + ",\"max_ms\":" + std::to_string(retry.max_ms) +
         "}}";
  return out;
}

std::string write_interaction_ack(std::string_view interaction_id) {
  std::string out = "{\"t\":\"ack\",\"id\":";
  append_json_string(interaction_id, out);
  out += '}';
  return out;
}

std::string write_ticket_ack(WallTime expires) {
  return "{\"t\":\"ticket_ack\",\"expires\":\"" + format_rfc3339(expires) + "\"}";
}

std::string write_ticket_expiring(WallTime expires) {
  return "{\"t\":\"ticket_expiring\",\"expires\":\"" + format_rfc3339(expires) + "\"}";
}

std::string write_goaway(int reconnect_in_ms) {
  return "{\"t\":\"goaway\",\"reconnect_in_ms\":" + std::to_string(reconnect_in_ms) + "}";
}

std::string write_error(const Error& error, bool fatal, std::string_view interaction_id) {
  std::string out = "{\"t\":\"error\",\"code\":";
  append_json_string(error.code, out);
  out += ",\"message\":";
  append_json_string(error.message, out);
  if (!error.field.empty()) {
    out += ",\"field\":";
    append_json_string(error.field, out);
  }
  if (!interaction_id.empty()) {
    out += ",\"id\":";
    append_json_string(interaction_id, out);
  }
  out += fatal ? ",\"fatal\":true}" : ",\"fatal\":false}";
  return out;
}

}  // namespace matchcue::codec
