// SPDX-License-Identifier: Apache-2.0
#include "codec/sample_message.h"

#include <simdjson.h>

#include "base/text.h"
#include "codec/json_object.h"

namespace matchcue::codec {

namespace {

/// A string, or a number's text; the last of repeated keys counts, as in Python.
bool read_text(const simdjson::dom::object& object, std::string_view field, std::string& out) {
  bool found = false;
  for (const auto member : object) {
    if (member.key != field) continue;
    std::string_view text;
    if (member.value.get(text) == simdjson::SUCCESS) {
      out = text;
    } else if (member.value.is_number()) {
      out = simdjson::minify(member.value);
    } else {
      return false;
    }
    found = true;
  }
  return found;
}

}  // namespace

SampleMessage parse_sample_message(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (parser.parse(text.data(), text.size()).get(object) != simdjson::SUCCESS) return SampleDefault{};
  std::string action;
  if (!read_text(object, "action", action) || action != "sendmessage") return SampleDefault{};
  std::string consumer;
  std::string device;
  std::string content;
  if (!read_text(object, "consumer_id", consumer) || !read_text(object, "device_id", device) ||
      !read_text(object, "content_id", content)) {
    return SampleFailure{};
  }
  for (const std::string* id : {&consumer, &device, &content}) {
    if (!domain::check_id(*id, "id").ok()) return SampleFailure{};
  }
  return SampleIntroduction{domain::ViewerId(consumer), device, domain::ContentId(content)};
}

std::string write_sample_failure(std::string_view connection_id, std::string_view request_id) {
  std::string out = "{\"message\": \"Internal server error\", \"connectionId\":";
  append_json_string(connection_id, out);
  out += ", \"requestId\":";
  append_json_string(request_id, out);
  out += '}';
  return out;
}

}  // namespace matchcue::codec
