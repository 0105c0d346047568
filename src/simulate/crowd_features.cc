// SPDX-License-Identifier: Apache-2.0
#include "simulate/crowd_features.h"

#include <algorithm>
#include <cmath>

#include "base/check.h"

namespace matchcue::simulate {
namespace {

constexpr std::size_t kContextMax = 36;  // values of context fields that are told apart; later ones are not seen
constexpr double kKeepInterest = .6;
constexpr double kKeepShown = .9;
constexpr double kKeepClicked = .97;
constexpr double kKeepRecent = .85;
constexpr double kKeepLiking = .99;
constexpr double kLikingPrior = 1;  // expected clicks before a surplus counts half
constexpr double kPredictedLeast = .001;
constexpr double kPredictedMost = .9;

std::string text_of(const domain::Values& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string() : domain::to_text(found->second);
}

}  // namespace

double CrowdFeatures::Story::liking() const { return surplus / (kLikingPrior + expected); }

CrowdFeatures::CrowdFeatures(const CrowdWorld& world, CrowdKnowledge knowledge)
    : knowledge_(knowledge), viewers_(world.viewers().size()), items_(world.items().size()) {
  index_metadata(world);
  index_countries(world);
  context_begin_ = viewer_size_;
  if (knowledge_.context) viewer_size_ += kContextMax;
  others_begin_ = viewer_size_;
  if (knowledge_.others) viewer_size_ += items_;
  interests_.resize(items_);
  stories_.resize(viewers_ * items_);
}

void CrowdFeatures::index_metadata(const CrowdWorld& world) {
  metadata_.resize(viewers_);
  if (!knowledge_.metadata) return;
  std::map<std::string, std::size_t> index;
  for (std::size_t u = 0; u < viewers_; ++u) {
    for (const auto& [name, value] : world.viewers()[u].fields) {
      const auto [found, added] = index.try_emplace(name + " " + domain::to_text(value), viewer_size_);
      if (added) ++viewer_size_;
      metadata_[u].push_back(found->second);
    }
  }
}

void CrowdFeatures::index_countries(const CrowdWorld& world) {
  std::map<std::string, std::size_t> index;
  for (const CrowdItem& item : world.items()) {
    const std::string country = text_of(item.fields, "COUNTRY");
    item_country_.push_back(country.empty() ? 0 : index.try_emplace(country, index.size() + 1).first->second);
  }
  for (const CrowdViewer& viewer : world.viewers()) {
    const auto found = index.find(text_of(viewer.fields, "COUNTRY"));
    viewer_country_.push_back(found == index.end() ? 0 : found->second);
  }
}

void CrowdFeatures::enter_tick(const CrowdWorld& world) {
  if (!knowledge_.context) return;
  context_.clear();
  for (const auto& [name, value] : world.tick().context) {
    const std::string word = name + " " + domain::to_text(value);
    auto found = context_index_.find(word);
    if (found == context_index_.end()) {
      if (context_index_.size() == kContextMax) continue;
      found = context_index_.emplace(word, context_begin_ + context_index_.size()).first;
    }
    context_.push_back(found->second);
  }
  subject_ = world.tick().subject;
  for (double& interest : interests_) interest *= kKeepInterest;
  if (subject_) interests_[*subject_] = 1;
}

void CrowdFeatures::write_viewer(std::size_t viewer, std::span<double> out) const {
  CHECK(out.size() == viewer_size_, out.size());
  std::fill(out.begin(), out.end(), 0);
  out[0] = 1;
  for (const std::size_t i : metadata_[viewer]) out[i] = 1;
  for (const std::size_t i : context_) out[i] = 1;
  if (!knowledge_.others) return;
  for (std::size_t i = 0; i < items_; ++i) {
    const Story& story = stories_[viewer * items_ + i];
    out[others_begin_ + i] = story.recent + story.liking();
  }
}

void CrowdFeatures::write_item(std::size_t viewer, std::size_t item, std::span<double> out) const {
  CHECK(out.size() == kItemSize, out.size());
  std::fill(out.begin(), out.end(), 0);
  if (knowledge_.history) {
    const Story& story = stories_[viewer * items_ + item];
    out[0] = story.shown > 0 ? std::log2(1 + story.shown) : 0;
    out[1] = story.clicked;
    out[2] = story.liking();
  }
  if (knowledge_.context) {
    out[3] = interests_[item];
    out[4] = subject_ == item ? 1 : 0;
  }
  if (knowledge_.metadata && item_country_[item] != 0 && viewer_country_[viewer] != 0) {
    out[item_country_[item] == viewer_country_[viewer] ? 5 : 6] = 1;
  }
}

void CrowdFeatures::learn(std::span<const CrowdShown> shown, std::span<const double> predicted) {
  CHECK(shown.size() == predicted.size() && shown.size() % viewers_ == 0, shown.size(), predicted.size());
  for (Story& story : stories_) {
    story.shown *= kKeepShown;
    story.clicked *= kKeepClicked;
    story.recent *= kKeepRecent;
    story.expected *= kKeepLiking;
    story.surplus *= kKeepLiking;
  }
  const std::size_t slots = shown.size() / viewers_;
  for (std::size_t j = 0; j < shown.size(); ++j) {
    Story& story = stories_[j / slots * items_ + shown[j].item];
    const double clicked = shown[j].clicked ? 1 : 0;
    const double expected = std::clamp(predicted[j], kPredictedLeast, kPredictedMost);
    story.shown += 1;
    story.clicked += clicked;
    story.recent += clicked;
    story.expected += expected;
    story.surplus += clicked - expected;
  }
}

}  // namespace matchcue::simulate
