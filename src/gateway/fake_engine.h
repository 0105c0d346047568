#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// An engine for the gateway's tests: it owns viewers by a fixed rule, records what it is told and says what a test
// makes it say.

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "runtime/loop.h"

namespace matchcue::gateway {

/// What the shards were told, as text, in order. Any thread.
class Journal {
 public:
  void add(std::string line);
  /// Waits (5 seconds at most) until `line` was added; true when it was.
  bool wait_for(const std::string& line);
  std::size_t count(const std::string& line) const;
  std::vector<std::string> lines() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

/// Lines: "hello <viewer> on <shard>", "bye <viewer>", "<viewer> ack <seq>", "<viewer> interaction <id>",
/// "<viewer> clock", "<viewer> is <name>=<value>" for each attribute, "<viewer> unknown <type>". A content "nowhere"
/// does not exist; a viewer "full" is turned away. A second introduction of a viewer and device on the native route
/// replaces the first. CHECKs that it is called on its loop.
class FakeShard final : public engine::ShardEngine {
 public:
  FakeShard(std::size_t index, Journal& journal) : index_(index), journal_(journal) {}

  Result<void> can_introduce(const engine::Introduction& introduction) const override;
  Result<engine::SessionKey> introduce(engine::ViewerPeer* peer, const engine::Introduction& introduction) override;
  void receive(engine::SessionKey session, const codec::ClientMessage& message) override;
  void describe_viewer(engine::SessionKey session, const domain::Values& attributes) override;
  void disconnect(engine::SessionKey session) override;
  const codec::RetryAdvice& retry() const override { return retry_; }
  const std::string& epoch() const override { return epoch_; }

  /// Sends a slate (or another class) of `bytes` payload bytes to all sessions of the shard. On its loop.
  void push(domain::Sequence sequence, std::size_t bytes, engine::FrameClass frame_class = engine::FrameClass::slate);

  runtime::Loop* loop = nullptr;

 private:
  struct Session {
    engine::ViewerPeer* peer = nullptr;
    engine::Introduction introduction;
  };

  std::size_t index_;
  Journal& journal_;
  codec::RetryAdvice retry_;
  std::string epoch_ = "k3";
  engine::SessionKey next_key_ = 1;
  std::map<engine::SessionKey, Session> sessions_;
};

class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(std::size_t shards);

  std::size_t shard_count() const override { return shards_.size(); }
  /// A viewer's last character, a digit, modulo the shards; 0 for other viewers.
  std::size_t shard_of(const domain::ViewerId& viewer) const override;
  FakeShard& shard(std::size_t index) override { return *shards_[index]; }
  /// Adds "identify <anonymous> as <viewer>". Somebody who was "taken" is somebody else's already.
  void identify_viewer(engine::IdentifyViewer request, engine::Reply<domain::ViewerLink> reply) override;
  void record_interaction(codec::PostedInteraction posted, engine::Reply<engine::FeedbackReceipt> reply) override;
  /// Answers the oldest interaction that has no answer yet; waits for one.
  void answer_interaction(const Result<engine::FeedbackReceipt>& receipt);
  std::optional<Error> storage_trouble() const override { return std::nullopt; }
  bool ready() const override { return true; }
  void stop() override {}

  // Not the viewers' edge's business.
  void set_state(engine::SetState, engine::Reply<engine::ChangeReceipt>) override { refuse(); }
  void fire_moment(engine::FireMoment, engine::Reply<engine::ChangeReceipt>) override { refuse(); }
  void correct_moment(engine::CorrectMoment, engine::Reply<engine::ChangeReceipt>) override { refuse(); }
  void override_item(engine::OverrideItem, engine::Reply<engine::ChangeReceipt>) override { refuse(); }
  void use_filter(engine::UseFilter, engine::Reply<engine::ChangeReceipt>) override { refuse(); }
  void map_content(domain::ContentId, domain::EventId, engine::Reply<domain::LiveEvent>) override { refuse(); }
  void find_event(domain::EventId, engine::Reply<domain::LiveEvent>) override { refuse(); }
  void list_events(engine::Reply<std::vector<domain::LiveEvent>>) override { refuse(); }
  void read_changes(domain::EventId, domain::Sequence, std::size_t, Milliseconds,
                    engine::Reply<std::vector<domain::ChangePtr>>) override {
    refuse();
  }
  void catalogue(engine::Reply<domain::CataloguePtr>) override { refuse(); }
  void put_items(std::vector<domain::Item>, engine::Reply<store::WriteSummary>) override { refuse(); }
  void put_viewers(std::vector<domain::Viewer>, engine::Reply<store::WriteSummary>) override { refuse(); }
  void add_interactions(std::vector<domain::Interaction>, engine::Reply<store::WriteSummary>) override { refuse(); }
  void find_viewer(domain::ViewerId, engine::Reply<engine::ViewerView>) override { refuse(); }
  void erase_viewer(domain::ViewerId, engine::Reply<store::Erasure>) override { refuse(); }
  void schema(domain::DatasetKind, engine::Reply<domain::Schema>) override { refuse(); }
  void put_schema(domain::DatasetKind, std::string, engine::Reply<domain::Schema>) override { refuse(); }
  void put_filter(domain::FilterName, std::string, engine::Reply<domain::StoredFilter>) override { refuse(); }
  void find_filter(domain::FilterName, engine::Reply<domain::StoredFilter>) override { refuse(); }
  void list_filters(engine::Reply<std::vector<domain::StoredFilter>>) override { refuse(); }
  void delete_filter(domain::FilterName, engine::Reply<domain::StoredFilter>) override { refuse(); }
  void try_filter(engine::FilterTrial, engine::Reply<engine::FilterOutcome>) override { refuse(); }
  void recommend(engine::RecommendRequest, engine::Reply<engine::Recommendation>) override { refuse(); }
  void explain(domain::DecisionId, engine::Reply<engine::ExplainedDecision>) override { refuse(); }
  void read_feedback(domain::ViewerId, std::size_t, engine::Reply<std::vector<domain::Feedback>>) override { refuse(); }
  void audience(domain::EventId, engine::Reply<engine::AudienceView>) override { refuse(); }
  void learner(engine::Reply<engine::LearnerView>) override { refuse(); }
  void settle_learner(engine::Reply<engine::LearnerView>) override { refuse(); }
  void campaign(engine::Reply<engine::CampaignView>) override { refuse(); }
  void deploy_campaign(std::string, engine::Reply<engine::CampaignView>) override { refuse(); }
  void roll_back_campaign(engine::Reply<engine::CampaignView>) override { refuse(); }
  void shadow_campaign(std::string, engine::Reply<engine::CampaignView>) override { refuse(); }

  Journal journal;

 private:
  [[noreturn]] static void refuse();

  std::vector<std::unique_ptr<FakeShard>> shards_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<engine::Reply<engine::FeedbackReceipt>> unanswered_;
};

}  // namespace matchcue::gateway
