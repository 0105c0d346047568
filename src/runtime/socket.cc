// SPDX-License-Identifier: Apache-2.0
#include "runtime/socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace matchcue::runtime {

namespace {

constexpr int kBacklog = 4096;

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
  int family() const { return storage.ss_family; }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

bool to_socket_address(const Address& address, SocketAddress& out) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out.storage);
  if (inet_pton(AF_INET, address.host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(address.port);
    out.length = sizeof(sockaddr_in);
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out.storage);
  if (inet_pton(AF_INET6, address.host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(address.port);
    out.length = sizeof(sockaddr_in6);
    return true;
  }
  return false;
}

}  // namespace

void Fd::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

bool Address::is_loopback() const { return host == "::1" || host.starts_with("127."); }

std::string Address::text() const {
  const std::string shown = host.find(':') == std::string::npos ? host : '[' + host + ']';
  return shown + ':' + std::to_string(port);
}

Result<Address> parse_address(std::string_view text, std::string_view field) {
  const std::string name(field);
  const Error bad = invalid("invalid_address",
                            name + ": \"" + std::string(text) + "\" is not an address such as 127.0.0.1:8080", name);
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return bad;
  std::string_view host = text.substr(0, colon);
  const auto port = parse_int(text.substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) return bad;
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  Address address{host == "localhost" ? "127.0.0.1" : std::string(host), static_cast<std::uint16_t>(*port)};
  SocketAddress converted;
  if (!to_socket_address(address, converted)) return bad;
  return address;
}

Result<Fd> listen_on(const Address& address, PortUse use) {
  const auto refused = [&](const char* what) {
    return unavailable("cannot_listen",
                       "cannot listen on " + address.text() + ": " + what + ": " + std::strerror(errno));
  };
  SocketAddress where;
  if (!to_socket_address(address, where)) return invalid("invalid_address", "not an address: " + address.text());
  Fd fd(::socket(where.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return refused("socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const auto share = [&] { return ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0; };
  if (use == PortUse::another && !share()) return refused("SO_REUSEPORT");
  if (::bind(fd.get(), where.get(), where.length) != 0) return refused("bind");
  // Only now: a socket that shares before it binds joins any other server of the same user.
  if (use == PortUse::first && !share()) return refused("SO_REUSEPORT");
  if (::listen(fd.get(), kBacklog) != 0) return refused("listen");
  return fd;
}

Result<Address> bound_address(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length) != 0) {
    return unavailable("cannot_listen", std::string("getsockname: ") + std::strerror(errno));
  }
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
    return Address{text, ntohs(v4->sin_port)};
  }
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
  inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  return Address{text, ntohs(v6->sin6_port)};
}

void set_send_timeout(int fd, Milliseconds timeout) {
  const auto ms = static_cast<unsigned>(timeout.count());
  ::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &ms, sizeof ms);
}

void set_no_delay(int fd) {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

}  // namespace matchcue::runtime
