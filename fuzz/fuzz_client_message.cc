// SPDX-License-Identifier: Apache-2.0
//
// What a viewer's client says, on all three routes: a message that was read, written again and read again is the same;
// what was read keeps the domain's rules; and every refusal can be sent in a text frame.
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/text.h"
#include "codec/native_message.h"
#include "codec/sample_message.h"

namespace matchcue::fuzz {
namespace {

void add_string(std::string_view name, std::string_view value, std::string& out) {
  out += ",\"" + std::string(name) + "\":";
  append_json_string(value, out);
}

void add_number(std::string_view name, double value, std::string& out) {
  char text[40];
  std::snprintf(text, sizeof text, "%.17g", value);
  out += ",\"" + std::string(name) + "\":" + text;
}

// One frame per type, as a client would write it.
struct Writer {
  std::string operator()(const codec::HelloMessage& hello) const {
    // A ticket names the viewer where the client does not.
    const bool named = !hello.viewer.str().empty();
    CHECK(named ? domain::check_id(hello.viewer.str(), "viewer").ok() : !hello.ticket.empty());
    CHECK(domain::check_id(hello.content.str(), "content").ok());
    CHECK(hello.device.size() <= domain::kIdBytesMax);
    std::string out = R"({"t":"hello")";
    if (named) add_string("viewer", hello.viewer.str(), out);
    if (!hello.ticket.empty()) add_string("ticket", hello.ticket, out);
    if (hello.previously) add_string("previously", hello.previously->str(), out);
    add_string("content", hello.content.str(), out);
    add_string("device", hello.device, out);
    if (hello.resume) {
      out += R"(,"resume":{"seq":)" + std::to_string(hello.resume->sequence.value());
      add_string("epoch", hello.resume->epoch, out);
      out += '}';
    }
    return out + '}';
  }
  std::string operator()(const codec::ClockMessage& clock) const {
    CHECK(clock.rate >= -16 && clock.rate <= 16, clock.rate);
    std::string out = R"({"t":"clock")";
    add_string("pdt", format_rfc3339(clock.programme_time), out);
    add_number("rate", clock.rate, out);
    return out + '}';
  }
  std::string operator()(const codec::AckMessage& ack) const {
    return R"({"t":"ack","seq":)" + std::to_string(ack.sequence.value()) + '}';
  }
  std::string operator()(const codec::InteractionMessage& interaction) const {
    CHECK(!interaction.id.empty() && interaction.id.size() <= 128, interaction.id.size());
    std::string out = R"({"t":"interaction")";
    add_string("id", interaction.id, out);
    add_string("cue", to_string(interaction.cue), out);
    add_string("kind", to_string(interaction.kind), out);
    add_number("value", interaction.value, out);
    return out + '}';
  }
  std::string operator()(const codec::TicketMessage& message) const {
    std::string out = R"({"t":"ticket")";
    add_string("ticket", message.ticket, out);
    return out + '}';
  }
  std::string operator()(const codec::UnknownMessage& unknown) const {
    std::string out = R"({"x":0)";
    add_string("t", unknown.type, out);
    return out + '}';
  }
};

void check_refusal(const Error& error) {
  CHECK(error.code == "invalid_json" || error.code == "invalid_message" || error.code == "invalid_id", error.code);
  CHECK(is_utf8(error.message) && is_utf8(error.field), error.code);
  CHECK(error.message.size() <= 1'000, error.message.size());
  const auto read_back = codec::parse_client_message(codec::write_error(error, false));
  CHECK(read_back.ok() && std::holds_alternative<codec::UnknownMessage>(*read_back), error.message);
}

void try_native(std::string_view text) {
  const auto message = codec::parse_client_message(text);
  if (!message) return check_refusal(message.error());
  const std::string written = std::visit(Writer{}, *message);
  const auto again = codec::parse_client_message(written);
  CHECK(again.ok(), written);
  CHECK(again->index() == message->index() && std::visit(Writer{}, *again) == written, written);
}

void try_posted(std::string_view text) {
  const auto posted = codec::parse_posted_interaction(text);
  if (!posted) return check_refusal(posted.error());
  CHECK(domain::check_id(posted->viewer.str(), "viewer").ok());
  (void)Writer{}(posted->interaction);
}

void try_sample(std::string_view text) {
  const codec::SampleMessage message = codec::parse_sample_message(text);
  const auto* introduction = std::get_if<codec::SampleIntroduction>(&message);
  if (introduction == nullptr) return;
  std::string written = R"({"action":"sendmessage")";
  add_string("consumer_id", introduction->consumer.str(), written);
  add_string("device_id", introduction->device, written);
  add_string("content_id", introduction->content.str(), written);
  const codec::SampleMessage again = codec::parse_sample_message(written + '}');
  const auto* same = std::get_if<codec::SampleIntroduction>(&again);
  CHECK(same != nullptr && same->consumer == introduction->consumer && same->device == introduction->device &&
            same->content == introduction->content,
        written);
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  matchcue::fuzz::try_native(text);
  matchcue::fuzz::try_posted(text);
  matchcue::fuzz::try_sample(text);
  return 0;
}
