// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_params.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace matchcue::simulate {
namespace {

std::string message(std::string_view json) {
  const auto params = parse_crowd_params(json, "p.json");
  return params ? "no error" : params.error().message;
}

TEST(CrowdParams, WhatIsNotNamedKeepsItsDefault) {
  const auto params = parse_crowd_params(
      R"({"K":8,"seq":0,"pos":[1,1,1,0.5],"slots":["PLAYER","SOCIAL","GENERAL","MONETIZE"],
          "link":"cloglog","context":"show","handmade":false})",
      "p.json");
  ASSERT_TRUE(params) << params.error().message;
  EXPECT_EQ(params->K, 8u);
  EXPECT_EQ(params->seq, 0);
  EXPECT_EQ(params->pos[3], .5);
  EXPECT_EQ(params->slots[0], "PLAYER");
  EXPECT_EQ(params->link, CrowdLink::cloglog);
  EXPECT_EQ(params->context, CrowdContext::show);
  EXPECT_FALSE(params->handmade);
  EXPECT_EQ(params->alpha, -3.5);
  EXPECT_EQ(params->newitems, 6u);
}

TEST(CrowdParams, ErrorsNameTheFieldAndTheValue) {
  EXPECT_EQ(message("[1]"), "p.json: not a JSON object: [1]");
  EXPECT_EQ(message(R"({"fatige":1})"), R"(p.json: unknown parameter "fatige"; did you mean "fatigue"?)");
  EXPECT_EQ(message(R"({"rho":1.5})"), R"(p.json: "rho": 1.5 is not a number of 0..1)");
  EXPECT_EQ(message(R"({"alpha":"low"})"), R"(p.json: "alpha": "low" is not a number of -20..20)");
  EXPECT_EQ(message(R"({"K":2.5})"), R"(p.json: "K": 2.5 is not a whole number of 1..16)");
  EXPECT_EQ(message(R"({"newitems":-1})"), R"(p.json: "newitems": -1 is not a whole number of 0..100)");
  EXPECT_EQ(message(R"({"pos":[1,1,1]})"), R"(p.json: "pos": [1,1,1] is not a list of four numbers of 0..1)");
  EXPECT_EQ(message(R"({"slots":["SOCIAL","SOCIAL","GENERAL","PLAYER"]})"),
            R"(p.json: "slots": ["SOCIAL","SOCIAL","GENERAL","PLAYER"] is not a list of SOCIAL, MONETIZE, GENERAL and )"
            "PLAYER in any order");
  EXPECT_EQ(message(R"({"link":"linear"})"), R"(p.json: "link": "linear" is not one of logistic, probit, cloglog)");
  EXPECT_EQ(message(R"({"handmade":1})"), R"(p.json: "handmade": 1 is not true or false)");
}

TEST(CrowdParams, EveryCrowdOfTheRepositoryCanBeRead) {
  std::size_t foreign = 0;
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator("data/crowds")) {
    if (entry.path().extension() != ".json") continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const auto params = parse_crowd_params(text.str(), entry.path().string());
    ASSERT_TRUE(params) << params.error().message;
    ++count;
    if (params->link != CrowdLink::logistic && params->context == CrowdContext::show) ++foreign;
  }
  EXPECT_EQ(count, 7u);
  EXPECT_EQ(foreign, 2u);
}

}  // namespace
}  // namespace matchcue::simulate
