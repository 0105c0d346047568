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
#include "api/wire_stream.h"
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
  bool tls = false;
  std::string host;
  std::string port;
};

/// "http://HOST:PORT" or "https://HOST:PORT", with "[...]" around an IPv6 address.
Result<Address> parse_server(const std::string& server) {
  const auto refuse = [&](const std::string& why) {
    return invalid("invalid_server",
                   "server \"" + server + "\" " + why + "; write http://HOST:PORT or https://HOST:PORT", "server");
  };
  const bool tls = server.starts_with("https://");
  if (!tls && !server.starts_with("http://")) return refuse("does not begin with http:// or https://");
  std::string_view rest = std::string_view(server).substr(server.find("//") + 2);
  if (rest.ends_with('/')) rest.remove_suffix(1);
  const std::size_t colon = rest.rfind(':');
  const bool has_port = colon != std::string_view::npos && rest.find(']', colon) == std::string_view::npos;
  std::string_view host = has_port ? rest.substr(0, colon) : rest;
  const std::string_view port = has_port ? rest.substr(colon + 1) : std::string_view(tls ? "443" : "80");
  const auto number = parse_int(port);
  if (!number || *number < 1 || *number > 65535) return refuse("has no port of 1..65535");
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host.find('/') != std::string_view::npos) return refuse("has no host");
  return Address{tls, std::string(host), std::string(port)};
}

bool is_success(unsigned status) { return status >= 200 && status < 300; }

}  // namespace

struct HttpClient::Connection {
  asio::io_context io{1};
  WireStream stream{io};
  beast::flat_buffer buffer;
  Endpoint server;
  bool open = false;

  Error unreachable(const boost::system::error_code& error, std::string_view doing) {
    close();
    if (error == beast::error::timeout) {
      return unavailable("timed_out", "no answer from " + server.url + " in time while " + std::string(doing));
    }
    return unavailable("unreachable", "cannot reach " + server.url + " (" + std::string(doing) + ": " +
                                          error.message() + "); is \"matchcue serve\" running there?");
  }

  void close() {
    stream.reset();
    buffer.clear();
    open = false;
  }

  /// A server may have ended an idle connection; finding out before the request makes repeating it unnecessary.
  bool is_stale() {
    char byte = 0;
    const auto got = ::recv(stream.tcp().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (got > 0) return !stream.is_tls();  // TLS says things between two answers
    return got == 0 || errno != EAGAIN;
  }

  asio::awaitable<Result<void>> connect(const Address& address) {
    if (open && is_stale()) close();
    if (open) co_return Result<void>();
    tcp::resolver resolver(io);
    auto [resolve_error, endpoints] = co_await resolver.async_resolve(address.host, address.port, kAwait);
    if (resolve_error) co_return unreachable(resolve_error, "looking up the host");
    auto [error, endpoint] = co_await stream.tcp().async_connect(endpoints, kAwait);
    if (error) co_return unreachable(error, "connecting");
    if (address.tls) {
      if (auto secured = co_await secure(address); !secured) co_return std::move(secured).error();
    }
    open = true;
    boost::system::error_code ignored;
    stream.tcp().socket().set_option(tcp::no_delay(true), ignored);
    co_return Result<void>();
  }

  /// The handshake, with a look at whose certificate it is.
  asio::awaitable<Result<void>> secure(const Address& address) {
    asio::ssl::context context(asio::ssl::context::tls_client);
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    boost::system::error_code error;
    if (server.ca.empty()) {
      context.set_default_verify_paths(error);
    } else {
      context.load_verify_file(server.ca, error);
    }
    if (error) {
      close();
      co_return invalid("certificate", "cannot read certificates from \"" + server.ca + "\": " + error.message(), "ca");
    }
    auto& secured = stream.use_tls(context);
    secured.set_verify_mode(asio::ssl::verify_peer);
    secured.set_verify_callback(asio::ssl::host_name_verification(address.host));
    SSL_set_tlsext_host_name(secured.native_handle(), address.host.c_str());
    auto [failed] = co_await secured.async_handshake(asio::ssl::stream_base::client, kAwait);
    if (!failed) co_return Result<void>();
    if (SSL_get_verify_result(secured.native_handle()) == X509_V_OK) co_return unreachable(failed, "agreeing on TLS");
    const long verified = SSL_get_verify_result(secured.native_handle());
    const std::string why = verified == X509_V_ERR_UNSPECIFIED ? "it is not made out to " + address.host
                                                               : X509_verify_cert_error_string(verified);
    close();
    co_return invalid(
        "certificate",
        "the certificate of " + server.url + " is not to be believed: " + why + "; --ca FILE names who signs it", "ca");
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
    if (!server.token.empty()) request.set(http::field::authorization, "Bearer " + server.token);
    if (!content_type.empty()) request.set(http::field::content_type, {content_type.data(), content_type.size()});
    return request;
  }

  asio::awaitable<Result<ClientResponse>> exchange(http::request<http::string_body>& request, const Address& address,
                                                   Milliseconds timeout) {
    stream.tcp().expires_after(timeout);
    if (auto connected = co_await connect(address); !connected) co_return std::move(connected).error();
    auto [error, size] = co_await http::async_write(stream, request, kAwait);
    if (error) co_return unreachable(error, "sending the request");
    co_return co_await read_answer();
  }

  asio::awaitable<Result<ClientResponse>> exchange_stream(http::request<http::buffer_body>& request,
                                                          const Address& address, const BodySource& source,
                                                          Milliseconds timeout) {
    stream.tcp().expires_after(timeout);
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
      stream.tcp().expires_after(timeout);
      auto [error, size] = co_await http::async_write(stream, serializer, kAwait);
      if (error && error != http::error::need_buffer) break;  // a refusal may be waiting to be read
    }
    stream.tcp().expires_after(timeout);
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
    stream.tcp().expires_never();
    return outcome;
  }
};

HttpClient::HttpClient(Endpoint server) : server_(std::move(server)), connection_(std::make_unique<Connection>()) {
  connection_->server = server_;
}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<ClientResponse> HttpClient::send(std::string_view method, std::string_view target, std::string_view body,
                                        std::string_view content_type, Milliseconds timeout) {
  MCUE_TRY(const Address address, parse_server(server_.url));
  auto request = connection_->make_request<http::string_body>(method, target, address,
                                                              body.empty() ? std::string_view() : content_type);
  request.body() = body;
  request.prepare_payload();
  return connection_->run(connection_->exchange(request, address, timeout));
}

Result<ClientResponse> HttpClient::upload(std::string_view method, std::string_view target,
                                          std::string_view content_type, const BodySource& source,
                                          Milliseconds timeout) {
  MCUE_TRY(const Address address, parse_server(server_.url));
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
