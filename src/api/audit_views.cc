// SPDX-License-Identifier: Apache-2.0
#include "api/audit_views.h"

#include <algorithm>

#include "api/access_office.h"
#include "api/json_input.h"
#include "api/render.h"

namespace matchcue::api {

Result<void> show_content(Call& call) {
  const domain::ContentId content(call.arguments.text("content"));
  call.services.engine.list_events(
      answer_with<std::vector<domain::LiveEvent>>(call, 200, [content](const std::vector<domain::LiveEvent>& events) {
        const auto has_it = [&](const domain::LiveEvent& event) {
          return std::find(event.contents.begin(), event.contents.end(), content) != event.contents.end();
        };
        const auto event = std::find_if(events.begin(), events.end(), has_it);
        return Json{{"content", content.str()}, {"event", event == events.end() ? Json() : Json(event->id.str())}};
      }));
  return {};
}

Result<void> show_identity(Call& call) {
  const domain::ViewerId anonymous(call.arguments.text("anonymous"));
  const auto answer = answer_with<engine::ViewerView>(call, 200, [anonymous](const engine::ViewerView& view) {
    return Json{{"anonymous", anonymous.str()},
                {"identified_as", view.identified_as ? Json(view.identified_as->str()) : Json()}};
  });
  call.services.engine.find_viewer(anonymous, [answer](Result<engine::ViewerView> view) {
    const bool unknown = !view.ok() && view.error().kind == ErrorKind::not_found;
    answer(unknown ? Result<engine::ViewerView>(engine::ViewerView()) : std::move(view));
  });
  return {};
}

Result<void> show_revocations(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  const std::string ticket = fields.optional_text("ticket");
  const auto viewer = fields.optional_id<domain::ViewerId>("viewer").value_or(domain::ViewerId());
  call.services.office.list_revocations(answer_with<std::vector<domain::Revocation>>(
      call, 200, [ticket, viewer](const std::vector<domain::Revocation>& revocations) {
        Json all = Json::array();
        for (const domain::Revocation& each : revocations) {
          if (each.ticket == ticket && each.viewer == viewer) all.push_back(to_json(each));
        }
        return Json{{"revocations", std::move(all)}};
      }));
  return {};
}

}  // namespace matchcue::api
