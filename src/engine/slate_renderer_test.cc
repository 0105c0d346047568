// SPDX-License-Identifier: Apache-2.0
#include "engine/slate_renderer.h"

#include <gtest/gtest.h>

#include <fstream>

namespace matchcue::engine {
namespace {

using domain::Value;

std::string golden(const std::string& name) {
  std::ifstream file("schema/native/" + name + ".json");
  std::string line;
  std::getline(file, line);
  return line;
}

domain::Item item(const char* id, domain::Values fields) {
  return domain::make_item(domain::ItemId(id), std::move(fields), "").value();
}

RenderedCataloguePtr catalogue() {
  const domain::Values bet = {{"ITEM_TYPE", Value{std::string("GENERAL")}},
                              {"ITEM_LABEL", Value{std::string("BET")}},
                              {"REMOTE", Value{std::string(R"({"remote":"bet","module":"./Bet"})")}},
                              {"IS_MONETIZE", Value{std::string("Y")}},
                              {"MIN_AGE", Value{std::int64_t{18}}},
                              {"ODDS", Value{2.5}}};
  const domain::Values messi = {{"ITEM_TYPE", Value{std::string("PLAYER")}}};
  return std::make_shared<const RenderedCatalogue>(
      std::make_shared<const domain::Catalogue>(1, std::vector{item("bet", bet), item("messi", messi)}));
}

TEST(SlateRenderer, WritesTheGoldenSlate) {
  domain::Change change;
  change.event = domain::EventId("1");
  change.sequence = change.moment = domain::Sequence(813);
  change.at = parse_rfc3339("2026-06-11T19:04:10Z").value();
  change.media_time = parse_rfc3339("2026-06-11T19:04:05.123Z").value();
  change.after = {{"MATCH_EVENT", Value{std::string("GOAL")}}};
  const SlateRenderer renderer(change, catalogue(), Milliseconds(600'000));
  const domain::Choice choices[] = {{0, 1}, {1, 1}};
  FrameScratch scratch;
  EXPECT_EQ(renderer.slate(domain::ViewerId("v1"), choices, scratch).text(), golden("slate"));
}

TEST(SlateRenderer, WritesTheGoldenRetraction) {
  const domain::DecisionId decision{domain::EventId("1"), domain::Sequence(813), domain::ViewerId("v1")};
  EXPECT_EQ(write_retract(domain::Sequence(814), {{decision, 0}, {decision, 1}}, "offside"), golden("retract"));
}

}  // namespace
}  // namespace matchcue::engine
