// SPDX-License-Identifier: Apache-2.0
#include "api/permissions.h"

#include <algorithm>
#include <array>

namespace matchcue::api {

namespace {

using access::Scope;

struct Row {
  std::string_view operation;
  std::optional<Scope> scope;
};

/// A GET that is not here needs `read`; every other operation is here.
constexpr std::array kTable = {
    Row{"getHealth", std::nullopt},
    Row{"getReadiness", std::nullopt},
    Row{"getDescription", std::nullopt},
    Row{"getPage", std::nullopt},
    Row{"getPageConfig", std::nullopt},
    // These ask and change nothing.
    Row{"recommend", Scope::read},
    Row{"rankItems", Scope::read},
    Row{"tryFilter", Scope::read},
    // What is done during a match.
    Row{"setState", Scope::moments},
    Row{"fireMoment", Scope::moments},
    Row{"correctMoment", Scope::moments},
    Row{"overrideItem", Scope::moments},
    Row{"mapContent", Scope::moments},
    Row{"useFilter", Scope::moments},
    Row{"dropFilter", Scope::moments},
    // What is decided about, and for whom.
    Row{"putItem", Scope::catalogue},
    Row{"putViewer", Scope::catalogue},
    Row{"identifyViewer", Scope::catalogue},
    Row{"putSchema", Scope::catalogue},
    Row{"importRows", Scope::catalogue},
    Row{"recordInteraction", Scope::catalogue},
    Row{"putFilter", Scope::catalogue},
    Row{"deleteFilter", Scope::catalogue},
    // What decides.
    Row{"settleLearner", Scope::admin},
    Row{"deployCampaign", Scope::admin},
    Row{"rollBackCampaign", Scope::admin},
    Row{"shadowCampaign", Scope::admin},
    Row{"createSolutionVersion", Scope::admin},
    Row{"stopTraining", Scope::admin},
    // Who may watch, and who did what.
    Row{"revokeTickets", Scope::admin},
    Row{"listRevocations", Scope::admin},
    Row{"listAudit", Scope::admin},
    Row{"eraseViewer", Scope::admin},
};

}  // namespace

std::optional<Scope> scope_of(const Route& route) {
  const auto row =
      std::find_if(kTable.begin(), kTable.end(), [&](const Row& each) { return each.operation == route.operation; });
  if (row != kTable.end()) return row->scope;
  CHECK(route.method == "GET", route.operation);
  return Scope::read;
}

}  // namespace matchcue::api
