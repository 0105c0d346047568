// SPDX-License-Identifier: Apache-2.0
//
// The Open Bandit Dataset (Saito et al. 2020, arXiv:2008.07146) through the command line, where its files are there:
// the value of Bernoulli Thompson sampling, estimated from the log of the uniformly random policy.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "cli/test_command.h"

namespace matchcue::cli {
namespace {

using nlohmann::json;

/// What the estimators come to in exact arithmetic, from a program of its own; rounded, the published reference
/// (IPW .5656 % and SNIPW .5740 % for men, .5806 % and .5833 % for women).
struct Reference {
  const char* campaign;
  double ips;
  double snips;
};

class OpenBandit : public testing::TestWithParam<Reference> {
 protected:
  static std::filesystem::path folder() {
    const char* shared = std::getenv("MCUE_SHARED_DATA");
    return std::filesystem::path(shared != nullptr ? shared : "../shared/data") / "obd";
  }
};

TEST_P(OpenBandit, EstimatesReproduceTheReference) {
  if (!std::filesystem::exists(folder())) GTEST_SKIP() << "data that must not be redistributed: " << folder().string();
  const Reference& reference = GetParam();
  const std::string file = std::string("/") + reference.campaign + "/" + reference.campaign + ".csv";
  const std::string line = "ope --json --format obd --policy frequency --log " + (folder() / "random").string() + file +
                           " --policy-log " + (folder() / "bts").string() + file;
  const Outcome outcome = run_command(line, {}, {add_ope_command});
  ASSERT_EQ(outcome.code, ExitCode::ok) << outcome.err;
  const json answer = json::parse(outcome.out);
  EXPECT_EQ(answer.at("log").at("trials"), 10'000);
  const json& estimates = answer.at("evaluation").at("pooled").at("estimates");
  EXPECT_NEAR(estimates.at("ips").at("value").get<double>(), reference.ips, 1e-6 * reference.ips);
  EXPECT_NEAR(estimates.at("snips").at("value").get<double>(), reference.snips, 1e-6 * reference.snips);
  const double dr = estimates.at("dr").at("value");
  EXPECT_GT(dr, estimates.at("ips").at("low").get<double>());
  EXPECT_LT(dr, estimates.at("ips").at("high").get<double>());
}

INSTANTIATE_TEST_SUITE_P(Campaigns, OpenBandit,
                         testing::Values(Reference{"men", .00565626670084, .00573986470195},
                                         Reference{"women", .00580569178295, .00583303608719}),
                         [](const auto& each) { return std::string(each.param.campaign); });

}  // namespace
}  // namespace matchcue::cli
