// SPDX-License-Identifier: Apache-2.0
//
// The artefact:
//   popularity-count 1
//   <item> <total>                       for each item; item, field and value in URL-safe base64
//    <field> <value> <count>             its counts by context, each line led by a blank
#include "scoring/popularity_count.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/random.h"
#include "base/text.h"

namespace matchcue::scoring {

namespace {

constexpr std::string_view kMagic = "popularity-count 1";
constexpr double kPriorCount = 1;
constexpr double kSmoothing = 20;

std::string base64(std::string_view text) {
  std::string out;
  append_base64url(text, out);
  return out;
}

/// The same scores for everybody.
class SharedScores final : public MomentScorer {
 public:
  explicit SharedScores(std::vector<float> scores) : scores_(std::move(scores)) {}
  bool personal() const override { return false; }
  void score(std::string_view, const domain::ViewerTraits&, std::span<float> scores) override {
    std::copy(scores_.begin(), scores_.end(), scores.begin());
  }

 private:
  std::vector<float> scores_;
};

class PopularityCount final : public SolutionVersion {
 public:
  PopularityCount(std::string id, Counts counts) : id_(std::move(id)), counts_(std::move(counts)) {
    for (const auto& [item, entry] : counts_) {
      total_ += entry.total;
      for (const auto& [key, count] : entry.by_context) by_context_[key] += count;
    }
  }

  const std::string& id() const override { return id_; }
  const std::string& recipe() const override { return recipe_; }

  Exploration exploration() const override { return Exploration::inverse_gap; }

  std::unique_ptr<MomentScorer> fold(const domain::Catalogue& catalogue,
                                     const domain::MomentContext& moment) const override {
    std::vector<double> logs;
    logs.reserve(catalogue.items().size());
    for (const domain::Item& item : catalogue.items()) logs.push_back(log_weight(item.id, moment.context));
    const double best = logs.empty() ? 0 : *std::max_element(logs.begin(), logs.end());
    std::vector<float> scores;
    scores.reserve(logs.size());
    for (const double value : logs) scores.push_back(static_cast<float>(std::exp(value - best)));
    return std::make_unique<SharedScores>(std::move(scores));
  }

 private:
  double log_weight(const domain::ItemId& item, const domain::Values& context) const {
    static const ItemCounts kNone;
    const auto found = counts_.find(item);
    const ItemCounts& counts = found == counts_.end() ? kNone : found->second;
    const double n = static_cast<double>(counts.total);
    double log_weight = std::log(n + kPriorCount);
    for (const auto& [field, value] : context) {
      const auto key = std::make_pair(field, domain::to_text(value));
      const auto overall = by_context_.find(key);
      if (overall == by_context_.end()) continue;
      const double share = static_cast<double>(overall->second) / static_cast<double>(total_);
      const auto own = counts.by_context.find(key);
      const double own_count = own == counts.by_context.end() ? 0 : static_cast<double>(own->second);
      log_weight += std::log((own_count + kSmoothing * share) / ((n + kSmoothing) * share));
    }
    return log_weight;
  }

  std::string id_;
  std::string recipe_{kPopularityCount};
  Counts counts_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> by_context_;
  std::uint64_t total_ = 0;
};

Error corrupt_line(std::size_t line) {
  return Error{ErrorKind::corrupt,
               "corrupt_solution_version",
               "popularity-count artefact: line " + std::to_string(line) + " cannot be read",
               {}};
}

/// Reads one line into `counts`; `item` is the item that indented lines belong to.
bool read_line(std::string_view line, Counts& counts, ItemCounts*& item) {
  const bool by_context = line.starts_with(' ');
  const auto parts = split(by_context ? line.substr(1) : line, ' ');
  const auto count = parse_int(parts.back());
  if (!count || *count < 0) return false;
  const auto number = static_cast<std::uint64_t>(*count);
  const auto first = decode_base64url(parts[0]);
  if (!first) return false;
  if (!by_context) {
    if (parts.size() != 2) return false;
    item = &counts[domain::ItemId(*first)];
    item->total = number;
    return true;
  }
  if (parts.size() != 3 || item == nullptr) return false;
  const auto value = decode_base64url(parts[1]);
  if (!value) return false;
  item->by_context[{*first, *value}] = number;
  return true;
}

}  // namespace

std::string encode_popularity_count(const Counts& counts) {
  std::string out(kMagic);
  out += '\n';
  for (const auto& [item, entry] : counts) {
    out += base64(item.str()) + ' ' + std::to_string(entry.total) + '\n';
    for (const auto& [key, count] : entry.by_context) {
      out += ' ' + base64(key.first) + ' ' + base64(key.second) + ' ' + std::to_string(count) + '\n';
    }
  }
  return out;
}

Result<SolutionVersionPtr> decode_popularity_count(std::string_view bytes) {
  const auto lines = split(bytes, '\n');
  if (lines.size() < 2 || lines.front() != kMagic || !lines.back().empty()) return corrupt_line(1);
  Counts counts;
  ItemCounts* item = nullptr;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    if (!read_line(lines[i], counts, item)) return corrupt_line(i + 1);
  }
  char hash[17];
  std::snprintf(hash, sizeof hash, "%016llx", static_cast<unsigned long long>(stable_hash(bytes)));
  return SolutionVersionPtr(
      std::make_shared<PopularityCount>(std::string(kPopularityCount) + "-" + hash, std::move(counts)));
}

}  // namespace matchcue::scoring
