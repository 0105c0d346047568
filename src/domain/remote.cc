// SPDX-License-Identifier: Apache-2.0
#include "domain/remote.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "base/text.h"

namespace matchcue::domain {

namespace {

constexpr std::size_t kTextBytesMax = 256;
constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kShownBytesMax = 100;

bool is_module(std::string_view text) {
  if (!text.starts_with("./")) return false;
  text.remove_prefix(2);
  return !text.empty() && text.size() <= kNameBytesMax && std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c < 0x80 && std::isalnum(c) != 0) || c == '-' || c == '_';
  });
}

/// Reads JSON from the front. Neither name may have a character that JSON escapes, so none is understood.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool take(char wanted) {
    skip_blanks();
    if (!left_.starts_with(wanted)) return false;
    left_.remove_prefix(1);
    return true;
  }
  std::optional<std::string_view> text() {
    if (!take('"')) return std::nullopt;
    const std::size_t end = left_.find('"');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view found = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    return found;
  }
  bool at_end() {
    skip_blanks();
    return left_.empty();
  }

 private:
  void skip_blanks() { left_.remove_prefix(std::min(left_.find_first_not_of(" \t\r\n"), left_.size())); }
  std::string_view left_;
};

/// The two members, when the text is an object of just these.
std::optional<std::string> compact(std::string_view text) {
  Reader reader(text);
  std::optional<std::string_view> remote, module;
  if (!reader.take('{')) return std::nullopt;
  for (int member = 0; member < 2; ++member) {
    if (member > 0 && !reader.take(',')) return std::nullopt;
    const auto name = reader.text();
    if (!name || !reader.take(':')) return std::nullopt;
    auto& value = *name == "remote" ? remote : module;
    if ((*name != "remote" && *name != "module") || value) return std::nullopt;
    value = reader.text();
    if (!value) return std::nullopt;
  }
  if (!reader.take('}') || !reader.at_end() || !is_remote_name(*remote) || !is_module(*module)) return std::nullopt;
  return R"({"remote":")" + std::string(*remote) + R"(","module":")" + std::string(*module) + R"("})";
}

}  // namespace

bool is_remote_name(std::string_view name) {
  return !name.empty() && name.size() <= kNameBytesMax && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

Result<std::string> check_remote(std::string_view text) {
  if (text.empty()) return std::string();
  if (text.size() <= kTextBytesMax) {
    if (auto written = compact(text)) return *std::move(written);
  }
  return invalid("invalid_remote",
                 std::string(kRemoteColumn) + ": " + std::string(first_characters(text, kShownBytesMax)) +
                     (text.size() > kShownBytesMax ? "..." : "") +
                     R"( is not such as {"remote":"bet","module":"./Bet"}, of at most 256 bytes)",
                 std::string(kRemoteColumn));
}

}  // namespace matchcue::domain
