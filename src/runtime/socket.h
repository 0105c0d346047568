#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// File descriptors that close themselves, and the few socket calls that the edges need.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

namespace matchcue::runtime {

/// Owns a file descriptor. Moves, does not copy.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() {
    const int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset(int fd = -1);

 private:
  int fd_ = -1;
};

/// Where a listener is: an IPv4 or IPv6 address and a port.
struct Address {
  std::string host;  ///< numeric, without brackets
  std::uint16_t port = 0;

  bool is_loopback() const;
  std::string text() const;  ///< "127.0.0.1:8080", "[::1]:8080"
};

/// Reads "127.0.0.1:8080", "[::1]:8080" or "localhost:8080" (127.0.0.1). Errors: invalid_address, naming the text.
Result<Address> parse_address(std::string_view text, std::string_view field);

/// Whether somebody may be listening on the same address already.
enum class PortUse {
  first,   ///< nobody may; sockets that join later may
  another  ///< joins what listens there, and shares its connections
};

/// A non-blocking listener. A server's first is PortUse::first, so that a second server on a taken port fails instead
/// of silently taking a part of the first one's connections. Port 0 takes a free one: see bound_address().
/// Errors: cannot_listen (in use, not permitted), naming the address.
Result<Fd> listen_on(const Address& address, PortUse use = PortUse::another);
Result<Address> bound_address(int fd);

void set_no_delay(int fd);
/// The connection breaks when what was sent is not acknowledged for so long: the other side is gone, whoever it was.
void set_send_timeout(int fd, Milliseconds timeout);

}  // namespace matchcue::runtime
