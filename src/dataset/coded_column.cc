// SPDX-License-Identifier: Apache-2.0
#include "dataset/coded_column.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/text.h"
#include "codec/personalize_schema.h"

namespace matchcue::dataset {

namespace {

using Kind = scoring::FieldCodes::Kind;

Kind kind_of(domain::FieldType type) {
  switch (type) {
    case domain::FieldType::string: return Kind::labels;
    case domain::FieldType::boolean: return Kind::booleans;
    case domain::FieldType::int32:
    case domain::FieldType::int64:
    case domain::FieldType::float32:
    case domain::FieldType::float64: return Kind::numbers;
  }
  return Kind::labels;
}

}  // namespace

std::vector<double> quantile_edges(std::vector<double>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  std::vector<double> distinct;
  for (const double number : numbers) {
    if (distinct.empty() || number > distinct.back()) distinct.push_back(number);
    if (distinct.size() > kEdgesMax + 1) break;
  }
  std::vector<double> edges;
  if (distinct.size() <= kEdgesMax + 1) {
    if (!distinct.empty()) edges.assign(distinct.begin() + 1, distinct.end());
    return edges;
  }
  for (std::size_t i = 1; i <= kEdgesMax; ++i) {
    const double edge = numbers[i * numbers.size() / (kEdgesMax + 1)];
    if (edge > numbers.front() && (edges.empty() || edge > edges.back())) edges.push_back(edge);
  }
  return edges;
}

CodedColumn::CodedColumn(const domain::Field& field) {
  codes_.name = field.name;
  codes_.kind = kind_of(field.type);
}

void CodedColumn::add(const domain::Value* value) {
  if (value != nullptr) {
    if (const auto* text = std::get_if<std::string>(value); text && codes_.kind == Kind::labels) {
      for (const std::string_view label : split(*text, '|')) add_label(label);
    } else if (const auto* flag = std::get_if<bool>(value); flag && codes_.kind == Kind::booleans) {
      values_.push_back(*flag ? 2 : 1);
    } else if (codes_.kind == Kind::numbers) {
      const auto* whole = std::get_if<std::int64_t>(value);
      const auto* real = std::get_if<double>(value);
      if (whole != nullptr || real != nullptr) {
        numbers_.push_back(whole != nullptr ? static_cast<double>(*whole) : *real);
        values_.push_back(0);
      }
    }
  }
  begin_.push_back(values_.size());
}

void CodedColumn::add_label(std::string_view label) {
  if (label.empty()) return;
  const auto [known, added] = label_numbers_.try_emplace(std::string(label), static_cast<Code>(label_numbers_.size()));
  values_.push_back(known->second);
}

std::string CodedColumn::finish() {
  if (values_.empty()) return "no row has a value";
  if (codes_.kind == Kind::labels) {
    if (label_numbers_.size() > kLabelsMax) {
      return std::to_string(label_numbers_.size()) + " different labels, and at most " + std::to_string(kLabelsMax) +
             " are trained on";
    }
    finish_labels();
  } else if (codes_.kind == Kind::numbers) {
    finish_numbers();
  }
  return {};
}

/// Codes follow the labels' order, so that they do not depend on the rows' order.
void CodedColumn::finish_labels() {
  for (const auto& [label, number] : label_numbers_) codes_.labels.push_back(label);
  std::sort(codes_.labels.begin(), codes_.labels.end());
  std::vector<Code> code_of(codes_.labels.size());
  for (std::size_t i = 0; i < codes_.labels.size(); ++i) {
    code_of[label_numbers_.at(codes_.labels[i])] = static_cast<Code>(i + 1);
  }
  for (Code& value : values_) value = code_of[value];
}

void CodedColumn::finish_numbers() {
  std::vector<double> sorted = numbers_;
  codes_.edges = quantile_edges(sorted);
  for (std::size_t i = 0; i < numbers_.size(); ++i) values_[i] = scoring::code_of_number(numbers_[i], codes_.edges);
  numbers_.clear();
}

void CodedColumn::append_row(std::size_t row, std::vector<Code>& out) const {
  const auto start = static_cast<std::ptrdiff_t>(out.size());
  out.insert(out.end(), values_.begin() + static_cast<std::ptrdiff_t>(begin_[row]),
             values_.begin() + static_cast<std::ptrdiff_t>(begin_[row + 1]));
  std::sort(out.begin() + start, out.end());
  out.erase(std::unique(out.begin() + start, out.end()), out.end());
}

CodedTable::CodedTable(const domain::Schema& schema, std::vector<LeftOutColumn>& left_out)
    : table_(to_string(schema.kind)) {
  for (const domain::Field& field : schema.fields) {
    if (codec::is_reserved_column(schema.kind, field.name)) continue;
    if (field.type == domain::FieldType::string && !field.categorical) {
      left_out.push_back({table_, field.name, "text that is not categorical"});
    } else {
      columns_.emplace_back(field);
    }
  }
}

std::size_t CodedTable::add_row(const domain::Values& values) {
  for (CodedColumn& column : columns_) {
    const auto found = values.find(column.codes().name);
    column.add(found == values.end() ? nullptr : &found->second);
  }
  return rows_++;
}

CodedRows CodedTable::finish(const std::vector<std::size_t>& order, std::vector<LeftOutColumn>& left_out) && {
  CodedRows rows;
  std::vector<scoring::FieldCodes> fields;
  for (CodedColumn& column : columns_) {
    if (std::string reason = column.finish(); !reason.empty()) {
      left_out.push_back({table_, column.codes().name, std::move(reason)});
      continue;
    }
    std::vector<Code> values;
    std::vector<std::uint32_t> begin{0};
    begin.reserve(order.size() + 1);
    for (const std::size_t row : order) {
      if (row != kNoRow) column.append_row(row, values);
      CHECK(values.size() <= std::numeric_limits<std::uint32_t>::max());
      begin.push_back(static_cast<std::uint32_t>(values.size()));
    }
    fields.push_back(column.codes());
    rows.begin.push_back(std::move(begin));
    rows.values.push_back(std::move(values));
  }
  rows.codes = scoring::FeatureCodes(std::move(fields));
  columns_.clear();
  return rows;
}

}  // namespace matchcue::dataset
