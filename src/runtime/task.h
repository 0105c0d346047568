#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Something to run later on another thread: a callable that can be moved but need not be copyable.

#include <memory>
#include <type_traits>
#include <utility>

namespace matchcue::runtime {

/// Owns a callable `void()`. Moves, does not copy. One allocation.
class Task {
 public:
  Task() = default;
  template <typename F>
  requires(!std::is_same_v<std::decay_t<F>, Task>) Task(F&& run)
      : body_(std::make_unique<Body<std::decay_t<F>>>(std::forward<F>(run))) {}

  explicit operator bool() const { return body_ != nullptr; }
  void operator()() { body_->run(); }

 private:
  struct Base {
    virtual ~Base() = default;
    virtual void run() = 0;
  };
  template <typename F>
  struct Body final : Base {
    explicit Body(F&& f) : callable(std::move(f)) {}
    explicit Body(const F& f) : callable(f) {}
    void run() override { callable(); }
    F callable;
  };
  std::unique_ptr<Base> body_;
};

}  // namespace matchcue::runtime
