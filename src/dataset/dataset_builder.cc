// SPDX-License-Identifier: Apache-2.0
#include "dataset/dataset_builder.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <unordered_set>

#include "base/random.h"
#include "codec/personalize_schema.h"
#include "dataset/dataset_hash.h"
#include "domain/viewer_traits.h"

namespace matchcue::dataset {

namespace {

constexpr std::size_t kCountMax = std::numeric_limits<std::uint32_t>::max();

/// 64 bits of an interaction; equal ones within one viewer's second are taken for the same one.
std::uint64_t key_of(const domain::Interaction& interaction, std::string& scratch) {
  scratch.clear();
  const auto append = [&scratch](std::string_view part) {
    scratch += std::to_string(part.size());
    scratch += ':';
    scratch += part;
  };
  append(interaction.item.str());
  append(interaction.event_type);
  append(std::to_string(std::bit_cast<std::uint64_t>(interaction.event_value + 0.0)));
  for (const auto& [name, value] : interaction.context) {
    append(name);
    append(domain::to_text(value));
  }
  return stable_hash(scratch);
}

Error too_large(const std::string& what) { return Error{ErrorKind::too_large, "too_large", what, {}}; }

}  // namespace

Schemas builtin_schemas() {
  return {codec::builtin_schema(domain::DatasetKind::users), codec::builtin_schema(domain::DatasetKind::items),
          codec::builtin_schema(domain::DatasetKind::interactions)};
}

std::uint32_t DatasetBuilder::Ids::number_of(std::string_view id) {
  CHECK(rows.size() < kCountMax);
  const auto [known, added] = numbers.try_emplace(std::string(id), static_cast<std::uint32_t>(rows.size()));
  if (added) rows.push_back(CodedTable::kNoRow);
  return known->second;
}

std::vector<std::uint32_t> DatasetBuilder::Ids::sort(std::vector<std::string>& ids) const {
  ids.clear();
  for (const auto& [id, number] : numbers) ids.push_back(id);
  std::sort(ids.begin(), ids.end());
  std::vector<std::uint32_t> places(ids.size());
  for (std::size_t place = 0; place < ids.size(); ++place) {
    places[numbers.at(ids[place])] = static_cast<std::uint32_t>(place);
  }
  return places;
}

std::vector<std::size_t> DatasetBuilder::Ids::rows_in_order(const std::vector<std::uint32_t>& places) const {
  std::vector<std::size_t> ordered(rows.size());
  for (std::size_t number = 0; number < rows.size(); ++number) ordered[places[number]] = rows[number];
  return ordered;
}

DatasetBuilder::DatasetBuilder(const Schemas& schemas, InteractionFilter filter)
    : filter_(std::move(filter)),
      item_table_(schemas.items, left_out_),
      viewer_table_(schemas.users, left_out_),
      context_table_(schemas.interactions, left_out_) {}

bool DatasetBuilder::add_item(const domain::Item& item) {
  const std::uint32_t number = items_.number_of(item.id.str());
  if (items_.rows[number] != CodedTable::kNoRow) return false;
  items_.rows[number] = item_table_.add_row(item.fields);
  if (const auto created = item.fields.find("CREATION_TIMESTAMP"); created != item.fields.end()) {
    if (const auto* seconds = std::get_if<std::int64_t>(&created->second)) created_s_.emplace(number, *seconds);
  }
  return true;
}

bool DatasetBuilder::add_viewer(const domain::Viewer& viewer) {
  const std::uint32_t number = viewers_.number_of(viewer.id.str());
  if (viewers_.rows[number] != CodedTable::kNoRow) return false;
  viewers_.rows[number] = viewer_table_.add_row(domain::traits_of(viewer).fields);  // what decisions will know
  return true;
}

void DatasetBuilder::add_interaction(const domain::Interaction& interaction,
                                     std::span<const std::string_view> impressions) {
  if (!filter_.takes(interaction)) return;
  for (const std::string_view item : impressions) {
    if (!item.empty()) impressions_.push_back(items_.number_of(item));
  }
  CHECK(impressions_.size() <= kCountMax && rows_.size() < kCountMax, impressions_.size(), rows_.size());
  context_table_.add_row(interaction.context);
  rows_.push_back({viewers_.number_of(interaction.viewer.str()), items_.number_of(interaction.item.str()),
                   interaction.timestamp_s, key_of(interaction, scratch_),
                   event_types_.number_of(interaction.event_type), static_cast<float>(interaction.event_value),
                   static_cast<std::uint32_t>(impressions_.size())});
}

Result<Dataset> DatasetBuilder::build() && {
  Dataset dataset;
  const auto item_places = items_.sort(dataset.items);
  const auto viewer_places = viewers_.sort(dataset.viewers);
  if (event_types_.rows.size() > std::numeric_limits<std::uint16_t>::max()) {
    return too_large(std::to_string(event_types_.rows.size()) + " different event types, and at most 65535 are read");
  }
  dataset.item_fields = std::move(item_table_).finish(items_.rows_in_order(item_places), left_out_);
  dataset.viewer_fields = std::move(viewer_table_).finish(viewers_.rows_in_order(viewer_places), left_out_);
  const auto order = order_without_repeats(viewer_places);
  fill_interactions(order, viewer_places, item_places, dataset);
  fill_impressions(order, item_places, dataset);
  fill_context(order, dataset);
  fill_created(item_places, dataset);
  dataset.hash = hash_of(dataset);
  dataset.left_out = std::move(left_out_);
  return dataset;
}

/// The rows by viewer, time and arrival, each interaction once.
std::vector<std::uint32_t> DatasetBuilder::order_without_repeats(
    const std::vector<std::uint32_t>& viewer_places) const {
  std::vector<std::uint32_t> order(rows_.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<std::uint32_t>(i);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto rank = [&](std::uint32_t row) {
      return std::tuple(viewer_places[rows_[row].viewer], rows_[row].timestamp_s, row);
    };
    return rank(a) < rank(b);
  });
  std::unordered_set<std::uint64_t> keys;  // of the present viewer and second
  const Row* previous = nullptr;
  std::erase_if(order, [&](std::uint32_t number) {
    const Row& row = rows_[number];
    if (previous == nullptr || previous->viewer != row.viewer || previous->timestamp_s != row.timestamp_s) keys.clear();
    previous = &row;
    return !keys.insert(row.key).second;
  });
  return order;
}

void DatasetBuilder::fill_interactions(const std::vector<std::uint32_t>& order,
                                       const std::vector<std::uint32_t>& viewer_places,
                                       const std::vector<std::uint32_t>& item_places, Dataset& dataset) const {
  const auto type_places = event_types_.sort(dataset.event_types);
  dataset.begin.assign(dataset.viewers.size() + 1, 0);
  for (const std::uint32_t number : order) {
    const Row& row = rows_[number];
    ++dataset.begin[viewer_places[row.viewer] + 1];
    dataset.item.push_back(item_places[row.item]);
    dataset.timestamp_s.push_back(row.timestamp_s);
    dataset.event_type.push_back(static_cast<std::uint16_t>(type_places[row.event_type]));
    dataset.event_value.push_back(row.event_value);
  }
  for (std::size_t viewer = 0; viewer < dataset.viewers.size(); ++viewer) {
    dataset.begin[viewer + 1] += dataset.begin[viewer];
  }
}

void DatasetBuilder::fill_impressions(const std::vector<std::uint32_t>& order,
                                      const std::vector<std::uint32_t>& item_places, Dataset& dataset) const {
  if (impressions_.empty()) return;
  dataset.impression_begin.push_back(0);
  for (const std::uint32_t number : order) {
    const std::uint32_t begin = number == 0 ? 0 : rows_[number - 1].impressions_end;
    for (std::uint32_t i = begin; i < rows_[number].impressions_end; ++i) {
      dataset.impression_items.push_back(item_places[impressions_[i]]);
    }
    dataset.impression_begin.push_back(static_cast<std::uint32_t>(dataset.impression_items.size()));
  }
}

void DatasetBuilder::fill_context(const std::vector<std::uint32_t>& order, Dataset& dataset) {
  CodedRows rows = std::move(context_table_).finish({order.begin(), order.end()}, left_out_);
  for (std::size_t field = 0; field < rows.codes.fields().size(); ++field) {
    std::vector<Code> codes(order.size(), 0);
    for (std::size_t row = 0; row < order.size(); ++row) {
      if (const auto all = rows.row(field, row); !all.empty()) codes[row] = all.front();
    }
    dataset.context.push_back(std::move(codes));
  }
  dataset.context_codes = std::move(rows.codes);
}

void DatasetBuilder::fill_created(const std::vector<std::uint32_t>& item_places, Dataset& dataset) const {
  constexpr std::int64_t kUnknown = std::numeric_limits<std::int64_t>::max();
  std::vector<std::int64_t> created(dataset.items.size(), kUnknown);
  std::int64_t newest = 0;
  for (std::size_t k = 0; k < dataset.item.size(); ++k) {
    created[dataset.item[k]] = std::min(created[dataset.item[k]], dataset.timestamp_s[k]);
    newest = k == 0 ? dataset.timestamp_s[k] : std::max(newest, dataset.timestamp_s[k]);
  }
  std::replace(created.begin(), created.end(), kUnknown, newest);
  for (const auto& [number, seconds] : created_s_) created[item_places[number]] = seconds;
  dataset.item_created_s = std::move(created);
}

}  // namespace matchcue::dataset
