// SPDX-License-Identifier: Apache-2.0
#include "scoring/context_levels.h"

#include <algorithm>
#include <map>

namespace matchcue::scoring {

ContextLevels::ContextLevels(const FeatureCodes& codes) : codes_(&codes) {
  for (std::size_t field = 0; field < codes.fields().size(); ++field) {
    const FieldCodes& each = codes.fields()[field];
    add_level(field, {}, each.code_count());
    std::map<std::string, Code> parents;
    std::vector<Code> parent_of = {0};
    for (const std::string& label : each.labels) {
      const auto next = static_cast<Code>(parents.size() + 1);
      parent_of.push_back(parents.emplace(label.substr(0, label.find('/')), next).first->second);
    }
    // Labels without a slash would only say the same again.
    if (parents.size() < each.labels.size()) add_level(field, std::move(parent_of), parents.size() + 1);
  }
}

void ContextLevels::add_level(std::size_t field, std::vector<Code> code_of, std::size_t codes) {
  levels_.push_back({field, std::move(code_of), label_count_});
  label_count_ += codes;
}

void ContextLevels::expand(std::span<const Code> fields, std::span<Code> levels) const {
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    const Code code = fields[levels_[level].field];
    levels[level] = levels_[level].code_of.empty() ? code : levels_[level].code_of[code];
  }
}

void ContextLevels::read(const domain::Values& values, std::span<Code> fields) const {
  std::fill(fields.begin(), fields.end(), Code{0});
  codes_->read(values, [&](std::size_t field, Code code) {
    fields[field] = fields[field] == 0 ? code : std::min(fields[field], code);
  });
}

}  // namespace matchcue::scoring
