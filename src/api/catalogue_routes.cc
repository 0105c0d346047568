// SPDX-License-Identifier: Apache-2.0
//
// Items, viewers and data sets.
#include <future>

#include "api/json_input.h"
#include "api/render.h"
#include "api/route.h"
#include "codec/personalize_schema.h"
#include "engine/importer.h"

namespace matchcue::api {
namespace {

using domain::DatasetKind;

DatasetKind kind_of(const Arguments& arguments) {
  const auto kind = codec::parse_dataset_kind(arguments.text("kind"));
  CHECK(kind.has_value(), arguments.text("kind"));
  return *kind;
}

Result<void> list_items(Call& call) {
  call.services.engine.catalogue(
      answer_with<domain::CataloguePtr>(call, 200, [](const domain::CataloguePtr& catalogue) {
        Json items = Json::array();
        for (const domain::Item& item : catalogue->items()) items.push_back(to_json(item));
        return Json{{"catalogue_version", catalogue->version()}, {"items", std::move(items)}};
      }));
  return {};
}

Result<void> get_item(Call& call) {
  call.services.engine.catalogue([respond = call.respond, id = domain::ItemId(call.arguments.text("item"))](
                                     Result<domain::CataloguePtr> catalogue) {
    respond([catalogue = std::move(catalogue), id]() -> HttpResponse {
      if (!catalogue) return make_problem(catalogue.error());
      const auto index = (*catalogue)->find_item(id);
      if (!index) return make_problem(not_found("unknown_item", "unknown item \"" + id.str() + "\"", "item"));
      return json_response(200, to_json((*catalogue)->items()[*index]));
    });
  });
  return {};
}

/// Checks a row against the schema in force and hands it to `put`.
template <typename Put>
Result<void> put_row(Call& call, DatasetKind kind, const std::string& id, Put put) {
  if (call.request.body.empty()) return invalid("missing_body", "a row is wanted, such as {\"COUNTRY\":\"FR\"}");
  MCUE_TRY(const auto body, parse_object(call.request.body));
  const auto answer = answer_with<store::WriteSummary>(call, 200, [](const auto& summary) { return to_json(summary); });
  call.services.engine.schema(kind, [=, document = call.request.body](Result<domain::Schema> schema) {
    if (!schema) return answer(std::move(schema).error());
    auto row = to_row(body, *schema, codec::id_column(kind), id);
    if (!row) return answer(std::move(row).error());
    put(std::move(row).value(), document, answer);
  });
  return {};
}

Result<void> put_item(Call& call) {
  const domain::ItemId id(call.arguments.text("item"));
  auto put = [id, &engine = call.services.engine](domain::Values row, const std::string& document,
                                                  const engine::Reply<store::WriteSummary>& answer) {
    auto item = domain::make_item(id, std::move(row), document);
    if (!item) return answer(std::move(item).error());
    std::vector<domain::Item> items;
    items.push_back(std::move(item).value());
    engine.put_items(std::move(items), answer);
  };
  return put_row(call, DatasetKind::items, id.str(), put);
}

Result<void> put_viewer(Call& call) {
  const domain::ViewerId id(call.arguments.text("viewer"));
  auto put = [id, &engine = call.services.engine](domain::Values row, const std::string& document,
                                                  const engine::Reply<store::WriteSummary>& answer) {
    auto viewer = domain::make_viewer(id, std::move(row), document);
    if (!viewer) return answer(std::move(viewer).error());
    std::vector<domain::Viewer> viewers;
    viewers.push_back(std::move(viewer).value());
    engine.put_viewers(std::move(viewers), answer);
  };
  return put_row(call, DatasetKind::users, id.str(), put);
}

Result<void> get_viewer(Call& call) {
  const domain::ViewerId id(call.arguments.text("viewer"));
  call.services.engine.find_viewer(id, answer_with<engine::ViewerView>(call, 200, [id](const engine::ViewerView& view) {
                                     return to_json(id, view);
                                   }));
  return {};
}

Result<void> identify_viewer(Call& call) {
  MCUE_TRY(const auto body, parse_object(call.request.body));
  Fields fields(body);
  engine::IdentifyViewer request{domain::ViewerId(call.arguments.text("anonymous")),
                                 fields.id<domain::ViewerId>("viewer")};
  MCUE_TRY_VOID(fields.finish());
  call.services.engine.identify_viewer(
      std::move(request),
      answer_with<domain::ViewerLink>(call, 200, [](const domain::ViewerLink& link) { return to_json(link); }));
  return {};
}

Result<void> erase_viewer(Call& call) {
  call.services.engine.erase_viewer(
      domain::ViewerId(call.arguments.text("viewer")),
      answer_with<store::Erasure>(call, 200, [](const store::Erasure& erasure) { return to_json(erasure); }));
  return {};
}

engine::Reply<domain::Schema> answer_schema(const Call& call) {
  return [respond = call.respond](Result<domain::Schema> schema) {
    respond([schema = std::move(schema)]() -> HttpResponse {
      if (!schema) return make_problem(schema.error());
      HttpResponse response;
      response.body = codec::write_schema(*schema);
      return response;
    });
  };
}

Result<void> get_schema(Call& call) {
  call.services.engine.schema(kind_of(call.arguments), answer_schema(call));
  return {};
}

Result<void> put_schema(Call& call) {
  call.services.engine.put_schema(kind_of(call.arguments), call.request.body, answer_schema(call));
  return {};
}

/// Feeds an upload to an importer. The schema is asked for with the first bytes, on the upload thread.
class ImportSink final : public BodySink {
 public:
  ImportSink(engine::Engine& engine, DatasetKind kind, bool dry_run)
      : engine_(engine), rows_(engine), kind_(kind), dry_run_(dry_run) {}

  Result<void> write(std::string_view bytes) override {
    MCUE_TRY_VOID(begin());
    return importer_->feed(bytes);
  }

  Result<HttpResponse> finish() override {
    MCUE_TRY_VOID(begin());
    MCUE_TRY(const engine::ImportReport report, importer_->finish());
    HttpResponse response;
    response.body = engine::to_json(report);
    return response;
  }

 private:
  Result<void> begin() {
    if (importer_) return {};
    // shared_ptr: the engine may answer after this thread was told that it does not wait any more.
    auto answered = std::make_shared<std::promise<Result<domain::Schema>>>();
    auto future = answered->get_future();
    engine_.schema(kind_, [answered](Result<domain::Schema> schema) { answered->set_value(std::move(schema)); });
    MCUE_TRY(domain::Schema schema, future.get());
    engine::ImportOptions options;
    options.schema = std::move(schema);
    options.dry_run = dry_run_;
    importer_ = std::make_unique<engine::Importer>(std::move(options), rows_);
    return {};
  }

  engine::Engine& engine_;
  engine::RowSinkTo<engine::Engine> rows_;
  DatasetKind kind_;
  bool dry_run_;
  std::unique_ptr<engine::Importer> importer_;
};

std::unique_ptr<BodySink> make_import(const Services& services, const Arguments& arguments) {
  return std::make_unique<ImportSink>(services.engine, kind_of(arguments), arguments.boolean("dry_run"));
}

Parameter data_set_kind() { return path_choice("kind", {"users", "items", "interactions"}, "the data set"); }

Route import_route() {
  Route route{"POST",
              "/v1/datasets/{kind}/imports",
              "importRows",
              "Imports a CSV file, up to 1 GiB; importing it a second time changes nothing",
              {data_set_kind(), query_boolean("dry_run", false, "check everything, write nothing")},
              "Csv",
              200,
              "ImportReport",
              {404, 413, 415}};
  route.sink = make_import;
  route.request_type = "text/csv";
  return route;
}

std::vector<Route> viewer_routes() {
  const Parameter viewer = path_id("viewer", "the viewer");
  return {
      {"GET",
       "/v1/viewers/{viewer}",
       "getViewer",
       "A viewer's row, connection and latest decisions",
       {viewer},
       "",
       200,
       "Viewer",
       {404},
       get_viewer},
      {"PUT",
       "/v1/viewers/{viewer}",
       "putViewer",
       "Adds or replaces a viewer; the fields are those of the users schema",
       {viewer},
       "Row",
       200,
       "WriteSummary",
       {413, 415},
       put_viewer},
      {"DELETE",
       "/v1/viewers/{viewer}",
       "eraseViewer",
       "Removes a person everywhere, under all their ids, and searches every file for what is left; for good",
       {viewer},
       "",
       200,
       "Erasure",
       {},
       erase_viewer},
      {"POST",
       "/v1/viewers/{anonymous}/identify",
       "identifyViewer",
       "Says who an anonymous viewer is: what was done under the one id, and still is, counts as the other's, for good",
       {path_id("anonymous", "the id that they watched under without an account")},
       "IdentifyViewer",
       200,
       "ViewerLink",
       {409, 413, 415},
       identify_viewer},
  };
}

}  // namespace

std::vector<Route> catalogue_routes() {
  const Parameter kind = data_set_kind();
  const Parameter item = path_id("item", "the item");
  std::vector<Route> all = {
      {"GET", "/v1/items", "listItems", "All items", {}, "", 200, "ItemList", {}, list_items},
      {"GET", "/v1/items/{item}", "getItem", "An item", {item}, "", 200, "Item", {404}, get_item},
      {"PUT",
       "/v1/items/{item}",
       "putItem",
       "Adds or replaces an item; the fields are those of the items schema",
       {item},
       "Row",
       200,
       "WriteSummary",
       {413, 415},
       put_item},
      {"GET",
       "/v1/datasets/{kind}/schema",
       "getSchema",
       "The schema in force, as Avro JSON",
       {kind},
       "",
       200,
       "Schema",
       {404},
       get_schema},
      {"PUT",
       "/v1/datasets/{kind}/schema",
       "putSchema",
       "Puts a schema, as Avro JSON",
       {kind},
       "Schema",
       200,
       "Schema",
       {404, 409, 413, 415},
       put_schema},
      import_route(),
  };
  for (Route& route : viewer_routes()) all.push_back(std::move(route));
  return all;
}

}  // namespace matchcue::api
