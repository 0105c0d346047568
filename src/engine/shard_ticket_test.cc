// SPDX-License-Identifier: Apache-2.0
//
// What a viewer's ticket says of them lies over what the catalogue says.
#include "engine/shard_fixture.h"

namespace matchcue::engine {
namespace {

struct ShardTicketTest : ShardCoreTest {
  /// "bet" is for adults, in Spain alone.
  ShardTicketTest() {
    std::vector<domain::Item> items = {item("quiz", "GENERAL")};
    items.push_back(domain::make_item(ItemId("bet"),
                                      {{"ITEM_TYPE", Value{std::string("GENERAL")}},
                                       {"ITEM_LABEL", Value{std::string("BET")}},
                                       {"MIN_AGE", Value{std::int64_t{18}}},
                                       {"COUNTRIES", Value{std::string("ES")}}},
                                      "")
                        .value());
    catalogue =
        std::make_shared<const RenderedCatalogue>(std::make_shared<const domain::Catalogue>(2, std::move(items)));
    core->serve(catalogue, version);
  }
  static domain::Viewer grown_up() {
    return domain::make_viewer(ViewerId("ann"),
                               {{"AGE", Value{std::int64_t{30}}}, {"COUNTRY", Value{std::string("ES")}}}, "")
        .value();
  }
  SessionKey enter(FakePeer& peer, domain::Values attributes) {
    Introduction introduction{Route::native, {ViewerId("ann"), kContent, "d1", {}}};
    introduction.attributes = std::move(attributes);
    return core->introduce(&peer, introduction).value();
  }
  /// Whether a bet is among what 40 moments show; pinned, so that nothing but eligibility keeps it away.
  bool sees_bets(FakePeer& peer) {
    overrides = {{OverrideAction::pin, ItemId("bet")}};
    peer.take();
    fire();
    for (const json& frame : peer.take()) {
      for (const json& cue : frame["cues"]) {
        if (cue["item"] == "bet") return true;
      }
    }
    return false;
  }
};

TEST_F(ShardTicketTest, ATicketKnowsBetterThanTheCatalogueWhoIsTooYoung) {
  port.viewers[ViewerId("ann")] = grown_up();
  FakePeer by_catalogue;
  enter(by_catalogue, {});
  EXPECT_TRUE(sees_bets(by_catalogue));
  FakePeer by_ticket;
  enter(by_ticket, {{"AGE", Value{std::int64_t{17}}}});
  EXPECT_FALSE(sees_bets(by_ticket));
  EXPECT_EQ(port.logged.back()->traits[0]->country, domain::traits_of(grown_up()).country)
      << "what it does not say stays";
}

TEST_F(ShardTicketTest, ATicketTellsOfAViewerWhomTheCatalogueDoesNotKnow) {
  FakePeer stranger;
  enter(stranger, {});
  EXPECT_FALSE(sees_bets(stranger)) << "an unknown age is too young";
  FakePeer told;
  enter(told, {{"AGE", Value{std::int64_t{44}}}, {"COUNTRY", Value{std::string("ES")}}});
  EXPECT_TRUE(sees_bets(told));
}

TEST_F(ShardTicketTest, ANewerTicketCountsFromTheNextMomentOn) {
  FakePeer ann;
  const SessionKey session = enter(ann, {{"AGE", Value{std::int64_t{17}}}, {"COUNTRY", Value{std::string("ES")}}});
  EXPECT_FALSE(sees_bets(ann));
  core->describe_viewer(session, {{"AGE", Value{std::int64_t{18}}}, {"COUNTRY", Value{std::string("ES")}}});
  EXPECT_TRUE(sees_bets(ann)) << "it was their birthday";
}

TEST_F(ShardTicketTest, ARowThatIsPutMeanwhileDoesNotOutrankTheTicket) {
  FakePeer ann;
  enter(ann, {{"AGE", Value{std::int64_t{17}}}});
  core->update_viewer(grown_up());
  EXPECT_FALSE(sees_bets(ann));
}

}  // namespace
}  // namespace matchcue::engine
