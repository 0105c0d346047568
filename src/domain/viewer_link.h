#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// That a viewer who watched without an account is somebody who is known. Links go one step: who was anonymous is nobody
// else's account, and an account is never anonymous, so there are no chains and no cycles.

#include <cstdint>

#include "base/time.h"
#include "domain/ids.h"
#include "domain/viewer_traits.h"

namespace matchcue::domain {

/// What was done under `anonymous`, before and after, was done by `viewer`.
struct ViewerLink {
  std::uint64_t number = 0;  ///< its place among all links, from 1, maybe with gaps; the store sets it
  ViewerId anonymous;
  ViewerId viewer;
  TraitsPtr traits = no_traits();  ///< what the catalogue said of `viewer` then
  WallTime at;
};

}  // namespace matchcue::domain
