// SPDX-License-Identifier: Apache-2.0
#include "gateway/test_viewer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "base/check.h"
#include "base/text.h"

namespace matchcue::gateway {

namespace {

constexpr std::string_view kHost = "Host: test\r\n";
constexpr std::uint32_t kMask = 0x5ac3'17e9;

}  // namespace

TestViewer::TestViewer(const runtime::Address& server, int receive_bytes)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  CHECK(fd_, errno);
  if (receive_bytes > 0) ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
  const timeval limit{5, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  CHECK(::inet_pton(AF_INET, server.host.c_str(), &address.sin_addr) == 1, server.host);
  const int connected = ::connect(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  CHECK(connected == 0, server.text(), errno);
}

void TestViewer::start_tls() {
  tls_ = std::make_unique<runtime::TestTlsClient>(fd_.get());
  EXPECT_EQ(SSL_do_handshake(tls_->ssl()), 1);
}

void TestViewer::send_bytes(std::string_view bytes) {
  if (tls_) {
    SSL_write(tls_->ssl(), bytes.data(), static_cast<int>(bytes.size()));
    return;
  }
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return;  // the server has ended the connection: what the test reads next shows it
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void TestViewer::send_frame(codec::Opcode opcode, std::string_view payload) {
  std::string frame;
  codec::append_masked_frame(opcode, payload, kMask, frame);
  send_bytes(frame);
}

void TestViewer::send_fragment(codec::Opcode opcode, std::string_view payload, bool final) {
  std::string frame;
  codec::append_masked_frame(opcode, payload, kMask, frame);
  if (!final) frame[0] = static_cast<char>(frame[0] & 0x7f);
  send_bytes(frame);
}

void TestViewer::request(std::string_view method, std::string_view path, std::string_view headers) {
  std::string text;
  text.append(method).append(" ").append(path).append(" HTTP/1.1\r\n").append(kHost).append(headers).append("\r\n");
  send_bytes(text);
}

void TestViewer::post(std::string_view path, std::string_view content_type, std::string_view body) {
  const std::string headers =
      "Content-Type: " + std::string(content_type) + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  std::string text = "POST " + std::string(path) + " HTTP/1.1\r\n" + std::string(kHost) + headers + "\r\n";
  send_bytes(text.append(body));
}

std::string TestViewer::upgrade(std::string_view path, std::string_view protocol) {
  std::string headers =
      "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  if (!protocol.empty()) headers.append("Sec-WebSocket-Protocol: ").append(protocol).append("\r\n");
  request("GET", path, headers);
  return read_until("\r\n\r\n");
}

bool TestViewer::fill() {
  if (ended_) return false;
  char buffer[16 * 1024];
  const ssize_t got = tls_ ? SSL_read(tls_->ssl(), buffer, sizeof buffer) : ::recv(fd_.get(), buffer, sizeof buffer, 0);
  if (got == 0 || (got < 0 && errno == ECONNRESET)) ended_ = true;
  if (got <= 0) return false;
  unread_.append(buffer, static_cast<std::size_t>(got));
  return true;
}

std::string TestViewer::read_until(std::string_view mark) {
  std::size_t at = unread_.find(mark);
  while (at == std::string::npos && fill()) at = unread_.find(mark);
  const std::size_t end = at == std::string::npos ? unread_.size() : at + mark.size();
  std::string text = unread_.substr(0, end);
  unread_.erase(0, end);
  return text;
}

std::string TestViewer::read_response() {
  std::string response = read_until("\r\n\r\n");
  constexpr std::string_view kLength = "Content-Length: ";
  const std::size_t at = response.find(kLength);
  if (at == std::string::npos) return response;
  const std::size_t begin = at + kLength.size();
  const auto length = parse_int(std::string_view(response).substr(begin, response.find("\r\n", begin) - begin));
  CHECK(length.has_value(), response);
  const auto bytes = static_cast<std::size_t>(*length);
  while (unread_.size() < bytes && fill()) continue;
  response += unread_.substr(0, bytes);
  unread_.erase(0, bytes);
  return response;
}

Heard TestViewer::hear() {
  for (;;) {
    std::span<char> rest = std::span<char>(chunk_).subspan(chunk_used_);
    if (!rest.empty()) {
      const codec::FrameEvent event = reader_.next(rest);
      Heard heard{event.kind, event.close_code, std::string(event.payload), false};
      chunk_used_ = chunk_.size() - rest.size();
      if (heard.kind != codec::FrameEvent::Kind::none) return heard;
      continue;
    }
    if (unread_.empty() && !fill()) return Heard{codec::FrameEvent::Kind::none, 0, {}, ended_};
    chunk_ = std::move(unread_);
    unread_.clear();
    chunk_used_ = 0;
  }
}

std::string TestViewer::hear_text() {
  const Heard heard = hear();
  EXPECT_EQ(heard.kind, codec::FrameEvent::Kind::text) << "close code " << heard.close_code << " " << heard.payload;
  return heard.payload;
}

int TestViewer::hear_close() {
  const Heard heard = hear();
  EXPECT_EQ(heard.kind, codec::FrameEvent::Kind::close) << heard.payload;
  return heard.close_code;
}

bool TestViewer::ends() {
  while (fill()) unread_.clear();
  return ended_;
}

void TestViewer::reset() {
  const linger at_once{1, 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  fd_.reset();
}

}  // namespace matchcue::gateway
