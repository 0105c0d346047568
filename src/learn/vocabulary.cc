// SPDX-License-Identifier: Apache-2.0
#include "learn/vocabulary.h"

#include <cmath>
#include <optional>

namespace matchcue::learn {

namespace {

/// A value that is a number, as one; nothing for texts, booleans and null.
std::optional<double> number_of(const domain::Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
  if (const auto* number = std::get_if<double>(&value)) return *number;
  return std::nullopt;
}

bool is_text(const domain::Value& value) {
  return std::holds_alternative<std::string>(value) || std::holds_alternative<bool>(value);
}

}  // namespace

Feature Vocabulary::append(const std::string& name, Field& field, const domain::Value& value) {
  fields_.push_back(field.number);
  names_.push_back(name + "=" + domain::to_text(value));
  entries_.push_back({name, value});
  return static_cast<Feature>(fields_.size() - 1);
}

void Vocabulary::add(const std::string& name, const domain::Value& value) {
  const std::optional<double> number = number_of(value);
  if ((!number && !is_text(value)) || size() >= features_max_) return;
  auto [found, is_new] = field_index_.try_emplace(name);
  Field& field = found->second;
  if (is_new) field.number = field_index_.size() - 1;
  if (number) {
    if (field.numbers.size() < kNumbersMax && !field.numbers.contains(*number)) {
      field.numbers[*number] = append(name, field, value);
    }
    return;
  }
  const std::string text = domain::to_text(value);
  if (!field.texts.contains(text)) field.texts[text] = append(name, field, value);
}

void Vocabulary::add(const domain::Values& values) {
  for (const auto& [name, value] : values) add(name, value);
}

std::vector<Feature> Vocabulary::find(const domain::Values& values) const {
  std::vector<Feature> features;
  for (const auto& [name, value] : values) {
    const auto known = field_index_.find(name);
    if (known == field_index_.end()) continue;
    const Field& field = known->second;
    if (const auto number = number_of(value)) {
      if (field.numbers.empty()) continue;
      auto after = field.numbers.lower_bound(*number);
      if (after == field.numbers.end() ||
          (after != field.numbers.begin() && *number - std::prev(after)->first <= after->first - *number)) {
        --after;
      }
      features.push_back(after->second);
    } else if (const auto text = field.texts.find(domain::to_text(value)); text != field.texts.end()) {
      features.push_back(text->second);
    }
  }
  return features;
}

std::vector<Feature> Vocabulary::find_telling(const domain::Values& values) const {
  std::vector<std::size_t> values_of(field_count());
  for (const std::size_t field : fields_) ++values_of[field];
  std::vector<Feature> features = find(values);
  std::erase_if(features, [&](Feature feature) { return values_of[field_of(feature)] < 2; });
  return features;
}

void Vocabulary::restore(std::span<const Entry> entries) {
  for (const Entry& entry : entries) add(entry.field, entry.value);
}

}  // namespace matchcue::learn
