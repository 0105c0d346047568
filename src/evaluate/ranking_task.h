#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// A split of a data set as questions to a model: which viewers it is told about, and what it is asked afterwards.

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "dataset/dataset.h"
#include "domain/catalogue.h"
#include "domain/viewer_traits.h"
#include "evaluate/holdout.h"

namespace matchcue::evaluate {

/// Which rankings are asked for.
enum class Asking {
  by_context,  ///< one for each different context among a viewer's held-out interactions, with what is held out there
  once,        ///< one a viewer, in the context of their first held-out interaction, with everything held out
};

/// Items that the viewer has acted upon already.
enum class Seen {
  kept,     ///< can be recommended again, as Personalize does
  removed,  ///< are not in the ranking; a held-out item among them is no question then
};

struct TaskOptions {
  Asking asking = Asking::by_context;
  Seen seen = Seen::kept;
};

/// Some viewers, contexts or requests that are looked at by themselves.
struct Slice {
  std::string kind;   ///< "segment" (of the viewer), "context" (of the request) or "history" (acts before it)
  std::string field;  ///< "AGE"; of histories "acts"
  std::string value;  ///< "18 to 25"
  std::vector<std::uint32_t> requests;  ///< ascending
};

/// The questions. Everything is borrowed from the data set by number, which must outlive the task and stay as it is.
class RankingTask {
 public:
  struct Viewer {
    std::uint32_t number = 0;     ///< in the data set
    std::size_t history_end = 0;  ///< of its interactions: the history is [begin of the viewer, history_end)
  };
  struct Request {
    std::uint32_t viewer = 0;   ///< into viewers()
    std::uint32_t context = 0;  ///< into contexts()
    std::uint32_t relevant_begin = 0;
    std::uint32_t relevant_end = 0;
  };

  /// held_out  of this data set
  /// Cost      O(interactions held out, and the histories before them)
  RankingTask(const dataset::Dataset& dataset, const Split& split, std::span<const HeldOut> held_out,
              const TaskOptions& options);

  const dataset::Dataset& dataset() const { return dataset_; }
  const domain::Catalogue& catalogue() const { return catalogue_; }  ///< items in the data set's order
  const TaskOptions& options() const { return options_; }
  const std::vector<Viewer>& viewers() const { return viewers_; }
  const std::vector<domain::ViewerTraits>& traits() const { return traits_; }  ///< beside viewers()
  const std::vector<domain::Values>& contexts() const { return contexts_; }
  const std::vector<Request>& requests() const { return requests_; }  ///< of a viewer beside one another
  /// Numbers of the items that should come first, ascending, without repetition; never none.
  std::span<const std::uint32_t> relevant(const Request& request) const {
    return std::span(relevant_).subspan(request.relevant_begin, request.relevant_end - request.relevant_begin);
  }
  /// The context of an interaction that is in some history, into contexts().
  std::uint32_t context_of(std::size_t interaction) const { return context_numbers_[interaction]; }
  /// Of each item, the share of training viewers who acted upon it: (viewers who did + 1) / (viewers + 1).
  const std::vector<double>& item_shares() const { return item_shares_; }
  /// Held-out interactions that are no question, since the viewer had acted upon the item before (Seen::removed).
  std::size_t left_out() const { return left_out_; }
  /// Requests by what is known of their viewer, by their context, and by the length of the history. Of a field at most
  /// `values_max` slices, those of the most requests. O(requests x fields).
  std::vector<Slice> slices(std::size_t values_max) const;

 private:
  void number_contexts(std::size_t begin, std::size_t end);
  void add_viewer(const HeldOut& held_out);
  void count_shares(const Split& split);

  const dataset::Dataset& dataset_;
  TaskOptions options_;
  domain::Catalogue catalogue_;
  std::vector<Viewer> viewers_;
  std::vector<domain::ViewerTraits> traits_;
  std::vector<domain::Values> contexts_;
  std::vector<std::size_t> context_examples_;  ///< an interaction with each of contexts_
  std::vector<std::uint32_t> context_numbers_;
  std::map<std::vector<dataset::Code>, std::uint32_t> by_codes_;
  std::vector<Request> requests_;
  std::vector<std::uint32_t> relevant_;
  std::vector<double> item_shares_;
  std::size_t left_out_ = 0;
};

}  // namespace matchcue::evaluate
