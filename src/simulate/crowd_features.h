#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What a learner can know of a viewer, a moment and an item, as numbers: nothing of it is the crowd's hidden truth.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "simulate/crowd_world.h"

namespace matchcue::simulate {

/// Which knowledge is used; without any there is only the item.
struct CrowdKnowledge {
  bool metadata = true;  ///< the viewers' fields, and whether a player is of their country
  bool context = true;   ///< the moment's fields and its acting player
  bool history = true;   ///< how often each viewer was shown the item, and clicked on it
  bool others = false;   ///< the same of all other items: dear, as it doubles the features
};

/// Keeps the viewers' histories and writes feature vectors of two parts: the viewer's at this tick, which is the same
/// for all items, and that of viewer and item. Single thread. Memory: 40 bytes for each viewer and item.
class CrowdFeatures {
 public:
  /// Numbers in the part of viewer and item.
  static constexpr std::size_t kItemSize = 7;

  CrowdFeatures(const CrowdWorld& world, CrowdKnowledge knowledge);

  /// Numbers in the viewer's part; never changes.
  std::size_t viewer_size() const { return viewer_size_; }
  /// Takes the present tick's fields and acting player.
  void enter_tick(const CrowdWorld& world);
  /// out: viewer_size() numbers, of which most are 0. Cost: O(viewer_size()).
  void write_viewer(std::size_t viewer, std::span<double> out) const;
  /// out: kItemSize numbers. Cost: a logarithm.
  void write_item(std::size_t viewer, std::size_t item, std::span<double> out) const;
  /// Takes what everybody did, at the end of a tick.
  ///
  /// shown      viewers x slots, row-major
  /// predicted  as many numbers: the click that was expected there
  void learn(std::span<const CrowdShown> shown, std::span<const double> predicted);

 private:
  /// What happened between one viewer and one item; each number fades by its own rate.
  struct Story {
    double shown = 0;     ///< times
    double clicked = 0;   ///< times
    double recent = 0;    ///< clicks, fading faster
    double expected = 0;  ///< clicks that were predicted
    double surplus = 0;   ///< clicks beyond these

    double liking() const;
  };

  void index_metadata(const CrowdWorld& world);
  void index_countries(const CrowdWorld& world);

  CrowdKnowledge knowledge_;
  std::size_t viewers_;
  std::size_t items_;
  std::size_t viewer_size_ = 1;  ///< the first number is always 1
  std::size_t context_begin_ = 0;
  std::size_t others_begin_ = 0;
  std::vector<std::vector<std::size_t>> metadata_;    ///< per viewer: which numbers are 1
  std::map<std::string, std::size_t> context_index_;  ///< "FIELD value", as they turn up
  std::vector<std::size_t> context_;                  ///< of this tick: which numbers are 1
  std::optional<std::size_t> subject_;                ///< of this tick
  std::vector<double> interests_;                     ///< in an acting player, one per item
  std::vector<std::size_t> viewer_country_;           ///< 0: none of the players' countries
  std::vector<std::size_t> item_country_;             ///< 0: not a player
  std::vector<Story> stories_;                        ///< viewers x items
};

}  // namespace matchcue::simulate
