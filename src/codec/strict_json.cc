// SPDX-License-Identifier: Apache-2.0
#include "codec/strict_json.h"

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/text.h"

namespace matchcue::codec {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kShownBytesMax = 40;

bool is_deeper_than(std::string_view text, int most) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') ++i;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > most) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Watches the parser for what the parsed tree cannot show any more: repeated keys, and where an error is.
class KeyWatch {
 public:
  bool on_event(Json::parse_event_t event, const Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key) on_key(parsed.get<std::string>());
    return true;
  }

  const std::optional<Error>& error() const { return error_; }

  /// The member that was read last, as "state.SCORE".
  std::string path() const {
    std::string joined;
    for (const Object& object : open_) {
      if (object.last.empty()) continue;
      if (!joined.empty()) joined += '.';
      joined += object.last;
    }
    return joined;
  }

 private:
  struct Object {
    std::set<std::string> keys;
    std::string last;
  };

  void on_key(std::string key) {
    open_.back().last = key;
    const bool added = open_.back().keys.insert(std::move(key)).second;
    if (added || error_) return;
    const std::string shown(first_characters(open_.back().last, kShownBytesMax));
    error_ = invalid("duplicate_key", "the key \"" + shown + "\" stands twice in one object", path());
  }

  std::vector<Object> open_;
  std::optional<Error> error_;
};

std::string in_member(const std::string& path) { return path.empty() ? std::string() : ", in " + path; }

/// What stands in front of the byte where reading ended.
Error not_json(std::string_view text, std::size_t byte, const std::string& path) {
  const std::size_t end = std::min(byte, text.size());
  const std::size_t begin = end - std::min(end, kShownBytesMax / 2);
  std::string message = "the text is not JSON: wrong at byte " + std::to_string(byte) + in_member(path);
  if (const auto shown = text.substr(begin, end - begin); is_utf8(shown)) message += ", after " + std::string(shown);
  return invalid("invalid_json", message, path);
}

/// The parser's own message quotes the number.
Error overflow(std::string_view said, const std::string& path) {
  const std::size_t quote = said.find('\'');
  std::string number(quote == std::string_view::npos ? std::string_view() : said.substr(quote + 1));
  if (number.ends_with('\'')) number.pop_back();
  const std::string shown(first_characters(number, kShownBytesMax));
  return invalid("out_of_range", (path.empty() ? "a number" : path) + " is out of range: " + shown, path);
}

}  // namespace

Result<void> check_depth(std::string_view text, int levels) {
  if (!is_deeper_than(text, levels)) return {};
  return invalid("too_deep", "the text is nested deeper than " + std::to_string(levels) + " levels");
}

Result<Json> parse_strict_json(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) return invalid("invalid_json", "the text begins with a byte order mark");
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return invalid("invalid_json", "the text is not JSON: a zero byte at byte " + std::to_string(zero + 1));
  }
  MCUE_TRY_VOID(check_depth(text, kStrictDepthMax));
  KeyWatch watch;
  Json parsed;
  try {
    parsed =
        Json::parse(text, [&](int, Json::parse_event_t event, Json& value) { return watch.on_event(event, value); });
  } catch (const Json::parse_error& error) {
    return not_json(text, error.byte, watch.path());
  } catch (const Json::exception& error) {
    return overflow(error.what(), watch.path());
  }
  if (watch.error()) return *watch.error();
  return parsed;
}

}  // namespace matchcue::codec
