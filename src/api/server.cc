// SPDX-License-Identifier: Apache-2.0
//
// One coroutine accepts, one serves each connection; all on one thread. Handlers' answers come from other threads and
// are posted to it. A streamed body is handed, chunk by chunk, to the upload thread, and the connection reads on when
// that has taken the chunk: backpressure reaches the client.
#include "api/server.h"

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
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>
#include <map>
#include <thread>
#include <vector>

#include "api/router.h"
#include "api/stream.h"
#include "api/watch.h"
#include "api/wire_stream.h"
#include "base/clock.h"

namespace matchcue::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Parser = http::request_parser<http::buffer_body>;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kChunkBytes = 64 * 1024;
constexpr Milliseconds kDrainTimeout{1'000};
/// A stream is looked at this often when nothing wakes it.
constexpr Milliseconds kStreamPeriod{100};
/// What the kernel keeps for a stream whose reader is slow: little, so that what they read is not old.
constexpr int kStreamSendBytes = 64 * 1024;

/// An answer that a connection waits for. `waiter` is empty when it does not wait any more.
struct Pending {
  std::optional<HttpResponse> response;
  asio::steady_timer* waiter = nullptr;

  void answer(HttpResponse made) {
    if (waiter == nullptr || response) return;
    response = std::move(made);
    waiter->cancel();
  }
};

/// Wakes a stream that has nothing to say. Who rings it may outlive the stream.
struct Alarm {
  asio::steady_timer* timer = nullptr;  ///< null when the stream is over
  bool rung = false;
  bool gone = false;  ///< the client is, or says more, which nobody reads

  void ring() {
    rung = true;
    if (timer != nullptr) timer->cancel();
  }
};

HttpResponse run_render(const std::function<HttpResponse()>& make) {
  try {
    return make();
  } catch (const std::exception& error) {
    return make_problem(Error{ErrorKind::internal, "internal", error.what(), {}});
  }
}

/// What the head says; the body comes later.
void read_head(const Parser::value_type& message, HttpRequest& head) {
  const auto text = [&](http::field field) { return std::string(message[field]); };
  head.method = std::string(message.method_string());
  head.target = std::string(message.target());
  if (message.count(http::field::host) == 1) head.host = text(http::field::host);
  if (message.count(http::field::origin) > 0) {
    head.origin = message.count(http::field::origin) == 1 ? text(http::field::origin) : "(several)";
  }
  head.content_type = text(http::field::content_type);
  head.accept_encoding = text(http::field::accept_encoding);
  head.if_none_match = text(http::field::if_none_match);
  if (message.count("Last-Event-ID") > 0) head.last_event_id = std::string(message["Last-Event-ID"]);
  if (message.count(http::field::authorization) == 1) head.authorization = text(http::field::authorization);
}

HttpResponse refuse_http(const boost::system::error_code& error, std::uint32_t head_bytes_max) {
  if (error == http::error::header_limit) {
    const std::string message = "the request's head exceeds " + std::to_string(head_bytes_max) + " bytes";
    return make_problem(431, Error{ErrorKind::too_large, "head_too_large", message, {}});
  }
  if (error == http::error::buffer_overflow) {
    const std::string most = std::to_string(head_bytes_max + kChunkBytes);
    return make_problem(
        invalid("invalid_http", "what stands between two chunks of the body exceeds " + most + " bytes", "body"));
  }
  return make_problem(invalid("invalid_http", "the request is not HTTP/1.1: " + error.message()));
}

/// Whether the bytes broke HTTP's rules, and it is not that there were no more of them.
bool is_malformed(const boost::system::error_code& error) {
  return error.category() == make_error_code(http::error::header_limit).category() &&
         error != http::error::end_of_stream && error != http::error::partial_message;
}

HttpResponse refuse_size(std::uint64_t bytes_max) {
  return make_problem(
      Error{ErrorKind::too_large, "body_too_large", "the body exceeds " + std::to_string(bytes_max) + " bytes", {}});
}

}  // namespace

struct ApiServer::State {
  State(const ServerOptions& given, const Surroundings& around)
      : options(given),
        services{around.engine,           around.trainings,    around.office,
                 around.operators,        around.metrics,      around.ready,
                 given.viewers_websocket, given.reply_timeout, {}},
        tls(around.tls),
        refused(around.refused),
        router(services, host_name(given.host)) {
    services.studio = around.studio;
    services.home_port = given.home_port;
    services.home_secure = given.home_secure;
    services.secure = around.tls != nullptr;
    services.watches = &watches;
    services.bodies = given.bodies;
    // weak: work that waits for a server that has stopped must not keep what it is to be posted to.
    services.on_api_thread = [weak = std::weak_ptr(io)](std::function<void()> work) {
      if (const auto context = weak.lock(); context && !context->stopped()) asio::post(*context, std::move(work));
    };
  }

  ServerOptions options;
  // shared_ptr: an engine's reply that comes after the server has stopped still has where to post.
  std::shared_ptr<asio::io_context> io = std::make_shared<asio::io_context>(1);
  Services services;
  const Replaceable<runtime::TlsContext>* tls;
  std::function<void(std::string_view)> refused;
  Watches watches{services, options.streams_max};
  Router router;
  SystemClock clock;
  asio::thread_pool uploads{1};
  tcp::acceptor acceptor{*io};
  asio::steady_timer stop_timer{*io};
  std::map<Session*, std::unique_ptr<Session>> sessions;
  bool stopping = false;
  std::uint64_t requests = 0;
  std::uint64_t accepted = 0;
  std::atomic<bool> stop_called = false;
  std::thread thread;

  Result<void> listen();
  asio::awaitable<void> accept();
  bool admits(const asio::ip::address& peer);
  bool make_room();
  void count_refusal(std::string_view why) const;
  void begin_stop();
};

/// One connection and the request that it is serving. The coroutines have no parameters passed by value: g++ 12 has
/// been seen to misplace those in the frames of member coroutines.
struct ApiServer::Session {
  Session(State& owner, tcp::socket socket)
      : server(owner), stream(std::move(socket)), buffer(owner.options.head_bytes_max + kChunkBytes) {}

  State& server;
  WireStream stream;
  beast::flat_buffer buffer;  ///< has an end, for a chunk's extension and a trailer have none
  std::vector<char> chunk;    ///< of a body
  std::string from;           ///< the other side's address
  std::string customer;       ///< see customer_of()
  std::uint64_t number = 0;   ///< in the order in which they came
  std::uint64_t served = 0;
  bool known = false;      ///< an operator has asked for something
  bool leaving = false;    ///< it made room for another
  bool busy = false;       ///< a request has begun and is not answered
  bool head_only = false;  ///< its answer goes without a body
  std::shared_ptr<Pending> pending;
  std::shared_ptr<Alarm> alarm;  ///< of the stream that is the answer
  // The request:
  std::optional<Parser> parser;
  HttpRequest request;
  Plan plan;
  std::unique_ptr<BodySink> sink;
  std::optional<HttpResponse> answer;  ///< nothing when the client went away before its request was whole

  asio::awaitable<void> serve();
  asio::awaitable<bool> shake_hands();
  asio::awaitable<bool> serve_one();
  asio::awaitable<void> make_answer();
  asio::awaitable<void> take_body();
  asio::awaitable<void> take_chunk();
  asio::awaitable<void> finish_upload();
  asio::awaitable<void> drop_sink();
  asio::awaitable<void> ask();
  asio::awaitable<bool> write();
  template <typename Body>
  void set_head(http::response<Body>& response);
  asio::awaitable<void> write_stream();
  asio::awaitable<bool> write_piece();
  asio::awaitable<void> drain();
};

Result<void> ApiServer::State::listen() {
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.host == "localhost" ? "127.0.0.1" : options.host, error);
  if (error) return invalid("invalid_address", "api: \"" + options.host + "\" is not an address", "api");
  const tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(tcp::acceptor::max_listen_connections, error);
  if (error) {
    return unavailable("cannot_listen", "the API cannot listen on " + options.host + ":" +
                                            std::to_string(options.port) + ": " + error.message());
  }
  options.port = acceptor.local_endpoint().port();
  return {};
}

/// Whether there may be one more connection, of that address. This machine's own have a limit only together.
bool ApiServer::State::admits(const asio::ip::address& peer) {
  if (!peer.is_loopback() || options.counts_this_machine) {
    const std::string customer = customer_of(peer);
    const auto same = std::count_if(sessions.begin(), sessions.end(),
                                    [&](const auto& each) { return each.second->customer == customer; });
    if (static_cast<std::size_t>(same) >= options.connections_per_address_max) {
      count_refusal("address_connections");
      return false;
    }
  }
  if (sessions.size() < options.connections_max || make_room()) return true;
  count_refusal("connections");
  return false;
}

/// Lets go of who has been here the longest without a token, so that strangers cannot keep operators out.
bool ApiServer::State::make_room() {
  Session* oldest = nullptr;
  for (const auto& [key, session] : sessions) {
    const bool is_stranger = !session->known && !session->leaving;
    if (is_stranger && (oldest == nullptr || session->number < oldest->number)) oldest = key;
  }
  if (oldest == nullptr) return false;
  oldest->leaving = true;
  oldest->stream.close();
  return true;
}

void ApiServer::State::count_refusal(std::string_view why) const {
  if (refused) refused(why);
}

asio::awaitable<void> ApiServer::State::accept() {
  while (!stopping) {
    auto [error, socket] = co_await acceptor.async_accept(kAwait);
    if (stopping) co_return;
    if (error) {  // out of descriptors: try again a little later
      asio::steady_timer pause(*io, Milliseconds(50));
      co_await pause.async_wait(kAwait);
      continue;
    }
    boost::system::error_code ignored;
    const auto peer = socket.remote_endpoint(ignored).address();
    if (!admits(peer)) continue;
    socket.set_option(tcp::no_delay(true), ignored);
    auto session = std::make_unique<Session>(*this, std::move(socket));
    Session* const begun = session.get();
    begun->from = peer.to_string();
    begun->customer = customer_of(peer);
    begun->number = ++accepted;
    sessions.emplace(begun, std::move(session));
    asio::co_spawn(*io, begun->serve(), asio::detached);
  }
}

asio::awaitable<void> ApiServer::Session::serve() {
  if (co_await shake_hands()) {
    while (co_await serve_one()) {
    }
  }
  State& state = server;
  state.sessions.erase(this);
  if (state.stopping && state.sessions.empty()) state.stop_timer.cancel();
}

/// True when requests can come.
asio::awaitable<bool> ApiServer::Session::shake_hands() {
  if (server.tls == nullptr) co_return true;
  const runtime::TlsContextPtr now = server.tls->get();
  SSL_CTX_up_ref(now->native());
  asio::ssl::context context(now->native());
  stream.tcp().expires_after(server.options.handshake_timeout);
  auto [error] = co_await stream.use_tls(context).async_handshake(asio::ssl::stream_base::server, kAwait);
  co_return !error;
}

/// Serves one request. False when the connection is to be closed.
asio::awaitable<bool> ApiServer::Session::serve_one() {
  parser.emplace();
  parser->header_limit(server.options.head_bytes_max);
  parser->body_limit(boost::none);
  answer.reset();
  busy = false;
  stream.tcp().expires_after(served == 0 ? server.options.handshake_timeout : server.options.read_timeout);
  auto [error, size] = co_await http::async_read_header(stream, buffer, *parser, kAwait);
  // The parser's own limit is one for the first line and one for the fields.
  if (!error && size > server.options.head_bytes_max) error = http::error::header_limit;
  ++served;
  busy = true;
  request = HttpRequest();
  request.id = "r" + std::to_string(++server.requests);
  if (error) {
    if (is_malformed(error)) answer = refuse_http(error, server.options.head_bytes_max);
  } else {
    read_head(parser->get(), request);
    head_only = request.method == "HEAD";
    if (head_only) request.method = "GET";
    request.from = from;
    request.has_body = !parser->is_done();
    co_await make_answer();
  }
  if (!answer) co_return false;
  co_return co_await write();
}

asio::awaitable<void> ApiServer::Session::make_answer() {
  plan = server.router.plan(request);
  known = known || !plan.who.empty();
  answer = std::move(plan.refusal);
  if (answer && (answer->status == 401 || answer->status == 403)) server.count_refusal(answer->problem->code);
  const auto length = parser->content_length();
  if (!answer && length && *length > plan.body_bytes_max) answer = refuse_size(plan.body_bytes_max);
  if (answer) co_return;
  if (request.has_body && parser->get()[http::field::expect] == "100-continue") {
    http::response<http::empty_body> go_on(http::status::continue_, 11);
    auto [error, size] = co_await http::async_write(stream, go_on, kAwait);
    if (error) co_return;
  }
  sink = server.router.make_sink(plan, request);
  co_await take_body();
  if (answer && sink) sink->refuse(*answer);
  if (!answer && parser->is_done()) {
    if (sink) {
      co_await asio::co_spawn(server.uploads, finish_upload(), kAwait);
    } else {
      co_await ask();
    }
  }
  if (sink) co_await asio::co_spawn(server.uploads, drop_sink(), kAwait);
}

/// Reads the body into the request or the sink, and answers when it is refused. The parser is not done when the client
/// went away.
asio::awaitable<void> ApiServer::Session::take_body() {
  std::uint64_t total = 0;
  stream.tcp().expires_after(server.options.read_timeout);
  while (!parser->is_done()) {
    chunk.resize(kChunkBytes);
    parser->get().body().data = chunk.data();
    parser->get().body().size = chunk.size();
    auto [error, size] = co_await http::async_read(stream, buffer, *parser, kAwait);
    if (error && error != http::error::need_buffer) {
      if (is_malformed(error)) answer = refuse_http(error, server.options.head_bytes_max);
      co_return;
    }
    chunk.resize(kChunkBytes - parser->get().body().size);
    total += chunk.size();
    if (total > plan.body_bytes_max) {
      answer = refuse_size(plan.body_bytes_max);
      co_return;
    }
    if (!sink) {
      request.body.append(chunk.data(), chunk.size());
      continue;
    }
    co_await asio::co_spawn(server.uploads, take_chunk(), kAwait);
    if (answer) co_return;
    answer = server.router.refuse_further(plan, request);
    if (answer) co_return;
    stream.tcp().expires_after(server.options.read_timeout);
  }
}

// On the upload thread, while the connection waits.
asio::awaitable<void> ApiServer::Session::take_chunk() {
  if (auto written = sink->write({chunk.data(), chunk.size()}); !written) {
    answer = make_problem(std::move(written).error());
  }
  co_return;
}

asio::awaitable<void> ApiServer::Session::finish_upload() {
  auto finished = sink->finish();
  answer = finished ? std::move(finished).value() : make_problem(std::move(finished).error());
  co_return;
}

/// Ending an importer may wait for its writes, too.
asio::awaitable<void> ApiServer::Session::drop_sink() {
  sink.reset();
  co_return;
}

asio::awaitable<void> ApiServer::Session::ask() {
  pending = std::make_shared<Pending>();
  asio::steady_timer timer(*server.io, server.options.reply_timeout);
  pending->waiter = &timer;
  server.router.handle(plan, request, [context = server.io, waiting = pending](std::function<HttpResponse()> make) {
    asio::post(*context, [waiting, make = std::move(make)] { waiting->answer(run_render(make)); });
  });
  co_await timer.async_wait(kAwait);
  pending->waiter = nullptr;
  answer = std::move(pending->response);
  pending.reset();
  if (!answer) {
    answer =
        make_problem(unavailable("timed_out", "the engine did not answer in time; what was asked may still happen"));
  }
}

/// False when the connection is to be closed.
asio::awaitable<bool> ApiServer::Session::write() {
  complete(*answer, request.id);
  if (answer->stream && !head_only) {
    co_await write_stream();
    co_return false;
  }
  const bool whole = parser->is_done();
  http::response<http::string_body> response(static_cast<http::status>(answer->status), 11);
  response.keep_alive(!server.stopping && whole && parser->get().keep_alive());
  set_head(response);
  response.body() = std::move(answer->body);
  response.prepare_payload();
  if (head_only) response.body().clear();
  stream.tcp().expires_after(server.options.read_timeout);
  auto [error, size] = co_await http::async_write(stream, response, kAwait);
  if (error) co_return false;
  if (response.keep_alive()) co_return true;
  if (!whole) co_await drain();
  co_return false;
}

template <typename Body>
void ApiServer::Session::set_head(http::response<Body>& response) {
  response.set(http::field::server, "matchcue");
  response.set(http::field::content_type, answer->content_type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("X-Request-Id", request.id);
  for (const auto& [name, value] : answer->headers) response.set(name, value);
}

/// Writes a stream until it is over, its reader is gone, or they do not take what is written.
asio::awaitable<void> ApiServer::Session::write_stream() {
  http::response<http::empty_body> response(http::status::ok, 11);
  response.keep_alive(false);
  response.chunked(true);
  set_head(response);
  http::response_serializer<http::empty_body> serializer(response);
  stream.tcp().expires_after(server.options.stall_timeout);
  boost::system::error_code ignored;
  stream.tcp().socket().set_option(asio::socket_base::send_buffer_size(kStreamSendBytes), ignored);
  auto [error, size] = co_await http::async_write_header(stream, serializer, kAwait);
  if (error) co_return;
  asio::steady_timer timer(*server.io);
  alarm = std::make_shared<Alarm>();
  alarm->timer = &timer;
  answer->stream->start([rung = alarm] { rung->ring(); });
  // Whoever reads a stream says nothing: what can be read is their end.
  stream.tcp().socket().async_wait(tcp::socket::wait_read, [rung = alarm](const boost::system::error_code&) {
    rung->gone = true;
    rung->ring();
  });
  while (!alarm->gone && co_await write_piece()) {
    if (alarm->rung) continue;
    timer.expires_after(kStreamPeriod);
    co_await timer.async_wait(kAwait);
  }
  alarm->timer = nullptr;
}

/// Writes what there is to say now. False when that was the last.
asio::awaitable<bool> ApiServer::Session::write_piece() {
  StreamSource& source = *answer->stream;
  alarm->rung = false;
  if (server.stopping) source.end(unavailable("stopping", "this server is stopping"));
  if (auto refusal = server.router.refuse_further(plan, request)) source.end(*std::move(refusal->problem));
  const std::string text = source.next(server.clock.wall(), server.clock.steady());
  if (!text.empty()) {
    stream.tcp().expires_after(server.options.stall_timeout);
    auto [error, size] = co_await asio::async_write(stream, http::make_chunk(asio::buffer(text)), kAwait);
    if (error) co_return false;
  }
  if (!source.is_over()) co_return true;
  co_await asio::async_write(stream, http::make_chunk_last(), kAwait);
  co_return false;
}

/// Closing with unread bytes would reset the connection before the client has read the answer.
asio::awaitable<void> ApiServer::Session::drain() {
  boost::system::error_code ignored;
  stream.tcp().socket().shutdown(tcp::socket::shutdown_send, ignored);
  stream.tcp().expires_after(kDrainTimeout);
  chunk.resize(kChunkBytes);
  for (bool open = true; open;) {
    auto [error, size] = co_await stream.async_read_some(asio::buffer(chunk), kAwait);
    open = !error;
  }
}

void ApiServer::State::begin_stop() {
  stopping = true;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  for (const auto& [key, session] : sessions) {
    if (!session->busy) session->stream.close();
    if (session->alarm) session->alarm->ring();
  }
  if (sessions.empty()) return;
  stop_timer.expires_after(options.stop_timeout);
  stop_timer.async_wait([this](const boost::system::error_code&) {
    for (const auto& [key, session] : sessions) {
      if (session->pending) {
        session->pending->answer(make_problem(unavailable("stopping", "this server is stopping")));
      } else {
        session->stream.close();
      }
    }
  });
}

Result<std::unique_ptr<ApiServer>> ApiServer::start(const ServerOptions& options, const Surroundings& surroundings) {
  auto state = std::make_unique<State>(options, surroundings);
  MCUE_TRY_VOID(state->listen());
  asio::co_spawn(*state->io, state->accept(), asio::detached);
  state->thread = std::thread([io = state->io] { io->run(); });
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(state)));
}

ApiServer::ApiServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
ApiServer::~ApiServer() { stop(); }

std::uint16_t ApiServer::port() const { return state_->options.port; }

void ApiServer::stop() {
  if (state_->stop_called.exchange(true)) return;
  asio::post(*state_->io, [state = state_.get()] { state->begin_stop(); });
  state_->thread.join();
  state_->uploads.join();
}

}  // namespace matchcue::api
