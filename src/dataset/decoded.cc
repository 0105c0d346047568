// SPDX-License-Identifier: Apache-2.0
#include "dataset/decoded.h"

#include <optional>

namespace matchcue::dataset {

namespace {

using Kind = scoring::FieldCodes::Kind;

/// A value that reads as these codes; nothing for none or 0.
std::optional<domain::Value> value_of(const scoring::FieldCodes& field, std::span<const Code> codes) {
  std::string text;
  for (const Code code : codes) {
    if (code == 0) continue;
    switch (field.kind) {
      case Kind::labels:
        if (!text.empty()) text += '|';
        text += field.labels[code - 1];
        break;
      case Kind::numbers:
        if (code > 1) return field.edges[code - 2];
        return field.edges.empty() ? 0.0 : field.edges.front() - 1;
      case Kind::booleans: return code == 2;
    }
  }
  if (text.empty()) return std::nullopt;
  return text;
}

domain::Values values_of(const CodedRows& rows, std::size_t row) {
  domain::Values values;
  for (std::size_t field = 0; field < rows.codes.fields().size(); ++field) {
    const scoring::FieldCodes& codes = rows.codes.fields()[field];
    if (auto value = value_of(codes, rows.row(field, row))) values.emplace(codes.name, *std::move(value));
  }
  return values;
}

}  // namespace

domain::Catalogue catalogue_of(const Dataset& dataset) {
  std::vector<domain::Item> items;
  for (std::size_t row = 0; row < dataset.item_count(); ++row) {
    domain::Item item;
    item.id = domain::ItemId(dataset.items[row]);
    item.fields = values_of(dataset.item_fields, row);
    const auto type = item.fields.find("ITEM_TYPE");
    item.slot = domain::SlotName(type == item.fields.end() ? "UNKNOWN" : domain::to_text(type->second));
    items.push_back(std::move(item));
  }
  return domain::Catalogue(1, std::move(items));
}

domain::ViewerTraits traits_of(const Dataset& dataset, std::size_t viewer) {
  return {{}, {}, values_of(dataset.viewer_fields, viewer)};
}

domain::Values context_of(const Dataset& dataset, std::size_t interaction) {
  domain::Values values;
  for (std::size_t field = 0; field < dataset.context.size(); ++field) {
    const scoring::FieldCodes& codes = dataset.context_codes.fields()[field];
    auto value = value_of(codes, std::span(&dataset.context[field][interaction], 1));
    if (value) values.emplace(codes.name, *std::move(value));
  }
  return values;
}

}  // namespace matchcue::dataset
