#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// Which interactions a recipe may learn from, and which it is asked about afterwards.
//
//   personalize    a tenth of the viewers are not trained on at all. Of each of them the oldest nine tenths are what
//   the
//                  model is told before it is asked, the newest tenth is what it should have put first (Amazon
//                  Personalize, "Evaluating a solution version with metrics").
//   leave_one_out  of each viewer the last interaction is asked about, the last but one is for choosing an epoch or a
//                  parameter, everything before is trained on (Kang & McAuley 2018, ICDM, section IV-C).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dataset/dataset.h"

namespace matchcue::evaluate {

enum class Protocol { personalize, leave_one_out };
std::string_view to_string(Protocol protocol);  ///< "personalize", "leave-one-out"
std::optional<Protocol> parse_protocol(std::string_view text);

/// What one viewer is asked about. Numbers of interactions of the Dataset, all of this viewer:
/// history is [begin of the viewer, truth_begin), the truth is [truth_begin, truth_end). Neither is empty.
struct HeldOut {
  std::uint32_t viewer = 0;
  std::size_t truth_begin = 0;
  std::size_t truth_end = 0;
  friend bool operator==(const HeldOut&, const HeldOut&) = default;
};

/// Value type.
struct Split {
  Protocol protocol = Protocol::personalize;
  std::vector<std::size_t> train_end;  ///< by viewer: [begin of the viewer, train_end) is trained on; may be empty
  std::vector<HeldOut> validation;     ///< by viewer, ascending; not in training
  std::vector<HeldOut> test;           ///< the same, and nobody looks at it while training
};

struct PersonalizeHoldOut {
  double test_share = .1;       ///< of the viewers; (0, 1)
  double validation_share = 0;  ///< of the viewers, taken from those who would be trained on; [0, 1 - test_share)
  double truth_share = .1;      ///< of a viewer's interactions, the newest; (0, 1)
  std::uint64_t seed = 1;       ///< the same seed holds the same viewers out
};

/// Who has at least 2 interactions is dealt out by a hash of seed and id: exactly round(share x them), at least one,
/// and one viewer more in the data moves hardly anybody; the others are trained on. Of n interactions the newest n -
/// floor((1 - truth_share) n) are the truth, but not all. O(viewers log viewers). Errors: too_little_data, in
/// Personalize's words: fewer than 1000 interactions, or than 25 users with 2 of them.
Result<Split> hold_out_viewers(const dataset::Dataset& dataset, const PersonalizeHoldOut& options);

/// Viewers with fewer than 3 interactions are trained on and asked nothing. The history of a test item has the
/// validation item too. O(viewers). Errors: too_little_data when nobody has 3 interactions.
Result<Split> leave_one_out(const dataset::Dataset& dataset);

/// The training interactions alone; items, viewers and codes stay as they are. Its hash is its own (hash_of), so that a
/// version's manifest tells whether it was trained on this part. O(interactions).
dataset::Dataset training_part(const dataset::Dataset& dataset, const Split& split);

/// What the programs are asked to hold out: matchcue eval, train --hold-out and tune mean the same by the same values.
struct HoldOutRequest {
  Protocol protocol = Protocol::personalize;
  std::uint64_t seed = 1;  ///< of which viewers; leave-one-out draws nobody
  bool has_validation =
      false;  ///< personalize: another tenth of the viewers is for choosing; leave-one-out has it always
};

/// From what `--hold-out` was given: the request with this protocol, or none for "". Errors: invalid_flag, with the
/// value.
Result<std::optional<HoldOutRequest>> read_hold_out_flag(const std::string& protocol, HoldOutRequest request);

/// Errors: too_little_data.
Result<Split> make_split(const dataset::Dataset& dataset, const HoldOutRequest& hold_out);

/// What is trained on when this is held out: the training part, or all of it. Errors: too_little_data.
Result<dataset::Dataset> without_held_out(dataset::Dataset dataset, const std::optional<HoldOutRequest>& hold_out);

}  // namespace matchcue::evaluate
