// SPDX-License-Identifier: Apache-2.0
#include "cli/stored_access_office.h"

#include <atomic>

namespace matchcue::cli {

namespace {

class StoredAccessOffice final : public api::AccessOffice {
 public:
  StoredAccessOffice(store::Store& store, AccessDesk& desk, runtime::Loop& loop, const access::TicketRules& rules)
      : store_(store), reader_(store.make_reader()), desk_(desk), loop_(loop), rules_(rules) {}

  Result<void> load() {
    MCUE_TRY_VOID(load_revocations());
    MCUE_TRY(last_record_, reader_->last_audit_number());
    return {};
  }

  void revoke(domain::Revocation revocation, engine::Reply<domain::Revocation> reply) override {
    revocation.at = loop_.clock().wall();
    // A ticket may come from a clock that is ahead, and be read by one that is behind.
    if (revocation.until == WallTime{}) revocation.until = revocation.at + rules_.lifetime_max + 2 * rules_.skew;
    if (revocation.until <= revocation.at) {
      return reply(
          invalid("until_is_over", "until is " + format_rfc3339(revocation.until) + ", which is over", "until"));
    }
    store_.put_revocation(revocation, [this, revocation, reply = std::move(reply)](Result<void> stored) {
      loop_.post([this, revocation, reply, stored = std::move(stored)] {
        if (!stored.ok()) return reply(stored.error());
        if (const auto loaded = load_revocations(); !loaded.ok()) return reply(loaded.error());
        reply(revocation);
      });
    });
  }

  void list_revocations(engine::Reply<std::vector<domain::Revocation>> reply) override {
    loop_.post([this, reply = std::move(reply)] { reply(reader_->load_revocations()); });
  }

  domain::AuditRecord begin_record(domain::AuditRecord record, engine::Reply<void> reply) override {
    record.number = ++last_record_;
    record.at = loop_.clock().wall();
    store_.put_audit(record, std::move(reply));
    return record;
  }

  void finish_record(domain::AuditRecord record, engine::Reply<void> reply) override {
    store_.put_audit(std::move(record), std::move(reply));
  }

  void read_audit(std::uint64_t after, std::size_t limit,
                  engine::Reply<std::vector<domain::AuditRecord>> reply) override {
    loop_.post([this, after, limit, reply = std::move(reply)] { reply(reader_->load_audit(after, limit)); });
  }

 private:
  Result<void> load_revocations() {
    MCUE_TRY(const auto kept, reader_->load_revocations());
    access::Revocations revocations;
    for (const domain::Revocation& each : kept) {
      // Both, since nobody keeps an operator from giving a viewer such an id.
      if (each.viewer.str().starts_with(domain::kErasedViewer)) {
        revocations.revoke_digest(each.viewer.str().substr(domain::kErasedViewer.size()), each.at, each.until);
      }
      if (each.ticket.empty()) {
        revocations.revoke_viewer(each.viewer, each.at, each.until);
      } else {
        revocations.revoke_ticket(each.ticket, each.until);
      }
    }
    revocations.forget_until(loop_.clock().wall());
    desk_.set_revocations(std::move(revocations));
    return {};
  }

  store::Store& store_;
  std::unique_ptr<store::Reader> reader_;
  AccessDesk& desk_;
  runtime::Loop& loop_;
  const access::TicketRules rules_;
  std::atomic<std::uint64_t> last_record_ = 0;
};

}  // namespace

Result<std::unique_ptr<api::AccessOffice>> open_access_office(store::Store& store, AccessDesk& desk,
                                                              runtime::Loop& loop, const access::TicketRules& rules) {
  auto office = std::make_unique<StoredAccessOffice>(store, desk, loop, rules);
  MCUE_TRY_VOID(office->load());
  return std::unique_ptr<api::AccessOffice>(std::move(office));
}

}  // namespace matchcue::cli
