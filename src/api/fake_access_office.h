#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: revocations and audit records in memory, answered at once.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "api/access_office.h"

namespace matchcue::api {

class FakeAccessOffice final : public AccessOffice {
 public:
  std::optional<Error> failure;  ///< when set, the answer to everything
  std::atomic<std::uint64_t> calls{0};

  void revoke(domain::Revocation revocation, engine::Reply<domain::Revocation> reply) override {
    ++calls;
    if (failure) return reply(*failure);
    reply(std::move(revocation));
  }
  void list_revocations(engine::Reply<std::vector<domain::Revocation>> reply) override {
    ++calls;
    reply(std::vector<domain::Revocation>{{"t1", domain::ViewerId(), wall_time_from_ms(1), wall_time_from_ms(2)}});
  }
  domain::AuditRecord begin_record(domain::AuditRecord record, engine::Reply<void> reply) override {
    ++calls;
    {
      const std::lock_guard lock(mutex_);
      record.number = records_.size() + 1;
      records_.push_back(record);
    }
    if (reply) reply(failure ? Result<void>(*failure) : Result<void>());
    return record;
  }
  void finish_record(domain::AuditRecord record, engine::Reply<void> reply) override {
    ++calls;
    if (failure) return reply(*failure);
    {
      const std::lock_guard lock(mutex_);
      records_[record.number - 1] = std::move(record);
    }
    written_.notify_all();
    reply({});
  }
  void read_audit(std::uint64_t after, std::size_t limit,
                  engine::Reply<std::vector<domain::AuditRecord>> reply) override {
    ++calls;
    std::vector<domain::AuditRecord> page;
    for (const domain::AuditRecord& record : records()) {
      if (record.number > after && page.size() < limit) page.push_back(record);
    }
    reply(std::move(page));
  }

  std::vector<domain::AuditRecord> records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }

  /// The record with that number, once it has an outcome. Not here in ten seconds: as it is.
  domain::AuditRecord await_outcome(std::uint64_t number) {
    std::unique_lock lock(mutex_);
    const auto has_outcome = [&] { return records_.size() >= number && records_[number - 1].status != 0; };
    written_.wait_for(lock, std::chrono::seconds(10), has_outcome);
    CHECK(records_.size() >= number, records_.size(), number);
    return records_[number - 1];
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable written_;
  std::vector<domain::AuditRecord> records_;
};

}  // namespace matchcue::api
