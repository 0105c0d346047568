// SPDX-License-Identifier: Apache-2.0
//
// HttpRequestReader reads the same however its bytes are cut and stays within its limits; what it read can always be
// judged as a handshake, and every refusal can be written.
#include "codec/http_request.h"

#include "base/check.h"
#include "base/text.h"
#include "fuzz/pieces.h"

namespace matchcue::fuzz {
namespace {

// Small, so that the fuzzer reaches them with short inputs.
constexpr codec::HttpLimits kLimits = {400, 8, 32};

void append_request(const codec::HttpRequest& request, std::string& out) {
  CHECK(request.headers.size() <= kLimits.headers_max);
  CHECK(request.body.size() <= kLimits.body_bytes_max);
  CHECK(!request.path.empty());
  out += request.method + ' ' + request.path + (request.keep_alive ? " keep " : " close ");
  for (const codec::HttpField& parameter : request.query) {
    CHECK(is_utf8(parameter.name) && is_utf8(parameter.value));
    out += parameter.name + '=' + parameter.value + '&';
  }
  for (const codec::HttpField& header : request.headers) out += header.name + ':' + header.value + '\n';
  out += request.body + '\n';
}

void judge(const codec::HttpRequest& request, std::string& out) {
  const Result<codec::WebSocketUpgrade> upgrade = codec::validate_upgrade(request);
  if (!upgrade) {
    codec::append_refusal(upgrade.error(), out);
    return;
  }
  const std::string chosen = upgrade->protocols.empty() ? std::string() : upgrade->protocols.front();
  codec::append_switching_protocols(*upgrade, chosen, out);
}

std::string read_all(std::string_view bytes, std::size_t size_max, std::uint64_t seed) {
  codec::HttpRequestReader reader(kLimits);
  std::string out;
  bool failed = false;
  for_each_piece(bytes, size_max, seed, [&](std::string piece) {
    std::string_view chunk = piece;
    while (!chunk.empty() && !failed) {
      const Result<bool> whole = reader.feed(chunk);
      if (!whole) {
        failed = true;
        codec::append_refusal(whole.error(), out);
      } else if (*whole) {
        const codec::HttpRequest request = reader.take();
        append_request(request, out);
        judge(request, out);
      }
    }
  });
  return out;
}

void run(const CutInput& input) {
  const std::string whole = read_all(input.bytes, 0, 0);
  CHECK(whole == read_all(input.bytes, 1, 0));
  CHECK(whole == read_all(input.bytes, 2 + input.options, input.seed));
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  matchcue::fuzz::run(matchcue::fuzz::make_cut_input(data, size));
  return 0;
}
