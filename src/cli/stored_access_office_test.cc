// SPDX-License-Identifier: Apache-2.0
#include "cli/stored_access_office.h"

#include <gtest/gtest.h>

#include <future>

#include "base/sha256.h"
#include "store/sqlite/test_store.h"

namespace matchcue::cli {
namespace {

constexpr Milliseconds kHour{3'600'000};

class StoredAccessOfficeTest : public testing::Test {
 protected:
  StoredAccessOfficeTest() {
    loop->start();
    open();
  }
  ~StoredAccessOfficeTest() override {
    store.store().close();
    loop->stop();
  }
  void open() { office = open_access_office(store.store(), *desk, *loop, {}).value(); }

  Result<domain::Revocation> revoke(domain::Revocation revocation) {
    std::promise<Result<domain::Revocation>> answered;
    auto answer = answered.get_future();
    office->revoke(std::move(revocation),
                   [&](Result<domain::Revocation> made) { answered.set_value(std::move(made)); });
    return answer.get();
  }
  Result<void> finish(domain::AuditRecord record) {
    std::promise<Result<void>> answered;
    auto answer = answered.get_future();
    office->finish_record(std::move(record), [&](Result<void> written) { answered.set_value(std::move(written)); });
    return answer.get();
  }
  bool is_revoked(const std::string& viewer) {
    access::Ticket ticket;
    ticket.viewer = domain::ViewerId(viewer);
    ticket.issued = clock.wall() - kHour;
    return desk->admission().get()->revocations.contains(ticket);
  }

  store::TestDirectory directory;
  store::TestStore store{directory.path()};
  SystemClock clock;
  std::unique_ptr<AccessDesk> desk = AccessDesk::open({}).value();
  std::unique_ptr<runtime::Loop> loop = runtime::make_loop("access", clock);
  std::unique_ptr<api::AccessOffice> office;
};

TEST_F(StoredAccessOfficeTest, ARevocationHoldsWhenItIsAnsweredAndAfterARestart) {
  ASSERT_TRUE(revoke({"", domain::ViewerId("bob"), {}, {}}).ok());
  EXPECT_TRUE(is_revoked("bob"));
  EXPECT_FALSE(is_revoked("ann"));
  desk->set_revocations({});
  open();
  EXPECT_TRUE(is_revoked("bob"));
}

TEST_F(StoredAccessOfficeTest, WhoWasErasedStaysOut) {
  const std::string kept = std::string(domain::kErasedViewer) + sha256("bob");
  ASSERT_TRUE(revoke({"", domain::ViewerId(kept), {}, {}}).ok());
  EXPECT_TRUE(is_revoked("bob"));
  EXPECT_TRUE(is_revoked(kept)) << "a viewer may be called so";
}

TEST_F(StoredAccessOfficeTest, ARevocationThatIsOverIsRefused) {
  const auto refused = revoke({"t1", {}, {}, clock.wall() - kHour});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().field, "until");
  EXPECT_TRUE(store.reader().load_revocations()->empty());
}

TEST_F(StoredAccessOfficeTest, RecordsAreNumberedOnAcrossARestart) {
  domain::AuditRecord record;
  record.who = "ann";
  std::promise<Result<void>> written;
  EXPECT_EQ(office->begin_record(record, [&](Result<void> result) { written.set_value(std::move(result)); }).number,
            1U);
  EXPECT_TRUE(written.get_future().get().ok());
  record = office->begin_record(record, {});
  record.status = 200;
  ASSERT_TRUE(finish(record).ok());
  open();
  EXPECT_EQ(office->begin_record(record, {}).number, 3U);
  const auto records = store.reader().load_audit(0, 10).value();
  EXPECT_EQ(records.at(0).status, 0) << "nobody knows what came of it";
  EXPECT_EQ(records.at(1).status, 200);
}

}  // namespace
}  // namespace matchcue::cli
