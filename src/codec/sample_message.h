#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// The sample route /dev: what a client of the AWS sample sends and sees, byte for byte.

#include <string>
#include <string_view>
#include <variant>

#include "domain/ids.h"

namespace matchcue::codec {

constexpr std::string_view kSampleSuccess = R"({"status": "success"})";
constexpr std::string_view kSampleDefault = R"("this is default route. please use right action key")";

/// {"action":"sendmessage","consumer_id":..,"device_id":..,"content_id":..}
struct SampleIntroduction {
  domain::ViewerId consumer;
  std::string device;
  domain::ContentId content;
};
/// Anything that is not a sendmessage: answered with kSampleDefault.
struct SampleDefault {};
/// A sendmessage with a key missing, or with an id that cannot be one: answered with write_sample_failure().
struct SampleFailure {};
using SampleMessage = std::variant<SampleIntroduction, SampleDefault, SampleFailure>;

/// Route selection as API Gateway's $request.body.action does it: exact and case-sensitive. A number stands for its
/// text (consumer_id 1 is "1"), which repairs a failure of the sample.
SampleMessage parse_sample_message(std::string_view text);

/// {"message": "Internal server error", "connectionId":"<id>", "requestId":"<id>"}
std::string write_sample_failure(std::string_view connection_id, std::string_view request_id);

}  // namespace matchcue::codec
