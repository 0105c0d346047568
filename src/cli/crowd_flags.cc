// SPDX-License-Identifier: Apache-2.0
#include "cli/crowd_flags.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <utility>

#include "access/ticket.h"
#include "base/text.h"
#include "cli/signing_key.h"

namespace matchcue::cli {
namespace {

constexpr double kImpressionShare = 0.3;
constexpr double kDurationMsMax = 1e12;
constexpr Milliseconds kTicketTime = std::chrono::hours(12);

/// Signs tickets for whoever asks, with the key of a file.
Result<std::function<std::string(const domain::ViewerId&)>> ticket_maker(const std::string& path, WallTime now) {
  MCUE_TRY(const access::TicketKey key, load_signing_key(path, {}));
  return std::function([key, now](const domain::ViewerId& viewer) {
    access::Ticket ticket;
    ticket.viewer = viewer;
    ticket.issued = now;
    ticket.expires = now + kTicketTime;
    return access::write_ticket(ticket, key, access::TicketRules().audience, "");
  });
}

}  // namespace

void add_crowd_flags(CLI::App& command, CrowdFlags& flags) {
  command.add_option("--url", flags.url, "The viewers' listener")->capture_default_str();
  command.add_option("--protocol", flags.protocol, "native or sample")
      ->check(CLI::IsMember({"native", "sample"}))
      ->capture_default_str();
  command.add_option("--threads", flags.threads, "Threads of the crowd")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command.add_option("--connect-rate", flags.connect_rate, "Connections a second at most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command.add_option("--clicks", flags.clicks, "Probability of a click on a slate that was seen")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--impressions", flags.impressions, "Share of the slates that are seen (0.3 with --clicks)")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--stuck", flags.stuck, "So many viewers never read");
  command.add_option("--kill-share", flags.kill_share, "Share of the viewers that break off abruptly")
      ->check(CLI::Range(0.0, 1.0));
  command.add_option("--kill-at", flags.kill_at, "...when this slate of theirs arrives")->capture_default_str();
  command.add_flag("--reconnect", flags.reconnect, "Come back after a broken connection, with a resume");
  command.add_option("--churn", flags.churn, "So many viewers a second break off and come back at once, with a resume")
      ->check(CLI::Range(0.0, 10'000.0));
  command.add_option("--ack-log", flags.ack_log, "Append a line VIEWER<tab>ID for each acknowledged interaction");
  command.add_option("--ticket-keys", flags.ticket_keys, "JWK set of the key that signs the viewers' tickets");
  command.add_option("--crowd-seed", flags.seed, "Seed of what the viewers do")->capture_default_str();
}

Result<simulate::LoadOptions> crowd_options(const CrowdFlags& flags, WallTime run, const std::string& ca) {
  std::string_view url = flags.url;
  const bool tls = url.starts_with("wss://");
  if (!tls && !url.starts_with("ws://")) {
    return invalid("invalid_address", fmt::format("--url \"{}\" does not begin with ws:// or wss://", url), "url");
  }
  url.remove_prefix(url.find("//") + 2);
  url = url.substr(0, url.find('/'));
  simulate::LoadOptions options;
  if (tls) {
    MCUE_TRY(options.tls, runtime::TlsContext::for_client(ca));
  }
  if (!flags.ticket_keys.empty()) {
    MCUE_TRY(options.viewer.ticket, ticket_maker(flags.ticket_keys, run));
  }
  MCUE_TRY(options.server, runtime::parse_address(url, "url"));
  options.viewers = flags.viewers;
  options.threads = std::min(flags.threads, flags.viewers);
  options.connects_per_second = flags.connect_rate;
  options.stuck = flags.stuck;
  options.kill_share = flags.kill_share;
  options.kill_at = flags.kill_at;
  options.reconnect = flags.reconnect;
  options.churn = flags.churn;
  options.seed = flags.seed;
  options.ack_log = flags.ack_log;
  options.viewer.protocol =
      flags.protocol == "sample" ? simulate::LoadProtocol::sample : simulate::LoadProtocol::native;
  options.viewer.content = flags.content;
  options.viewer.run = fmt::format("r{:x}", to_ms(run));
  options.viewer.click_probability = flags.clicks;
  options.viewer.impression_share =
      flags.impressions >= 0 ? flags.impressions : (flags.clicks > 0 ? kImpressionShare : 0);
  return options;
}

Result<Milliseconds> parse_duration(std::string_view text, std::string_view flag) {
  constexpr std::array<std::pair<std::string_view, double>, 5> kUnits = {
      {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"", 1'000}}};
  for (const auto& [unit, ms] : kUnits) {
    if (!text.ends_with(unit)) continue;
    const auto number = parse_double(text.substr(0, text.size() - unit.size()));
    if (!number || *number < 0 || *number * ms > kDurationMsMax) break;
    return Milliseconds(std::llround(*number * ms));
  }
  return invalid("invalid_duration", fmt::format("--{} \"{}\" is not a time like 250ms, 10s, 2m", flag, text),
                 std::string(flag));
}

}  // namespace matchcue::cli
