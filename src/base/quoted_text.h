#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

namespace matchcue {

/// A stranger's input as a message shows it: the beginning, as a JSON string, so that nothing in it can be taken for
/// something else, and "..." behind it where there is more. Bytes that are no UTF-8 stay as they are.
std::string quoted_text(std::string_view text);

}  // namespace matchcue
