#pragma once
// SPDX-License-Identifier: Apache-2.0
//
// For tests: a shard of the engine with a peer that remembers, a port that remembers, and a match that tells what
// happens.

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/shard_core.h"
#include "scoring/test_fixed_version.h"

namespace matchcue::engine {

using domain::ContentId;
using domain::EventId;
using domain::ItemId;
using domain::OverrideAction;
using domain::Sequence;
using domain::Value;
using domain::ViewerId;
using nlohmann::json;

inline const EventId kMatch("1");
inline const ContentId kContent("c1");

struct FakePeer final : ViewerPeer {
  std::vector<std::string> frames;
  std::optional<CloseReason> closed;
  void send(const OutFrame& frame) override { frames.emplace_back(frame.text()); }
  void close(CloseReason reason) override { closed = reason; }

  /// What came since the last call, by type.
  std::vector<json> take() {
    std::vector<json> out;
    for (const std::string& frame : frames) out.push_back(json::parse(frame));
    frames.clear();
    return out;
  }
};

struct FakePort final : ShardPort {
  std::vector<std::shared_ptr<const domain::DecisionBatch>> logged;
  std::vector<domain::Feedback> stored;
  std::vector<feedback::Report> looked_up;
  std::map<ViewerId, domain::Viewer> viewers;
  std::map<ViewerId, domain::ViewerPast> pasts;
  std::map<ViewerId, ViewerId> identities;
  std::vector<ViewerId> forgotten;
  int pasts_loaded = 0;
  void log(std::shared_ptr<const domain::DecisionBatch> batch) override { logged.push_back(std::move(batch)); }
  void store(domain::Feedback feedback, FeedbackDone done) override {
    stored.push_back(feedback);
    done(FeedbackReceipt{false, feedback.attributed});
  }
  void find_and_store(feedback::Report report, FeedbackDone done) override {
    looked_up.push_back(report);
    done(FeedbackReceipt{});
  }
  std::optional<domain::Viewer> load_viewer(const ViewerId& viewer) override {
    const auto found = viewers.find(viewer);
    return found == viewers.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<domain::Decision> find_decision(const domain::DecisionId&) override { return std::nullopt; }
  domain::ViewerPast load_past(const ViewerId& viewer) override {
    ++pasts_loaded;
    return pasts[viewer];
  }
  std::optional<ViewerId> find_identity(const ViewerId& viewer) override {
    const auto found = identities.find(viewer);
    return found == identities.end() ? std::nullopt : std::optional(found->second);
  }
  void forget_past(const ViewerId& viewer) override { forgotten.push_back(viewer); }
  std::size_t rows() const {
    std::size_t sum = 0;
    for (const auto& batch : logged) sum += batch->rows();
    return sum;
  }
};

inline domain::Item item(const char* id, const char* slot) {
  return domain::make_item(ItemId(id),
                           {{"ITEM_TYPE", Value{std::string(slot)}}, {"ITEM_LABEL", Value{std::string(id)}}}, "")
      .value();
}

/// A shard with one event, three GENERAL items and two PLAYER ones, and a match that tells what happens.
struct ShardCoreTest : ::testing::Test {
  Options options;
  FakePort port;
  ManualClock clock;
  metrics::Metrics metrics{"test"};
  RenderedCataloguePtr catalogue = std::make_shared<const RenderedCatalogue>(std::make_shared<const domain::Catalogue>(
      1, std::vector{item("bet", "GENERAL"), item("quiz", "GENERAL"), item("trivia", "GENERAL"),
                     item("messi", "PLAYER"), item("mbappe", "PLAYER")}));
  scoring::SolutionVersionPtr version = scoring::make_fixed_version();
  std::unique_ptr<ShardCore> core = make_core();
  domain::ChangePtr latest;
  std::vector<domain::ItemOverride> overrides;
  std::vector<domain::FilterUse> filters;

  std::unique_ptr<ShardCore> make_core() {
    auto made = std::make_unique<ShardCore>(options, "k3", port, clock, metrics);
    made->serve(catalogue, version);
    made->map_content(kContent, kMatch);
    return made;
  }

  domain::Change next(domain::ChangeKind kind, std::uint64_t step = 1) {
    domain::Change change;
    change.event = kMatch;
    change.kind = kind;
    change.at = clock.wall();
    change.first = latest == nullptr;
    change.sequence = Sequence((latest == nullptr ? 0 : latest->sequence.value()) + step);
    change.moment = change.adjusts() ? latest->moment : change.sequence;
    change.after = {{"MATCH_EVENT", Value{std::string("GOAL")}}};
    return change;
  }
  void happen(domain::Change change) {
    latest = std::make_shared<const domain::Change>(std::move(change));
    core->on_change({latest, {overrides, {}, filters}, clock.steady()});
  }
  void fire() { happen(next(domain::ChangeKind::moment)); }
  void correct(Sequence wrong) {
    auto change = next(domain::ChangeKind::correction, 2);
    change.corrects = wrong;
    change.reason = "offside";
    happen(change);
  }
  void block(const std::string& id) {
    overrides = {{OverrideAction::block, ItemId(id)}};
    auto change = next(domain::ChangeKind::item_override, 2);
    change.override_ = overrides.front();
    happen(change);
  }
  void filter(const std::string& expression) {
    filters = {{domain::FilterName("f"), expression, {}}};
    auto change = next(domain::ChangeKind::filter);
    change.filter = domain::FilterChange{true, filters.front()};
    happen(change);
  }
  /// The items of a slate, in slot order.
  static std::vector<std::string> items_of(const json& slate) {
    std::vector<std::string> items;
    for (const json& cue : slate["cues"]) items.push_back(cue["item"]);
    return items;
  }
  /// The logged decision of a row, made again.
  bool comes_out_again(const domain::DecisionBatch& batch, std::size_t row) {
    decide::Decider decider(batch.header, catalogue->catalogue(), *version);
    std::vector<domain::Choice> again(decider.slot_count());
    decider.draw(batch.viewers[row].str(), *batch.traits[row], again.data(),
                 batch.past.empty() ? domain::PastItems() : *batch.past[row]);
    return std::equal(again.begin(), again.end(),
                      batch.choices.begin() + static_cast<std::ptrdiff_t>(row * again.size()));
  }
  SessionKey hello(FakePeer& peer, const std::string& viewer, std::optional<std::uint64_t> resume = {},
                   const std::string& device = "d1") {
    Introduction introduction{Route::native, {ViewerId(viewer), kContent, device, {}}};
    if (resume) introduction.hello.resume = codec::ResumePoint{"k3", Sequence(*resume)};
    return core->introduce(&peer, introduction).value();
  }
  SessionKey sample_hello(FakePeer& peer, const std::string& viewer, const std::string& content = "other") {
    return core->introduce(&peer, {Route::sample, {ViewerId(viewer), ContentId(content), "d1", {}}}).value();
  }
};

inline std::vector<std::uint64_t> sequences(const std::vector<json>& frames) {
  std::vector<std::uint64_t> out;
  for (const json& frame : frames) {
    if (frame["t"] != "welcome") out.push_back(frame["seq"].get<std::uint64_t>());
  }
  return out;
}

}  // namespace matchcue::engine
