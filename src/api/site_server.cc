// SPDX-License-Identifier: Apache-2.0
//
// One coroutine accepts for each listener, one serves each connection; all on one thread.
#include "api/site_server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <map>
#include <thread>

#include "api/wire_stream.h"

namespace matchcue::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Parser = http::request_parser<http::empty_body>;
using Body = http::span_body<const char>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::uint32_t kHeadBytesMax = 8 * 1024;

SiteRequest read_head(const Parser::value_type& message) {
  const auto text = [&](http::field field) {
    return message.count(field) == 1 ? std::string(message[field]) : std::string();
  };
  SiteRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.host = text(http::field::host);
  request.accept_encoding = text(http::field::accept_encoding);
  request.if_none_match = text(http::field::if_none_match);
  return request;
}

/// The answer to bytes that are no request; nothing when there were just no more of them.
std::optional<SiteReply> refuse(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return site_words(431, "The request's head exceeds 8 KiB.");
  const bool is_malformed = error.category() == make_error_code(http::error::header_limit).category() &&
                            error != http::error::end_of_stream && error != http::error::partial_message;
  if (!is_malformed) return std::nullopt;
  return site_words(400, "The request is not HTTP/1.1: " + error.message() + ".");
}

}  // namespace

struct SiteServer::Listener {
  Listener(State& owner, asio::io_context& io) : server(owner), acceptor(io) {}

  State& server;
  tcp::acceptor acceptor;
  std::uint16_t port = 0;
  SiteAnswer answer;

  asio::awaitable<void> accept();
};

struct SiteServer::State {
  State(const SiteServerOptions& given, const Replaceable<runtime::TlsContext>* certificate)
      : options(given), tls(certificate) {}

  SiteServerOptions options;
  const Replaceable<runtime::TlsContext>* tls;
  asio::io_context io{1};
  std::vector<std::unique_ptr<Listener>> listeners;
  std::map<Session*, std::unique_ptr<Session>> sessions;
  bool stopping = false;
  std::atomic<bool> stop_called = false;
  std::thread thread;

  bool is_crowding(const asio::ip::address& peer) const;
  void begin_stop();
};

/// One connection and the request that it is serving. No parameters: see server.cc.
struct SiteServer::Session {
  Session(State& owner, const Listener& door, tcp::socket socket)
      : server(owner), listener(door), stream(std::move(socket)) {}

  State& server;
  const Listener& listener;
  WireStream stream;
  beast::flat_buffer buffer;
  std::string customer;  ///< see customer_of()
  bool served = false;
  std::optional<Parser> parser;
  std::optional<SiteReply> reply;

  asio::awaitable<void> serve();
  asio::awaitable<bool> shake_hands();
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> write();
};

/// Whether one address has as many connections as it may. This machine's own are not counted.
bool SiteServer::State::is_crowding(const asio::ip::address& peer) const {
  if (peer.is_loopback()) return false;
  const std::string customer = customer_of(peer);
  const auto same = std::count_if(sessions.begin(), sessions.end(),
                                  [&](const auto& each) { return each.second->customer == customer; });
  return static_cast<std::size_t>(same) >= options.connections_per_address_max;
}

asio::awaitable<void> SiteServer::Listener::accept() {
  while (!server.stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (server.stopping) co_return;
    if (error) {  // out of descriptors: try again a little later
      asio::steady_timer pause(server.io, Milliseconds(50));
      co_await pause.async_wait(kAwait);
      continue;
    }
    boost::system::error_code ignored;
    const auto peer = socket.remote_endpoint(ignored).address();
    if (server.sessions.size() >= server.options.connections_max || server.is_crowding(peer)) continue;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = std::make_unique<Session>(server, *this, std::move(socket));
    Session* const begun = session.get();
    begun->customer = customer_of(peer);
    server.sessions.emplace(begun, std::move(session));
    asio::co_spawn(server.io, begun->serve(), asio::detached);
  }
}

asio::awaitable<void> SiteServer::Session::serve() {
  if (co_await shake_hands()) {
    while (co_await serve_one()) {
    }
  }
  State& state = server;
  state.sessions.erase(this);
}

/// True when requests can come.
asio::awaitable<bool> SiteServer::Session::shake_hands() {
  if (server.tls == nullptr) co_return true;
  const runtime::TlsContextPtr now = server.tls->get();
  SSL_CTX_up_ref(now->native());
  asio::ssl::context context(now->native());
  stream.tcp().expires_after(server.options.handshake_timeout);
  auto [error] = co_await stream.use_tls(context).async_handshake(asio::ssl::stream_base::server, kAwait);
  co_return !error;
}

/// Serves one request. False when the connection is to be closed.
asio::awaitable<bool> SiteServer::Session::serve_one() {
  parser.emplace();
  parser->header_limit(kHeadBytesMax);
  stream.tcp().expires_after(served ? server.options.idle_timeout : server.options.handshake_timeout);
  auto [error, size] = co_await http::async_read_header(stream, buffer, *parser, kAwait);
  served = true;
  if (error) {
    reply = refuse(error);
  } else if (!parser->is_done()) {
    reply = site_words(413, "A request has no body here.");
  } else {
    try {
      reply = listener.answer(read_head(parser->get()));
    } catch (const std::exception&) {  // one stray must not end the server
      reply = site_words(500, "This server failed.");
    }
  }
  if (!reply) co_return false;
  co_return co_await write();
}

/// False when the connection is to be closed.
asio::awaitable<bool> SiteServer::Session::write() {
  const std::string_view body = reply->body();
  http::response<Body> response(static_cast<http::status>(reply->status), 11);
  response.keep_alive(!server.stopping && parser->is_done() && parser->get().keep_alive());
  response.set(http::field::server, "matchcue");
  if (!reply->content_type.empty()) response.set(http::field::content_type, reply->content_type);
  response.set("X-Content-Type-Options", "nosniff");
  response.set("Referrer-Policy", "no-referrer");
  // Public files, loaded by pages of other origins: home, and sandboxed frames that have none.
  response.set(http::field::access_control_allow_origin, "*");
  response.set("Cross-Origin-Resource-Policy", "cross-origin");
  for (const auto& [name, value] : reply->headers) response.set(name, value);
  const bool is_head = parser->get().method() == http::verb::head;
  if (reply->status != 304) response.content_length(body.size());
  if (!is_head) response.body() = {body.data(), body.size()};
  stream.tcp().expires_after(server.options.write_timeout);
  auto [error, size] = co_await http::async_write(stream, response, kAwait);
  co_return !error && response.keep_alive();
}

void SiteServer::State::begin_stop() {
  stopping = true;
  boost::system::error_code ignored;
  for (const auto& listener : listeners) listener->acceptor.close(ignored);
  for (const auto& [key, session] : sessions) session->stream.close();
}

Result<std::unique_ptr<SiteServer>> SiteServer::open(const std::vector<runtime::Address>& addresses,
                                                     const Replaceable<runtime::TlsContext>* tls,
                                                     const SiteServerOptions& options) {
  auto state = std::make_unique<State>(options, tls);
  for (const runtime::Address& address : addresses) {
    MCUE_TRY(runtime::Fd fd, runtime::listen_on(address, runtime::PortUse::first));
    MCUE_TRY(const runtime::Address bound, runtime::bound_address(fd.get()));
    auto listener = std::make_unique<Listener>(*state, state->io);
    listener->port = bound.port;
    const bool is_v6 = address.host.find(':') != std::string::npos;
    listener->acceptor.assign(is_v6 ? tcp::v6() : tcp::v4(), fd.release());
    state->listeners.push_back(std::move(listener));
  }
  return std::unique_ptr<SiteServer>(new SiteServer(std::move(state)));
}

SiteServer::SiteServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
SiteServer::~SiteServer() { stop(); }

std::uint16_t SiteServer::port(std::size_t listener) const { return state_->listeners.at(listener)->port; }

void SiteServer::start(std::vector<SiteAnswer> answers) {
  CHECK(answers.size() == state_->listeners.size(), answers.size());
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Listener& listener = *state_->listeners[i];
    listener.answer = std::move(answers[i]);
    asio::co_spawn(state_->io, listener.accept(), asio::detached);
  }
  state_->thread = std::thread([state = state_.get()] { state->io.run(); });
}

void SiteServer::stop() {
  if (state_->stop_called.exchange(true) || !state_->thread.joinable()) return;
  asio::post(state_->io, [state = state_.get()] { state->begin_stop(); });
  state_->thread.join();
}

}  // namespace matchcue::api
