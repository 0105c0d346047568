#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Codes back to values, so that what serves can be asked about a Dataset as if its viewers were there. The values read
// as the same codes; numbers come back as the lower edge of their share.

#include "dataset/dataset.h"
#include "domain/catalogue.h"
#include "domain/viewer_traits.h"

namespace matchcue::dataset {

/// The items in the Dataset's order, with their trained columns. O(items).
domain::Catalogue catalogue_of(const Dataset& dataset);
/// What decisions know of a viewer; without age and country, which only eligibility reads.
domain::ViewerTraits traits_of(const Dataset& dataset, std::size_t viewer);
/// The context of an interaction.
domain::Values context_of(const Dataset& dataset, std::size_t interaction);

}  // namespace matchcue::dataset
