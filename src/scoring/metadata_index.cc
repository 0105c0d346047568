// SPDX-License-Identifier: Apache-2.0
#include "scoring/metadata_index.h"

#include <algorithm>
#include <cmath>

namespace matchcue::scoring {

namespace {

constexpr std::size_t kNoItem = static_cast<std::size_t>(-1);

}  // namespace

MetadataIndex::MetadataIndex(const FeatureCodes& codes, std::span<const std::int32_t> begin,
                             std::span<const std::int32_t> features)
    : codes_(&codes), begin_(begin), features_(features), items_of_(codes.feature_count()) {
  const std::size_t items = begin.empty() ? 0 : begin.size() - 1;
  for (std::size_t item = 0; item < items; ++item) {
    for (std::int32_t i = begin[item]; i < begin[item + 1]; ++i) {
      items_of_[static_cast<std::size_t>(features[static_cast<std::size_t>(i)])].push_back(
          static_cast<std::uint32_t>(item));
    }
  }
  for (const auto& having : items_of_) {
    weight_.push_back(1 + std::log(static_cast<float>(1 + items) / static_cast<float>(1 + having.size())));
  }
  norm_.assign(items, 0);
  for (std::size_t feature = 0; feature < items_of_.size(); ++feature) {
    for (const std::uint32_t item : items_of_[feature]) norm_[item] += weight_[feature];
  }
  for (float& norm : norm_) norm = std::sqrt(norm);
}

std::vector<MetadataIndex::Near> MetadataIndex::nearest(const domain::Values& values, std::size_t count) const {
  std::vector<std::size_t> features;
  codes_->read_features(values, [&](std::size_t feature) { features.push_back(feature); });
  return rank(std::move(features), count, kNoItem);
}

std::vector<MetadataIndex::Near> MetadataIndex::nearest_to(std::size_t item, std::size_t count) const {
  std::vector<std::size_t> features;
  for (std::int32_t i = begin_[item]; i < begin_[item + 1]; ++i) {
    features.push_back(static_cast<std::size_t>(features_[static_cast<std::size_t>(i)]));
  }
  return rank(std::move(features), count, item);
}

std::vector<MetadataIndex::Near> MetadataIndex::rank(std::vector<std::size_t> features, std::size_t count,
                                                     std::size_t except) const {
  std::sort(features.begin(), features.end());
  features.erase(std::unique(features.begin(), features.end()), features.end());
  std::vector<float> shared(norm_.size(), 0);
  float own = 0;
  for (const std::size_t feature : features) {
    own += weight_[feature];
    for (const std::uint32_t item : items_of_[feature]) shared[item] += weight_[feature];
  }
  std::vector<Near> near;
  for (std::size_t item = 0; item < shared.size(); ++item) {
    if (shared[item] <= 0 || item == except) continue;
    near.push_back({static_cast<std::uint32_t>(item), shared[item] / (std::sqrt(own) * norm_[item])});
  }
  const auto better = [](const Near& a, const Near& b) {
    return a.weight != b.weight ? a.weight > b.weight : a.item < b.item;
  };
  const std::size_t kept = std::min(count, near.size());
  std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(kept), near.end(), better);
  near.resize(kept);
  return near;
}

}  // namespace matchcue::scoring
