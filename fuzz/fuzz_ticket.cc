// SPDX-License-Identifier: Apache-2.0
//
// Whatever the text: as a ticket its signature is wrong, as a set of keys it may be one, and as the claims of a ticket
// that is signed right, what was understood is written and read back equal.
#include <algorithm>

#include "access/test_tickets.h"
#include "base/check.h"

namespace matchcue::fuzz {
namespace {

using namespace access;

void run(std::string_view text) {
  static const TicketKeys keys = make_keys();
  static const TicketKey& key = *keys.find("shared", Algorithm::hs256);
  CHECK(!check_ticket(text, keys, {}, kNow).ok());
  (void)TicketKeys::parse(text);
  const auto ticket = check_ticket(sign_texts(R"({"alg":"HS256","kid":"shared"})", text, key), keys, {}, kNow);
  if (!ticket.ok()) return;
  const auto again = check_ticket(write_ticket(*ticket, key, "matchcue", ""), keys, {}, kNow);
  if (!again.ok()) return;  // escapes have made it too long, or it expired within the second
  CHECK(again->viewer == ticket->viewer && again->contents == ticket->contents && again->id == ticket->id);
}

}  // namespace
}  // namespace matchcue::fuzz

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  matchcue::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
