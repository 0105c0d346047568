#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What viewers have on their screens, asked over the HTTP API.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/http_client.h"
#include "base/result.h"
#include "domain/ids.h"

namespace matchcue::simulate {

/// One item in one slot, and on how many screens.
struct ScreenShare {
  std::string slot;
  std::string item;
  std::string label;  ///< the item's, or the item itself when it has none
  std::uint64_t sessions = 0;
};

struct AudienceSeen {
  std::uint64_t connections = 0;
  std::uint64_t slates = 0;
  std::optional<double> last_push_ms;  ///< from the acceptance of the latest change to its last push
  std::vector<ScreenShare> on_screen;  ///< by slot, then the most seen first
};

/// Single thread. Calls wait.
class AudienceReader {
 public:
  explicit AudienceReader(api::Endpoint server) : client_(std::move(server)) {}
  /// Errors: those of the server, unreachable, unexpected_answer. Labels are read once.
  Result<AudienceSeen> read(const domain::EventId& event);

 private:
  Result<void> read_labels();

  api::HttpClient client_;
  std::map<std::string, std::string> labels_;
};

/// Reads the body of GET /v1/events/{event}/audience. Errors: unexpected_answer.
Result<AudienceSeen> parse_audience(std::string_view body, const std::map<std::string, std::string>& labels);

}  // namespace matchcue::simulate
