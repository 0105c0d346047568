// SPDX-License-Identifier: Apache-2.0
//
// Tickets that are revoked, and the log of what operators changed.
#include "api/access_office.h"
#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"
#include "codec/strict_json.h"

namespace matchcue::api {
namespace {

/// JSON that was kept as text, as JSON again where it is such as every reader understands: the request may be anything.
Json kept(const std::string& text) {
  if (text.empty()) return {};
  return codec::parse_strict_json(text).ok() ? Json::parse(text) : Json(text);
}

Json to_json(const domain::AuditRecord& record) {
  return {{"number", record.number},
          {"at", format_rfc3339(record.at)},
          {"who", record.who},
          {"from", record.from},
          {"operation", record.operation},
          {"target", record.target},
          {"request", kept(record.request)},
          {"before", kept(record.before)},
          {"after", kept(record.after)},
          {"status", record.status == 0 ? Json() : Json(record.status)}};
}

Result<void> revoke_tickets(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  domain::Revocation revocation;
  revocation.ticket = fields.optional_text("ticket");
  revocation.viewer = fields.optional_id<domain::ViewerId>("viewer").value_or(domain::ViewerId());
  if (const auto until = fields.optional_time("until")) revocation.until = *until;
  MCUE_TRY_VOID(fields.finish());
  if (revocation.ticket.empty() == revocation.viewer.str().empty()) {
    return invalid("ticket_or_viewer", "either ticket (its jti) or viewer is wanted", "ticket");
  }
  call.services.office.revoke(std::move(revocation), answer_with<domain::Revocation>(call, 201, [](const auto& made) {
                                return api::to_json(made);
                              }));
  return {};
}

Result<void> list_revocations(Call& call) {
  call.services.office.list_revocations(
      answer_with<std::vector<domain::Revocation>>(call, 200, [](const std::vector<domain::Revocation>& kept_now) {
        Json all = Json::array();
        for (const domain::Revocation& revocation : kept_now) all.push_back(api::to_json(revocation));
        return Json{{"revocations", std::move(all)}};
      }));
  return {};
}

Result<void> list_audit(Call& call) {
  const auto after = static_cast<std::uint64_t>(call.arguments.integer("after"));
  const auto limit = static_cast<std::size_t>(call.arguments.integer("limit"));
  call.services.office.read_audit(
      after, limit,
      answer_with<std::vector<domain::AuditRecord>>(
          call, 200, [limit](const std::vector<domain::AuditRecord>& records) {
            Json all = Json::array();
            for (const domain::AuditRecord& record : records) all.push_back(to_json(record));
            const bool more = records.size() >= limit;
            return Json{{"records", std::move(all)}, {"next", more ? Json(records.back().number) : Json()}};
          }));
  return {};
}

}  // namespace

std::vector<Route> access_routes() {
  return {
      {"POST",
       "/v1/revocations",
       "revokeTickets",
       "From now on a ticket, or every ticket of a viewer that was issued until now, is no good; whoever is connected "
       "by it is let go within a second",
       {},
       "Revoke",
       201,
       "Revocation",
       {413, 415},
       revoke_tickets},
      {"GET",
       "/v1/revocations",
       "listRevocations",
       "The revocations that still matter",
       {},
       "",
       200,
       "RevocationList",
       {},
       list_revocations},
      {"GET",
       "/v1/audit",
       "listAudit",
       "Every change that operators asked for: who, what, before and after",
       {query_integer("after", 0, INT64_MAX, 0, "only records with a greater number"),
        query_integer("limit", 1, 1000, 100, "at most this many")},
       "",
       200,
       "AuditPage",
       {},
       list_audit},
  };
}

}  // namespace matchcue::api
