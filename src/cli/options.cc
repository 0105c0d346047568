// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <toml++/toml.h>

#include <algorithm>
#include <sstream>
#include <string_view>

#include "base/text.h"
#include "codec/strict_json.h"
#include "learn/live_version.h"

namespace matchcue::cli {

namespace {

constexpr std::string_view kVariablePrefix = "MATCHCUE_";
constexpr std::string_view kRemotesKey = "web.remotes";  // the only one that is a list: [[web.remotes]] in the file

Error invalid_setting(const std::string& key, const std::string& value, const std::string& wanted) {
  return invalid("invalid_setting", key + ": \"" + value + "\" is not " + wanted, key);
}

/// A whole number in `low`..`high`, kept where `at` points.
template <typename Number, typename At>
Setting number(std::string key, std::string help, std::int64_t low, std::int64_t high, At at) {
  const std::string bounds = std::to_string(low) + ".." + std::to_string(high);
  return {key, std::move(help) + " (" + bounds + ")",
          [key, low, high, bounds, at](Options& options, const std::string& text) -> Result<void> {
            const auto value = parse_int(text);
            if (!value || *value < low || *value > high)
              return invalid_setting(key, text, "a whole number in " + bounds);
            at(options) = static_cast<Number>(*value);
            return {};
          },
          [at](const Options& options) { return std::to_string(at(const_cast<Options&>(options))); }};
}

/// Milliseconds in `low`..`high`.
template <typename At>
Setting duration(std::string key, std::string help, std::int64_t low, std::int64_t high, At at) {
  const std::string bounds = std::to_string(low) + ".." + std::to_string(high) + " ms";
  return {key, std::move(help) + " (" + bounds + ")",
          [key, low, high, bounds, at](Options& options, const std::string& text) -> Result<void> {
            const auto value = parse_int(text);
            if (!value || *value < low || *value > high) return invalid_setting(key, text, "in " + bounds);
            at(options) = Milliseconds(*value);
            return {};
          },
          [at](const Options& options) { return std::to_string(at(const_cast<Options&>(options)).count()); }};
}

/// Days in 0..`high`, kept as milliseconds where `at` points.
template <typename At>
Setting days(std::string key, std::string help, std::int64_t high, At at) {
  constexpr std::int64_t kDayMs = 86'400'000;
  const std::string bounds = "0.." + std::to_string(high);
  return {key, std::move(help) + " (" + bounds + ")",
          [key, high, bounds, at](Options& options, const std::string& text) -> Result<void> {
            const auto value = parse_int(text);
            if (!value || *value < 0 || *value > high) {
              return invalid_setting(key, text, "a whole number in " + bounds);
            }
            at(options) = Milliseconds(*value * kDayMs);
            return {};
          },
          [at](const Options& options) { return std::to_string(at(const_cast<Options&>(options)).count() / kDayMs); }};
}

template <typename At>
Setting fraction(std::string key, std::string help, double low, double high, At at) {
  std::ostringstream bounds;
  bounds << low << ".." << high;
  return {key, std::move(help) + " (" + bounds.str() + ")",
          [key, low, high, bounds = bounds.str(), at](Options& options, const std::string& text) -> Result<void> {
            const auto value = parse_double(text);
            if (!value || *value < low || *value > high) return invalid_setting(key, text, "a number in " + bounds);
            at(options) = *value;
            return {};
          },
          [at](const Options& options) {
            std::ostringstream out;
            out << at(const_cast<Options&>(options));
            return out.str();
          }};
}

template <typename At>
Setting address(std::string key, std::string help, At at) {
  return {key, std::move(help),
          [key, at](Options& options, const std::string& text) -> Result<void> {
            MCUE_TRY(at(options), runtime::parse_address(text, key));
            return {};
          },
          [at](const Options& options) { return at(const_cast<Options&>(options)).text(); }};
}

std::vector<Setting> server_settings() {
  return {
      address(
          "listen", "where viewers connect", [](Options & o) -> auto& { return o.gateway.listen; }),
      address(
          "api", "where the HTTP API is", [](Options & o) -> auto& { return o.api; }),
      {"data_dir", "where everything is kept",
       [](Options& o, const std::string& text) -> Result<void> {
         if (text.empty()) return invalid_setting("data_dir", text, "a directory");
         o.store.directory = text;
         return {};
       },
       [](const Options& o) { return o.store.directory; }},
      {"sample_data", "fill an empty data directory with the sample (true, false)",
       [](Options& o, const std::string& text) -> Result<void> {
         if (text != "true" && text != "false") return invalid_setting("sample_data", text, "true or false");
         o.sample_data = text == "true";
         return {};
       },
       [](const Options& o) { return std::string(o.sample_data ? "true" : "false"); }},
      {"log_level", "what is logged (debug, info, warn, error, off)",
       [](Options& o, const std::string& text) -> Result<void> {
         for (const char* level : {"debug", "info", "warn", "error", "off"}) {
           if (text == level) o.log_level = text;
         }
         if (o.log_level != text) return invalid_setting("log_level", text, "debug, info, warn, error or off");
         return {};
       },
       [](const Options& o) { return o.log_level; }},
      number<int>(
          "shards", "loops that serve viewers; 0 is one per core", 0, 256,
          [](Options & o) -> auto& { return o.shards; }),
  };
}

/// A text that is taken as it is.
template <typename At>
Setting text(std::string key, std::string help, At at) {
  return {std::move(key), std::move(help),
          [at](Options& options, const std::string& given) -> Result<void> {
            at(options) = given;
            return {};
          },
          [at](const Options& options) { return at(const_cast<Options&>(options)); }};
}

std::vector<Setting> access_settings() {
  return {
      {"viewers.auth", "who may watch: ticket, none (everybody); empty is ticket when there are keys",
       [](Options& o, const std::string& given) -> Result<void> {
         if (!given.empty() && given != "ticket" && given != "none") {
           return invalid_setting("viewers.auth", given, "ticket or none");
         }
         o.access.viewers_auth = given;
         return {};
       },
       [](const Options& o) { return o.access.viewers_auth; }},
      text(
          "viewers.ticket_keys", "file of the keys that tickets are signed with, a JWK set; read again when it changes",
          [](Options & o) -> auto& { return o.access.ticket_keys; }),
      text(
          "viewers.ticket_audience", "what a ticket's aud has to name; empty asks for none",
          [](Options & o) -> auto& { return o.access.tickets.audience; }),
      text(
          "viewers.ticket_issuer", "what a ticket's iss has to be; empty asks for none",
          [](Options & o) -> auto& { return o.access.tickets.issuer; }),
      duration(
          "viewers.ticket_skew_ms", "how far the clock of who signs tickets may be off", 0, 300'000,
          [](Options & o) -> auto& { return o.access.tickets.skew; }),
      duration(
          "viewers.ticket_lifetime_max_ms", "a ticket may be good for this long", 60'000, 2'592'000'000,
          [](Options & o) -> auto& { return o.access.tickets.lifetime_max; }),
      number<std::size_t>(
          "viewers.ticket_bytes_max", "bytes of a ticket; in a header, gateway.head_bytes_max holds as well", 512,
          32'768, [](Options & o) -> auto& { return o.access.tickets.bytes_max; }),
      {"viewers.origins",
       "pages that may connect: https://www.example.com, https://*.example.com, none (a program); empty is any",
       [](Options& o, const std::string& given) -> Result<void> {
         if (!given.empty()) {
           if (auto parsed = access::Origins::parse(given); !parsed.ok()) return std::move(parsed).error();
         }
         o.access.origins = given;
         return {};
       },
       [](const Options& o) { return o.access.origins; }},
      text(
          "api.token_file", "file of operators, NAME SCOPES SHA256 a line; read again when it changes",
          [](Options & o) -> auto& { return o.access.api_tokens; }),
      text(
          "tls.certificate", "PEM certificate chain of both listeners; read again when it changes",
          [](Options & o) -> auto& { return o.access.tls_certificate; }),
      text(
          "tls.key", "PEM private key of the certificate", [](Options & o) -> auto& { return o.access.tls_key; }),
  };
}

std::vector<Setting> web_settings() {
  return {
      text(
          "web.folder", "web sites, a folder each: auto (the folder web beside this program's), a folder; off: none",
          [](Options & o) -> auto& { return o.web.folder; }),
      {"web.listen", "the address on which web sites are",
       [](Options& o, const std::string& given) -> Result<void> {
         const std::string host = given.find(':') == std::string::npos ? given : "[" + given + "]";
         const auto parsed = runtime::parse_address(host + ":0", "web.listen");
         if (!parsed.ok()) return invalid_setting("web.listen", given, "an address without a port");
         o.web.listen = parsed->host;
         return {};
       },
       [](const Options& o) { return o.web.listen; }},
      {"web.tls", "on: sites have TLS where the other listeners do; off: they are in the clear",
       [](Options& o, const std::string& given) -> Result<void> {
         if (given != "on" && given != "off") return invalid_setting("web.tls", given, "on or off");
         o.web.tls = given == "on";
         return {};
       },
       [](const Options& o) { return std::string(o.web.tls ? "on" : "off"); }},
      number<std::uint16_t>(
          "web.home", "port of the site that viewers open; the others follow; 0 takes free ones", 0, 65'500,
          [](Options & o) -> auto& { return o.web.home; }),
      text(
          "web.content", "the content that home's viewers watch", [](Options & o) -> auto& { return o.web.content; }),
      {"web.picture", "URL of the live picture's HLS playlist; empty is none",
       [](Options& o, const std::string& given) -> Result<void> {
         if (!given.empty() && !api::origin_of(given)) return invalid_setting("web.picture", given, "an http(s) URL");
         o.web.picture = given;
         return {};
       },
       [](const Options& o) { return o.web.picture; }},
      {std::string(kRemotesKey), "partners' micro-frontends, a table each: name, manifest, integrity, sandbox",
       [](Options& o, const std::string& given) -> Result<void> {
         MCUE_TRY(o.web.remotes, parse_remotes(given));
         return {};
       },
       [](const Options& o) { return write_remotes(o.web.remotes); }},
  };
}

/// What one connection, viewer or address may ask for.
std::vector<Setting> limit_settings() {
  return {
      fraction(
          "gateway.requests_per_second", "HTTP requests of one connection", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.requests_per_second; }),
      fraction(
          "gateway.requests_burst", "HTTP requests of one connection at once", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.requests_burst; }),
      fraction(
          "gateway.viewer.hellos_per_second", "connections of one viewer, whichever the device", 0.01, 1'000,
          [](Options & o) -> auto& { return o.gateway.viewer.hellos_per_second; }),
      fraction(
          "gateway.viewer.hellos_burst", "connections of one viewer at once", 1, 100'000,
          [](Options & o) -> auto& { return o.gateway.viewer.hellos_burst; }),
      fraction(
          "gateway.viewer.messages_per_second", "messages of one viewer, over all their connections, and posts", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.viewer.messages_per_second; }),
      fraction(
          "gateway.viewer.messages_burst", "messages of one viewer at once", 1, 1e7,
          [](Options & o) -> auto& { return o.gateway.viewer.messages_burst; }),
      number<std::size_t>(
          "gateway.address.connections_max", "connections of one address (IPv6: of one /64)", 1, 1'000'000,
          [](Options & o) -> auto& { return o.gateway.address.connections_max; }),
      fraction(
          "gateway.address.connects_per_second", "new connections of one address", 0.1, 1e6,
          [](Options & o) -> auto& { return o.gateway.address.connects_per_second; }),
      fraction(
          "gateway.address.connects_burst", "new connections of one address at once", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.address.connects_burst; }),
      fraction(
          "gateway.address.messages_per_second", "messages of one address", 1, 1e7,
          [](Options & o) -> auto& { return o.gateway.address.messages_per_second; }),
      fraction(
          "gateway.address.messages_burst", "messages of one address at once", 1, 1e7,
          [](Options & o) -> auto& { return o.gateway.address.messages_burst; }),
      fraction(
          "gateway.connects_per_second", "new connections of all addresses but the uncounted", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.address.all_connects_per_second; }),
      fraction(
          "gateway.connects_burst", "new connections of all those addresses at once", 1, 1e6,
          [](Options & o) -> auto& { return o.gateway.address.all_connects_burst; }),
      {"gateway.address.uncounted", "addresses that many viewers may stand behind, such as a proxy of yours",
       [](Options& o, const std::string& given) -> Result<void> {
         if (auto parsed = gateway::AddressRanges::parse(given); !parsed.ok()) {
           return invalid_setting("gateway.address.uncounted", given, "addresses: " + parsed.error().message);
         }
         o.gateway.address.uncounted = given;
         return {};
       },
       [](const Options& o) { return o.gateway.address.uncounted; }},
      number<std::size_t>(
          "gateway.memory_bytes_max", "resident memory beyond which the server sheds; 0 is 4/5 of the machine's", 0,
          INT64_MAX, [](Options & o) -> auto& { return o.gateway.memory_bytes_max; }),
  };
}

/// Of the API, of one address there, and of the streams that are open.
std::vector<Setting> api_settings() {
  return {
      number<std::uint32_t>(
          "api.head_bytes_max", "the head of one request to the API", 1'024, 64 << 10,
          [](Options & o) -> auto& { return o.api_server.head_bytes_max; }),
      number<std::uint64_t>(
          "api.body_bytes_max", "the JSON body of one request to the API", 1'024, 64 << 20,
          [](Options & o) -> auto& { return o.api_server.bodies.body_bytes_max; }),
      number<std::uint64_t>(
          "api.import_bytes_max", "one import, which is streamed", 1'024, std::int64_t{1} << 40,
          [](Options & o) -> auto& { return o.api_server.bodies.import_bytes_max; }),
      number<int>(
          "api.json_depth_max", "levels of nesting of a JSON body", 8, codec::kStrictDepthMax,
          [](Options & o) -> auto& { return o.api_server.bodies.json_depth_max; }),
      number<std::size_t>(
          "api.connections_max", "connections of the API", 1, 100'000,
          [](Options & o) -> auto& { return o.api_server.connections_max; }),
      number<std::size_t>(
          "api.address.connections_max", "connections of one address to the API; this machine's are not counted", 1,
          100'000, [](Options & o) -> auto& { return o.api_server.connections_per_address_max; }),
      number<std::size_t>(
          "api.streams_max", "streams of /v1/events/{event}/watch", 1, 10'000,
          [](Options & o) -> auto& { return o.api_server.streams_max; }),
      duration(
          "api.handshake_timeout_ms", "TLS with the API, and then the first request's head", 100, 60'000,
          [](Options & o) -> auto& { return o.api_server.handshake_timeout; }),
      duration(
          "api.read_timeout_ms", "a further request's head, a JSON body, each 64 KiB of an import", 1'000, 3'600'000,
          [](Options & o) -> auto& { return o.api_server.read_timeout; }),
      duration(
          "api.reply_timeout_ms", "the engine's answer to a request", 1'000, 600'000,
          [](Options & o) -> auto& { return o.api_server.reply_timeout; }),
      duration(
          "api.stall_timeout_ms", "a stream's reader takes what was written", 1'000, 600'000,
          [](Options & o) -> auto& { return o.api_server.stall_timeout; }),
  };
}

std::vector<Setting> gateway_settings() {
  return {
      duration(
          "gateway.handshake_timeout_ms", "from accept to a whole request", 100, 60'000,
          [](Options & o) -> auto& { return o.gateway.handshake_timeout; }),
      duration(
          "gateway.hello_timeout_ms", "from the handshake to hello", 100, 300'000,
          [](Options & o) -> auto& { return o.gateway.hello_timeout; }),
      duration(
          "gateway.ping_interval_ms", "a silent viewer is pinged after this long", 1'000, 600'000,
          [](Options & o) -> auto& { return o.gateway.ping_interval; }),
      duration(
          "gateway.silence_max_ms", "a silent viewer is gone after this long", 2'000, 3'600'000,
          [](Options & o) -> auto& { return o.gateway.silence_max; }),
      duration(
          "gateway.sample_idle_max_ms", "sample route: idle connections end", 1'000, 3'600'000,
          [](Options & o) -> auto& { return o.gateway.sample_idle_max; }),
      duration(
          "gateway.sample_duration_max_ms", "sample route: any connection ends", 1'000, 86'400'000,
          [](Options & o) -> auto& { return o.gateway.sample_duration_max; }),
      fraction(
          "gateway.messages_per_second", "messages and pings of one connection", 1, 10'000,
          [](Options & o) -> auto& { return o.gateway.messages_per_second; }),
      fraction(
          "gateway.messages_burst", "messages and pings of one connection at once", 1, 100'000,
          [](Options & o) -> auto& { return o.gateway.messages_burst; }),
      number<std::size_t>(
          "gateway.outbox_bytes_max", "unsent bytes of a slow viewer", 1'024, 16 << 20,
          [](Options & o) -> auto& { return o.gateway.outbox_bytes_max; }),
      number<std::uint32_t>(
          "gateway.frame_bytes_max", "native route: one frame", 128, 1 << 20,
          [](Options & o) -> auto& { return o.gateway.native_frames.frame_bytes_max; }),
      number<std::uint32_t>(
          "gateway.message_bytes_max", "native route: one message", 128, 1 << 20,
          [](Options & o) -> auto& { return o.gateway.native_frames.message_bytes_max; }),
      number<std::uint32_t>(
          "gateway.fragments_max", "native route: frames of one message", 1, 10'000,
          [](Options & o) -> auto& { return o.gateway.native_frames.fragments_max; }),
      number<std::size_t>(
          "gateway.head_bytes_max", "the head of one request", 1'024, 64 << 10,
          [](Options & o) -> auto& { return o.gateway.http.head_bytes_max; }),
      number<std::size_t>(
          "gateway.headers_max", "headers of one request", 16, 1'000,
          [](Options & o) -> auto& { return o.gateway.http.headers_max; }),
      number<std::size_t>(
          "gateway.body_bytes_max", "the body of one request: an interaction", 1'024, 1 << 20,
          [](Options & o) -> auto& { return o.gateway.http.body_bytes_max; }),
  };
}

std::vector<Setting> engine_settings() {
  return {
      number<int>(
          "engine.num_results", "sample route: items that rank within this many are pushed", 1, 500,
          [](Options & o) -> auto& { return o.engine.num_results; }),
      duration(
          "engine.resume_window_ms", "a session waits this long for its viewer", 1'000, 3'600'000,
          [](Options & o) -> auto& { return o.engine.resume_window; }),
      number<int>(
          "engine.retry_max_ms", "who lost the connection or is sent away waits at most this long", 1'000, 600'000,
          [](Options & o) -> auto& { return o.engine.retry.max_ms; }),
      duration(
          "engine.slate_lifetime_ms", "from a moment until its cues may not be shown", 1'000, 86'400'000,
          [](Options & o) -> auto& { return o.engine.slate_lifetime; }),
      number<std::size_t>(
          "engine.ring_changes_max", "changes whose decisions are kept in memory", 1, 1'000,
          [](Options & o) -> auto& { return o.engine.ring_changes_max; }),
      duration(
          "engine.ring_age_max_ms", "and no older ones; at least the resume window", 1'000, 86'400'000,
          [](Options & o) -> auto& { return o.engine.ring_age_max; }),
      fraction(
          "decide.floor", "least propensity of a candidate", 0.0001, 0.05,
          [](Options & o) -> auto& { return o.engine.decide.floor; }),
      number<std::uint64_t>(
          "decide.seed", "changes every draw", 0, INT64_MAX, [](Options & o) -> auto& { return o.engine.decide.seed; }),
      number<std::size_t>(
          "store.commit_writes_max", "writes in one commit", 1, 100'000,
          [](Options & o) -> auto& { return o.store.commit_writes_max; }),
      number<std::size_t>(
          "store.queue_writes_max", "writes that wait", 1'000, 10'000'000,
          [](Options & o) -> auto& { return o.store.queue_writes_max; }),
      days(
          "retention.decision_days", "days that logged decisions are kept; 0 is for good", 36'500,
          [](Options & o) -> auto& { return o.retention.keep; }),
  };
}

/// The live learner's own table, each under "learner.".
std::vector<Setting> learner_settings() {
  std::vector<Setting> all;
  for (const learn::SettingText& each : learn::describe({})) {
    const std::string key = "learner." + each.name;
    const auto set = [key, name = each.name](Options& options, const std::string& text) -> Result<void> {
      auto applied = learn::apply_setting(options.engine.learner, name, text);
      if (applied.ok()) return applied;
      return invalid(applied.error().code, "learner." + applied.error().message, key);
    };
    const auto get = [name = each.name](const Options& options) {
      const auto texts = learn::describe(options.engine.learner);
      return std::find_if(texts.begin(), texts.end(), [&](const auto& text) { return text.name == name; })->value;
    };
    all.push_back({key, each.help + " (" + each.wanted + ")", set, get});
  }
  return all;
}

std::vector<Setting> all_settings() {
  std::vector<Setting> all = server_settings();
  for (const auto& part : {access_settings(), web_settings(), gateway_settings(), limit_settings(), api_settings(),
                           engine_settings(), learner_settings()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

std::string variable_of(const std::string& key) {
  std::string name(kVariablePrefix);
  for (const char c : key) {
    if (c == '.') {
      name += "__";
    } else {
      name.push_back(static_cast<char>(std::toupper(static_cast<unsigned char>(c))));
    }
  }
  return name;
}

Error in_place(Error error, const std::string& place) {
  error.message = place + ": " + error.message;
  return error;
}

Result<void> apply_table(Options& options, const toml::table& table, const std::string& prefix,
                         const std::string& path) {
  for (const auto& [name, node] : table) {
    std::string key = prefix + std::string(name.str());
    if (key == "api.listen") key = "api";  // in TOML it cannot be a text and have api.streams_max beside it
    const std::string place = path + ":" + std::to_string(node.source().begin.line);
    if (const toml::table* inner = node.as_table()) {
      MCUE_TRY_VOID(apply_table(options, *inner, key + ".", path));
      continue;
    }
    std::string text;
    if (const auto value = node.value<std::string>(); value && node.is_string()) {
      text = *value;
    } else if (key == kRemotesKey && node.is_array()) {
      std::ostringstream out;
      out << toml::json_formatter{*node.as_array()};
      text = out.str();
    } else if (node.is_value()) {
      std::ostringstream out;
      node.visit([&out](const auto& each) { out << each; });
      text = out.str();
    } else {
      return in_place(invalid_setting(key, "a list", "one value"), place);
    }
    if (auto applied = apply_setting(options, key, text); !applied.ok()) {
      return in_place(std::move(applied).error(), place);
    }
  }
  return {};
}

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = all_settings();
  return all;
}

Result<void> apply_setting(Options& options, const std::string& key, const std::string& value) {
  std::vector<std::string> keys;
  for (const Setting& setting : settings()) {
    if (setting.key == key) return setting.set(options, value);
    keys.push_back(setting.key);
  }
  const auto nearest = nearest_name(key, keys);
  return invalid("unknown_setting",
                 "unknown setting \"" + key + "\"" + (nearest ? "; did you mean " + *nearest + "?" : std::string()),
                 key);
}

Result<void> apply_assignment(Options& options, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos) {
    return invalid("invalid_setting", "--set " + assignment + ": KEY=VALUE is wanted", "set");
  }
  return apply_setting(options, assignment.substr(0, equals), assignment.substr(equals + 1));
}

Result<void> apply_file(Options& options, const std::string& path) {
  try {
    return apply_table(options, toml::parse_file(path), "", path);
  } catch (const toml::parse_error& error) {
    const auto& at = error.source().begin;
    if (at.line == 0) return invalid("unreadable_config", path + ": " + std::string(error.description()));
    return invalid("invalid_config", path + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": " +
                                         std::string(error.description()));
  }
}

Result<void> apply_environment(Options& options, std::span<const char* const> environment) {
  for (const char* entry : environment) {
    const std::string_view text(entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kVariablePrefix) || equals == std::string_view::npos) continue;
    const std::string name(text.substr(0, equals));
    std::vector<std::string> names;
    const Setting* setting = nullptr;
    for (const Setting& each : settings()) {
      const std::string variable = variable_of(each.key);
      if (variable == name) setting = &each;
      names.push_back(variable.substr(kVariablePrefix.size()));  // the common prefix would make everything near
    }
    if (setting == nullptr) {
      const auto nearest = nearest_name(name.substr(kVariablePrefix.size()), names);
      const bool is_commands = name == "MATCHCUE_TOKEN" || name == "MATCHCUE_CA";
      if (!nearest || is_commands) continue;  // MATCHCUE_BINARY and the like are not ours to refuse
      return invalid("unknown_setting",
                     "unknown variable " + name + "; did you mean " + std::string(kVariablePrefix) + *nearest + "?",
                     name);
    }
    if (auto applied = setting->set(options, std::string(text.substr(equals + 1))); !applied.ok()) {
      return in_place(std::move(applied).error(), name);
    }
  }
  return {};
}

}  // namespace matchcue::cli
