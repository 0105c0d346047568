// SPDX-License-Identifier: Apache-2.0
//
// Who anonymous viewers turned out to be: kept once, one step, for good.
#include <gmock/gmock.h>

#include "store/sqlite/connection.h"
#include "store/sqlite/test_store.h"

namespace matchcue::store {
namespace {

using domain::ItemId;
using domain::ViewerId;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct ViewerLinksTest : ::testing::Test {
  TestDirectory directory;
  std::optional<TestStore> store{std::in_place, directory.path()};

  Reader& reader() { return store->reader(); }
  void reopen() {
    store.reset();
    store.emplace(directory.path());
  }
  std::vector<std::string> earlier_ids(const char* viewer) {
    std::vector<std::string> ids;
    const auto links = reader().load_links_to(ViewerId(viewer)).value();
    for (const domain::ViewerLink& link : links) ids.push_back(link.anonymous.str());
    return ids;
  }
  std::string refusal(const char* anonymous, const char* viewer) {
    const auto identified = store->identify(anonymous, viewer);
    EXPECT_EQ(identified.error().code, "already_identified");
    EXPECT_EQ(identified.error().kind, ErrorKind::conflict);
    return identified.error().message;
  }
};

TEST_F(ViewerLinksTest, AreKeptWithWhatWasKnownOfTheViewerThen) {
  const auto traits = make_traits(30, "DE");
  EXPECT_EQ(reader().last_viewer_link_number().value(), 0U);
  EXPECT_EQ(store->identify("anon-1", "bob", traits).value(), 1U);
  EXPECT_EQ(store->identify("anon-2", "bob").value(), 2U);
  reopen();
  const auto link = reader().find_viewer_link(ViewerId("anon-1")).value();
  ASSERT_TRUE(link.has_value());
  EXPECT_EQ(link->viewer, ViewerId("bob"));
  EXPECT_EQ(*link->traits, *traits);
  EXPECT_EQ(link->at, wall_time_from_ms(1'780'000'000'000));
  EXPECT_FALSE(reader().find_viewer_link(ViewerId("bob"))->has_value());
  EXPECT_THAT(earlier_ids("bob"), ElementsAre("anon-1", "anon-2"));
  EXPECT_EQ(reader().last_viewer_link_number().value(), 2U);
  EXPECT_EQ(reader().load_viewer_links(0, 10)->size(), 2U);
  EXPECT_EQ(reader().load_viewer_links(1, 10)->front().anonymous, ViewerId("anon-2"));
  EXPECT_EQ(reader().load_viewer_links(0, 1)->size(), 1U);
}

TEST_F(ViewerLinksTest, ARepeatedLinkChangesNothing) {
  ASSERT_TRUE(store->identify("anon-1", "bob").ok());
  ASSERT_TRUE(store->identify("anon-2", "bob").ok());
  EXPECT_EQ(store->identify("anon-1", "bob", make_traits(30, "DE")).value(), 1U);
  EXPECT_EQ(reader().load_viewer_links(0, 10)->size(), 2U);
  EXPECT_EQ(*reader().find_viewer_link(ViewerId("anon-1")).value()->traits, *domain::no_traits());
}

TEST_F(ViewerLinksTest, NobodyIsIdentifiedAsTwoViewersAndTheErrorNamesBoth) {
  ASSERT_TRUE(store->identify("anon-1", "bob").ok());
  EXPECT_THAT(refusal("anon-1", "carl"), AllOf(HasSubstr("\"bob\""), HasSubstr("\"carl\"")));
}

TEST_F(ViewerLinksTest, GoOneStepSoThatThereAreNeitherChainsNorCycles) {
  ASSERT_TRUE(store->identify("anon-1", "bob").ok());
  EXPECT_THAT(refusal("bob", "carl"), HasSubstr("\"anon-1\""));
  EXPECT_THAT(refusal("bob", "anon-1"), HasSubstr("\"bob\""));
  EXPECT_THAT(refusal("anon-2", "anon-1"), HasSubstr("\"bob\""));
  EXPECT_EQ(reader().load_viewer_links(0, 10)->size(), 1U);
}

TEST_F(ViewerLinksTest, TheNumberOfOneThatIsGoneNeverComesBack) {
  ASSERT_TRUE(store->identify("anon-1", "bob").ok());
  store.reset();
  const auto connection = Connection::open(directory.database(), Access::write).value();
  ASSERT_TRUE(connection->run("DELETE FROM viewer_links WHERE viewer_id = 'bob'").ok());
  store.emplace(directory.path());
  EXPECT_EQ(store->identify("anon-1", "carl").value(), 2U);
}

TEST_F(ViewerLinksTest, ThePastIsThatOfAllIdsOfAPersonByWhicheverOneAsks) {
  ASSERT_TRUE(store
                  ->add({make_interaction("bob", "first", 1'779'999'001, "GOAL"),
                         make_interaction("anon-1", "second", 1'779'999'002, "GOAL"),
                         make_interaction("bob", "third", 1'779'999'003, "GOAL"),
                         make_interaction("carl", "other", 1'779'999'003, "GOAL")})
                  .ok());
  ASSERT_TRUE(store->give({make_feedback("anon-1", "f1", 1)}).ok());
  ASSERT_TRUE(store->identify("anon-1", "bob").ok());
  ASSERT_TRUE(store->identify("anon-2", "bob").ok());
  for (const char* id : {"bob", "anon-1", "anon-2"}) {
    const auto past = reader().load_past(ViewerId(id));
    ASSERT_TRUE(past.ok()) << past.error().message;
    EXPECT_THAT(past->by_type().at("click"),
                ElementsAre(ItemId("first"), ItemId("second"), ItemId("third"), ItemId("ITEM_9")))
        << id;
  }
  EXPECT_THAT(reader().load_past(ViewerId("carl"))->by_type().at("click"), ElementsAre(ItemId("other")));
  EXPECT_THAT(reader().load_past(ViewerId("nobody"))->by_type(), IsEmpty());
}

}  // namespace
}  // namespace matchcue::store
