// SPDX-License-Identifier: Apache-2.0
//
// A chunk, little-endian throughout; `text` is u32 length + bytes.
//
//   prefix   0  u32  magic "mcdl"
//            4  u32  length of the whole chunk in bytes, prefix included, 16..262144
//            8  u32  CRC-32C of bytes 0..8 and 12..length
//           12  u16  version of this layout: 4
//           14  u16  0
//   header      text event, u64 sequence, u64 moment, u64 catalogue version, text solution version,
//               f64 floor, u64 seed, i64 at (ms since 1970), u16 slots, text slot name x slots,
//               text context (JSON object), text overrides (JSON array), text subjects (JSON array),
//               text filters (JSON array)
//   rows        u32 rows, u16 traits, text traits (JSON object, each another one) x traits
//   columns     u16 viewer length x rows, viewer bytes x rows, u16 index into traits x rows,
//               u16 item x rows x slots (0xffff none), f32 propensity x rows x slots
//   past        u16 pasts; when that is not 0, text past (each another one) x pasts, then u16 index into pasts x rows.
//               A past is, for each question of the filters, u16 items, u16 item x items.
//
// Nothing follows. A change of layout takes a new version and keeps reading released ones; 4 is the
// first of those.
#include "store/decision_chunk.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "store/crc32c.h"
#include "store/values_json.h"

namespace matchcue::store {

namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kMagic = 0x6c64636d;  // "mcdl"
constexpr std::uint16_t kVersion = 4;
constexpr std::size_t kVersionAt = 12;
constexpr std::size_t kShortMax = std::numeric_limits<std::uint16_t>::max();

template <typename Number>
void put(std::string& out, Number number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}

void put_text(std::string& out, std::string_view text) {
  put(out, static_cast<std::uint32_t>(text.size()));
  out += text;
}

/// Takes values off the front; after the first one that is not there, `ok` is false and everything reads as zero.
struct Input {
  std::string_view bytes;
  bool ok = true;

  std::string_view take(std::size_t count) {
    if (count > bytes.size()) {
      ok = false;
      bytes = {};
      return {};
    }
    const std::string_view front = bytes.substr(0, count);
    bytes.remove_prefix(count);
    return front;
  }
  template <typename Number>
  Number number() {
    Number value{};
    const std::string_view front = take(sizeof value);
    if (ok) std::memcpy(&value, front.data(), sizeof value);
    return value;
  }
  std::string_view text() { return take(number<std::uint32_t>()); }
};

template <typename Number>
Number number_at(std::string_view column, std::size_t index) {
  Number value{};
  std::memcpy(&value, column.data() + index * sizeof value, sizeof value);
  return value;
}

Error corrupt_chunk(std::string why) {
  return Error{
      ErrorKind::corrupt, "corrupt_decisions", "a chunk of the decision log is damaged: " + std::move(why), {}};
}

std::string encode_header(const domain::DecisionHeader& header) {
  std::string out(kChunkPrefixBytes, '\0');
  put_text(out, header.event.str());
  put(out, header.sequence.value());
  put(out, header.moment.value());
  put(out, header.catalogue_version);
  put_text(out, header.solution_version);
  put(out, header.floor);
  put(out, header.seed);
  put(out, to_ms(header.at));
  put(out, static_cast<std::uint16_t>(header.slots.size()));
  for (const domain::SlotName& slot : header.slots) put_text(out, slot.str());
  put_text(out, to_json(header.context));
  put_text(out, to_json(header.overrides));
  put_text(out, to_json(header.subjects));
  put_text(out, to_json(header.filters));
  return out;
}

std::string past_to_text(const domain::PastItems& past) {
  std::string out;
  for (const auto& items : past) {
    put(out, static_cast<std::uint16_t>(items.size()));
    for (const std::uint16_t item : items) put(out, item);
  }
  return out;
}

Result<domain::PastItems> parse_past(std::string_view text) {
  Input input{text};
  domain::PastItems past;
  while (input.ok && !input.bytes.empty()) {
    std::vector<std::uint16_t>& items = past.emplace_back();
    const std::size_t count = input.number<std::uint16_t>();
    for (std::size_t i = 0; i < count && input.ok; ++i) items.push_back(input.number<std::uint16_t>());
  }
  if (!input.ok) return corrupt_chunk("a viewer's past is cut short");
  return past;
}

/// What many rows share, as texts that differ. Most rows share their object with others: it becomes text once.
class SharedTexts {
 public:
  /// The index of this object's text, or nothing when it does not fit any more. Adds to `bytes` what it takes.
  template <typename ToText>
  std::optional<std::uint16_t> find_or_add(const void* object, ToText to_text, std::size_t& bytes,
                                           std::size_t bytes_max) {
    if (bytes > bytes_max) return std::nullopt;
    const auto seen = index_of_object_.find(object);
    if (seen != index_of_object_.end()) return seen->second;
    std::string text = to_text();
    auto known = index_of_text_.find(text);
    if (known == index_of_text_.end()) {
      bytes += sizeof(std::uint32_t) + text.size();
      if (bytes > bytes_max) return std::nullopt;
      known = index_of_text_.emplace(text, static_cast<std::uint16_t>(texts_.size())).first;
      texts_.push_back(std::move(text));
    }
    index_of_object_.emplace(object, known->second);
    return known->second;
  }
  const std::vector<std::string>& texts() const { return texts_; }

 private:
  std::vector<std::string> texts_;
  std::unordered_map<std::string, std::uint16_t> index_of_text_;
  std::unordered_map<const void*, std::uint16_t> index_of_object_;
};

/// Which rows one chunk holds, and the traits and pasts they name: each text once. A chunk has no room for 65,536.
class Selection {
 public:
  /// As many rows from `first_row` on as fit into `bytes_max`.
  Selection(const domain::DecisionBatch& batch, std::size_t first_row, std::size_t bytes_max) {
    const bool with_past = !batch.past.empty();
    const std::size_t indices = with_past ? 3 : 2;  // u16 in every row, beside the choices
    const std::size_t fixed_bytes = indices * sizeof(std::uint16_t) + batch.header.slots.size() * (2 + sizeof(float));
    std::size_t bytes = 0;
    for (std::size_t row = first_row; row < batch.rows(); ++row) {
      const std::string& viewer = batch.viewers[row].str();
      if (viewer.size() > kShortMax) break;
      bytes += fixed_bytes + viewer.size();
      const domain::ViewerTraits& traits = *batch.traits[row];
      const auto traits_index = traits_.find_or_add(
          &traits, [&] { return to_json(traits); }, bytes, bytes_max);
      if (!traits_index) break;
      if (with_past) {
        const domain::PastItems& past = *batch.past[row];
        const auto past_index = past_.find_or_add(
            &past, [&] { return past_to_text(past); }, bytes, bytes_max);
        if (!past_index) break;
        past_of_.push_back(*past_index);
      }
      traits_of_.push_back(*traits_index);
    }
  }

  std::size_t rows() const { return traits_of_.size(); }
  const std::vector<std::string>& traits() const { return traits_.texts(); }
  const std::vector<std::uint16_t>& traits_of() const { return traits_of_; }  ///< index into traits(), for each row
  const std::vector<std::string>& past() const { return past_.texts(); }
  const std::vector<std::uint16_t>& past_of() const { return past_of_; }

 private:
  SharedTexts traits_;
  SharedTexts past_;
  std::vector<std::uint16_t> traits_of_;
  std::vector<std::uint16_t> past_of_;
};

void append_columns(const domain::DecisionBatch& batch, std::size_t first_row, const Selection& selection,
                    std::string& out) {
  const std::size_t slots = batch.header.slots.size();
  const auto viewers = std::span(batch.viewers).subspan(first_row, selection.rows());
  const auto choices = std::span(batch.choices).subspan(first_row * slots, selection.rows() * slots);
  put(out, static_cast<std::uint32_t>(selection.rows()));
  put(out, static_cast<std::uint16_t>(selection.traits().size()));
  for (const std::string& traits : selection.traits()) put_text(out, traits);
  for (const domain::ViewerId& viewer : viewers) put(out, static_cast<std::uint16_t>(viewer.str().size()));
  for (const domain::ViewerId& viewer : viewers) out += viewer.str();
  for (const std::uint16_t traits : selection.traits_of()) put(out, traits);
  for (const domain::Choice& choice : choices) put(out, choice.item);
  for (const domain::Choice& choice : choices) put(out, choice.propensity);
  put(out, static_cast<std::uint16_t>(selection.past().size()));
  for (const std::string& past : selection.past()) put_text(out, past);
  for (const std::uint16_t past : selection.past_of()) put(out, past);
}

void finish_chunk(std::string& chunk) {
  std::memcpy(chunk.data() + kVersionAt, &kVersion, sizeof kVersion);
  seal_chunk(chunk);
}

std::uint32_t checksum(std::string_view chunk) { return crc32c(chunk.substr(12), crc32c(chunk.substr(0, 8))); }

/// A checked chunk with its columns still in place.
struct ChunkView {
  domain::DecisionHeader header;
  std::size_t rows = 0;
  std::vector<std::string_view> traits;
  std::string_view viewer_lengths;
  std::string_view viewer_bytes;
  std::string_view traits_of;
  std::string_view items;
  std::string_view propensities;
  std::vector<std::string_view> past;
  std::string_view past_of;  ///< empty when no past is recorded

  /// Calls visit(row, viewer) until it returns false.
  template <typename Visit>
  void visit_viewers(Visit visit) const {
    std::size_t at = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t length = number_at<std::uint16_t>(viewer_lengths, row);
      if (!visit(row, viewer_bytes.substr(at, length))) return;
      at += length;
    }
  }
  std::size_t traits_index(std::size_t row) const { return number_at<std::uint16_t>(traits_of, row); }
  std::size_t past_index(std::size_t row) const { return number_at<std::uint16_t>(past_of, row); }
  domain::Choice choice(std::size_t index) const {
    return {number_at<std::uint16_t>(items, index), number_at<float>(propensities, index)};
  }
};

Result<domain::DecisionHeader> read_header(Input& input) {
  domain::DecisionHeader header;
  header.event = domain::EventId(std::string(input.text()));
  header.sequence = domain::Sequence(input.number<std::uint64_t>());
  header.moment = domain::Sequence(input.number<std::uint64_t>());
  header.catalogue_version = input.number<std::uint64_t>();
  header.solution_version = input.text();
  header.floor = input.number<double>();
  header.seed = input.number<std::uint64_t>();
  header.at = wall_time_from_ms(input.number<std::int64_t>());
  const std::size_t slots = input.number<std::uint16_t>();
  for (std::size_t slot = 0; slot < slots && input.ok; ++slot) header.slots.emplace_back(std::string(input.text()));
  const std::string_view context = input.text();
  const std::string_view overrides = input.text();
  const std::string_view subjects = input.text();
  const std::string_view filters = input.text();
  if (!input.ok) return corrupt_chunk("its header is cut short");
  MCUE_TRY(header.context, parse_values(context));
  MCUE_TRY(header.overrides, parse_overrides(overrides));
  MCUE_TRY(header.subjects, parse_subjects(subjects));
  MCUE_TRY(header.filters, parse_filter_uses(filters));
  return header;
}

/// What is behind the columns.
void read_past(Input& input, ChunkView& view) {
  const std::size_t pasts = input.number<std::uint16_t>();
  for (std::size_t i = 0; i < pasts && input.ok; ++i) view.past.push_back(input.text());
  if (pasts > 0) view.past_of = input.take(view.rows * 2);
}

Result<void> read_columns(Input& input, ChunkView& view) {
  const std::size_t slots = view.header.slots.size();
  view.rows = input.number<std::uint32_t>();
  const std::size_t traits = input.number<std::uint16_t>();
  for (std::size_t i = 0; i < traits && input.ok; ++i) view.traits.push_back(input.text());
  view.viewer_lengths = input.take(view.rows * 2);
  std::size_t viewer_bytes = 0;
  for (std::size_t row = 0; row < view.rows && input.ok; ++row) {
    viewer_bytes += number_at<std::uint16_t>(view.viewer_lengths, row);
  }
  view.viewer_bytes = input.take(viewer_bytes);
  view.traits_of = input.take(view.rows * 2);
  view.items = input.take(view.rows * slots * 2);
  view.propensities = input.take(view.rows * slots * sizeof(float));
  read_past(input, view);
  if (!input.ok || !input.bytes.empty()) return corrupt_chunk("its columns do not match its length");
  for (std::size_t row = 0; row < view.rows; ++row) {
    if (view.traits_index(row) >= traits) return corrupt_chunk("unknown traits index");
    if (!view.past.empty() && view.past_index(row) >= view.past.size()) return corrupt_chunk("unknown past index");
  }
  return {};
}

Result<ChunkView> read_chunk(std::string_view chunk) {
  if (chunk_length(chunk) != chunk.size()) return corrupt_chunk("no chunk of this length begins here");
  Input input{chunk.substr(8)};
  if (input.number<std::uint32_t>() != checksum(chunk)) return corrupt_chunk("its checksum does not match");
  const auto version = input.number<std::uint16_t>();
  const auto reserved = input.number<std::uint16_t>();
  if (version != kVersion || reserved != 0) return corrupt_chunk("unknown version " + std::to_string(version));
  ChunkView view;
  MCUE_TRY(view.header, read_header(input));
  MCUE_TRY_VOID(read_columns(input, view));
  return view;
}

}  // namespace

Result<EncodedChunk> encode_decision_chunk(const domain::DecisionBatch& batch, std::size_t first_row) {
  const std::size_t slots = batch.header.slots.size();
  CHECK(first_row < batch.rows(), first_row, batch.rows());
  CHECK(batch.traits.size() == batch.rows(), batch.traits.size(), batch.rows());
  CHECK(batch.past.empty() || (batch.past.size() == batch.rows() && !batch.header.filters.empty()), batch.past.size());
  CHECK(batch.choices.size() == batch.rows() * slots, batch.choices.size(), batch.rows(), slots);
  EncodedChunk chunk{encode_header(batch.header), 0};
  const std::size_t header_bytes = chunk.bytes.size() + 8;  // and the counts in front of columns and past
  const bool header_fits = header_bytes < kChunkBytesMax && slots <= kShortMax;
  const Selection selection(batch, first_row, header_fits ? kChunkBytesMax - header_bytes : 0);
  if (selection.rows() == 0) {
    return Error{ErrorKind::too_large,
                 "decision_too_large",
                 "the decisions for change " + std::to_string(batch.header.sequence.value()) + " of \"" +
                     batch.header.event.str() + "\" do not fit into a chunk of " + std::to_string(kChunkBytesMax) +
                     " bytes",
                 {}};
  }
  append_columns(batch, first_row, selection, chunk.bytes);
  chunk.rows = selection.rows();
  finish_chunk(chunk.bytes);
  return chunk;
}

std::string encode_decision_header(const domain::DecisionHeader& header) {
  const domain::DecisionBatch nobody{header, {}, {}, {}, {}};
  std::string chunk = encode_header(header);
  append_columns(nobody, 0, Selection(nobody, 0, 0), chunk);
  finish_chunk(chunk);
  return chunk;
}

Result<domain::DecisionBatch> decode_decision_chunk(std::string_view chunk) {
  MCUE_TRY(ChunkView view, read_chunk(chunk));
  domain::DecisionBatch batch;
  const std::size_t slots = view.header.slots.size();
  batch.header = std::move(view.header);
  batch.viewers.reserve(view.rows);
  batch.traits.reserve(view.rows);
  batch.choices.reserve(view.rows * slots);
  std::vector<domain::TraitsPtr> traits;
  for (const std::string_view text : view.traits) {
    MCUE_TRY(traits.emplace_back(), parse_traits(text));
  }
  std::vector<domain::PastItemsPtr> past;
  for (const std::string_view text : view.past) {
    MCUE_TRY(domain::PastItems items, parse_past(text));
    past.push_back(std::make_shared<const domain::PastItems>(std::move(items)));
  }
  view.visit_viewers([&](std::size_t row, std::string_view viewer) {
    if (!past.empty()) batch.past.push_back(past[view.past_index(row)]);
    batch.viewers.emplace_back(std::string(viewer));
    batch.traits.push_back(traits[view.traits_index(row)]);
    for (std::size_t slot = 0; slot < slots; ++slot) batch.choices.push_back(view.choice(row * slots + slot));
    return true;
  });
  return batch;
}

Result<domain::DecisionHeader> decode_decision_header(std::string_view chunk) {
  MCUE_TRY(ChunkView view, read_chunk(chunk));
  return std::move(view.header);
}

Result<std::optional<domain::Decision>> find_decision(std::string_view chunk, const domain::ViewerId& viewer) {
  MCUE_TRY(ChunkView view, read_chunk(chunk));
  std::optional<std::size_t> found;
  view.visit_viewers([&](std::size_t row, std::string_view candidate) {
    if (candidate == viewer.str()) found = row;
    return !found;
  });
  if (!found) return std::optional<domain::Decision>();
  domain::Decision decision;
  decision.viewer = viewer;
  MCUE_TRY(decision.traits, parse_traits(view.traits[view.traits_index(*found)]));
  if (!view.past.empty()) {
    MCUE_TRY(decision.past, parse_past(view.past[view.past_index(*found)]));
  }
  const std::size_t slots = view.header.slots.size();
  for (std::size_t slot = 0; slot < slots; ++slot) decision.choices.push_back(view.choice(*found * slots + slot));
  decision.header = std::move(view.header);
  return std::optional<domain::Decision>(std::move(decision));
}

Result<std::size_t> blank_viewers(std::string& chunk, std::span<const domain::ViewerId> viewers) {
  MCUE_TRY(const ChunkView view, read_chunk(chunk));
  std::vector<std::string_view> ids;  // where they are in the chunk
  std::vector<bool> named(view.traits.size()), kept(view.traits.size());
  view.visit_viewers([&](std::size_t row, std::string_view id) {
    const bool gone =
        std::any_of(viewers.begin(), viewers.end(), [id](const auto& viewer) { return viewer.str() == id; });
    (gone ? named : kept)[view.traits_index(row)] = true;
    if (gone) ids.push_back(id);
    return true;
  });
  if (ids.empty()) return std::size_t{0};
  const auto overwrite = [&chunk](std::string_view place, const std::string& text, char filler) {
    std::string bytes = text;
    bytes.resize(place.size(), filler);
    chunk.replace(static_cast<std::size_t>(place.data() - chunk.data()), bytes.size(), bytes);
  };
  for (const std::string_view id : ids) overwrite(id, {}, '\0');
  const std::string nothing = to_json(*domain::no_traits());
  for (std::size_t i = 0; i < view.traits.size(); ++i) {
    const bool fits = view.traits[i].size() >= nothing.size();
    if (named[i] && !kept[i] && fits) overwrite(view.traits[i], nothing, ' ');
  }
  seal_chunk(chunk);
  return ids.size();
}

std::optional<std::size_t> chunk_length(std::string_view prefix) {
  if (prefix.size() < kChunkPrefixBytes) return std::nullopt;
  const std::size_t length = number_at<std::uint32_t>(prefix, 1);
  if (number_at<std::uint32_t>(prefix, 0) != kMagic || length < kChunkPrefixBytes || length > kChunkBytesMax) {
    return std::nullopt;
  }
  return length;
}

void seal_chunk(std::string& chunk) {
  CHECK(chunk.size() >= kChunkPrefixBytes && chunk.size() <= kChunkBytesMax, chunk.size());
  std::string prefix;
  put(prefix, kMagic);
  put(prefix, static_cast<std::uint32_t>(chunk.size()));
  chunk.replace(0, prefix.size(), prefix);
  const std::uint32_t sum = checksum(chunk);
  std::memcpy(chunk.data() + 8, &sum, sizeof sum);
}

}  // namespace matchcue::store
