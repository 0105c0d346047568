// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_cast.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/check.h"
#include "base/random.h"
#include "codec/csv.h"
#include "codec/personalize_schema.h"
#include "simulate/draws.h"
#include "simulate/sample_data.h"

namespace matchcue::simulate {
namespace {

constexpr std::array<double, 5> kAgeShares = {.12, .25, .28, .22, .13};
constexpr std::array<std::int64_t, 5> kAges = {20, 30, 40, 50, 65};
constexpr std::array<double, 2> kGenderShares = {.6, .4};
constexpr std::array<std::string_view, 2> kGenders = {"F", "M"};
constexpr std::array<double, 6> kCountryShares = {.3, .3, .12, .12, .1, .06};
constexpr std::array<std::string_view, 6> kCountries = {"ARGENTINA", "FRANCE", "ITALY", "TURKEY", "SPAIN", "BRAZIL"};
constexpr std::array<double, 3> kSideShares = {.3, .3, .4};  // of viewers from elsewhere
constexpr double kGenderWeight = .5;
constexpr double kOwnDirection = 1.5;  // an item's own share of its direction, beside its type's
constexpr int kFirstNewItem = 101;
constexpr std::array<std::string_view, 3> kNewTypes = {"MONETIZE", "GENERAL", "PLAYER"};
constexpr std::array<std::string_view, 3> kNewLabels = {"ADVERT_NEW_{}", "FEATURE_NEW_{}", "NEW_PLAYER_{}_PROFILE"};

std::vector<double> normal_vector(std::size_t size, Random& random) {
  std::vector<double> numbers(size);
  for (double& x : numbers) x = draw_normal(random);
  return numbers;
}

/// Takes the rows of the sample's items; the file is ours, so whatever is wrong with it is a mistake of ours.
class SampleItems final : public codec::CsvHandler {
 public:
  explicit SampleItems(std::vector<CrowdItem>& items) : items_(items) {}

  Result<void> on_header(std::span<const std::string> columns) override {
    const domain::Schema& schema = codec::builtin_schema(domain::DatasetKind::items);
    for (const std::string& column : columns) {
      const domain::Field* field = schema.find_field(column);
      CHECK(field != nullptr, column);
      fields_.push_back(*field);
    }
    return {};
  }

  void on_row(std::uint64_t line, std::span<std::string> cells) override {
    CrowdItem item;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].empty()) continue;
      const auto value = domain::parse_value(fields_[i], cells[i]);
      CHECK(value.ok(), line);
      if (fields_[i].name == "ITEM_ID") {
        item.id = domain::ItemId(cells[i]);
      } else {
        item.fields.emplace(fields_[i].name, *value);
      }
    }
    items_.push_back(std::move(item));
  }

  void on_problem(codec::CsvProblem problem) override { CHECK(false, problem.line, problem.reason); }

 private:
  std::vector<CrowdItem>& items_;
  std::vector<domain::Field> fields_;
};

CrowdItem new_item(std::size_t number, std::size_t arrives_tick) {
  const std::size_t kind = number % kNewTypes.size();
  const bool is_advert = kind == 0;
  CrowdItem item;
  item.id = domain::ItemId(fmt::format("ITEM_ID_{}", kFirstNewItem + static_cast<int>(number)));
  item.fields["ITEM_TYPE"] = std::string(kNewTypes[kind]);
  item.fields["ITEM_LABEL"] = fmt::format(fmt::runtime(kNewLabels[kind]), number + 1);
  item.fields["IS_MONETIZE"] = std::string(is_advert ? "Y" : "N");
  item.fields["IS_ENGAGE"] = std::string(is_advert ? "N" : "Y");
  if (kNewTypes[kind] == "PLAYER") {
    item.fields["COUNTRY"] = std::string(kCountries[number / kNewTypes.size() % 2]);
  }
  item.arrives_tick = arrives_tick;
  return item;
}

std::string text_of(const domain::Values& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : domain::to_text(found->second);
}

/// What an item is, from its fields and its own draw; `seed` also gives the type's centre.
ItemNature nature_of(const CrowdItem& item, const CrowdParams& params, std::uint64_t seed) {
  ItemNature nature;
  const auto slot = std::find(params.slots.begin(), params.slots.end(), item.slot.str());
  CHECK(slot != params.slots.end(), item.slot.str());
  nature.slot = static_cast<std::size_t>(slot - params.slots.begin());
  const std::string country = text_of(item.fields, "COUNTRY");
  for (std::size_t team = 0; team < 2; ++team) {
    if (item.slot.str() == "PLAYER" && country == kCountries[team]) nature.team = team;
  }
  Random centre(stable_hash("centre " + item.slot.str(), seed));
  Random own(stable_hash("direction " + item.id.str(), seed));
  nature.direction = normal_vector(params.K, centre);
  double square = 0;
  for (double& x : nature.direction) {
    x += kOwnDirection * draw_normal(own);
    square += x * x;
  }
  for (double& x : nature.direction) x /= std::sqrt(square);
  return nature;
}

/// Gives each of the K dimensions mean 0 and variance 1 over the viewers; a crowd without any variance gets mean 0.
void standardise(std::vector<ViewerNature>& viewers, std::size_t dimensions) {
  const auto count = static_cast<double>(viewers.size());
  for (std::size_t k = 0; k < dimensions; ++k) {
    double mean = 0;
    double variance = 0;
    for (const ViewerNature& viewer : viewers) mean += viewer.taste[k] / count;
    for (const ViewerNature& viewer : viewers) variance += std::pow(viewer.taste[k] - mean, 2) / count;
    const double scale = variance > 1e-12 ? 1 / std::sqrt(variance) : 0;
    for (ViewerNature& viewer : viewers) viewer.taste[k] = (viewer.taste[k] - mean) * scale;
  }
}

void add_viewers(const CrowdParams& params, std::uint64_t seed, std::size_t viewers, CrowdCast& cast) {
  Random tastes(stable_hash("tastes", seed));
  std::array<std::vector<double>, kAges.size()> by_age;
  std::array<std::vector<double>, kGenders.size()> by_gender;
  std::array<std::vector<double>, kCountries.size()> by_country;
  for (auto& taste : by_age) taste = normal_vector(params.K, tastes);
  for (auto& taste : by_gender) taste = normal_vector(params.K, tastes);
  for (auto& taste : by_country) taste = normal_vector(params.K, tastes);

  std::vector<std::vector<double>> own_tastes;
  for (std::size_t number = 1; number <= viewers; ++number) {
    Random random(stable_hash(fmt::format("viewer {}", number), seed));
    const std::size_t age = draw_index(kAgeShares, random);
    const std::size_t gender = draw_index(kGenderShares, random);
    const std::size_t country = draw_index(kCountryShares, random);
    const std::size_t elsewhere = draw_index(kSideShares, random);
    ViewerNature nature;
    nature.side = country < 2 ? country : elsewhere;
    for (std::size_t k = 0; k < params.K; ++k) {
      nature.taste.push_back(by_age[age][k] + by_country[country][k] + kGenderWeight * by_gender[gender][k]);
    }
    own_tastes.push_back(normal_vector(params.K, random));
    cast.viewer_natures.push_back(std::move(nature));
    cast.viewers.push_back({domain::ViewerId(fmt::format("crowd-{}", number)),
                            {{"AGE", kAges[age]},
                             {"GENDER", std::string(kGenders[gender])},
                             {"COUNTRY", std::string(kCountries[country])}}});
  }
  standardise(cast.viewer_natures, params.K);
  for (std::size_t u = 0; u < viewers; ++u) {
    for (std::size_t k = 0; k < params.K; ++k) {
      double& taste = cast.viewer_natures[u].taste[k];
      taste = std::sqrt(params.rho) * taste + std::sqrt(1 - params.rho) * own_tastes[u][k];
    }
  }
}

}  // namespace

CrowdCast make_crowd_cast(const CrowdParams& params, std::uint64_t seed, std::size_t viewers,
                          std::size_t arrives_tick) {
  CHECK(viewers > 0);
  CrowdCast cast;
  SampleItems sample(cast.items);
  codec::CsvReader reader(sample);
  reader.feed(sample_items_csv()).value();
  reader.finish().value();
  for (std::size_t i = 0; i < params.newitems; ++i) cast.items.push_back(new_item(i, arrives_tick));
  for (CrowdItem& item : cast.items) {
    item.slot = domain::SlotName(text_of(item.fields, "ITEM_TYPE"));
    cast.item_natures.push_back(nature_of(item, params, seed));
  }
  add_viewers(params, seed, viewers, cast);
  return cast;
}

}  // namespace matchcue::simulate
