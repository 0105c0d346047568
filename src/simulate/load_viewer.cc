// SPDX-License-Identifier: Apache-2.0
#include "simulate/load_viewer.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "base/check.h"
#include "base/text.h"
#include "codec/sample_message.h"

namespace matchcue::simulate {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kUnacknowledgedMax = 256;  ///< further interactions are not sent until some are acknowledged
constexpr std::size_t kInFlightMax = 16;  ///< well below the server's burst, or what is sent again never gets through
constexpr std::size_t kProblemBytesMax = 160;
constexpr std::uint64_t kTastes = 4;
constexpr double kMoodForOthers = .25;
constexpr std::uint64_t kAppeals = 4;

std::string json_text(std::string_view text) {
  std::string out;
  append_json_string(text, out);
  return out;
}

/// A parser a thread: it keeps its buffers.
simdjson::simdjson_result<dom::element> parse(std::string_view text) {
  thread_local dom::parser parser;
  return parser.parse(text.data(), text.size());
}

bool is_text(const dom::object& object, std::string_view name) {
  std::string_view value;
  return object[name].get_string().get(value) == simdjson::SUCCESS && !value.empty();
}

}  // namespace

/// A native message that was parsed; views die with the thread's next parse.
struct LoadViewer::Message {
  std::string_view text;
  dom::object object;

  std::string_view get(std::string_view name) const {
    std::string_view value;
    return object[name].get_string().get(value) == simdjson::SUCCESS ? value : std::string_view();
  }
  std::optional<std::uint64_t> number(std::string_view name) const {
    std::uint64_t value = 0;
    if (object[name].get_uint64().get(value) != simdjson::SUCCESS) return std::nullopt;
    return value;
  }
};

LoadViewer::LoadViewer(domain::ViewerId id, const ViewerOptions& options, std::uint64_t seed, ViewerSink& sink)
    : id_(std::move(id)), options_(options), sink_(sink), random_(stable_hash(id_.str(), seed)) {}

void LoadViewer::on_open(std::vector<std::string>& say) {
  const std::string viewer = json_text(id_.str());
  const std::string content = json_text(options_.content);
  if (options_.protocol == LoadProtocol::sample) {
    say.push_back(fmt::format(R"({{"action":"sendmessage","consumer_id":{},"device_id":"d1","content_id":{}}})", viewer,
                              content));
    return;
  }
  std::string resume;
  if (joined_at_) {
    resume =
        fmt::format(R"(,"resume":{{"epoch":{},"seq":{}}})", json_text(epoch_), std::max(last_sequence_, *joined_at_));
  }
  const std::string who = options_.ticket ? "\"ticket\":" + json_text(options_.ticket(id_)) : "\"viewer\":" + viewer;
  say.push_back(fmt::format(R"({{"t":"hello",{},"content":{},"device":"d1"{}}})", who, content, resume));
}

void LoadViewer::on_text(std::string_view text, SteadyTime now, std::vector<std::string>& say) {
  if (options_.protocol == LoadProtocol::sample) return on_sample_text(text, now);
  Message message{text, {}};
  if (parse(text).get_object().get(message.object) != simdjson::SUCCESS) {
    return complain(tally_.malformed, "not a JSON object", text);
  }
  const std::string_view type = message.get("t");
  if (type == "slate") return on_slate(message, now, say);
  if (type == "ack") return on_ack(message.get("id"), now, say);
  if (type == "welcome") return on_welcome(message, now, say);
  if (type == "error") {
    take_answered(message.get("id"), say);
    return complain(tally_.errors, "error", text);
  }
  if (type == "retract") {
    const auto sequence = message.number("seq");
    dom::array cues;
    if (!sequence || message.object["cues"].get_array().get(cues) != simdjson::SUCCESS) {
      return complain(tally_.malformed, "a retract without seq or cues", text);
    }
    if (take_sequence(*sequence)) ++tally_.retractions;
    return;
  }
  if (type.empty()) complain(tally_.malformed, "no type", text);
}

void LoadViewer::on_sample_text(std::string_view text, SteadyTime now) {
  if (text == codec::kSampleSuccess) {
    welcomed_ = true;
    if (!joined_at_) joined_time_ = now;
    if (!joined_at_) joined_at_ = 0;
    return;
  }
  dom::object slate;
  bool whole = parse(text).get_object().get(slate) == simdjson::SUCCESS && slate.size() > 0;
  if (whole) {
    for (const auto& [slot, item] : slate) whole = whole && item.is_string() && !slot.empty();
  }
  if (!whole) return complain(tally_.malformed, "not a slate of the sample", text);
  if (is_text(slate, "message")) return complain(tally_.errors, "error", text);
  last_sequence_ = acknowledged_ = ++tally_.slates;
  if (options_.keep_receipts) receipts_.push_back({last_sequence_, now});
}

void LoadViewer::on_welcome(const Message& message, SteadyTime now, std::vector<std::string>& say) {
  const auto sequence = message.number("seq");
  const std::string_view epoch = message.get("epoch");
  const std::string_view continuity = message.get("continuity");
  if (!sequence || epoch.empty() || (continuity != "kept" && continuity != "lost")) {
    return complain(tally_.malformed, "a welcome without seq, epoch or continuity", message.text);
  }
  if (joined_at_ && continuity == "lost") {
    ++tally_.gaps;
    gaps_.push_back({std::max(last_sequence_, *joined_at_), *sequence});
    if (epoch != epoch_) begin_epoch(*sequence);
  }
  if (!joined_at_) joined_time_ = now;
  if (!joined_at_) joined_at_ = *sequence;
  epoch_ = epoch;
  welcomed_ = true;
  say_unsent(say);
}

/// Sequences of another incarnation of the change stream say nothing about those of this one.
void LoadViewer::begin_epoch(std::uint64_t sequence) {
  receipts_.clear();
  gaps_.clear();
  joined_at_ = sequence;
  last_sequence_ = acknowledged_ = 0;
}

void LoadViewer::on_slate(const Message& message, SteadyTime now, std::vector<std::string>& say) {
  const auto sequence = message.number("seq");
  dom::array cues;
  if (!sequence || !is_text(message.object, "decision") ||
      message.object["cues"].get_array().get(cues) != simdjson::SUCCESS) {
    return complain(tally_.malformed, "a slate without seq, decision or cues", message.text);
  }
  std::vector<SlateCue> seen;
  for (const dom::element element : cues) {
    dom::object cue;
    if (element.get_object().get(cue) != simdjson::SUCCESS || !is_text(cue, "id") || !is_text(cue, "slot") ||
        !is_text(cue, "item")) {
      return complain(tally_.malformed, "a cue without id, slot or item", message.text);
    }
    seen.push_back({cue["id"].get_string().value_unsafe(), cue["slot"].get_string().value_unsafe(),
                    cue["item"].get_string().value_unsafe()});
  }
  if (!take_sequence(*sequence)) return;
  ++tally_.slates;
  if (options_.keep_receipts) receipts_.push_back({*sequence, now});
  sink_.on_slate(id_, *sequence, seen);
  if (!seen.empty()) interact(seen, now, say);
}

/// Strictly increasing, or it is counted as what it is.
bool LoadViewer::take_sequence(std::uint64_t sequence) {
  if (sequence > last_sequence_) {
    last_sequence_ = sequence;
    return true;
  }
  const auto same = [&](const Receipt& receipt) { return receipt.sequence == sequence; };
  const bool seen = sequence == last_sequence_ || std::any_of(receipts_.begin(), receipts_.end(), same);
  ++(seen ? tally_.duplicated : tally_.out_of_order);
  return false;
}

void LoadViewer::interact(std::span<const SlateCue> cues, SteadyTime now, std::vector<std::string>& say) {
  if (resting_ || options_.impression_share <= 0 || random_.uniform() >= options_.impression_share) return;
  if (unacknowledged_.size() + cues.size() + 1 > kUnacknowledgedMax) return;
  for (const SlateCue& cue : cues) send_interaction(cue.id, "impression", now, say);
  const SlateCue& cue = cues[random_.below(cues.size())];
  if (random_.uniform() < options_.click_probability * mood_for(cue.item)) send_interaction(cue.id, "click", now, say);
}

double LoadViewer::mood_for(std::string_view item) const {
  if (!options_.taste) return 1;
  const bool likes = stable_hash(item) % kTastes == stable_hash(id_.str()) % kTastes;
  const double appeal = 1.0 / static_cast<double>(1U << (stable_hash(item, 1) % kAppeals));
  return appeal * (likes ? 1 : kMoodForOthers);
}

void LoadViewer::send_interaction(std::string_view cue, std::string_view kind, SteadyTime now,
                                  std::vector<std::string>& say) {
  Sent sent;
  sent.id = fmt::format("{}-{}", options_.run, ++tally_.interactions_sent);
  sent.message = fmt::format(R"({{"t":"interaction","id":{},"cue":{},"kind":"{}","value":1}})", json_text(sent.id),
                             json_text(cue), kind);
  sent.at = now;
  unacknowledged_.push_back(std::move(sent));
  say_unsent(say);
}

void LoadViewer::say_unsent(std::vector<std::string>& say) {
  if (!welcomed_) return;
  for (; in_flight_ < std::min(unacknowledged_.size(), kInFlightMax); ++in_flight_) {
    say.push_back(unacknowledged_[in_flight_].message);
  }
}

void LoadViewer::on_ack(std::string_view id, SteadyTime now, std::vector<std::string>& say) {
  const std::optional<Sent> sent = take_answered(id, say);
  if (!sent) return;
  ++tally_.interactions_acknowledged;
  sink_.on_interaction_ack(id_, sent->id, sent->at, now);
}

/// Removes what the server has answered, so that the next can be said. Nothing when it was answered before: what was
/// sent twice, before and after a break, is answered twice.
std::optional<LoadViewer::Sent> LoadViewer::take_answered(std::string_view id, std::vector<std::string>& say) {
  const auto end = unacknowledged_.begin() + static_cast<std::ptrdiff_t>(in_flight_);
  const auto found = std::find_if(unacknowledged_.begin(), end, [&](const Sent& sent) { return sent.id == id; });
  if (found == end) return std::nullopt;
  Sent answered = std::move(*found);
  unacknowledged_.erase(found);
  --in_flight_;
  say_unsent(say);
  return answered;
}

void LoadViewer::acknowledge(std::vector<std::string>& say) {
  CHECK(owes_acknowledgement(), last_sequence_);
  acknowledged_ = last_sequence_;
  say.push_back(fmt::format(R"({{"t":"ack","seq":{}}})", acknowledged_));
}

void LoadViewer::complain(std::uint64_t& counter, std::string_view what, std::string_view text) {
  ++counter;
  if (tally_.first_problem.empty()) {
    tally_.first_problem = fmt::format("viewer {}: {}: {}", id_.str(), what, first_characters(text, kProblemBytesMax));
  }
}

}  // namespace matchcue::simulate
