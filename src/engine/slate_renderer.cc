// SPDX-License-Identifier: Apache-2.0
#include "engine/slate_renderer.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/text.h"
#include "codec/json_values.h"

namespace matchcue::engine {

namespace {

/// Fields of an item that the engine reads, and viewers do not need.
constexpr std::array<std::string_view, 5> kEngineFields = {"ITEM_TYPE", "ITEM_LABEL", "REMOTE", "MIN_AGE", "COUNTRIES"};

std::string make_fragment(const domain::Item& item) {
  domain::Values shown;
  for (const auto& [name, value] : item.fields) {
    const bool internal = std::find(kEngineFields.begin(), kEngineFields.end(), name) != kEngineFields.end();
    if (!internal && !std::holds_alternative<std::monostate>(value)) shown.emplace(name, value);
  }
  std::string out = "\",\"slot\":";
  append_json_string(item.slot.str(), out);
  out += ",\"item\":";
  append_json_string(item.id.str(), out);
  out += ",\"label\":";
  append_json_string(item.label, out);
  out += ",\"remote\":";
  out += item.remote.empty() ? "null" : item.remote;
  out += ",\"data\":";
  codec::append_json(shown, out);
  out += '}';
  return out;
}

std::string time_or_null(std::optional<WallTime> time) {
  return time ? '"' + format_rfc3339(*time) + '"' : std::string("null");
}

char* put(char* at, std::string_view text) {
  std::memcpy(at, text.data(), text.size());
  return at + text.size();
}

/// A viewer id in URL-safe base64, on the stack. At most ceil(256 * 4 / 3) = 342 bytes.
class EncodedId {
 public:
  explicit EncodedId(std::string_view id) {
    constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::uint32_t bits = 0;
    int held = 0;
    for (const char c : id) {
      bits = (bits << 8) | static_cast<unsigned char>(c);
      for (held += 8; held >= 6; held -= 6) text_[size_++] = kDigits[(bits >> (held - 6)) & 63];
    }
    if (held > 0) text_[size_++] = kDigits[(bits << (6 - held)) & 63];
  }
  std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 344> text_;
  std::size_t size_ = 0;
};

constexpr std::size_t kSlotDigitsMax = 2;
static_assert(decide::kSlotsMax <= 100);

}  // namespace

RenderedCatalogue::RenderedCatalogue(domain::CataloguePtr catalogue) : catalogue_(std::move(catalogue)) {
  std::vector<std::size_t> longest(catalogue_->slots().size());
  for (std::size_t i = 0; i < catalogue_->items().size(); ++i) {
    fragments_.push_back(make_fragment(catalogue_->items()[i]));
    std::size_t& bytes = longest[catalogue_->slot_of(i)];
    bytes = std::max(bytes, fragments_.back().size());
  }
  for (const std::size_t bytes : longest) fragments_bytes_max_ += bytes;
}

char* FrameScratch::reserve(std::size_t bytes) {
  const std::size_t needed = kFrameHeadroom + bytes + kFrameTailroom;
  if (buffer_.size() < needed) buffer_.resize(needed);
  return buffer_.data() + kFrameHeadroom;
}

OutFrame FrameScratch::finish(const char* end, FrameClass frame_class, domain::Sequence sequence) {
  char* payload = buffer_.data() + kFrameHeadroom;
  const auto size = static_cast<std::size_t>(end - payload);
  CHECK(kFrameHeadroom + size + kFrameTailroom <= buffer_.size(), size, buffer_.size());
  return OutFrame{payload, size, frame_class, sequence};
}

SlateRenderer::SlateRenderer(const domain::Change& change, RenderedCataloguePtr catalogue, Milliseconds slate_lifetime)
    : catalogue_(std::move(catalogue)), expires_at_(change.at + slate_lifetime), sequence_(change.sequence) {
  std::string ids;
  append_base64url(change.event.str(), ids);
  ids += '.' + std::to_string(change.sequence.value()) + '.';
  head_ = "{\"t\":\"slate\",\"seq\":" + std::to_string(change.sequence.value()) + ",\"event\":";
  append_json_string(change.event.str(), head_);
  head_ += ",\"moment\":" + std::to_string(change.moment.value()) + ",\"decision\":\"d_" + ids;
  body_ = "\",\"context\":";
  codec::append_json(change.after, body_);
  const auto expires_media_time =
      change.media_time ? std::optional<WallTime>(*change.media_time + slate_lifetime) : std::nullopt;
  body_ += ",\"media_time\":" + time_or_null(change.media_time) +
           ",\"expires_media_time\":" + time_or_null(expires_media_time) + ",\"expires_at\":\"" +
           format_rfc3339(expires_at_) + "\",\"cues\":[";
  cue_ = "{\"id\":\"c_" + ids;
}

OutFrame SlateRenderer::slate(const domain::ViewerId& viewer, const domain::Choice* choices,
                              FrameScratch& scratch) const {
  const EncodedId id(viewer.str());
  const std::size_t slots = catalogue_->catalogue().slots().size();
  const std::size_t per_cue = cue_.size() + id.view().size() + 2 + kSlotDigitsMax;
  char* at = scratch.reserve(head_.size() + id.view().size() + body_.size() + slots * per_cue +
                             catalogue_->fragments_bytes_max() + 2);
  at = put(put(put(at, head_), id.view()), body_);
  bool first = true;
  for (std::size_t slot = 0; slot < slots; ++slot) {
    if (choices[slot].item == domain::kNoItem) continue;
    if (!first) *at++ = ',';
    first = false;
    at = put(put(at, cue_), id.view());
    *at++ = '.';
    if (slot >= 10) *at++ = static_cast<char>('0' + slot / 10);
    *at++ = static_cast<char>('0' + slot % 10);
    at = put(at, catalogue_->fragment(choices[slot].item));
  }
  at = put(at, "]}");
  return scratch.finish(at, FrameClass::slate, sequence_);
}

OutFrame SlateRenderer::sample_push(const domain::Choice* choices, const decide::Decider& decider,
                                    std::size_t num_results, FrameScratch& scratch) const {
  const domain::Catalogue& catalogue = catalogue_->catalogue();
  std::array<std::size_t, decide::kSlotsMax> items;
  std::size_t count = 0;
  for (std::size_t slot = 0; slot < catalogue.slots().size(); ++slot) {
    const std::size_t item = choices[slot].item;
    if (item != domain::kNoItem && decider.rank(item) <= num_results) items[count++] = item;
  }
  std::sort(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(count),
            [&](std::size_t a, std::size_t b) { return decider.rank(a) < decider.rank(b); });
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += i == 0 ? "{" : ", ";
    append_json_string(catalogue.items()[items[i]].slot.str(), text);
    text += ": ";
    append_json_string(catalogue.items()[items[i]].id.str(), text);
  }
  if (count > 0) text += '}';
  return scratch.finish(put(scratch.reserve(text.size()), text), FrameClass::slate, sequence_);
}

std::string write_retract(domain::Sequence sequence, const std::vector<domain::CueId>& cues, std::string_view reason) {
  std::string out = "{\"t\":\"retract\",\"seq\":" + std::to_string(sequence.value()) + ",\"cues\":[";
  const char* separator = "";
  for (const domain::CueId& cue : cues) {
    out += separator;
    separator = ",";
    append_json_string(to_string(cue), out);
  }
  out += "],\"reason\":";
  append_json_string(reason, out);
  out += '}';
  return out;
}

}  // namespace matchcue::engine
