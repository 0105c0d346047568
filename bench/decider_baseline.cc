// SPDX-License-Identifier: Apache-2.0
#include "decider_baseline.h"

#include <fmt/format.h>

#include <cstring>

#include "scoring/folded_items.h"

namespace matchcue::bench {

namespace {

constexpr std::size_t kAges = 64;

domain::Catalogue make_catalogue(std::size_t items, std::size_t slots) {
  std::vector<domain::Item> out;
  for (std::size_t i = 0; i < items; ++i) {
    domain::Values fields = {{"ITEM_TYPE", domain::Value{fmt::format("TYPE{}", i % slots)}}};
    if (i % 10 == 3) fields["MIN_AGE"] = domain::Value{std::int64_t{18}};
    out.push_back(domain::make_item(domain::ItemId(fmt::format("item-{:06}", i)), std::move(fields), "").value());
  }
  return domain::Catalogue(1, std::move(out));
}

class Scorer final : public scoring::MomentScorer {
 public:
  Scorer(std::span<const float> viewers, scoring::FoldedItems items, std::size_t item_count)
      : viewers_(viewers), items_(std::move(items)), spreads_(item_count, scoring::Spread{.1F, 1}) {}
  bool personal() const override { return true; }
  std::span<const scoring::Spread> spreads() const override { return spreads_; }
  void score(std::string_view viewer, const domain::ViewerTraits&, std::span<float> scores) override {
    std::size_t index = 0;
    std::memcpy(&index, viewer.data(), sizeof index);
    items_.score(viewers_.subspan(index * items_.dimension(), items_.dimension()), scores);
  }

 private:
  std::span<const float> viewers_;
  scoring::FoldedItems items_;
  std::vector<scoring::Spread> spreads_;
};

class Version final : public scoring::SolutionVersion {
 public:
  Version(std::span<const float> viewers, std::span<const float> item_vectors, std::size_t dimension)
      : viewers_(viewers), item_vectors_(item_vectors), dimension_(dimension) {}
  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return id_; }
  std::unique_ptr<scoring::MomentScorer> fold(const domain::Catalogue& catalogue,
                                              const domain::MomentContext&) const override {
    std::vector<std::uint32_t> slots;
    for (std::size_t i = 0; i < catalogue.items().size(); ++i) {
      slots.push_back(static_cast<std::uint32_t>(catalogue.slot_of(i)));
    }
    scoring::FoldedItems items(dimension_, item_vectors_, std::vector<float>(slots.size()), slots,
                               catalogue.slots().size());
    return std::make_unique<Scorer>(viewers_, std::move(items), slots.size());
  }

 private:
  std::string id_ = "dot-product";
  std::span<const float> viewers_;
  std::span<const float> item_vectors_;
  std::size_t dimension_;
};

}  // namespace

DeciderBaseline::DeciderBaseline(std::span<const float> viewers, std::span<const float> item_vectors,
                                 std::size_t dimension, std::size_t slots)
    : viewer_count_(viewers.size() / dimension),
      catalogue_(make_catalogue(item_vectors.size() / dimension, slots)),
      version_(std::make_shared<Version>(viewers, item_vectors, dimension)),
      traits_(kAges) {
  for (std::size_t i = 0; i < kAges; ++i) traits_[i].age = static_cast<int>(10 + i);
}

double DeciderBaseline::draw_for_all() {
  domain::DecisionHeader header;
  header.catalogue_version = catalogue_.version();
  header.solution_version = version_->id();
  header.floor = 0.002;
  header.slots = catalogue_.slots();
  decide::Decider decider(header, catalogue_, *version_);
  std::vector<domain::Choice> choices(decider.slot_count());
  double sum = 0;
  for (std::size_t viewer = 0; viewer < viewer_count_; ++viewer) {
    char id[sizeof viewer];
    std::memcpy(id, &viewer, sizeof viewer);
    decider.draw({id, sizeof id}, traits_[viewer * 7 % kAges], choices.data());
    for (const domain::Choice& choice : choices) sum += static_cast<double>(choice.propensity);
  }
  return sum;
}

}  // namespace matchcue::bench
