// SPDX-License-Identifier: Apache-2.0
//
// What the viewers' listener answers to HTTP: upgrades, event streams, posted interactions, health.

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <set>

#include "base/quoted_text.h"
#include "base/text.h"
#include "codec/problem.h"
#include "domain/ids.h"
#include "gateway/shard_gateway.h"

namespace matchcue::gateway {

namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kTooManyMessages = "too_many_messages";

Error too_many_interactions(const std::string& whose) {
  return Error{ErrorKind::too_large, std::string(kTooManyMessages), "too many interactions of " + whose, {}};
}

/// "k3:812", as SSE ids are written.
std::optional<codec::ResumePoint> read_resume(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto sequence = parse_int(text.substr(colon + 1));
  if (!sequence || *sequence < 0) return std::nullopt;
  return codec::ResumePoint{std::string(text.substr(0, colon)),
                            domain::Sequence(static_cast<std::uint64_t>(*sequence))};
}

/// A ticket in the Authorization header; an EventSource cannot send one, so a query may have it too.
std::string read_ticket(const codec::HttpRequest& request) {
  const std::string_view bearer = codec::bearer_token(request.find_header("Authorization"));
  return std::string(bearer.empty() ? request.find_query("ticket").value_or("") : bearer);
}

/// Of two values one reader would take the first and another the last.
Result<void> check_once(const std::vector<codec::HttpField>& query) {
  std::set<std::string_view> seen;
  for (const codec::HttpField& parameter : query) {
    if (!seen.insert(parameter.name).second) {
      return invalid("duplicate_parameter", parameter.name + " is given twice", parameter.name);
    }
  }
  return {};
}

/// Reads a hello from the query of /v1/sse.
Result<codec::HelloMessage> read_hello(const codec::HttpRequest& request) {
  MCUE_TRY_VOID(check_once(request.query));
  codec::HelloMessage hello;
  hello.ticket = read_ticket(request);
  const std::string viewer(request.find_query("viewer").value_or(""));
  if (!viewer.empty() || hello.ticket.empty()) MCUE_TRY_VOID(domain::check_id(viewer, "viewer"));
  hello.viewer = domain::ViewerId(viewer);
  const std::string content(request.find_query("content").value_or(""));
  MCUE_TRY_VOID(domain::check_id(content, "content"));
  hello.content = domain::ContentId(content);
  hello.device = request.find_query("device").value_or("");
  if (!hello.device.empty()) MCUE_TRY_VOID(domain::check_id(hello.device, "device"));
  if (const auto previously = request.find_query("previously"); previously && *previously != viewer) {
    MCUE_TRY_VOID(domain::check_id(*previously, "previously"));
    hello.previously = domain::ViewerId(std::string(*previously));
  }
  const auto last_event_id = request.find_header("Last-Event-ID");
  const auto resume = last_event_id ? last_event_id : request.find_query("resume");
  if (!resume || resume->empty()) return hello;
  hello.resume = read_resume(*resume);
  if (!hello.resume || !domain::check_id(hello.resume->epoch, "resume").ok()) {
    return invalid("invalid_resume", "resume: " + quoted_text(*resume) + " is not <epoch>:<seq>", "resume");
  }
  return hello;
}

}  // namespace

void ShardGateway::on_request(Connection& connection, codec::HttpRequest request) {
  const std::string& path = request.path;
  if (!connection.messages.take(options_.requests_per_second, options_.requests_burst, now())) {
    metrics_.refused("connection_pace").Increment();
    return refuse(connection, 429,
                  Error{ErrorKind::too_large, "too_many_requests", "too many requests on one connection", {}}, false);
  }
  if (path != "/healthz" && !allows_origin(connection, request)) return;
  if (path == "/dev") return open_websocket(connection, request, Speech::sample);
  if (path == "/v1/ws") return open_websocket(connection, request, Speech::native);
  if (path == "/v1/sse" && request.method == "GET") return open_event_stream(connection, request);
  if (path == "/v1/interactions" && request.method == "POST") return take_interaction(connection, request);
  if (path == "/v1/interactions" && request.method == "OPTIONS")
    return respond(connection, 204, "", "", request.keep_alive);
  if (path == "/healthz" && request.method == "GET") {
    return respond(connection, 200, kJson, "{\"status\":\"ok\"}", request.keep_alive);
  }
  if (request.find_header("Upgrade")) {  // as API Gateway answers for a stage that does not exist
    return refuse(connection, 403, not_found("unknown_path", "no WebSocket is served at " + path), false);
  }
  refuse(connection, 404, not_found("unknown_path", "nothing is served at " + request.method + " " + path),
         request.keep_alive);
}

void ShardGateway::respond(Connection& connection, int status, std::string_view content_type, std::string_view body,
                           bool keep_alive, std::optional<int> retry_after_s) {
  const std::string retry_after = retry_after_s ? std::to_string(*retry_after_s) : std::string();
  std::vector<codec::HeaderView> headers = {{"Access-Control-Allow-Origin", "*"},
                                            {"Access-Control-Allow-Methods", "POST"},
                                            {"Access-Control-Allow-Headers", "Authorization, Content-Type"},
                                            {"Cache-Control", "no-store"},
                                            {"Connection", keep_alive ? "keep-alive" : "close"}};
  if (!content_type.empty()) headers.push_back({"Content-Type", content_type});
  if (!retry_after.empty()) headers.push_back({"Retry-After", retry_after});
  std::string out;
  codec::append_response(status, headers, body, out);
  connection.opened = now();
  connection.send_raw(out, audience::WhenSlow::kept);
  if (!keep_alive) connection.end_after_flush();
}

void ShardGateway::refuse(Connection& connection, int status, const Error& error, bool keep_alive) {
  respond(connection, status, codec::kProblemType, codec::write_problem(status, error), keep_alive,
          codec::retry_after_s(error));
}

void ShardGateway::open_websocket(Connection& connection, const codec::HttpRequest& request, Speech speech) {
  const auto upgrade = codec::validate_upgrade(request);
  if (!upgrade.ok()) {
    std::string answer;
    codec::append_refusal(upgrade.error(), answer);
    connection.send_raw(answer, audience::WhenSlow::kept);
    return connection.end_after_flush();
  }
  const bool native = speech == Speech::native;
  if (!native && admission_.get()->needs_ticket) {
    return refuse(
        connection, 403,
        invalid("ticket_missing", "the sample route has no tickets: it is served with viewers.auth none alone"), false);
  }
  const bool offered = upgrade->offers(codec::kNativeSubprotocol);
  if (native && !upgrade->protocols.empty() && !offered) {
    return refuse(
        connection, 400,
        invalid("unknown_subprotocol", "none of the offered subprotocols is " + std::string(codec::kNativeSubprotocol),
                "Sec-WebSocket-Protocol"),
        false);
  }
  // Before the answer: who has it may rely on what it says, and sending may end the connection.
  connection.become(speech, native ? options_.native_frames : options_.sample_frames, now());
  metrics_.connections(native ? "websocket" : "sample").Increment();
  std::string answer;
  codec::append_switching_protocols(*upgrade, native && offered ? codec::kNativeSubprotocol : "", answer);
  connection.send_raw(answer, audience::WhenSlow::kept);
}

void ShardGateway::open_event_stream(Connection& connection, const codec::HttpRequest& request) {
  auto hello = read_hello(request);
  if (!hello.ok()) return refuse(connection, 400, hello.error(), request.keep_alive);
  engine::Introduction introduction{engine::Route::native, *std::move(hello)};
  if (!admit(connection, introduction.hello.ticket, introduction)) return;
  std::string head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\n"
      "Access-Control-Allow-Origin: *\r\nConnection: close\r\n\r\nretry: " +
      std::to_string(engine_shard_.retry().min_ms) + "\n\n";
  connection.become(Speech::sse, {}, now());
  metrics_.connections("sse").Increment();
  connection.send_raw(head, audience::WhenSlow::kept);
  introduce(connection, std::move(introduction));
}

void ShardGateway::take_interaction(Connection& connection, const codec::HttpRequest& request) {
  const bool keep_alive = request.keep_alive;
  const auto content_type = request.find_header("Content-Type").value_or("");
  const std::string media_type = codec::media_type(content_type);
  if (media_type != kJson && media_type != "text/plain") {  // a page's sendBeacon says so
    return refuse(connection, 415,
                  invalid("content_type", "Content-Type: \"" + std::string(content_type) + "\" is not application/json",
                          "Content-Type"),
                  keep_alive);
  }
  if (shared_.memory.level() >= Shedding::interactions) {
    metrics_.refused("memory").Increment();
    return refuse(connection, 503, unavailable("overloaded", "try again later"), keep_alive);
  }
  if (!shared_.addresses.take_message(connection.address, now())) {
    metrics_.refused("address_pace").Increment();
    return refuse(connection, 429, too_many_interactions("one address"), keep_alive);
  }
  auto posted = codec::parse_posted_interaction(request.body);
  if (!posted.ok()) return refuse(connection, 400, posted.error(), keep_alive);
  if (const auto admitted = admit_interaction(request, *posted); !admitted.ok()) {
    return refuse(connection, 401, admitted.error(), keep_alive);
  }
  connection.pause_reading();
  record_at_owner(connection.id(), *std::move(posted), keep_alive);
}

/// The shard that owns the viewer knows whether they may say one more thing.
void ShardGateway::record_at_owner(ConnectionId connection, codec::PostedInteraction posted, bool keep_alive) {
  ShardGateway* owner = shards_[engine_.shard_of(posted.viewer)];
  owner->loop_.post([this, owner, connection, posted = std::move(posted), keep_alive]() mutable {
    auto reply = [this, connection, keep_alive](const Result<engine::FeedbackReceipt>& receipt) {
      loop_.post([this, connection, receipt, keep_alive] { answer_interaction(connection, receipt, keep_alive); });
    };
    if (owner->viewers_.take_message(owner->viewers_.pace_of(posted.viewer), owner->now())) {
      return engine_.record_interaction(std::move(posted), std::move(reply));
    }
    metrics_.refused("viewer_pace").Increment();
    reply(too_many_interactions("viewer \"" + posted.viewer.str() + "\""));
  });
}

void ShardGateway::answer_interaction(ConnectionId connection, const Result<engine::FeedbackReceipt>& receipt,
                                      bool keep_alive) {
  Connection* still = find(connection);
  if (still == nullptr) return;
  if (receipt.ok()) {
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    respond(
        *still, 200, kJson,
        std::string("{\"repeated\":") + flag(receipt->repeated) + ",\"attributed\":" + flag(receipt->attributed) + "}",
        keep_alive);
  } else {
    const bool too_fast = receipt.error().code == kTooManyMessages;
    refuse(*still, too_fast ? 429 : codec::status_of(receipt.error().kind), receipt.error(), keep_alive);
  }
  if (find(connection) != nullptr) still->resume_reading();
}

}  // namespace matchcue::gateway
