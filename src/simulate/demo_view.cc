// SPDX-License-Identifier: Apache-2.0
#include "simulate/demo_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace matchcue::simulate {
namespace {

constexpr int kWidthMin = 40;
constexpr std::size_t kItemsPerSlot = 4;
constexpr std::size_t kLabelColumns = 24;
constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kDim = "\x1b[2m";
constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kCyan = "\x1b[36m";
constexpr std::string_view kReset = "\x1b[0m";

/// Appends lines that fit, painted as wholes.
class Page {
 public:
  Page(int width, Paint paint) : width_(static_cast<std::size_t>(std::max(width, kWidthMin))), paint_(paint) {}

  void line(std::string_view text, std::string_view colour = {}) {
    const bool painted = paint_ == Paint::colour && !colour.empty();
    if (painted) text_ += colour;
    text_ += cut(text, width_);
    if (painted) text_ += kReset;
    text_ += '\n';
  }
  std::size_t width() const { return width_; }
  std::string take() { return std::move(text_); }

  /// At most so many characters; a character is never cut in the middle.
  static std::string_view cut(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    for (std::size_t count = 0; bytes < text.size(); ++bytes) {
      const bool begins = (static_cast<unsigned char>(text[bytes]) & 0xc0) != 0x80;
      if (begins && count++ == columns) break;
    }
    return text.substr(0, bytes);
  }

 private:
  std::size_t width_;
  Paint paint_;
  std::string text_;
};

std::string push_time(const DemoScene& scene) {
  return scene.last_push_ms ? fmt::format("{:.1f} ms", *scene.last_push_ms) : "-";
}

std::string scoreboard(const DemoScene& scene) {
  return fmt::format("{} {} - {} {}", scene.teams[0], scene.score[0], scene.score[1], scene.teams[1]);
}

std::string bar(std::uint64_t part, std::uint64_t whole, std::size_t columns) {
  const double share = whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
  const auto full = std::min(columns, static_cast<std::size_t>(share * static_cast<double>(columns) + 0.5));
  std::string text;
  for (std::size_t i = 0; i < full; ++i) text += "█";
  return text;
}

void add_slots(Page& page, const DemoScene& scene) {
  std::map<std::string, std::uint64_t> totals;
  for (const ScreenShare& share : scene.on_screen) totals[share.slot] += share.sessions;
  const std::size_t columns = page.width() > kLabelColumns + 20 ? page.width() - kLabelColumns - 20 : 8;
  std::map<std::string, std::size_t> shown;
  for (const ScreenShare& share : scene.on_screen) {
    const std::size_t place = shown[share.slot]++;
    if (place == 0) page.line(fmt::format("{}", share.slot), kBold);
    if (place >= kItemsPerSlot) continue;
    const std::uint64_t total = totals[share.slot];
    const double percent = total == 0 ? 0 : 100.0 * static_cast<double>(share.sessions) / static_cast<double>(total);
    page.line(fmt::format("  {:<{}} {:>6} {:>3.0f} %  {}", Page::cut(share.label, kLabelColumns), kLabelColumns,
                          share.sessions, percent, bar(share.sessions, total, columns)),
              place == 0 ? kGreen : std::string_view());
  }
}

}  // namespace

std::string render_screen(const DemoScene& scene, int width, Paint paint) {
  Page page(width, paint);
  page.line("matchcue demo: a live match decides what every viewer sees");
  page.line(fmt::format("Open  {}  in a browser. Ctrl-C stops.", scene.page_url), kCyan);
  page.line("");
  page.line(fmt::format("{}   {}   {}   {}", scoreboard(scene), scene.clock, scene.timing, scene.setting), kBold);
  for (const std::string& text : scene.feed) page.line("  " + text, kDim);
  for (std::size_t i = scene.feed.size(); i < kFeedLines; ++i) page.line("");
  page.line("");
  page.line(fmt::format("viewers {} of {}   moments {}   slates {} ({:.0f}/s)", scene.viewers_connected,
                        scene.viewers_wanted, scene.moments, scene.slates, scene.slates_per_second));
  page.line(fmt::format("event -> last push {}   interactions {}   {}", push_time(scene), scene.interactions,
                        scene.viewers_url));
  page.line("");
  add_slots(page, scene);
  return page.take();
}

std::string render_line(const DemoScene& scene) {
  std::string tops;
  std::string slot;
  for (const ScreenShare& share : scene.on_screen) {
    if (share.slot == slot) continue;
    slot = share.slot;
    tops += fmt::format(" {}={}", share.slot, share.label);
  }
  return fmt::format("{} {} {} | {} | viewers {}/{} | {:.0f} slates/s | event -> last push {} |{}", scoreboard(scene),
                     scene.clock, scene.timing, scene.feed.empty() ? "" : scene.feed.back(), scene.viewers_connected,
                     scene.viewers_wanted, scene.slates_per_second, push_time(scene), tops);
}

}  // namespace matchcue::simulate
