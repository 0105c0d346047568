// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include "base/quoted_text.h"

#include <array>
#include <cstdio>

namespace matchcue {

namespace {

Error bad_time(std::string_view text) {
  return invalid("invalid_time", quoted_text(text) + " is not an RFC 3339 time such as 2026-06-11T19:04:05Z");
}

/// Reads exactly `digits` decimal digits from the front of `rest`; -1 when they are not there.
int take_digits(std::string_view& rest, int digits) {
  int value = 0;
  if (rest.size() < static_cast<std::size_t>(digits)) return -1;
  for (int i = 0; i < digits; ++i) {
    const char c = rest[static_cast<std::size_t>(i)];
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  rest.remove_prefix(static_cast<std::size_t>(digits));
  return value;
}

bool take(std::string_view& rest, char expected) {
  if (rest.empty() || rest.front() != expected) return false;
  rest.remove_prefix(1);
  return true;
}

/// Reads ".123456789"; nothing is fine too. False when a point has no digits after it.
bool take_fraction_ms(std::string_view& rest, int& ms) {
  ms = 0;
  if (!take(rest, '.')) return true;
  int digits = 0;
  for (; !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; rest.remove_prefix(1), ++digits) {
    if (digits < 3) ms = ms * 10 + (rest.front() - '0');
  }
  for (int i = digits; i < 3; ++i) ms *= 10;
  return digits >= 1 && digits <= 9;
}

/// Reads "Z" or "+hh:mm" as minutes east of UTC.
bool take_offset(std::string_view& rest, int& minutes) {
  minutes = 0;
  if (take(rest, 'Z') || take(rest, 'z')) return true;
  const int sign = take(rest, '+') ? 1 : take(rest, '-') ? -1 : 0;
  if (sign == 0) return false;
  const int hours = take_digits(rest, 2);
  if (hours < 0 || hours > 23 || !take(rest, ':')) return false;
  const int mins = take_digits(rest, 2);
  if (mins < 0 || mins > 59) return false;
  minutes = sign * (hours * 60 + mins);
  return true;
}

}  // namespace

std::string format_rfc3339(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 40> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                    static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                    static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                    static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(length));
}

Result<WallTime> parse_rfc3339(std::string_view text) {
  std::string_view rest = text;
  const int year = take_digits(rest, 4);
  if (year < 1970 || !take(rest, '-')) return bad_time(text);
  const int month = take_digits(rest, 2);
  if (month < 1 || !take(rest, '-')) return bad_time(text);
  const int day = take_digits(rest, 2);
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day < 0 ? 0 : day))};
  if (!date.ok() || !(take(rest, 'T') || take(rest, 't') || take(rest, ' '))) return bad_time(text);
  const int hour = take_digits(rest, 2);
  if (hour < 0 || hour > 23 || !take(rest, ':')) return bad_time(text);
  const int minute = take_digits(rest, 2);
  if (minute < 0 || minute > 59 || !take(rest, ':')) return bad_time(text);
  const int second = take_digits(rest, 2);
  if (second < 0 || second > 60) return bad_time(text);
  int ms = 0;
  int offset_minutes = 0;
  if (!take_fraction_ms(rest, ms) || !take_offset(rest, offset_minutes) || !rest.empty()) return bad_time(text);
  const auto time = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                    std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second == 60 ? 59 : second) +
                    Milliseconds(ms);
  return std::chrono::time_point_cast<Milliseconds>(time);
}

}  // namespace matchcue
