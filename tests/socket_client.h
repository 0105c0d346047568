#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A blocking client for tests: HTTP bytes and WebSocket messages over a real socket, with a time limit on every read.

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>

#include "codec/websocket.h"
#include "runtime/socket.h"

namespace matchcue::tests {

/// One connection. Reads fail after five seconds; a test that waits that long has failed.
class SocketClient {
 public:
  explicit SocketClient(const runtime::Address& address) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(address.port);
    inet_pton(AF_INET, address.host.c_str(), &where.sin_addr);
    const timeval limit{5, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    connected_ = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0;
  }

  bool connected() const { return connected_; }
  void send_bytes(std::string_view bytes) { ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  /// Everything until `end` was read; what follows it stays for later. Empty when the connection ended first.
  std::string read_until(std::string_view end) {
    for (;;) {
      const std::size_t at = input_.find(end);
      if (at != std::string::npos) {
        std::string out = input_.substr(0, at + end.size());
        input_.erase(0, at + end.size());
        return out;
      }
      if (!read_more()) return {};
    }
  }

  /// Sends the handshake; returns the response head.
  std::string upgrade(const std::string& path, const std::string& protocol = {}) {
    send_bytes("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
               "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
               (protocol.empty() ? std::string() : "Sec-WebSocket-Protocol: " + protocol + "\r\n") + "\r\n");
    return read_until("\r\n\r\n");
  }

  void send_text(std::string_view text) {
    std::string frame;
    codec::append_masked_frame(codec::Opcode::text, text, 0x12345678, frame);
    send_bytes(frame);
  }
  void send_json(const nlohmann::json& message) { send_text(message.dump()); }

  /// The next frame of any kind but none; kind `none` when the connection ended or nothing came in time.
  struct Message {
    codec::FrameEvent::Kind kind = codec::FrameEvent::Kind::none;
    std::string payload;
    std::uint16_t close_code = 0;
  };
  Message read_message() {
    for (;;) {
      std::span<char> chunk(input_);
      const codec::FrameEvent event = reader_.next(chunk);
      Message message{event.kind, std::string(event.payload), event.close_code};
      input_.erase(0, input_.size() - chunk.size());
      if (event.kind != codec::FrameEvent::Kind::none) return message;
      if (!read_more()) return {};
    }
  }
  std::string read_text() { return read_message().payload; }
  nlohmann::json read_json() { return nlohmann::json::parse(read_text(), nullptr, false); }

  /// Closes without a word.
  void vanish() { fd_.reset(); }

 private:
  bool read_more() {
    char buffer[16'384];
    const ssize_t got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    input_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  runtime::Fd fd_;
  bool connected_ = false;
  std::string input_;
  codec::FrameReader reader_{codec::Role::client, {1 << 20, 1 << 20, 1}};
};

}  // namespace matchcue::tests
