#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A viewer's side of one socket, for tests: blocking, with a time limit on every read, so that what does not come fails
// a test instead of stopping it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "codec/websocket.h"
#include "runtime/socket.h"
#include "runtime/test_certificate.h"

namespace matchcue::gateway {

/// One thing the server said. Copies of what codec::FrameEvent points at.
struct Heard {
  codec::FrameEvent::Kind kind =
      codec::FrameEvent::Kind::none;  ///< none: the connection ended, or nothing came in time
  std::uint16_t close_code = 0;
  std::string payload;
  bool ended = false;  ///< with none: the connection ended
};

class TestViewer {
 public:
  /// `receive_bytes`: the socket's receive buffer; 0 is the system's.
  explicit TestViewer(const runtime::Address& server, int receive_bytes = 0);

  /// Speaks TLS from now on.
  void start_tls();

  void send_bytes(std::string_view bytes);
  void send_text(std::string_view text) { send_frame(codec::Opcode::text, text); }
  void send_frame(codec::Opcode opcode, std::string_view payload);
  /// A data frame that is not the message's last (or not its first).
  void send_fragment(codec::Opcode opcode, std::string_view payload, bool final);

  /// Sends an HTTP request without a body; `headers` are whole lines with their CRLF.
  void request(std::string_view method, std::string_view path, std::string_view headers = {});
  void post(std::string_view path, std::string_view content_type, std::string_view body);
  /// Asks for a WebSocket and returns the head of the answer.
  std::string upgrade(std::string_view path, std::string_view protocol = {});

  /// Reads through the end of `mark` and returns all of it; what came until then when it does not come.
  std::string read_until(std::string_view mark);
  /// Reads one whole response with its body.
  std::string read_response();
  /// The next thing said over the WebSocket.
  Heard hear();
  /// hear(), which must be a text.
  std::string hear_text();
  /// hear(), which must be a close; its code.
  int hear_close();
  /// True when the server ends the connection (unread bytes are skipped).
  bool ends();
  /// Ends with a reset instead of a farewell.
  void reset();

 private:
  bool fill();

  runtime::Fd fd_;
  std::unique_ptr<runtime::TestTlsClient> tls_;  ///< null: in the clear
  std::string unread_;
  std::string chunk_;  ///< what reader_ is being fed
  std::size_t chunk_used_ = 0;
  bool ended_ = false;
  codec::FrameReader reader_{codec::Role::client, {1 << 20, 1 << 20, 100}};
};

}  // namespace matchcue::gateway
