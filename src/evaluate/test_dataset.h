#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a data set written down row by row.

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "dataset/dataset.h"

namespace matchcue::evaluate {

/// Texts only: one label a field.
class TestDataset {
 public:
  using Fields = std::map<std::string, std::string>;

  TestDataset& item(const std::string& id, const Fields& fields = {}) {
    items_[id] = fields;
    return *this;
  }
  TestDataset& viewer(const std::string& id, const Fields& fields = {}) {
    viewers_[id] = fields;
    return *this;
  }
  /// Of one viewer in the order of the calls.
  TestDataset& act(const std::string& viewer, const std::string& item, const Fields& context = {}) {
    items_.try_emplace(item);
    viewers_.try_emplace(viewer);
    acts_[viewer].push_back({item, context, ++time_s_});
    return *this;
  }

  dataset::Dataset build() const {
    dataset::Dataset result;
    result.hash = "test";
    result.event_types = {"CLICK"};
    code_table(items_, result.items, result.item_fields);
    code_table(viewers_, result.viewers, result.viewer_fields);
    result.item_created_s.assign(result.items.size(), 0);
    std::vector<Fields> contexts;
    for (const std::string& viewer : result.viewers) {
      result.begin.push_back(result.item.size());
      if (!acts_.contains(viewer)) continue;
      for (const Act& act : acts_.at(viewer)) {
        const auto place = std::lower_bound(result.items.begin(), result.items.end(), act.item);
        result.item.push_back(static_cast<std::uint32_t>(place - result.items.begin()));
        result.timestamp_s.push_back(act.timestamp_s);
        result.event_type.push_back(0);
        result.event_value.push_back(1);
        contexts.push_back(act.context);
      }
    }
    result.begin.push_back(result.item.size());
    const dataset::CodedRows coded = code_rows(contexts);
    result.context_codes = coded.codes;
    for (std::size_t field = 0; field < coded.codes.fields().size(); ++field) {
      std::vector<dataset::Code>& codes = result.context.emplace_back();
      for (std::size_t row = 0; row < contexts.size(); ++row) {
        const auto of_row = coded.row(field, row);
        codes.push_back(of_row.empty() ? 0 : of_row.front());
      }
    }
    return result;
  }

 private:
  struct Act {
    std::string item;
    Fields context;
    std::int64_t timestamp_s;
  };

  static void code_table(const std::map<std::string, Fields>& table, std::vector<std::string>& ids,
                         dataset::CodedRows& rows) {
    std::vector<Fields> fields;
    for (const auto& [id, of_id] : table) {
      ids.push_back(id);
      fields.push_back(of_id);
    }
    rows = code_rows(fields);
  }

  static dataset::CodedRows code_rows(const std::vector<Fields>& rows) {
    std::map<std::string, std::vector<std::string>> labels;
    for (const Fields& row : rows) {
      for (const auto& [name, label] : row) labels[name].push_back(label);
    }
    std::vector<scoring::FieldCodes> fields;
    for (auto& [name, of_field] : labels) {
      std::sort(of_field.begin(), of_field.end());
      of_field.erase(std::unique(of_field.begin(), of_field.end()), of_field.end());
      fields.push_back({name, scoring::FieldCodes::Kind::labels, of_field, {}});
    }
    dataset::CodedRows coded;
    coded.codes = scoring::FeatureCodes(fields);
    for (const scoring::FieldCodes& field : fields) {
      std::vector<std::uint32_t>& begin = coded.begin.emplace_back(1, 0);
      std::vector<dataset::Code>& values = coded.values.emplace_back();
      for (const Fields& row : rows) {
        if (const auto found = row.find(field.name); found != row.end()) {
          const auto place = std::lower_bound(field.labels.begin(), field.labels.end(), found->second);
          values.push_back(static_cast<dataset::Code>(place - field.labels.begin() + 1));
        }
        begin.push_back(static_cast<std::uint32_t>(values.size()));
      }
    }
    return coded;
  }

  std::map<std::string, Fields> items_;
  std::map<std::string, Fields> viewers_;
  std::map<std::string, std::vector<Act>> acts_;
  std::int64_t time_s_ = 0;
};

}  // namespace matchcue::evaluate
