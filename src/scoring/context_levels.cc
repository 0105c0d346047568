// SPDX-License-Identifier: Apache-2.0
#include "scoring/context_levels.h"

#include <algorithm>
#include <numeric>

namespace matchcue::scoring {

namespace {

std::string_view parent_of(std::string_view label) { return label.substr(0, label.find('/')); }

}  // namespace

ContextLevels::ContextLevels(const FeatureCodes& codes) : codes_(&codes) {
  for (std::size_t field = 0; field < codes.fields().size(); ++field) {
    const FieldCodes& each = codes.fields()[field];
    const std::size_t known = each.code_count();
    Parents parents;
    std::vector<Code> above = {0};
    for (const std::string& label : each.labels) {
      const auto next = static_cast<Code>(parents.size() + 1);
      above.push_back(parents.emplace(parent_of(label), next).first->second);
    }
    std::vector<Code> own(known);
    std::iota(own.begin(), own.end(), Code{0});
    // Labels without a slash would only say the same again.
    if (parents.size() == each.labels.size()) parents.clear();
    own.resize(known + parents.size());
    code_counts_.push_back(own.size());
    add_level(field, std::move(own), known);
    if (!parents.empty()) {
      for (Code parent = 1; parent <= parents.size(); ++parent) above.push_back(parent);
      add_level(field, std::move(above), parents.size() + 1);
    }
    parents_.push_back(std::move(parents));
  }
}

void ContextLevels::add_level(std::size_t field, std::vector<Code> code_of, std::size_t codes) {
  levels_.push_back({field, std::move(code_of), label_count_});
  label_count_ += codes;
}

void ContextLevels::expand(std::span<const Code> fields, std::span<Code> levels) const {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    levels[level] = levels_[level].code_of[fields[levels_[level].field]];
  }
}

void ContextLevels::read(const domain::Values& values, std::span<Code> fields) const {
  std::fill(fields.begin(), fields.end(), Code{0});
  codes_->read(values, [&](std::size_t field, Code code) {
    fields[field] = fields[field] == 0 ? code : std::min(fields[field], code);
  });
  for (std::size_t field = 0; field < fields.size(); ++field) {
    if (fields[field] != 0 || parents_[field].empty()) continue;
    const auto found = values.find(codes_->fields()[field].name);
    if (found != values.end()) fields[field] = code_by_parent(field, found->second);
  }
}

/// The lowest code of labels that are new, of parents that are not; 0 where none is.
Code ContextLevels::code_by_parent(std::size_t field, const domain::Value& value) const {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) return 0;
  Code lowest = 0;
  for (const std::string_view label : split(*text, '|')) {
    const auto parent = parents_[field].find(parent_of(label));
    if (parent != parents_[field].end() && (lowest == 0 || parent->second < lowest)) lowest = parent->second;
  }
  return lowest == 0 ? 0 : static_cast<Code>(codes_->fields()[field].code_count() + lowest - 1);
}

}  // namespace matchcue::scoring
