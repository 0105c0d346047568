// SPDX-License-Identifier: Apache-2.0
#include "train/questions.h"

#include <algorithm>
#include <random>
#include <string>

#include "dataset/decoded.h"

namespace matchcue::train {

namespace {

constexpr std::size_t kActsMin = 3;

std::uint32_t number_of(const std::vector<std::string>& ids, const std::string& id) {
  const auto found = std::lower_bound(ids.begin(), ids.end(), id);
  return found == ids.end() || *found != id ? kNotThere : static_cast<std::uint32_t>(found - ids.begin());
}

}  // namespace

std::vector<Question> questions_of(std::span<const domain::Interaction> interactions, const dataset::Dataset& data) {
  std::vector<Question> questions;
  for (const domain::Interaction& row : interactions) {
    questions.push_back({number_of(data.viewers, row.viewer.str()), number_of(data.items, row.item.str()), row.context,
                         static_cast<float>(row.event_value)});
  }
  return questions;
}

HeldOutRows hold_out_last_acts(const dataset::Dataset& data) {
  HeldOutRows rows;
  for (std::size_t viewer = 0; viewer < data.viewer_count(); ++viewer) {
    std::size_t acts = 0;
    std::size_t last = 0;
    for (std::size_t row = data.begin[viewer]; row < data.begin[viewer + 1]; ++row) {
      if (data.event_value[row] <= 0) continue;
      ++acts;
      last = row;
    }
    if (acts >= kActsMin) rows.push_back(last);
  }
  return rows;
}

HeldOutRows hold_out_tenth(const dataset::Dataset& data, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  HeldOutRows rows;
  for (std::size_t row = 0; row < data.interaction_count(); ++row) {
    if (random() % 10 == 0) rows.push_back(row);
  }
  return rows;
}

std::vector<Question> questions_of(const HeldOutRows& rows, const dataset::Dataset& data) {
  std::vector<Question> questions;
  std::uint32_t viewer = 0;
  for (const std::size_t row : rows) {
    while (data.begin[viewer + 1] <= row) ++viewer;
    questions.push_back({viewer, data.item[row], dataset::context_of(data, row), data.event_value[row]});
  }
  return questions;
}

}  // namespace matchcue::train
