// SPDX-License-Identifier: Apache-2.0
//
// The learner in front of a small audience whose taste is known: at GOAL everybody likes "bet", otherwise "quiz"; the
// young like player "a" and the old player "b".
#include "learn/log_learner.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace matchcue::learn {
namespace {

using domain::EventId;
using domain::FeedbackKind;
using domain::ItemId;
using domain::Sequence;
using domain::Value;
using domain::Values;
using domain::ViewerId;
using ::testing::HasSubstr;

constexpr std::size_t kViewers = 200;

domain::Item item(const std::string& id, const std::string& slot) {
  return domain::make_item(ItemId(id), {{"ITEM_TYPE", Value{slot}}}, "").value();
}

/// Writes a feedback log as a uniformly random policy would have made it.
class Audience {
 public:
  /// What viewer 1 goes by, of whom nothing else is known; nothing: all viewers are known.
  std::optional<std::string> unknown;

  domain::CataloguePtr catalogue = std::make_shared<const domain::Catalogue>(
      1, std::vector{item("a", "PLAYER"), item("b", "PLAYER"), item("bet", "GENERAL"), item("quiz", "GENERAL")});

  static Values context(std::uint64_t moment) {
    return {{"EVENT", Value{std::string(moment % 2 == 0 ? "GOAL" : "THROW")}}, {"VENUE", Value{std::string("Paris")}}};
  }
  static Values metadata(std::size_t viewer) { return {{"AGE", Value{std::int64_t{viewer % 2 == 0 ? 20 : 60}}}}; }
  static WallTime at(std::uint64_t moment) {
    return wall_time_from_ms(1'780'000'000'000 + static_cast<std::int64_t>(moment) * 20'000);
  }

  /// Adds everything that happens at one moment to `log`, and ends a step.
  void play(LogLearner& log, std::uint64_t moment) {
    show_all(log, moment);
    log.step(at(moment), true);
  }
  void show_all(LogLearner& log, std::uint64_t moment) {
    domain::DecisionHeader header;
    header.catalogue_version = 1;
    header.slots = catalogue->slots();
    header.context = context(moment);
    for (std::size_t v = 0; v < kViewers; ++v) {
      for (std::size_t slot = 0; slot < 2; ++slot) show(log, header, moment, v, slot);
    }
  }

 private:
  void show(LogLearner& log, const domain::DecisionHeader& header, std::uint64_t moment, std::size_t viewer,
            std::size_t slot) {
    Random random(mix64(moment * 1'000 + viewer * 2 + slot));
    const bool first = random.uniform() < .5;
    const bool player = header.slots[slot].str() == "PLAYER";
    domain::Feedback row;
    const bool is_unknown = unknown && viewer == 1;
    row.viewer = ViewerId(is_unknown ? *unknown : "v" + std::to_string(viewer));
    row.cue = {{EventId("1"), Sequence(moment), row.viewer}, slot};
    row.at = at(moment);
    row.attributed = true;
    row.slot = header.slots[slot];
    row.item = ItemId(player ? (first ? "a" : "b") : (first ? "bet" : "quiz"));
    row.propensity = .5F;
    row.traits =
        std::make_shared<domain::ViewerTraits>(domain::ViewerTraits{{}, "", is_unknown ? Values() : metadata(viewer)});
    row.number = log.feedback() + 1;
    log.add(row, header, catalogue);
    const bool liked = player ? (viewer % 2 == 0) == first : (moment % 2 == 0) == first;
    if (random.uniform() >= (liked ? .25 : .05)) return;
    row.kind = FeedbackKind::click;
    row.number = log.feedback() + 1;
    log.add(row, header, catalogue);
  }
};

/// Scores by item for a viewer at a moment like `moment`.
std::map<std::string, float> scores(LogLearner& log, const domain::Catalogue& catalogue, const std::string& viewer,
                                    const Values& metadata, std::uint64_t moment) {
  const Values context = Audience::context(moment);
  const auto version = log.version(Policy::learner);
  const auto scorer = version->fold(catalogue, {context, {}});
  std::vector<float> each(catalogue.items().size());
  scorer->score(viewer, {{}, "", metadata}, each);
  std::map<std::string, float> by_item;
  for (std::size_t i = 0; i < each.size(); ++i) by_item[catalogue.items()[i].id.str()] = each[i];
  return by_item;
}

TEST(LogLearner, LearnsWhatTheMomentDoesToEverybody) {
  Audience audience;
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 20; ++moment) audience.play(log, moment);
  const auto goal = scores(log, *audience.catalogue, "v1", Audience::metadata(1), 22);
  const auto other = scores(log, *audience.catalogue, "v1", Audience::metadata(1), 23);
  EXPECT_GT(goal.at("bet"), goal.at("quiz") + .5F);
  EXPECT_GT(other.at("quiz"), other.at("bet") + .5F);
}

TEST(LogLearner, LearnsTasteAndExpectsItOfNewViewersWithTheSameMetadata) {
  Audience audience;
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 40; ++moment) audience.play(log, moment);
  const auto young = scores(log, *audience.catalogue, "stranger", Audience::metadata(0), 41);
  const auto old = scores(log, *audience.catalogue, "stranger", Audience::metadata(1), 41);
  EXPECT_GT(young.at("a"), young.at("b"));
  EXPECT_LT(old.at("a"), old.at("b"));
}

TEST(LogLearner, TheSameLogGivesTheSameBytesWhereverItWasInterrupted) {
  Audience audience;
  LogLearner undisturbed{Settings()};
  LogLearner interrupted{Settings()};
  for (std::uint64_t moment = 1; moment <= 8; ++moment) {
    audience.play(undisturbed, moment);
    audience.play(interrupted, moment);
    auto loaded = LogLearner::load(interrupted.save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    interrupted = *std::move(loaded);
    ASSERT_EQ(undisturbed.save(), interrupted.save()) << moment;
  }
}

TEST(LogLearner, AVersionStaysAsItWasWhileTheLearnerGoesOn) {
  Audience audience;
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 4; ++moment) audience.play(log, moment);
  const auto version = log.version();
  const Values context = Audience::context(5);
  const auto score = [&] {
    std::vector<float> numbers(4);
    const auto scorer = version->fold(*audience.catalogue, {context, {}});
    scorer->score("v3", {}, numbers);
    for (const scoring::Spread& spread : scorer->spreads()) {
      numbers.push_back(spread.deviation);
      numbers.push_back(spread.share);
    }
    return numbers;
  };
  const auto before = score();
  for (std::uint64_t moment = 5; moment <= 8; ++moment) audience.play(log, moment);
  EXPECT_EQ(score(), before);
  EXPECT_EQ(version->id(), "live-bandit-4");
}

TEST(LogLearner, WhatAnOperatorPinnedNeverTrains) {
  domain::Feedback row;
  row.attributed = true;
  row.propensity = 1;
  EXPECT_FALSE(LogLearner::may_train(row));
  row.propensity = .9F;
  EXPECT_TRUE(LogLearner::may_train(row));
  row.attributed = false;
  EXPECT_FALSE(LogLearner::may_train(row));
}

TEST(LogLearner, AScoreIsTheSumOfItsParts) {
  Audience audience;
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 20; ++moment) audience.play(log, moment);
  const auto version = log.version(Policy::learner);
  const auto parts_at = [&](std::uint64_t moment, const std::string& viewer) {
    const Values context = Audience::context(moment);
    const auto scorer = version->fold(*audience.catalogue, {context, {}});
    const domain::ViewerTraits traits{{}, "", Audience::metadata(0)};
    std::vector<float> scores(4);
    scorer->score(viewer, traits, scores);
    std::map<std::string_view, std::vector<float>> parts;
    std::vector<float> sum(4);
    for (scoring::ScorePart& part : scorer->parts(viewer, traits)) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part.values[i];
      parts[part.name] = std::move(part.values);
    }
    for (std::size_t i = 0; i < sum.size(); ++i) EXPECT_NEAR(sum[i], scores[i], 1e-4) << viewer << " " << i;
    return parts;
  };
  auto goal = parts_at(2, "v0");
  auto throw_in = parts_at(3, "v0");
  constexpr std::size_t kA = 0, kB = 1, kBet = 2;
  EXPECT_EQ(goal["appeal"], throw_in["appeal"]) << "which is an item's own, whatever happens";
  EXPECT_GT(goal["moment"][kBet], throw_in["moment"][kBet] + .5F);
  EXPECT_GT(goal["taste"][kA], goal["taste"][kB]) << "v0 is young";
  EXPECT_NE(goal["fatigue"][kA], 0) << "they have just seen it";
  EXPECT_EQ(goal.count("campaign"), 0u);
  EXPECT_EQ(parts_at(2, "a stranger")["fatigue"], std::vector<float>(4));
}

TEST(LogLearner, ANewItemIsExpectedToBeLikeItsSlotAndIsUncertain) {
  Audience audience;
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 20; ++moment) audience.play(log, moment);
  const domain::Catalogue larger(2, {item("bet", "GENERAL"), item("new", "GENERAL"), item("quiz", "GENERAL")});
  const Values context = Audience::context(22);
  std::vector<float> scores(3);
  const auto version = log.version();
  const auto scorer = version->fold(larger, {context, {}});
  scorer->score("stranger", {}, scores);
  EXPECT_LT(scores[1], scores[0]);
  EXPECT_GT(scores[1], scores[2] - .5F);
  EXPECT_GT(scorer->spreads()[1].deviation, 1.5F * scorer->spreads()[0].deviation);
}

TEST(LogLearner, ASlotExploresMoreRarelyTheMoreTrialsItHad) {
  Settings settings;
  settings.model.exploration_trials = kViewers;
  Audience audience;
  LogLearner log{settings};
  const auto share_of = [&](const domain::Catalogue& catalogue, std::size_t place) {
    const auto version = log.version();
    return version->fold(catalogue, {Audience::context(22), {}})->spreads()[place].share;
  };
  // Two items share a slot's trials.
  audience.play(log, 1);
  EXPECT_EQ(share_of(*audience.catalogue, 0), 1);
  for (std::uint64_t moment = 2; moment <= 8; ++moment) audience.play(log, moment);
  EXPECT_NEAR(share_of(*audience.catalogue, 0), .5, 1e-6);
  const domain::Catalogue larger(2, {item("bet", "GENERAL"), item("new", "GENERAL"), item("quiz", "GENERAL")});
  EXPECT_NEAR(share_of(larger, 1), std::sqrt(3. / 8), 1e-6) << "a new item explores with its slot";
  const domain::Catalogue other(3, {item("new", "GENERAL"), item("newer", "GENERAL")});
  EXPECT_EQ(share_of(other, 0), 1) << "what is gone does not count";
  settings.model.exploration_trials = 1;
  log.set_settings(settings);
  EXPECT_EQ(share_of(*audience.catalogue, 0), 1.F / 16) << "it never stops";
}

domain::ViewerLink link(std::uint64_t number, const std::string& anonymous, const std::string& viewer,
                        const Values& metadata = {}) {
  return {number, ViewerId(anonymous), ViewerId(viewer),
          std::make_shared<domain::ViewerTraits>(domain::ViewerTraits{{}, "", metadata}), Audience::at(0)};
}
const ViewerState& viewer_of(const LogLearner& log, const std::string& id) {
  const ViewerTable& viewers = log.learner().viewers();
  return viewers[find_owner(viewers, id).value()];
}

TEST(Identified, ANewViewerIsTheSameBitsAsIfTheyHadDoneItAll) {
  Audience known;
  known.unknown = "bob";
  Audience anonymous;
  anonymous.unknown = "anon-1";
  LogLearner all{Settings()};
  LogLearner joined{Settings()};
  for (std::uint64_t moment = 1; moment <= 6; ++moment) {
    known.play(all, moment);
    anonymous.play(joined, moment);
  }
  const auto before = scores(joined, *known.catalogue, "bob", {}, 7);
  joined.identify(link(1, "anon-1", "bob"), {});
  EXPECT_EQ(scores(joined, *known.catalogue, "bob", {}, 7), scores(all, *known.catalogue, "bob", {}, 7));
  EXPECT_NE(scores(joined, *known.catalogue, "bob", {}, 7), before);
  EXPECT_EQ(joined.learner().viewer_count(), all.learner().viewer_count());
  known.play(all, 7);
  known.play(joined, 7);
  // From here on sums over viewers have another order.
  const auto wanted = scores(all, *known.catalogue, "bob", {}, 8);
  for (const auto& [item, score] : scores(joined, *known.catalogue, "bob", {}, 8)) {
    EXPECT_NEAR(score, wanted.at(item), 1e-4F) << item;
  }
}

TEST(Identified, WhatComesUnderTheAnonymousIdCountsAsTheViewersAndIsDecidedForAsTheirs) {
  Audience audience;
  audience.unknown = "anon-1";
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 3; ++moment) audience.play(log, moment);
  log.identify(link(1, "anon-1", "v3"), {});
  const auto moments = viewer_of(log, "v3").moments;
  audience.play(log, 4);  // both watch it
  EXPECT_EQ(viewer_of(log, "v3").moments, moments + 1);
  EXPECT_EQ(viewer_of(log, "v3").id, ViewerId("v3"));
  EXPECT_EQ(&viewer_of(log, "anon-1"), &viewer_of(log, "v3"));
  EXPECT_EQ(scores(log, *audience.catalogue, "anon-1", {}, 5),
            scores(log, *audience.catalogue, "v3", Audience::metadata(3), 5));
  EXPECT_EQ(log.learner().viewer_count(), kViewers - 1);
}

TEST(Identified, ImpressionsThatWaitedAreJudgedAsTheViewers) {
  Audience audience;
  audience.unknown = "anon-1";
  LogLearner log{Settings()};
  audience.show_all(log, 1);
  log.identify(link(1, "anon-1", "bob", Audience::metadata(1)), {});
  EXPECT_EQ(viewer_of(log, "bob").moments, 0U);
  log.step(Audience::at(1), true);
  EXPECT_EQ(viewer_of(log, "bob").moments, 1U);
  EXPECT_FALSE(viewer_of(log, "bob").metadata.empty()) << "what was known of bob when he signed in";
}

TEST(Identified, TasteIsWhatTheEvidenceOfBothSaysAboutOnePrior) {
  Audience audience;
  audience.unknown = "anon-1";
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 10; ++moment) audience.play(log, moment);
  const ViewerState bob = viewer_of(log, "v3");
  const ViewerState anonymous = viewer_of(log, "anon-1");
  log.identify(link(1, "anon-1", "v3"), {});
  const ViewerState& joined = viewer_of(log, "v3");
  SquareMatrix precision(kTasteSize);
  std::vector<double> right(kTasteSize);
  const Taste prior = prior_taste(log.learner().model(), bob.metadata);
  for (std::size_t k = 0; k < kTasteSize; ++k) {
    precision(k, k) = 1;
    right[k] = static_cast<double>(prior[k]);
  }
  for (const std::vector<History>& history : {bob.history, anonymous.history}) {
    for (const History& entry : history) {
      const ItemState& item = log.learner().model().items[entry.item];
      for (std::size_t a = 0; a < kTasteSize; ++a) {
        right[a] += static_cast<double>(entry.target * item.taste[a]);
        for (std::size_t b = 0; b < kTasteSize; ++b) {
          const float square = item.taste[a] * item.taste[b] + item.taste_covariance[a * kTasteSize + b];
          precision(a, b) += static_cast<double>(entry.information * square);
        }
      }
    }
  }
  factorize(precision);
  solve_factorized(precision, right);
  for (std::size_t k = 0; k < kTasteSize; ++k) {
    EXPECT_NEAR(static_cast<double>(joined.taste[k]), right[k], 1e-5) << k;
  }
  EXPECT_NE(joined.taste, bob.taste);
  EXPECT_EQ(joined.metadata, bob.metadata);
}

TEST(Identified, TheSameLogAndLinksGiveTheSameBytesWhereverTheyWereInterrupted) {
  Audience audience;
  audience.unknown = "anon-1";
  LogLearner undisturbed{Settings()};
  LogLearner interrupted{Settings()};
  for (std::uint64_t moment = 1; moment <= 8; ++moment) {
    for (LogLearner* log : {&undisturbed, &interrupted}) {
      audience.show_all(*log, moment);
      if (moment == 3) log->identify(link(1, "anon-1", "v3"), {});
      if (moment == 5) log->identify(link(4, "nobody", "v3"), {});
      log->step(Audience::at(moment), moment % 2 == 0);
    }
    auto loaded = LogLearner::load(interrupted.save());
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    interrupted = *std::move(loaded);
    ASSERT_EQ(undisturbed.save(), interrupted.save()) << moment;
  }
  EXPECT_EQ(interrupted.links(), 4U);
}

Values one_text(const std::string& name, const std::string& value) { return {{name, Value{value}}}; }

/// Shows everybody one item by chance and ends a step. Viewers have the two kinds of metadata in turn.
template <typename Likes>
void play(LogLearner& log, const domain::CataloguePtr& catalogue, std::uint64_t moment,
          const std::array<Values, 2>& metadata, Likes likes) {
  domain::DecisionHeader header;
  header.slots = catalogue->slots();
  for (std::size_t v = 0; v < kViewers; ++v) {
    const domain::Item& shown = catalogue->items()[mix64(moment * 1'000 + v) % catalogue->items().size()];
    const Values& own = metadata[v % 2];
    domain::Feedback row;
    row.viewer = ViewerId("v" + std::to_string(v));
    row.cue = {{EventId("1"), Sequence(moment), row.viewer}, 0};
    row.at = Audience::at(moment);
    row.attributed = true;
    row.slot = shown.slot;
    row.item = shown.id;
    row.propensity = .5F;
    row.traits = std::make_shared<domain::ViewerTraits>(domain::ViewerTraits{{}, "", own});
    for (const FeedbackKind kind : {FeedbackKind::impression, FeedbackKind::click}) {
      if (kind == FeedbackKind::click && !likes(shown, own)) continue;
      row.kind = kind;
      row.number = log.feedback() + 1;
      log.add(row, header, catalogue);
    }
  }
  log.step(Audience::at(moment), true);
}

TEST(LogLearner, AValueInCommonCountsForItemsAndViewersThatAreNew) {
  const auto player = [](const std::string& id, const std::string& country) {
    return domain::make_item(ItemId(id), {{"ITEM_TYPE", Value{std::string("PLAYER")}}, {"COUNTRY", Value{country}}}, "")
        .value();
  };
  const auto catalogue =
      std::make_shared<const domain::Catalogue>(1, std::vector{player("a", "FRANCE"), player("b", "PERU")});
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 5; ++moment) {
    play(log, catalogue, moment, {one_text("COUNTRY", "FRANCE"), one_text("COUNTRY", "PERU")},
         [](const domain::Item& shown, const Values& own) { return shown.fields.at("COUNTRY") == own.at("COUNTRY"); });
  }
  const domain::Catalogue later(2, {player("c", "FRANCE"), player("d", "PERU"), player("e", "CHAD")});
  const auto french = scores(log, later, "stranger", one_text("COUNTRY", "FRANCE"), 6);
  EXPECT_GT(french.at("c"), french.at("d") + .5F);
  EXPECT_EQ(french.at("d"), french.at("e"));
}

TEST(LogLearner, ANewItemIsExpectedToPleaseWhomItsSlotPleases) {
  const auto catalogue = std::make_shared<const domain::Catalogue>(
      1, std::vector{item("a", "PLAYER"), item("b", "PLAYER"), item("bet", "GENERAL")});
  const Values fan = one_text("KIND", "fan");
  const Values guest = one_text("KIND", "guest");
  LogLearner log{Settings()};
  for (std::uint64_t moment = 1; moment <= 20; ++moment) {
    play(log, catalogue, moment, {fan, guest},
         [&](const domain::Item& shown, const Values& own) { return (shown.slot.str() == "PLAYER") == (own == fan); });
  }
  const domain::Catalogue later(2, {item("bet", "GENERAL"), item("new", "PLAYER")});
  EXPECT_GT(scores(log, later, "stranger", fan, 21).at("new"),
            scores(log, later, "stranger", guest, 21).at("new") + .5F);
}

TEST(LogLearner, ADamagedSnapshotIsRefused) {
  Audience audience;
  LogLearner log{Settings()};
  audience.play(log, 1);
  const std::string bytes = log.save();
  for (std::size_t at = 0; at < bytes.size(); at += 97) {
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    EXPECT_EQ(LogLearner::load(damaged).error().kind, ErrorKind::corrupt);
  }
  EXPECT_FALSE(LogLearner::load(std::string_view(bytes).substr(0, bytes.size() / 2)).ok());
  EXPECT_FALSE(LogLearner::load("").ok());
}

TEST(Settings, SurviveAsTextAndNameWhatIsWrong) {
  Settings settings;
  settings.model.exploration = .25;
  settings.reward.window = Milliseconds(5'000);
  settings.model.use_taste = false;
  EXPECT_EQ(to_json(parse_settings(to_json(settings)).value()), to_json(settings));
  EXPECT_EQ(parse_settings(R"({"exploratoin":1})").error().field, "exploratoin");
  EXPECT_THAT(parse_settings(R"({"exploratoin":1})").error().message, HasSubstr("\"exploration\""));
  for (const char* text : {R"({"exploration":"much"})", R"({"exploration":-1})", R"({"exploration":11})"}) {
    EXPECT_EQ(parse_settings(text).error().field, "exploration") << text;
  }
  EXPECT_THAT(parse_settings(R"({"trial_wait_ms":1.5})").error().message, HasSubstr("1.5"));
  EXPECT_FALSE(parse_settings("[]").ok());
}

TEST(LiveVersion, NamesItsStepAndPolicy) {
  EXPECT_EQ(parse_live_version_id(live_version_id(12, Policy::popularity))->policy, Policy::popularity);
  EXPECT_EQ(parse_live_version_id(live_version_id(12, Policy::learner))->step, 12u);
  EXPECT_FALSE(parse_live_version_id("popularity-count-1"));
  EXPECT_FALSE(parse_live_version_id("live-bandit-x"));
}

}  // namespace
}  // namespace matchcue::learn
