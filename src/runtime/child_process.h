#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A program that runs beside this one: what it prints comes by, and it ends when its owner does.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "runtime/loop.h"

namespace matchcue::runtime {

/// How a child ended.
struct ChildEnd {
  int status = 0;      ///< its exit status, when `signal` is 0
  int signal = 0;      ///< that ended it
  std::string output;  ///< what it wrote to standard output; the first 64 KiB of it
};

/// On the loop's thread, all of it. It has no input, none of this process's file descriptors, the default
/// signals, and a process group of its own.
class ChildProcess {
 public:
  struct Events {
    std::function<void(std::string_view line)> on_line;  ///< of standard error, without its end; cut at 64 KiB
    std::function<void(ChildEnd end)> on_end;            ///< once, last; may delete the child
  };

  virtual ~ChildProcess() = default;  ///< kills it when it still runs, and waits until it is gone
  /// Sends it a signal; nothing when it has ended.
  virtual void signal(int number) = 0;
};

/// Starts a program. Does not copy this process, however large it is.
///
/// words    the program's path, then its arguments
/// Errors   unavailable
Result<std::unique_ptr<ChildProcess>> start_child(Loop& loop, const std::vector<std::string>& words,
                                                  ChildProcess::Events events);

}  // namespace matchcue::runtime
