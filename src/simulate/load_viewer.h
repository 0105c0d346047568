#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// What one simulated viewer says, and what it checks about what it hears. No sockets: load_shard.h moves the bytes.

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/time.h"
#include "domain/ids.h"

namespace matchcue::simulate {

enum class LoadProtocol {
  native,  ///< /v1/ws, matchcue.v1.json
  sample,  ///< /dev, as a client of the AWS sample: no sequences, no feedback
};

struct ViewerOptions {
  LoadProtocol protocol = LoadProtocol::native;
  std::string content = "c1";
  std::string run = "r";         ///< starts the ids of interactions, so that two runs differ
  double impression_share = 0;   ///< of the slates, 0..1: an impression for each of their cues
  double click_probability = 0;  ///< of clicking one cue of a slate whose impressions were sent, 0..1
  bool taste = false;  ///< some items appeal up to eight times as much as others, and each viewer likes a quarter
  /// What a viewer's ticket is, where the server wants one; empty: they say who they are.
  std::function<std::string(const domain::ViewerId&)> ticket;
  bool keep_receipts = true;  ///< false in endless runs: then nothing can be said about what is missing
};

/// A slate that arrived. On the sample route the sequence is the count of slates.
struct Receipt {
  std::uint64_t sequence = 0;
  SteadyTime at;
};

/// One cue of a slate.
struct SlateCue {
  std::string_view id;
  std::string_view slot;
  std::string_view item;
};

/// Everything a viewer has counted.
struct ViewerTally {
  std::uint64_t slates = 0;
  std::uint64_t retractions = 0;
  std::uint64_t duplicated = 0;    ///< slates or retractions with a sequence that was there before
  std::uint64_t out_of_order = 0;  ///< with one that is lower than the latest
  std::uint64_t malformed = 0;     ///< messages that break the protocol's own description
  std::uint64_t errors = 0;        ///< error messages of the server
  std::uint64_t gaps = 0;          ///< welcomes that announced lost continuity
  std::uint64_t interactions_sent = 0;
  std::uint64_t interactions_acknowledged = 0;
  std::string first_problem;  ///< the first malformed or error message, for people
};

/// Sequences in (after, through] that the server need not have sent: it said that continuity was lost.
struct Gap {
  std::uint64_t after = 0;
  std::uint64_t through = 0;
};

/// Told what a viewer hears.
class ViewerSink {
 public:
  virtual ~ViewerSink() = default;
  /// A slate that was not there before; the texts live as long as the call.
  virtual void on_slate(const domain::ViewerId&, std::uint64_t /*sequence*/, std::span<const SlateCue>) {}
  virtual void on_interaction_ack(const domain::ViewerId& viewer, std::string_view id, SteadyTime sent,
                                  SteadyTime now) = 0;
};

/// One viewer over all its connections. Single thread.
class LoadViewer {
 public:
  /// `options` and `acks` must outlive the viewer.
  LoadViewer(domain::ViewerId id, const ViewerOptions& options, std::uint64_t seed, ViewerSink& sink);

  /// A connection is open: appends what to say first. After a break that is a resume.
  void on_open(std::vector<std::string>& say);
  /// A text message came; appends what to say now.
  void on_text(std::string_view text, SteadyTime now, std::vector<std::string>& say);
  /// Acts on a cue of its own accord; appends what to say.
  void act(std::string_view cue, std::string_view kind, SteadyTime now, std::vector<std::string>& say) {
    send_interaction(cue, kind, now, say);
  }
  /// Slates move it to nothing any more.
  void rest() { resting_ = true; }
  /// The connection is gone.
  void on_close() {
    welcomed_ = false;
    in_flight_ = 0;
  }

  /// The latest sequence was not acknowledged yet: appends one cumulative acknowledgement.
  void acknowledge(std::vector<std::string>& say);
  bool owes_acknowledgement() const { return acknowledged_ < last_sequence_; }

  const domain::ViewerId& id() const { return id_; }
  /// Welcomed (native) or answered with success (sample) on the present connection.
  bool welcomed() const { return welcomed_; }
  /// Where the first welcome said that the change stream was; nothing before it.
  std::optional<std::uint64_t> joined_at() const { return joined_at_; }
  /// When it was welcomed first.
  SteadyTime joined_time() const { return joined_time_; }
  std::uint64_t last_sequence() const { return last_sequence_; }
  const ViewerTally& tally() const { return tally_; }
  const std::vector<Receipt>& receipts() const { return receipts_; }
  const std::vector<Gap>& gaps() const { return gaps_; }
  std::size_t unacknowledged() const { return unacknowledged_.size(); }

 private:
  struct Sent {
    std::string id;
    std::string message;
    SteadyTime at;
  };
  struct Message;

  void on_sample_text(std::string_view text, SteadyTime now);
  void on_welcome(const Message& message, SteadyTime now, std::vector<std::string>& say);
  void begin_epoch(std::uint64_t sequence);
  void on_slate(const Message& message, SteadyTime now, std::vector<std::string>& say);
  void on_ack(std::string_view id, SteadyTime now, std::vector<std::string>& say);
  std::optional<Sent> take_answered(std::string_view id, std::vector<std::string>& say);
  bool take_sequence(std::uint64_t sequence);
  double mood_for(std::string_view item) const;
  void interact(std::span<const SlateCue> cues, SteadyTime now, std::vector<std::string>& say);
  void send_interaction(std::string_view cue, std::string_view kind, SteadyTime now, std::vector<std::string>& say);
  void say_unsent(std::vector<std::string>& say);
  void complain(std::uint64_t& counter, std::string_view what, std::string_view text);

  domain::ViewerId id_;
  const ViewerOptions& options_;
  ViewerSink& sink_;
  Random random_;
  bool welcomed_ = false;
  bool resting_ = false;
  std::string epoch_;
  std::optional<std::uint64_t> joined_at_;
  SteadyTime joined_time_;
  std::uint64_t last_sequence_ = 0;
  std::uint64_t acknowledged_ = 0;
  ViewerTally tally_;
  std::vector<Receipt> receipts_;
  std::vector<Gap> gaps_;
  std::deque<Sent> unacknowledged_;
  std::size_t in_flight_ = 0;  ///< so many of the first of these were said on the present connection
};

}  // namespace matchcue::simulate
