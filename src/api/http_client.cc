// SPDX-License-Identifier: Apache-2.0
#include "api/http_client.h"

#include <sys/socket.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <vector>

#include "api/problem.h"
#include "base/text.h"

namespace matchcue::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kUploadBytes = 64 * 1024;
constexpr std::uint64_t kAnswerBytesMax = 256ULL * 1024 * 1024;

struct Address {
  std::string host;
  std::string port;
};

/// "http://HOST:PORT", with "[...]" around an IPv6 address.
Result<Address> parse_server(const std::string& server) {
  const auto refuse = [&](const std::string& why) {
    return invalid("invalid_server", "server \"" + server + "\" " + why + "; write http://HOST:PORT", "server");
  };
  constexpr std::string_view kScheme = "http://";
  if (!server.starts_with(kScheme)) return refuse("does not begin with http://");
  std::string_view rest = std::string_view(server).substr(kScheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  std::string_view host = has_port ? rest.substr(0, colon) : rest;
  const std::string_view port = has_port ? rest.substr(colon + 1) : std::string_view("80");
  const auto number = parse_int(port);
  if (!number || *number < 1 || *number > 65535) return refuse("has no port of 1..65535");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find('/') != std::string_view::npos) return refuse("has no host");
  return Address{std::string(host), std::string(port)};
}

bool is_success(unsigned status) { return status >= 200 && status < 300; }

}  // namespace

struct HttpClient::Connection {
  asio::io_context io{1};
  beast::tcp_stream stream{io};
  beast::flat_buffer buffer;
  std::string server;
  bool open = false;

  Error unreachable(const boost::system::error_code& error, std::string_view doing) {
    close();
    if (error == beast::error::timeout) {
      return unavailable("timed_out", "no answer from " + server + " in time while " + std::string(doing));
    }
    return unavailable("unreachable", "cannot reach " + server + " (" + std::string(doing) + ": " + error.message() +
                                          "); is \"matchcue serve\" running there?");
  }

  void close() {
    boost::system::error_code ignored;
    stream.socket().close(ignored);
    buffer.clear();
    open = false;
  }

  /// A server may have ended an idle connection; finding out before the request makes repeating it unnecessary.
  bool is_stale() {
    char byte = 0;
    return ::recv(stream.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN;
  }

  asio::awaitable<Result<void>> connect(const Address& address) {
    if (open && is_stale()) close();
    if (open) co_return Result<void>();
    tcp::resolver resolver(io);
    auto [resolve_error, endpoints] = co_await resolver.async_resolve(address.host, address.port, kAwait);
    if (resolve_error) co_return unreachable(resolve_error, "looking up the host");
    auto [error, endpoint] = co_await stream.async_connect(endpoints, kAwait);
    if (error) co_return unreachable(error, "connecting");
    open = true;
    boost::system::error_code ignored;
    stream.socket().set_option(tcp::no_delay(true), ignored);
    co_return Result<void>();
  }

  asio::awaitable<Result<ClientResponse>> read_answer() {
    http::response_parser<http::string_body> parser;
    parser.body_limit(kAnswerBytesMax);
    auto [error, size] = co_await http::async_read(stream, buffer, parser, kAwait);
    if (error) co_return unreachable(error, "reading the answer");
    auto answer = parser.release();
    if (!answer.keep_alive()) close();
    if (!is_success(answer.result_int())) {
      co_return read_problem(static_cast<int>(answer.result_int()), answer.body());
    }
    co_return ClientResponse{static_cast<int>(answer.result_int()), std::string(answer[http::field::content_type]),
                             std::move(answer.body())};
  }

  template <typename Body>
  http::request<Body> make_request(std::string_view method, std::string_view target, const Address& address,
                                   std::string_view content_type) {
    http::request<Body> request;
    request.version(11);
    request.method_string({method.data(), method.size()});
    request.target({target.data(), target.size()});
    const bool ipv6 = address.host.find(':') != std::string::npos;
    request.set(http::field::host, (ipv6 ? "[" + address.host + "]" : address.host) + ":" + address.port);
    request.set(http::field::user_agent, "matchcue");
    if (!content_type.empty()) request.set(http::field::content_type, {content_type.data(), content_type.size()});
    return request;
  }

  asio::awaitable<Result<ClientResponse>> exchange(http::request<http::string_body>& request, const Address& address,
                                                   Milliseconds timeout) {
    stream.expires_after(timeout);
    if (auto connected = co_await connect(address); !connected) co_return std::move(connected).error();
    auto [error, size] = co_await http::async_write(stream, request, kAwait);
    if (error) co_return unreachable(error, "sending the request");
    co_return co_await read_answer();
  }

  asio::awaitable<Result<ClientResponse>> exchange_stream(http::request<http::buffer_body>& request,
                                                          const Address& address, const BodySource& source,
                                                          Milliseconds timeout) {
    stream.expires_after(timeout);
    if (auto connected = co_await connect(address); !connected) co_return std::move(connected).error();
    http::request_serializer<http::buffer_body> serializer(request);
    auto [head_error, head_size] = co_await http::async_write_header(stream, serializer, kAwait);
    if (head_error) co_return unreachable(head_error, "sending the request");
    std::vector<char> chunk(kUploadBytes);
    while (!serializer.is_done()) {
      auto filled = source(chunk);
      if (!filled) {
        close();  // the body is not whole: the server must not take it for one
        co_return std::move(filled).error();
      }
      request.body().data = *filled == 0 ? nullptr : chunk.data();
      request.body().size = *filled;
      request.body().more = *filled != 0;
      stream.expires_after(timeout);
      auto [error, size] = co_await http::async_write(stream, serializer, kAwait);
      if (error && error != http::error::need_buffer) break;  // a refusal may be waiting to be read
    }
    stream.expires_after(timeout);
    co_return co_await read_answer();
  }

  /// Runs `work` to its end on this thread.
  Result<ClientResponse> run(asio::awaitable<Result<ClientResponse>> work) {
    Result<ClientResponse> outcome = Error{};
    const auto keep = [](asio::awaitable<Result<ClientResponse>> inner,
                         Result<ClientResponse>& out) -> asio::awaitable<void> { out = co_await std::move(inner); };
    std::exception_ptr thrown;
    asio::co_spawn(io, keep(std::move(work), outcome), [&](std::exception_ptr error) { thrown = error; });
    io.restart();
    io.run();
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& error) {
      close();
      return Error{ErrorKind::internal, "internal", error.what(), {}};
    }
    stream.expires_never();
    return outcome;
  }
};

HttpClient::HttpClient(std::string server) : server_(std::move(server)), connection_(std::make_unique<Connection>()) {
  connection_->server = server_;
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::send(std::string_view method, std::string_view target, std::string_view body,
                                        std::string_view content_type, Milliseconds timeout) {
  MCUE_TRY(const Address address, parse_server(server_));
  auto request = connection_->make_request<http::string_body>(method, target, address,
                                                              body.empty() ? std::string_view() : content_type);
  request.body() = body;
  request.prepare_payload();
  return connection_->run(connection_->exchange(request, address, timeout));
}

Result<ClientResponse> HttpClient::upload(std::string_view method, std::string_view target,
                                          std::string_view content_type, const BodySource& source,
                                          Milliseconds timeout) {
  MCUE_TRY(const Address address, parse_server(server_));
  auto request = connection_->make_request<http::buffer_body>(method, target, address, content_type);
  request.chunked(true);
  return connection_->run(connection_->exchange_stream(request, address, source, timeout));
}

std::string escape_segment(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  constexpr std::string_view kUnreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (kUnreserved.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace matchcue::api
