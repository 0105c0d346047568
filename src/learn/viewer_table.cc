// SPDX-License-Identifier: Apache-2.0
#include "learn/viewer_table.h"

namespace matchcue::learn {

const History* ViewerState::find(ItemRow item) const {
  for (const History& entry : history) {
    if (entry.item == item) return &entry;
  }
  return nullptr;
}

}  // namespace matchcue::learn
