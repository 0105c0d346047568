// SPDX-License-Identifier: Apache-2.0
#include "api/audit.h"

#include <algorithm>
#include <array>
#include <future>
#include <nlohmann/json.hpp>

#include "api/access_office.h"
#include "api/audit_views.h"
#include "api/json_input.h"
#include "api/permissions.h"
#include "base/sha256.h"
#include "codec/problem.h"
#include "codec/strict_json.h"

namespace matchcue::api {

namespace {

constexpr std::size_t kTextBytesMax = 16 * 1024;

/// Operations that ask and change nothing, or that are a viewer's and not an operator's.
constexpr std::array<std::string_view, 4> kNotAudited = {"recommend", "rankItems", "tryFilter", "recordInteraction"};

/// Operations whose effect is not what the store acknowledges: processes, what is prepared in the background, what is
/// in memory alone. A store that cannot write refuses every other change together with its record; these wait for it.
constexpr std::array<std::string_view, 6> kBesideTheStore = {
    "createSolutionVersion", "stopTraining", "deployCampaign", "rollBackCampaign", "shadowCampaign", "settleLearner"};

/// The operation that shows what another one changes, or a handler that is for the log alone. Not here, since nothing
/// is there before or it must not be kept: createSolutionVersion and settleLearner, which only add; importRows, whose
/// rows may be a million (its answer counts what it replaced, and the store keeps every version of an item);
/// eraseViewer.
struct Shown {
  std::string_view operation;
  std::string_view by;
  Handler own = nullptr;
};
constexpr std::array kShown = {
    Shown{"setState", "getEvent"},
    Shown{"fireMoment", "getEvent"},
    Shown{"correctMoment", "getEvent"},
    Shown{"overrideItem", "getEvent"},
    Shown{"useFilter", "getEvent"},
    Shown{"dropFilter", "getEvent"},
    Shown{"putItem", "getItem"},
    Shown{"putViewer", "getViewer"},
    Shown{"putSchema", "getSchema"},
    Shown{"putFilter", "getFilter"},
    Shown{"deleteFilter", "getFilter"},
    Shown{"deployCampaign", "getCampaign"},
    Shown{"rollBackCampaign", "getCampaign"},
    Shown{"shadowCampaign", "getCampaign"},
    Shown{"stopTraining", "getTraining"},
    Shown{"mapContent", "", show_content},
    Shown{"identifyViewer", "", show_identity},
    Shown{"revokeTickets", "", show_revocations},
};

/// What shows the thing that a route changes: nullptr for nothing.
Handler view_of(const Route& route) {
  const auto shown =
      std::find_if(kShown.begin(), kShown.end(), [&](const Shown& each) { return each.operation == route.operation; });
  if (shown == kShown.end()) return nullptr;
  if (shown->own != nullptr) return shown->own;
  const auto found =
      std::find_if(routes().begin(), routes().end(), [&](const Route& each) { return each.operation == shown->by; });
  CHECK(found != routes().end(), shown->by);
  return found->handler;
}

/// A text as it is kept: of a large one its digest.
std::string kept(const std::string& text) {
  if (text.size() <= kTextBytesMax) return text;
  return "{\"bytes\":" + std::to_string(text.size()) + ",\"sha256\":\"" + sha256(text) + "\"}";
}

/// JSON without escapes that it does not need, so that a name in it can be found; other text as it is.
std::string in_one_spelling(const std::string& body) {
  const auto parsed = parse_object(body);
  return parsed.ok() ? parsed->dump() : body;
}

std::string text_of(const HttpResponse& response) {
  return response.problem ? codec::write_problem(response.status, *response.problem) : response.body;
}

using Shows = std::function<void(std::string)>;

/// Calls `then`, on the API's thread, with what `view` shows now of what a request is about; "" when it shows nothing.
void show(Handler view, const Call& about, Shows then) {
  if (view == nullptr) return then({});
  Call call{about.services, about.request, about.arguments,
            [&services = about.services, then](std::function<HttpResponse()> make) {
              services.on_api_thread([then, make = std::move(make)] {
                const HttpResponse response = make();
                then(response.status == 200 ? kept(response.body) : std::string());
              });
            }};
  if (const auto called = view(call); !called.ok()) then({});
}

/// One change on its way, from the request to the answer.
struct Change {
  const Route& route;
  Handler view;  ///< of what is changed
  Call call;
  domain::AuditRecord record;
};

void answer(const std::shared_ptr<Change>& change, const HttpResponse& response) {
  change->record.status = response.status;
  change->call.services.office.finish_record(
      change->record, [respond = change->call.respond, response](const Result<void>& written) {
        respond([response, written]() -> HttpResponse {
          if (written.ok()) return response;
          Error error = written.error();
          error.message = "what was asked may have happened, but not be in the audit log: " + error.message;
          return make_problem(std::move(error));
        });
      });
}

void carry_out(const std::shared_ptr<Change>& change) {
  Call call = change->call;
  call.respond = [change](std::function<HttpResponse()> make) {
    change->call.services.on_api_thread([change, make = std::move(make)] {
      const HttpResponse response = make();
      const bool done = response.status < 300;
      if (!done || change->view == nullptr) {
        if (!forgets_whom(change->route)) change->record.after = kept(text_of(response));
        return answer(change, response);
      }
      show(change->view, change->call, [change, response](std::string after) {
        change->record.after = std::move(after);
        answer(change, response);
      });
    });
  };
  auto called = codec::check_depth(call.request.body, call.services.bodies.json_depth_max);
  if (called.ok()) called = change->route.handler(call);
  if (!called.ok()) {
    call.respond([error = std::move(called).error()] { return make_problem(error); });
  }
}

/// Writes the record down, and carries the change out: behind it in the store, or when it is known to be there.
void begin(const std::shared_ptr<Change>& change) {
  AccessOffice& office = change->call.services.office;
  const std::string& operation = change->route.operation;
  if (std::find(kBesideTheStore.begin(), kBesideTheStore.end(), operation) == kBesideTheStore.end()) {
    change->record = office.begin_record(change->record, {});
    return carry_out(change);
  }
  // What is posted runs after this, on the same thread: the record has its number by then.
  change->record = office.begin_record(change->record, [change](const Result<void>& written) {
    change->call.services.on_api_thread([change, written] {
      if (written.ok()) return carry_out(change);
      change->call.respond([error = written.error()] { return make_problem(error); });
    });
  });
}

class AuditedSink final : public BodySink {
 public:
  AuditedSink(std::unique_ptr<BodySink> inner, const Services& services, domain::AuditRecord record)
      : inner_(std::move(inner)), office_(services.office), record_(std::move(record)) {
    record_ = office_.begin_record(record_, {});
  }

  /// What was written of a body that broke off stays: its record has an outcome, too.
  ~AuditedSink() override {
    if (has_outcome_) return;
    inner_.reset();  // waits for its writes
    if (record_.status == 0) {
      take_answer(make_problem(invalid(
          "broken_off", "the client went away before the body was whole; what had come may have been written")));
    }
    write_outcome().wait();
  }

  Result<void> write(std::string_view bytes) override { return inner_->write(bytes); }

  void refuse(const HttpResponse& answer) override { take_answer(answer); }

  Result<HttpResponse> finish() override {
    auto finished = inner_->finish();
    const HttpResponse response = finished.ok() ? *finished : make_problem(finished.error());
    take_answer(response);
    MCUE_TRY_VOID(write_outcome().get());
    return finished;
  }

 private:
  void take_answer(const HttpResponse& response) {
    record_.status = response.status;
    record_.after = kept(text_of(response));
  }
  std::future<Result<void>> write_outcome() {
    has_outcome_ = true;
    // shared_ptr: the office may answer when nobody waits any more.
    const auto written = std::make_shared<std::promise<Result<void>>>();
    auto outcome = written->get_future();
    office_.finish_record(record_, [written](Result<void> result) { written->set_value(std::move(result)); });
    return outcome;
  }

  std::unique_ptr<BodySink> inner_;
  AccessOffice& office_;
  domain::AuditRecord record_;
  bool has_outcome_ = false;
};

}  // namespace

bool is_audited(const Route& route) {
  return route.method != "GET" &&
         std::find(kNotAudited.begin(), kNotAudited.end(), route.operation) == kNotAudited.end();
}

bool forgets_whom(const Route& route) { return route.operation == "eraseViewer"; }

void run_audited(const Route& route, Call call, const domain::AuditRecord& record) {
  const auto change = std::make_shared<Change>(Change{route, view_of(route), std::move(call), record});
  change->record.operation = route.operation;
  change->record.request = kept(in_one_spelling(change->call.request.body));
  show(change->view, change->call, [change](std::string before) {
    change->record.before = std::move(before);
    begin(change);
  });
}

std::unique_ptr<BodySink> make_audited(std::unique_ptr<BodySink> sink, const Services& services,
                                       const domain::AuditRecord& record) {
  return std::make_unique<AuditedSink>(std::move(sink), services, record);
}

}  // namespace matchcue::api
