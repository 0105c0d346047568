#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// An answer that goes on: what says it, piece by piece, to the connection that writes it.

#include <functional>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace matchcue::api {

/// One connection owns it. Asked for more only when what it said before has been written, so it never has to keep more
/// than it wants to. API thread.
class StreamSource {
 public:
  virtual ~StreamSource() = default;
  /// `wake` is to be called, on the API's thread, when next() may have something to say; it may outlive the connection.
  virtual void start(std::function<void()> wake) = 0;
  /// What there is to say now; empty when that is nothing. Called when woken, and at least ten times a second.
  virtual std::string next(WallTime wall, SteadyTime now) = 0;
  /// True when next() has said everything.
  virtual bool is_over() const = 0;
  /// The next call of next() says goodbye, and why. Only the first call counts.
  virtual void end(Error why) = 0;
};

}  // namespace matchcue::api
