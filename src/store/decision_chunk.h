#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// One chunk of the decision log: decisions <-> bytes. Pure functions; the layout is drawn in decision_chunk.cc.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "domain/decision.h"

namespace matchcue::store {

/// No chunk is longer; a batch that needs more is split by rows.
constexpr std::size_t kChunkBytesMax = 256 * 1024;
/// So many bytes at the front of a chunk say how long it is.
constexpr std::size_t kChunkPrefixBytes = 16;

struct EncodedChunk {
  std::string bytes;
  std::size_t rows = 0;  ///< how many rows of the batch are in it, at least 1
};

/// Encodes the rows from `first_row` (less than batch.rows()) on, as many as fit.
/// Errors: too_large when the header and one row do not fit into a chunk.
Result<EncodedChunk> encode_decision_chunk(const domain::DecisionBatch& batch, std::size_t first_row);

/// A chunk of no rows that says what decisions for a change had in common.
std::string encode_decision_header(const domain::DecisionHeader& header);

/// Reads a whole chunk. Errors: corrupt when it is not exactly what encode_decision_chunk writes.
Result<domain::DecisionBatch> decode_decision_chunk(std::string_view chunk);

/// Checks a whole chunk and reads its header. Errors: corrupt.
Result<domain::DecisionHeader> decode_decision_header(std::string_view chunk);

/// Finds one viewer's decision without decoding the others. Errors: corrupt.
Result<std::optional<domain::Decision>> find_decision(std::string_view chunk, const domain::ViewerId& viewer);

/// Overwrites these viewers' ids with zeros, and traits that nobody else in the chunk has with those of somebody of
/// whom nothing is known; the chunk keeps its length. Returns how many decisions are nobody's now. Errors: corrupt.
Result<std::size_t> blank_viewers(std::string& chunk, std::span<const domain::ViewerId> viewers);

/// How long the chunk is that begins with these bytes, or nothing when no chunk begins so. Checks no more than that.
std::optional<std::size_t> chunk_length(std::string_view prefix);

/// Writes length and checksum into the prefix of otherwise finished bytes (at least kChunkPrefixBytes).
void seal_chunk(std::string& chunk);

}  // namespace matchcue::store
