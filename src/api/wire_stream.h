#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A TCP connection, in the clear or over TLS, as Beast reads and writes one.

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "runtime/tls.h"

namespace matchcue::api {

/// Whom connections are counted by: an IPv4 address, or the network of an IPv6 one, its first 64 bits, which one
/// customer has for themselves.
inline std::string customer_of(const boost::asio::ip::address& peer) {
  if (peer.is_v4()) return peer.to_string();
  auto bytes = peer.to_v6().to_bytes();
  if (!peer.to_v6().is_v4_mapped()) std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return boost::asio::ip::address_v6(bytes).to_string();
}

/// Asio's AsyncReadStream and AsyncWriteStream. Time limits are those of tcp(). Single thread.
class WireStream {
 public:
  using executor_type = boost::beast::tcp_stream::executor_type;

  template <typename Argument>
  explicit WireStream(Argument&& argument) : tcp_(std::forward<Argument>(argument)) {}

  executor_type get_executor() { return tcp_.get_executor(); }
  boost::beast::tcp_stream& tcp() { return tcp_; }

  /// What follows is over TLS; the handshake comes next. The context may end before the connection.
  boost::asio::ssl::stream<boost::beast::tcp_stream&>& use_tls(boost::asio::ssl::context& context) {
    auto& made = tls_.emplace(tcp_, context);
    meter_.follow(made.native_handle(), [this] { close(); });
    return made;
  }
  bool is_tls() const { return tls_.has_value(); }
  /// What is in progress ends with an error, and still needs this object when it hears of that.
  void close() {
    boost::system::error_code ignored;
    tcp_.socket().close(ignored);
  }
  /// As close(), ready for another connection. Nothing is in progress.
  void reset() {
    close();
    tls_.reset();
  }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                : tcp_.async_read_some(buffers, std::forward<Token>(token));
  }
  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                : tcp_.async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  boost::beast::tcp_stream tcp_;
  runtime::ProtocolMeter meter_;
  std::optional<boost::asio::ssl::stream<boost::beast::tcp_stream&>> tls_;
};

}  // namespace matchcue::api
