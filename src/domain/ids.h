#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Who and what things are. Ids are opaque UTF-8 text, 1..kIdBytesMax bytes, without control characters.

#include <string_view>

#include "base/result.h"
#include "base/strong.h"

namespace matchcue::domain {

using ViewerId = StrongString<struct ViewerTag>;    ///< a person watching
using ItemId = StrongString<struct ItemTag>;        ///< something that can be shown
using EventId = StrongString<struct EventTag>;      ///< a live event: the match, the show
using ContentId = StrongString<struct ContentTag>;  ///< a stream that carries a live event
using FilterName = StrongString<struct FilterTag>;  ///< how an operator calls a filter
using SlotName = StrongString<struct SlotTag>;      ///< a place on the screen; an item's type says which

/// Position in one live event's change stream: 1, 2, ...; 0 is "before everything". May skip, never repeats.
using Sequence = StrongInt<struct SequenceTag>;

constexpr std::size_t kIdBytesMax = 256;

/// Checks the rule above. `field` is how the caller's input names the value. Errors: invalid_id.
Result<void> check_id(std::string_view id, std::string_view field);

}  // namespace matchcue::domain
