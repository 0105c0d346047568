// SPDX-License-Identifier: Apache-2.0
#include "cli/foreign_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <limits>
#include <numeric>
#include <optional>
#include <set>
#include <unordered_map>

#include "base/random.h"
#include "base/text.h"
#include "codec/csv.h"
#include "evaluate/off_policy_log.h"

namespace matchcue::cli {
namespace {

constexpr std::size_t kChunkBytes = 65'536;
constexpr std::string_view kOnlySlot = "all";
constexpr std::uint64_t kHalfSeed = 0x68616c66;  // as in load_trials.cc

/// Numbers texts from 0 as they come.
class Numbers {
 public:
  explicit Numbers(std::vector<std::string>& texts) : texts_(texts) {}
  std::uint32_t of(const std::string& text) {
    const auto [known, is_new] = numbers_.try_emplace(text, static_cast<std::uint32_t>(texts_.size()));
    if (is_new) texts_.push_back(text);
    return known->second;
  }

 private:
  std::vector<std::string>& texts_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

/// Takes rows into a ForeignLog until one cannot be used.
class LogReader final : public codec::CsvHandler {
 public:
  LogReader(const LogFormat& format, const std::string& path, ForeignLog& log)
      : format_(format), path_(path), log_(log), items_(log.items), slots_(log.slots), viewers_(log.viewers) {}

  Result<void> on_header(std::span<const std::string> columns) override {
    columns_.assign(columns.begin(), columns.end());
    MCUE_TRY(item_, place_of("item", format_.item));
    MCUE_TRY(reward_, place_of("reward", format_.reward));
    MCUE_TRY(propensity_, place_of("propensity", format_.propensity));
    MCUE_TRY(slot_, place_of("slot", format_.slot));
    MCUE_TRY(viewer_, place_of("viewer", format_.viewer));
    for (const std::string& name : format_.context) {
      MCUE_TRY(const auto place, place_of("context", {name, true}));
      context_.push_back(*place);
    }
    for (std::size_t i = 0; i < columns_.size() && !format_.context_prefix.empty(); ++i) {
      if (columns_[i].starts_with(format_.context_prefix)) context_.push_back(i);
    }
    return {};
  }

  void on_row(std::uint64_t line, std::span<std::string> cells) override {
    if (trouble_) return;
    const auto propensity = parse_double(cells[*propensity_]);
    if (!propensity || !(*propensity > 0 && *propensity <= 1)) {
      return refuse(line, *propensity_, cells[*propensity_], "is not a probability in (0, 1]");
    }
    const auto reward = parse_double(cells[*reward_]);
    if (!reward || !(*reward >= 0 && *reward <= 1)) {
      return refuse(line, *reward_, cells[*reward_], "is not a reward in 0..1");
    }
    if (cells[*item_].empty()) return refuse(line, *item_, "", "there is no item");
    ForeignLog::Row row;
    row.item = items_.of(cells[*item_]);
    const std::uint32_t slot = slots_.of(slot_ ? cells[*slot_] : std::string(kOnlySlot));
    if (slot >= evaluate::kSlotsMax) {
      return refuse(line, *slot_, cells[*slot_], fmt::format("is a slot more than {}", evaluate::kSlotsMax));
    }
    row.slot = static_cast<std::uint16_t>(slot);
    row.viewer = viewers_.of(viewer_ ? cells[*viewer_] : fmt::format("row {}", log_.rows.size() + 1));
    row.context = context_of(cells);
    row.propensity = static_cast<float>(*propensity);
    row.reward = static_cast<float>(*reward);
    log_.rows.push_back(row);
  }

  void on_problem(codec::CsvProblem problem) override {
    if (trouble_) return;
    trouble_ =
        invalid("invalid_log_row", fmt::format("{}:{}: {}", path_, problem.line, problem.reason), problem.column);
  }

  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  using Place = std::optional<std::size_t>;

  Result<Place> place_of(std::string_view role, const LogColumn& column) const {
    if (column.name.empty()) return Place();
    const auto found = std::find(columns_.begin(), columns_.end(), column.name);
    if (found != columns_.end()) return Place(static_cast<std::size_t>(found - columns_.begin()));
    if (!column.required) return Place();
    const auto nearest = nearest_name(column.name, columns_);
    const std::string hint = nearest ? fmt::format(" (there is \"{}\")", *nearest) : "";
    return invalid("missing_columns",
                   fmt::format("{}: the {} is in column \"{}\", and there is none{}; --column {}=NAME names another",
                               path_, role, column.name, hint, role),
                   column.name);
  }

  std::uint32_t context_of(std::span<const std::string> cells) {
    domain::Values values;
    for (const std::size_t place : context_) {
      if (!cells[place].empty()) values.emplace(columns_[place], cells[place]);
    }
    const auto [known, is_new] = contexts_.try_emplace(values, static_cast<std::uint32_t>(log_.contexts.size()));
    if (is_new) log_.contexts.push_back(std::move(values));
    return known->second;
  }

  void refuse(std::uint64_t line, std::size_t column, std::string_view value, std::string_view why) {
    trouble_ =
        invalid("invalid_log_row",
                fmt::format("{}:{}: {} \"{}\" {}", path_, line, columns_[column], first_characters(value, 100), why),
                columns_[column]);
  }

  const LogFormat& format_;
  const std::string& path_;
  ForeignLog& log_;
  Numbers items_;
  Numbers slots_;
  Numbers viewers_;
  std::map<domain::Values, std::uint32_t> contexts_;
  std::vector<std::string> columns_;
  Place item_, reward_, propensity_, slot_, viewer_;
  std::vector<std::size_t> context_;
  std::optional<Error> trouble_;
};

/// Slots in the order of their names.
std::vector<std::uint16_t> slots_by_name(const ForeignLog& log) {
  std::vector<std::uint16_t> order(log.slots.size());
  std::iota(order.begin(), order.end(), std::uint16_t{0});
  std::sort(order.begin(), order.end(), [&](auto a, auto b) { return log.slots[a] < log.slots[b]; });
  return order;
}

/// The items that a log shows in the slot of this name.
void collect_items(const ForeignLog& log, const std::string& slot, std::set<std::string>& items) {
  std::vector<bool> shown(log.items.size());
  for (const ForeignLog::Row& row : log.rows) {
    if (log.slots[row.slot] == slot) shown[row.item] = true;
  }
  for (std::size_t item = 0; item < shown.size(); ++item) {
    if (shown[item]) items.insert(log.items[item]);
  }
}

/// Puts the rows of one slot after another into a JoinedLog.
class Joiner {
 public:
  Joiner(const ForeignLog& log, Viewers viewers, JoinedLog& joined) : log_(log), viewers_(viewers), joined_(joined) {
    header_.event = domain::EventId(log.name);
    for (const std::string& slot : log.slots) header_.slots.emplace_back(slot);
  }

  Result<void> add_slot(std::uint16_t slot, const std::set<std::string>& items) {
    std::vector<std::size_t> candidates;
    for (const std::string& item : items) {
      candidates.push_back(joined_.trials.number_of(header_.slots[slot], domain::ItemId(item)));
    }
    for (const ForeignLog::Row& row : log_.rows) {
      if (row.slot == slot) MCUE_TRY_VOID(add_row(row, candidates));
    }
    return {};
  }

 private:
  Result<void> add_row(const ForeignLog::Row& row, std::span<const std::size_t> candidates) {
    if (row.propensity >= 1) {
      ++joined_.left_out.certain;
      return {};
    }
    const std::size_t item = joined_.trials.number_of(header_.slots[row.slot], domain::ItemId(log_.items[row.item]));
    const std::string& viewer = log_.viewers[row.viewer];
    const auto reward = static_cast<double>(row.reward);
    if (viewers_ == Viewers::every_second && stable_hash(viewer, kHalfSeed) % 2 == 0) {
      joined_.taught.add(item, reward);
      ++joined_.taught_count;
      return {};
    }
    // Rows of the same context share a header: it is what they were decided for.
    header_.sequence = header_.moment = domain::Sequence(row.context + std::uint64_t{1});
    header_.context = log_.contexts[row.context];
    return joined_.trials.add(
        {header_, domain::ViewerId(viewer), row.slot, candidates, item, static_cast<double>(row.propensity), reward});
  }

  const ForeignLog& log_;
  Viewers viewers_;
  JoinedLog& joined_;
  domain::DecisionHeader header_;
};

Error bad_column(const std::string& assignment, std::string_view why) {
  return invalid("invalid_flag", fmt::format("--column \"{}\": {}", assignment, why), "column");
}

}  // namespace

Result<LogFormat> make_log_format(const std::string& name, const std::vector<std::string>& assignments) {
  LogFormat format;
  if (name == "csv") {
    format = {{"item"}, {"reward"}, {"propensity"}, {"slot", false}, {"viewer", false}, {}, ""};
  } else if (name == "obd") {
    format = {{"item_id"}, {"click"}, {"propensity_score"}, {"position"}, {""}, {}, "user_feature_"};
  } else {
    return invalid("invalid_flag", fmt::format("--format \"{}\": is not csv or obd", name), "format");
  }
  const std::array<std::pair<std::string_view, LogColumn*>, 5> roles = {{{"item", &format.item},
                                                                         {"reward", &format.reward},
                                                                         {"propensity", &format.propensity},
                                                                         {"slot", &format.slot},
                                                                         {"viewer", &format.viewer}}};
  for (const std::string& assignment : assignments) {
    const std::size_t equals = assignment.find('=');
    if (equals == std::string::npos) return bad_column(assignment, "is not ROLE=COLUMN");
    const std::string_view role = std::string_view(assignment).substr(0, equals);
    const std::string column = assignment.substr(equals + 1);
    if (role == "context") {
      format.context.push_back(column);
      continue;
    }
    const auto known = std::find_if(roles.begin(), roles.end(), [&](const auto& each) { return each.first == role; });
    if (known == roles.end()) {
      return bad_column(assignment, "the role is not item, reward, propensity, slot, viewer or context");
    }
    *known->second = {column, true};
  }
  return format;
}

Result<ForeignLog> load_foreign_log(const std::string& path, const LogFormat& format) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return not_found("file_not_found", "cannot read \"" + path + "\"", "log");
  ForeignLog log;
  log.name = std::filesystem::path(path).filename().string();
  LogReader handler(format, path, log);
  codec::CsvLimits limits;
  limits.first_column_unnamed = true;
  codec::CsvReader reader(handler, limits);
  std::string chunk(kChunkBytes, '\0');
  while (file && !handler.trouble()) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    MCUE_TRY_VOID(reader.feed(std::string_view(chunk).substr(0, static_cast<std::size_t>(file.gcount()))));
  }
  if (!handler.trouble()) MCUE_TRY_VOID(reader.finish());
  if (handler.trouble()) return *handler.trouble();
  if (log.rows.empty()) return not_found("no_trials", path + " has no row", "log");
  return log;
}

Result<JoinedLog> join_foreign_log(const ForeignLog& log, const ForeignLog* policy, Viewers viewers) {
  JoinedLog joined;
  Joiner joiner(log, viewers, joined);
  for (const std::uint16_t slot : slots_by_name(log)) {
    std::set<std::string> items;
    collect_items(log, log.slots[slot], items);
    if (policy != nullptr) collect_items(*policy, log.slots[slot], items);
    MCUE_TRY_VOID(joiner.add_slot(slot, items));
  }
  return joined;
}

std::vector<double> count_items(const ForeignLog& policy, const evaluate::LoggedTrials& trials) {
  std::vector<double> counts(trials.item_count());
  for (const ForeignLog::Row& row : policy.rows) {
    const auto item =
        trials.find_number(domain::SlotName(policy.slots[row.slot]), domain::ItemId(policy.items[row.item]));
    if (item) counts[*item] += 1;
  }
  return counts;
}

}  // namespace matchcue::cli
