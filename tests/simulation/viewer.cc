// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/viewer.h"

#include <algorithm>

namespace matchcue::simulation {

using domain::EventId;
using domain::Sequence;
using domain::ViewerId;

namespace {

constexpr Milliseconds kSayAgain{3'000};
constexpr Milliseconds kAccidentEvery{1'500};

}  // namespace

Viewer::Viewer(World& world, ViewerProfile profile, std::uint64_t seed)
    : world_(world),
      profile_(std::move(profile)),
      random_(seed),
      viewer_(profile_.anonymous.empty() ? profile_.id : profile_.anonymous) {}

domain::EventId Viewer::event() const {
  const auto carried = world_.disk.contents.find(domain::ContentId(profile_.content));
  return carried == world_.disk.contents.end() ? EventId() : carried->second;
}

void Viewer::broken(const std::string& expected, const std::string& seen) {
  world_.findings.add("3: a session's seq strictly increases, and lost continuity is announced",
                      "viewer " + name() + ": " + expected, seen);
}

void Viewer::begin() {
  world_.loop->after(Milliseconds(random_.below(2'000)), [this] { connect(); });
  world_.loop->every(kSayAgain, [this] { say_again(); });
  world_.loop->every(kAccidentEvery, [this] { have_accident(); });
}

void Viewer::heal() {
  if (connection_) connection_->set_reading(true);
  if (!online_ && !waiting_) come_back_later();
}

std::string Viewer::hello() const {
  std::string text = R"({"t":"hello","viewer":")" + viewer_ + R"(","content":")" + profile_.content + '"';
  if (!profile_.device.empty()) text += R"(,"device":")" + profile_.device + '"';
  if (!previously_.empty()) text += R"(,"previously":")" + previously_ + '"';
  if (resume_) {
    text += R"(,"resume":{"epoch":")" + resume_->first + R"(","seq":)" + std::to_string(resume_->second) + '}';
  }
  return text + '}';
}

void Viewer::connect() {
  waiting_ = false;
  if (connection_) return;
  if (!world_.up()) return come_back_later();
  Connection::Client client;
  client.on_frame = [this](std::string_view text) { on_frame(text); };
  client.on_end = [this] { on_end(); };
  client.on_superseded = [this](std::uint64_t sequence) { superseded_.insert(sequence); };
  connection_ =
      std::make_shared<Connection>(*world_.loop, world_.scheduler, world_.plan, random_.next(), std::move(client));
  world_.process->edge->accept(connection_);
  connection_->say(profile_.sample ? "sample " + hello() : hello());
}

void Viewer::come_back_later() {
  if (waiting_) return;
  waiting_ = true;
  const std::uint64_t patience = world_.healing ? 200 : random_.below(8) == 0 ? 6'000 : 800;
  world_.loop->after(Milliseconds(10 + random_.below(patience)), [this] { connect(); });
}

void Viewer::on_end() {
  connection_.reset();
  online_ = false;
  come_back_later();
}

void Viewer::disconnect() {
  if (!connection_) return;
  const bool half_open = world_.plan.half_open && random_.below(2) == 0;
  connection_->leave(Milliseconds(half_open ? random_.below(20'000) : random_.below(50)));
  world_.trace(name() + (half_open ? " leaves half-open" : " leaves"));
  on_end();
}

void Viewer::have_accident() {
  if (world_.healing || !connection_) return;
  if (!profile_.anonymous.empty() && viewer_ != profile_.id && random_.below(4) == 0) return sign_in();
  if (world_.plan.network_cuts && random_.below(6) == 0) return disconnect();
  if (world_.plan.stuck_viewers) connection_->set_reading(random_.below(3) != 0);
  if (world_.plan.network_cuts && random_.below(20) == 0) {  // the page is loaded anew
    disconnect();
    resume_.reset();
  }
}

void Viewer::sign_in() {
  disconnect();
  previously_ = viewer_;
  viewer_ = profile_.id;
  resume_.reset();
}

void Viewer::on_frame(std::string_view text) {
  if (profile_.sample) return;
  const SeenFrame frame = read_frame(text);
  world_.trace(name() + " gets " + std::string(text.substr(0, 60)));
  if (frame.type == "welcome") {
    on_welcome(frame);
  } else if (frame.type == "slate") {
    on_slate(frame);
  } else if (frame.type == "retract") {
    on_retract(frame);
  } else if (frame.type == "ack") {
    const auto known = pending_.find(frame.id);
    if (known == pending_.end()) return;
    world_.promises.acks.on_feedback(ViewerId(known->second.viewer), frame.id);
    pending_.erase(known);
  }
}

void Viewer::on_welcome(const SeenFrame& frame) {
  online_ = true;
  const bool resumes = resume_.has_value();
  if (resumes && frame.continuity_kept) {
    if (frame.epoch != resume_->first || frame.sequence != resume_->second) {
      broken("goes on at seq " + std::to_string(resume_->second), "a welcome at seq " + std::to_string(frame.sequence));
    }
  } else {
    chain_from_ = frame.sequence;
    slates_.clear();
    resumed_.clear();
    shown_.clear();
    retracted_.clear();
  }
  resumed_.push_back({frame.sequence, world_.scheduler.clock().wall()});
  resume_ = {frame.epoch, frame.sequence};
  say_again();
}

bool Viewer::takes_sequence(const SeenFrame& frame) {
  if (!online_ || !resume_ || frame.sequence <= resume_->second) {
    broken("a frame after seq " + std::to_string(resume_ ? resume_->second : 0),
           "a " + frame.type + " with seq " + std::to_string(frame.sequence));
    return false;
  }
  resume_->second = frame.sequence;
  if (random_.below(3) == 0) connection_->say(R"({"t":"ack","seq":)" + std::to_string(frame.sequence) + '}');
  return true;
}

void Viewer::on_slate(const SeenFrame& frame) {
  if (!takes_sequence(frame)) return;
  std::map<std::string, std::string>& slate = slates_[frame.sequence];
  for (const SeenCue& cue : frame.cues) {
    if (shown_.contains(cue.id) || retracted_.contains(cue.id)) {
      world_.findings.add("2: every cue is displayed at most once", "cue " + cue.id + " once at " + name(), "again");
    }
    slate[cue.slot] = cue.item;
    shown_[cue.id] = {frame.sequence, frame.moment, cue.item};
  }
  act_on(frame);
}

void Viewer::on_retract(const SeenFrame& frame) {
  if (!takes_sequence(frame)) return;
  for (const std::string& cue : frame.gone) {
    shown_.erase(cue);
    retracted_.insert(cue);
  }
}

void Viewer::act_on(const SeenFrame& frame) {
  for (const SeenCue& cue : frame.cues) {
    if (random_.uniform() >= world_.plan.act_share) continue;
    act(cue.id, "impression");
    if (random_.below(3) == 0) act(cue.id, random_.below(4) == 0 ? "dismiss" : "click");
    if (world_.plan.poison && random_.below(4) == 0) poison(cue.id);
  }
}

void Viewer::act(const std::string& cue, const char* kind) {
  const std::string id = profile_.device + "-" + std::to_string(next_id_++);
  const std::string text =
      R"({"t":"interaction","id":")" + id + R"(","cue":")" + cue + R"(","kind":")" + kind + R"(","value":1})";
  pending_[id] = {text, viewer_};
  if (!connection_ || !online_) return;
  connection_->say(text);
  if (world_.plan.duplicates && random_.below(3) == 0) connection_->say(text);
}

void Viewer::poison(const std::string& cue) {
  const std::string id = profile_.device + "-bad-" + std::to_string(next_id_++);
  auto wrong = domain::parse_cue_id(cue).value();
  double value = 1;
  switch (random_.below(5)) {
    case 0: wrong.decision.viewer = ViewerId("somebody-else"); break;
    case 1: wrong.decision.sequence = Sequence(wrong.decision.sequence.value() + 1'000'000); break;
    case 2: wrong.decision.event = EventId("no such event"); break;
    case 3: wrong.slot = 15; break;
    default: value = 1e308;
  }
  const bool is_refused = wrong.slot != 15 && value == 1;
  const std::string text = R"({"t":"interaction","id":")" + id + R"(","cue":")" + to_string(wrong) +
                           R"(","kind":"click","value":)" + (value == 1 ? "1" : "1e308") + "}";
  if (connection_ && online_) connection_->say(text);
  if (is_refused) {
    world_.promises.refusals.on_refused_feedback(ViewerId(viewer_), id, Error{ErrorKind::invalid_argument, {}, {}, {}});
  }
}

void Viewer::say_again() {
  if (!connection_ || !online_) return;
  for (const auto& [id, pending] : pending_) {
    if (pending.viewer == viewer_) connection_->say(pending.text);
  }
}

bool Viewer::is_settled() const {
  if (profile_.sample) return true;
  if (!online_ || !resume_) return false;
  const auto changes = world_.disk.changes.find(event());
  const std::uint64_t newest =
      changes == world_.disk.changes.end() || changes->second.empty() ? 0 : changes->second.rbegin()->first.value();
  // What is newest may have touched nothing on this screen, or have expired.
  std::uint64_t wanted = 0;
  if (newest > 0) {
    for (const auto& [sequence, change] : changes->second) {
      if (!change.adjusts() && !is_excused(change)) wanted = sequence.value();
    }
  }
  if (std::max(chain_from_, resume_->second) < wanted) return false;
  return std::none_of(pending_.begin(), pending_.end(),
                      [&](const auto& entry) { return entry.second.viewer == viewer_; });
}

std::string Viewer::waits_for() const {
  if (!online_ || !resume_) return name() + " is away";
  std::string text = name() + " is at seq " + std::to_string(resume_->second);
  for (const auto& [id, pending] : pending_) text += ", no ack of " + pending.text;
  return text;
}

bool Viewer::is_excused(const domain::Change& change) const {
  const std::uint64_t sequence = change.sequence.value();
  if (superseded_.contains(sequence)) return true;
  const auto& all = world_.disk.changes.at(change.event);
  const bool corrected = std::any_of(all.begin(), all.end(), [&](const auto& entry) {
    return entry.second.corrects == change.moment && entry.first > change.sequence;
  });
  return std::any_of(resumed_.begin(), resumed_.end(), [&](const Resumed& resumed) {
    const bool missed = resumed.sequence < sequence;
    const bool expired =
        world_.plan.clock_steps || change.at + world_.plan.engine.slate_lifetime <= resumed.latest + kSayAgain;
    return missed && (corrected || expired);
  });
}

void Viewer::check_retracted(const domain::Change& correction) {
  for (const auto& [cue, shown] : shown_) {
    if (shown.sequence >= correction.sequence.value()) continue;
    if (shown.moment != correction.corrects->value()) continue;
    world_.findings.add("2: what was wrong is retracted from every screen",
                        "viewer " + name() + " was told that cue " + cue + " is retracted by seq " +
                            std::to_string(correction.sequence.value()),
                        "it is still on the screen");
  }
}

bool Viewer::touches_screen(const domain::Change& adjustment) const {
  // With several devices or ids a row may be another one's, who came later.
  if (world_.plan.second_devices || world_.plan.anonymous) return false;
  const auto logged = world_.disk.decision({adjustment.event, adjustment.sequence, ViewerId(viewer_)});
  if (!logged.ok() || !logged->has_value()) return false;
  const auto catalogue = world_.disk.catalogue((*logged)->header.catalogue_version);
  std::map<std::string, std::string> items;
  for (std::size_t slot = 0; slot < (*logged)->choices.size(); ++slot) {
    const std::uint16_t item = (*logged)->choices[slot].item;
    if (item != domain::kNoItem) items[(*logged)->header.slots[slot].str()] = (*catalogue)->items()[item].id.str();
  }
  const auto after = slates_.lower_bound(adjustment.sequence.value());
  return after == slates_.begin() ? !items.empty() : std::prev(after)->second != items;
}

void Viewer::check_continuity() {
  if (profile_.sample || !online_ || !resume_) return;
  const auto changes = world_.disk.changes.find(event());
  if (changes == world_.disk.changes.end()) return;
  for (const auto& [sequence, change] : changes->second) {
    if (sequence.value() <= chain_from_ || is_excused(change)) continue;
    if ((!change.adjusts() || touches_screen(change)) && !slates_.contains(sequence.value())) {
      broken("the slate of seq " + std::to_string(sequence.value()) + ", since continuity was kept from seq " +
                 std::to_string(chain_from_),
             "it never came");
    }
    if (change.kind == domain::ChangeKind::correction) check_retracted(change);
  }
}

}  // namespace matchcue::simulation
