// SPDX-License-Identifier: Apache-2.0
#include "api/openapi.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "api/route.h"

namespace matchcue::api {
namespace {

using Json = nlohmann::json;

Json document() { return Json::parse(openapi_document()); }

void collect_references(const Json& node, std::set<std::string>& references) {
  if (node.is_object() && node.contains("$ref")) references.insert(node["$ref"].get<std::string>());
  if (node.is_structured()) {
    for (const auto& child : node) collect_references(child, references);
  }
}

TEST(OpenApi, ListsExactlyTheRoutes) {
  const Json described = document();
  EXPECT_EQ(described["openapi"], "3.1.0");
  std::set<std::string> listed;
  for (const auto& [path, methods] : described["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) listed.insert(method + " " + path);
  }
  std::set<std::string> served;
  for (const Route& route : routes()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    EXPECT_TRUE(served.insert(method + " " + route.path).second) << route.path;
  }
  EXPECT_EQ(listed, served);
}

TEST(OpenApi, EveryReferenceResolvesAndEverySchemaIsUsed) {
  const Json described = document();
  std::set<std::string> references;
  collect_references(described, references);
  std::set<std::string> schemas;
  for (const auto& [name, schema] : described["components"]["schemas"].items()) {
    schemas.insert("#/components/schemas/" + name);
  }
  EXPECT_EQ(references, schemas);
}

TEST(OpenApi, OperationIdsAreUniqueAndPathParametersMatchTheTemplate) {
  std::set<std::string> operations;
  for (const Route& route : routes()) {
    EXPECT_TRUE(operations.insert(route.operation).second) << route.operation;
    std::size_t in_path = 0;
    for (const Parameter& parameter : route.parameters) {
      if (!parameter.in_path) continue;
      ++in_path;
      EXPECT_NE(route.path.find("{" + parameter.name + "}"), std::string::npos) << route.path;
    }
    EXPECT_EQ(in_path, static_cast<std::size_t>(std::count(route.path.begin(), route.path.end(), '{'))) << route.path;
  }
}

TEST(OpenApi, ABodyIsRequiredWhereAnEmptyOneWouldBeRefused) {
  const auto requires_body = [paths = document()["paths"]](const char* path, const char* method) {
    return paths[path][method]["requestBody"]["required"].get<bool>();
  };
  EXPECT_TRUE(requires_body("/v1/events/{event}", "patch"));
  EXPECT_TRUE(requires_body("/v1/items/{item}", "put"));
  EXPECT_FALSE(requires_body("/v1/events/{event}/moments", "post"));
  EXPECT_FALSE(requires_body("/v1/learner/settle", "post"));
}

}  // namespace
}  // namespace matchcue::api
