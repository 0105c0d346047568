#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a data set in a few words, and a viewer's scores under tables that were trained on one.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "dataset/dataset_builder.h"
#include "dataset/decoded.h"
#include "scoring/window_model.h"

namespace matchcue::recipes {

/// Columns: GENRE of items, GENDER of viewers, MOMENT of interactions.
class TestHistories {
 public:
  TestHistories& item(const std::string& id, const std::string& genre) {
    CHECK(builder_.add_item(domain::make_item(domain::ItemId(id), {{"GENRE", genre}}, "").value()), id);
    return *this;
  }
  TestHistories& viewer(const std::string& id, const std::string& gender) {
    CHECK(builder_.add_viewer(domain::make_viewer(domain::ViewerId(id), {{"GENDER", gender}}, "").value()), id);
    return *this;
  }
  /// Acts a second apart: "a b c"; "a/GOAL" has a moment.
  TestHistories& acts(const std::string& viewer, std::string_view items, std::int64_t first_s = 0) {
    std::int64_t second = first_s;
    for (const std::string_view act : split(items, ' ')) {
      const auto slash = act.find('/');
      domain::Interaction interaction;
      interaction.viewer = domain::ViewerId(viewer);
      interaction.item = domain::ItemId(std::string(act.substr(0, slash)));
      interaction.timestamp_s = second++;
      if (slash != std::string_view::npos) interaction.context["MOMENT"] = std::string(act.substr(slash + 1));
      builder_.add_interaction(interaction);
    }
    return *this;
  }
  dataset::Dataset build() { return std::move(builder_).build().value(); }

 private:
  static dataset::Schemas schemas() {
    dataset::Schemas schemas;
    schemas.items.fields = {{"GENRE", domain::FieldType::string, true, true, false}};
    schemas.users.fields = {{"GENDER", domain::FieldType::string, true, true, false}};
    schemas.interactions.fields = {{"MOMENT", domain::FieldType::string, true, true, false}};
    return schemas;
  }

  dataset::DatasetBuilder builder_{schemas(), {}};
};

/// Scores by item id of a viewer who did `history` ("a b"), at a moment with this context.
inline std::map<std::string, float> scores_of(const scoring::SequenceModel& model, const dataset::Dataset& data,
                                              std::string_view history, const domain::Values& context = {},
                                              const domain::Values& traits = {}) {
  const domain::Catalogue catalogue = dataset::catalogue_of(data);
  std::vector<float> state(model.state_size());
  model.start(state);
  if (!history.empty()) {
    for (const std::string_view id : split(history, ' ')) {
      const auto found = catalogue.find_item(domain::ItemId(std::string(id)));
      CHECK(found.has_value(), id);
      model.advance(state, {catalogue.items()[*found], "", {}, 0});
    }
  }
  std::vector<float> scores(catalogue.items().size());
  model.fold(catalogue, {context, {}})->score(state, {{}, {}, traits}, scores);
  std::map<std::string, float> by_id;
  for (std::size_t i = 0; i < scores.size(); ++i) by_id[catalogue.items()[i].id.str()] = scores[i];
  return by_id;
}

inline std::map<std::string, float> scores_of(scoring::WindowTables tables, const dataset::Dataset& data,
                                              std::string_view history, const domain::Values& context = {},
                                              const domain::Values& traits = {}) {
  tables.floor = 0;  // sums as they are
  return scores_of(*scoring::make_window_model("x", "test", std::move(tables)), data, history, context, traits);
}

}  // namespace matchcue::recipes
