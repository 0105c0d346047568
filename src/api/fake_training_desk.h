#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a desk with one training that is running, and one version. It answers at once.

#include <atomic>

#include "api/training_desk.h"

namespace matchcue::api {

/// Single thread at a time.
class FakeTrainingDesk final : public TrainingDesk {
 public:
  std::optional<Error> failure;  ///< when set, the answer to everything
  std::atomic<std::uint64_t> calls{0};
  TrainingOrder last_order;

  static Training training() {
    Training training;
    training.id = "t_1";
    training.recipe = "sims";
    training.state = Training::State::running;
    training.started = wall_time_from_ms(1'780'000'000'000);
    training.progress = {"epoch", {}, 3, 16, 5.25, .125, 42.0};
    return training;
  }

  void start(TrainingOrder order, engine::Reply<Training> reply) override {
    last_order = std::move(order);
    answer(reply, training());
  }
  void list(engine::Reply<std::vector<Training>> reply) override {
    Training failed = training();
    failed.state = Training::State::failed;
    failed.ended = failed.started;
    failed.error = invalid("too_little_data", "Dataset has fewer than 1000 interactions");
    answer(reply, std::vector{training(), failed});
  }
  void find(std::string id, engine::Reply<Training> reply) override {
    if (id == training().id) return answer(reply, training());
    answer<Training>(reply, not_found("unknown_training", "unknown training \"" + id + "\"", "training"));
  }
  void stop(std::string id, engine::Reply<Training> reply) override { find(std::move(id), std::move(reply)); }
  void list_versions(engine::Reply<nlohmann::ordered_json> reply) override {
    answer(reply, nlohmann::ordered_json{{"solution_versions",
                                          {{{"solution_version", "sims-0123456789ab"},
                                            {"created", "2026-05-28T20:26:40.000Z"},
                                            {"recipe", "sims"},
                                            {"data", {{"hash", "ab"}}},
                                            {"metrics", nullptr}}}}});
  }
  void find_version(std::string, engine::Reply<nlohmann::ordered_json> reply) override {
    answer(reply, nlohmann::ordered_json{{"recipe", "sims"}, {"parameters", nlohmann::ordered_json::object()}});
  }

 private:
  template <typename T>
  void answer(const engine::Reply<T>& reply, Result<T> result) {
    ++calls;
    reply(failure ? Result<T>(*failure) : std::move(result));
  }
  template <typename T>
  void answer(const engine::Reply<T>& reply, T value) {
    answer<T>(reply, Result<T>(std::move(value)));
  }
};

}  // namespace matchcue::api
