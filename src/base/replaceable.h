#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Something immutable that many read and that is now and then replaced as a whole: keys, policies, certificates.

#include <memory>
#include <mutex>

namespace matchcue {

/// Any thread. Who has got a value keeps it; the next get() has the new one. Cost: a lock that is held for a copy of a
/// pointer.
template <typename T>
class Replaceable {
 public:
  explicit Replaceable(std::shared_ptr<const T> value) : value_(std::move(value)) {}
  explicit Replaceable(T value) : Replaceable(std::make_shared<const T>(std::move(value))) {}

  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  void replace(std::shared_ptr<const T> value) {
    const std::lock_guard lock(mutex_);
    value_.swap(value);
  }
  void replace(T value) { replace(std::make_shared<const T>(std::move(value))); }

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const T> value_;
};

}  // namespace matchcue
