#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A filter over one catalogue: what does not depend on the viewer is worked out once, as bit masks; what does is a few
// comparisons and mask operations a viewer.
//
// Several expressions: what any INCLUDE admits (everything, when none applies) without what any EXCLUDE names. An
// expression whose IF does not hold for the viewer, and an EXCLUDE that misses a placeholder's value, does not apply:
// it is as if it were not there.
//
// Each condition on Interactions is a question about the viewer's past. Its answer, the items that it names, is what a
// decision records: much less than the past itself, and enough to make the decision again.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "domain/catalogue.h"
#include "domain/viewer_past.h"
#include "domain/viewer_traits.h"
#include "filter/comparison.h"
#include "filter/expression.h"
#include "filter/filter_values.h"
#include "filter/item_mask.h"

namespace matchcue::filter {

/// Whom a filter is evaluated for. Borrowed.
struct FilterViewer {
  std::string_view id;
  const domain::ViewerTraits& traits;
  std::span<const std::vector<std::uint16_t>> past;  ///< the answers to the filter's questions: questions() of them
};

/// Immutable; any thread.
class CatalogueFilter {
 public:
  /// `filter` is resolved (resolve.h); `values` are its read values: a placeholder without one leaves its expression
  /// out. Nothing of the arguments is kept. Cost: O(items x conditions x values).
  CatalogueFilter(const Filter& filter, const ReadValues& values, const domain::Catalogue& catalogue);

  /// False when the same items pass for every viewer: those of passed().
  bool personal() const { return !personal_.empty(); }
  /// How many questions about the viewer's past it asks: one for each condition on Interactions that may count.
  std::size_t questions() const { return questions_.size(); }
  /// Appends the answers to `answers`, in the order of the text. Items that are not in the catalogue are left out.
  /// Cost: O(questions x acts).
  void answer(const domain::ViewerPast& past, const domain::Catalogue& catalogue, domain::PastItems& answers) const;

  /// What passes when nothing is known of the viewer's past and no expression with an IF applies.
  const ItemMask& passed() const { return passed_; }
  /// What passes for this viewer. O(expressions x items / 64 + items in the answers); allocates for Interactions only,
  /// once `passed` has its size.
  void apply(const FilterViewer& viewer, ItemMask& passed) const;

 private:
  using Comparisons = std::vector<Comparison>;
  /// An expression that depends on the viewer.
  struct Personal {
    Effect effect = Effect::include;
    Comparisons viewer;                               ///< after IF
    std::optional<ItemMask> items;                    ///< of an expression on Items
    std::vector<std::vector<std::size_t>> questions;  ///< of one on Interactions: alternatives, as indices

    bool applies_to(const FilterViewer& for_whom) const;
  };

  void add(const Expression& expression, const ReadValues& values, const domain::Catalogue& catalogue);
  /// The items that an expression which applies names; `scratch` may be what is returned.
  const ItemMask& named(const Personal& personal, const FilterViewer& viewer, ItemMask& scratch) const;

  bool includes_ = false;  ///< some INCLUDE holds for everybody
  ItemMask included_;      ///< by expressions that hold for everybody
  ItemMask excluded_;      ///< by such expressions
  ItemMask passed_;        ///< by these alone
  std::vector<Personal> personal_;
  Comparisons questions_;
};

}  // namespace matchcue::filter
