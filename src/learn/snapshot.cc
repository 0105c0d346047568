// SPDX-License-Identifier: Apache-2.0
//
// A learner's state as bytes:
//
//   "mcls" | u32 layout | the fields that Snapshot::visit names, in its order (archive.h) | u64 stable_hash of all
//   before
//
// Equal states have equal bytes: what is hashed in memory goes in the order of rows or keys.
#include "base/random.h"
#include "learn/archive.h"
#include "learn/log_learner.h"

namespace matchcue::learn {

namespace {

constexpr std::string_view kMagic = "mcls";
constexpr std::uint32_t kLayout = 4;

Error corrupt_snapshot(std::string why) {
  return Error{ErrorKind::corrupt, "corrupt_snapshot", "a learner's snapshot is damaged: " + std::move(why), {}};
}

}  // namespace

/// Knows every part that has state.
class Snapshot {
 public:
  template <typename Archive>
  static void visit(Archive& archive, LogLearner& log) {
    visit_learner(archive, log.learner_);
    visit_book(archive, log.book_);
    visit_scoreboard(archive, log.scoreboard_);
    visit_all(archive, log.guardrail_.until_ms_, log.guardrail_.since_ms_, log.guardrail_.difference_.value,
              log.guardrail_.difference_.error);
    visit_each(archive, log.slots_, [&](domain::SlotName& slot) { visit_id(archive, slot); });
    visit_moments(archive, log.moments_);
    visit_each(archive, log.events_, [&](domain::EventId& event) { visit_id(archive, event); });
    visit_campaign(archive, log.campaign_);
    visit_all(archive, log.next_ordinal_, log.catalogue_version_, log.steps_, log.feedback_, log.links_,
              log.trials_since_refresh_);
  }

 private:
  template <typename Archive, typename... Values>
  static void visit_all(Archive& archive, Values&... values) {
    (learn::visit(archive, values), ...);
  }

  template <typename Archive, typename Container, typename Visit>
  static void visit_each(Archive& archive, Container& values, Visit visit_one) {
    visit_count(archive, values);
    for (auto& value : values) visit_one(value);
  }

  template <typename Archive, typename Id>
  static void visit_id(Archive& archive, Id& id) {
    std::string text = id.str();
    learn::visit(archive, text);
    if constexpr (Archive::kReads) id = Id(std::move(text));
  }

  template <typename Archive>
  static void visit_vocabulary(Archive& archive, Vocabulary& vocabulary) {
    std::vector<Vocabulary::Entry> entries = vocabulary.entries();
    visit_each(archive, entries, [&](Vocabulary::Entry& entry) { visit_all(archive, entry.field, entry.value); });
    if constexpr (Archive::kReads) vocabulary.restore(entries);
  }

  template <typename Archive>
  static void visit_weights(Archive& archive, ContextWeights& weights) {
    visit_all(archive, weights.mean, weights.covariance);
  }

  template <typename Archive>
  static void visit_item(Archive& archive, ItemState& item) {
    visit_id(archive, item.id);
    visit_all(archive, item.groups, item.texts, item.shared, item.taste, item.taste_covariance, item.trials,
              item.reward);
    visit_weights(archive, item.weights);
  }

  template <typename Archive>
  static void visit_viewer(Archive& archive, ViewerState& viewer) {
    visit_id(archive, viewer.id);
    visit_all(archive, viewer.metadata, viewer.taste, viewer.sequence_taste, viewer.first_moment, viewer.seen_moment,
              viewer.moments, viewer.known_as);
    visit_each(archive, viewer.history, [&](History& entry) {
      visit_all(archive, entry.item, entry.information, entry.target, entry.fatigue, entry.clicked, entry.sequence);
    });
  }

  /// Rows of a SharedBlocks or a ViewerTable: copied out to write, added one by one to read.
  template <typename Archive, typename Table, typename Row, typename Visit, typename Add>
  static void visit_rows(Archive& archive, Table& table, Row empty, Visit visit_row, Add add) {
    auto count = static_cast<std::uint32_t>(table.size());
    learn::visit(archive, count);
    for (std::uint32_t r = 0; r < count && archive.ok(); ++r) {
      if constexpr (Archive::kReads) {
        Row row = empty;
        visit_row(row);
        if (archive.ok()) add(std::move(row));
      } else {
        Row row = table[r];
        visit_row(row);
      }
    }
  }

  template <typename Archive>
  static void visit_learner(Archive& archive, Learner& learner) {
    Model& model = learner.model_;
    visit_vocabulary(archive, model.context);
    visit_vocabulary(archive, model.metadata);
    visit_rows(
        archive, model.items, ItemState(), [&](ItemState& item) { visit_item(archive, item); },
        [&](ItemState item) {
          model.item_rows.emplace(item.id, static_cast<ItemRow>(model.items.size()));
          model.items.push_back(std::move(item));
        });
    visit_each(archive, model.groups, [&](ContextWeights& group) { visit_weights(archive, group); });
    learn::visit(archive, model.group_taste);
    std::map<std::string, GroupRow> group_rows(model.group_rows.begin(), model.group_rows.end());
    learn::visit(archive, group_rows);
    if constexpr (Archive::kReads) model.group_rows = {group_rows.begin(), group_rows.end()};
    visit_all(archive, model.subject, model.pair, model.context_taste, model.metadata_taste);
    visit_all(archive, learner.precisions_.subject, learner.precisions_.pair, learner.precisions_.context_taste);
    visit_all(archive, learner.scales_.appeal, learner.scales_.item_taste, model.item_context,
              learner.scales_.group_context, learner.scales_.context_taste);
    visit_rows(
        archive, learner.viewers_, ViewerState(), [&](ViewerState& viewer) { visit_viewer(archive, viewer); },
        [&](ViewerState viewer) { learner.viewers_.add(std::move(viewer)); });
    visit_all(archive, learner.identified_, learner.newest_moment_);
  }

  template <typename Archive>
  static void visit_traits(Archive& archive, domain::TraitsPtr& traits) {
    domain::ViewerTraits copy = *traits;
    std::int32_t age = copy.age.value_or(-1);
    visit_all(archive, age, copy.country, copy.fields);
    if constexpr (Archive::kReads) {
      if (age >= 0) copy.age = age;
      traits = std::make_shared<const domain::ViewerTraits>(std::move(copy));
    }
  }

  /// Without the model, which has a file of its own.
  template <typename Archive>
  static void visit_campaign(Archive& archive, std::optional<Campaign>& campaign) {
    bool present = campaign.has_value();
    learn::visit(archive, present);
    if (!present) return;
    if constexpr (Archive::kReads) campaign.emplace(scoring::SequenceModelPtr());
    visit_rows(
        archive, campaign->viewers_, CampaignViewer(),
        [&](CampaignViewer& viewer) {
          visit_id(archive, viewer.id);
          visit_traits(archive, viewer.traits);
          learn::visit(archive, viewer.state);
        },
        [&](CampaignViewer viewer) { campaign->viewers_.add(std::move(viewer)); });
  }

  template <typename Archive>
  static void visit_book(Archive& archive, TrialBook& book) {
    learn::visit(archive, book.forgotten_);
    visit_each(archive, book.entries_, [&](TrialBook::Entry& entry) {
      visit_all(archive, entry.place.key, entry.place.moment, entry.place.viewer, entry.place.item, entry.place.slot,
                entry.place.propensity, entry.first_ms, entry.seen_ms, entry.kinds, entry.judged, entry.listed,
                entry.folded);
    });
    learn::visit(archive, book.waiting_);
    if constexpr (Archive::kReads) {
      for (std::size_t i = 0; i < book.entries_.size(); ++i) {
        book.by_key_[book.entries_[i].place.key] = book.forgotten_ + i;
      }
    }
  }

  template <typename Archive>
  static void visit_sums(Archive& archive, TrialSums& sums) {
    visit_all(archive, sums.trials, sums.reward, sums.reward_squares);
    for (TrialSums::Weighted* each : {&sums.random, &sums.popularity}) {
      visit_all(archive, each->w, each->wr, each->ww, each->wwr, each->wwrr);
    }
  }

  template <typename Archive>
  static void visit_scoreboard(Archive& archive, Scoreboard& board) {
    visit_each(archive, board.minutes_, [&](Scoreboard::Minute& minute) {
      learn::visit(archive, minute.number);
      visit_each(archive, minute.slots, [&](TrialSums& sums) { visit_sums(archive, sums); });
    });
    visit_each(archive, board.totals_, [&](TrialSums& sums) { visit_sums(archive, sums); });
  }

  template <typename Archive>
  static void visit_moments(Archive& archive, std::map<LogLearner::MomentKey, LogLearner::KnownMoment>& moments) {
    std::vector<std::pair<LogLearner::MomentKey, LogLearner::KnownMoment>> known(moments.begin(), moments.end());
    visit_each(archive, known, [&](auto& pair) {
      visit_id(archive, pair.first.first);
      std::uint64_t sequence = pair.first.second.value();
      learn::visit(archive, sequence);
      if constexpr (Archive::kReads) pair.first.second = domain::Sequence(sequence);
      visit_all(archive, pair.second.ordinal, pair.second.context);
      visit_each(archive, pair.second.subjects, [&](domain::Subject& subject) {
        visit_id(archive, subject.item);
        visit_all(archive, subject.context, subject.moments_ago);
      });
    });
    if constexpr (Archive::kReads) moments = {known.begin(), known.end()};
  }
};

std::string LogLearner::save() const {
  std::string bytes(kMagic);
  ArchiveWriter writer;
  std::uint32_t layout = kLayout;
  std::string settings = to_json(settings_);
  visit(writer, layout);
  visit(writer, settings);
  // Writing changes nothing: visit() is one description for both ways.
  Snapshot::visit(writer, const_cast<LogLearner&>(*this));
  bytes += writer.take();
  std::uint64_t hash = stable_hash(bytes);
  ArchiveWriter end;
  visit(end, hash);
  return bytes + end.take();
}

Result<LogLearner> LogLearner::load(std::string_view bytes) {
  if (bytes.size() < kMagic.size() + sizeof(std::uint64_t) || !bytes.starts_with(kMagic)) {
    return corrupt_snapshot("it does not begin as one");
  }
  ArchiveReader end(bytes.substr(bytes.size() - sizeof(std::uint64_t)));
  std::uint64_t hash = 0;
  visit(end, hash);
  bytes.remove_suffix(sizeof(std::uint64_t));
  if (hash != stable_hash(bytes)) return corrupt_snapshot("its checksum does not match");
  ArchiveReader reader(bytes.substr(kMagic.size()));
  std::uint32_t layout = 0;
  std::string settings;
  visit(reader, layout);
  if (layout != kLayout) return corrupt_snapshot("unknown layout " + std::to_string(layout));
  visit(reader, settings);
  MCUE_TRY(const Settings parsed, parse_settings(settings));
  LogLearner log(parsed);
  Snapshot::visit(reader, log);
  if (!reader.ok() || reader.left() != 0) return corrupt_snapshot("its length does not match");
  return log;
}

}  // namespace matchcue::learn
