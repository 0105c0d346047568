// SPDX-License-Identifier: Apache-2.0
#include "domain/live_event.h"

namespace matchcue::domain {

std::string_view to_string(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::state: return "state";
    case ChangeKind::moment: return "moment";
    case ChangeKind::correction: return "correction";
    case ChangeKind::item_override: return "override";
    case ChangeKind::filter: return "filter";
  }
  return "state";
}

std::string_view to_string(OverrideAction action) {
  switch (action) {
    case OverrideAction::pin: return "pin";
    case OverrideAction::block: return "block";
    case OverrideAction::release: return "release";
  }
  return "release";
}

std::optional<ChangeKind> parse_change_kind(std::string_view text) {
  for (const ChangeKind kind :
       {ChangeKind::state, ChangeKind::moment, ChangeKind::correction, ChangeKind::item_override, ChangeKind::filter}) {
    if (to_string(kind) == text) return kind;
  }
  return std::nullopt;
}

std::optional<OverrideAction> parse_override_action(std::string_view text) {
  for (const OverrideAction action : {OverrideAction::pin, OverrideAction::block, OverrideAction::release}) {
    if (to_string(action) == text) return action;
  }
  return std::nullopt;
}

}  // namespace matchcue::domain
