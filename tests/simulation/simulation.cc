// SPDX-License-Identifier: Apache-2.0
#include "tests/simulation/simulation.h"

#include <algorithm>

#include "engine/feedback_fold.h"
#include "tests/simulation/operators.h"
#include "tests/simulation/sim_reader.h"
#include "tests/simulation/viewer.h"
#include "tests/simulation/world.h"

namespace matchcue::simulation {

using domain::ViewerId;

namespace {

constexpr Milliseconds kPatience{90'000};  ///< for everything to settle once nothing goes wrong any more
constexpr std::size_t kExplained = 4;

class Simulation {
 public:
  Simulation(const Plan& plan, bool print_trace);
  ~Simulation() { end_process(); }
  Outcome run();

 private:
  bool found() const { return world_.findings.first().has_value(); }
  void start_process();
  void end_process();
  /// One of the moments at which the process may die.
  void on_edge();
  void crash();
  void restart_soon();
  void plan_faults();
  void plan_crash();
  void go_on(Milliseconds duration);
  bool go_on_until(const std::function<bool()>& done, Milliseconds patience);
  void watch_process(Process& process);
  void make_viewers();
  void set_up();
  void heal();
  bool is_settled() const;
  void check_settled();
  void check_learner();
  void explain_some();
  void check_sessions();
  void say_what_does_not_settle();
  void stop_in_good_order();

  World world_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::optional<Operators> operators_;
  std::uint64_t crash_in_ = 0;  ///< edges; 0 for never
  std::uint64_t crashes_ = 0;
  std::uint64_t processes_ = 0;
  bool refused_ = false;       ///< the storage did at some time
  std::uint64_t dropped_ = 0;  ///< decisions, by batches
};

Simulation::Simulation(const Plan& plan, bool print_trace) : world_(plan, print_trace) {
  world_.trace("seed " + std::to_string(plan.seed) + ": " + to_string(plan));
  world_.scheduler.on_process_turn = [this] {
    if (!world_.process || !world_.process->alive || !world_.process->edge) return;
    world_.promises.isolation.on_turn_over(*world_.process->edge);
    on_edge();
  };
}

void Simulation::start_process() {
  world_.process = std::make_unique<Process>();
  Process& process = *world_.process;
  const std::uint64_t seed = stable_hash("process", world_.plan.seed ^ mix64(++processes_));
  process.store =
      std::make_unique<SimStore>(world_.disk, world_.plan.store, world_.scheduler, seed, [this] { on_edge(); });
  process.control = world_.scheduler.make_loop("control");
  std::vector<runtime::Loop*> shards;
  for (std::size_t i = 0; i < world_.plan.shards; ++i) {
    process.shards.push_back(world_.scheduler.make_loop("shard"));
    shards.push_back(process.shards.back().get());
  }
  world_.promises.slates.restart(world_.plan.shards);
  world_.trace("start");
  engine::Surroundings surroundings{
      *process.store, *process.control, shards, process.metrics,
      [this](std::string name, const Clock&) { return world_.scheduler.make_loop(std::move(name)); }};
  auto started = engine::start_engine(world_.plan.engine, surroundings);
  if (!started.ok()) {
    world_.findings.add("a start succeeds on what a crash left", "the engine starts", started.error().message);
    return;
  }
  process.engine = *std::move(started);
  process.retention = std::make_unique<engine::Retention>(
      world_.plan.retention, *process.store, *process.control, process.metrics,
      [this](const engine::RetentionReport& report) { dropped_ += report.bytes_freed; });
  process.retention->start();
  watch_process(process);
}

void Simulation::watch_process(Process& process) {
  std::vector<runtime::Loop*> shards;
  for (const auto& shard : process.shards) shards.push_back(shard.get());
  Edge::Events events;
  events.on_push = [this](const Connection& connection, std::string_view text, bool is_slate) {
    on_edge();
    if (!world_.process->alive) return;
    const bool native = connection.introduction.route == engine::Route::native;
    world_.trace("push " + connection.introduction.hello.viewer.str() + " " + std::string(text.substr(0, 50)));
    if (!native || !(is_slate || text.starts_with("{\"t\":\"retract\""))) return;
    const SeenFrame frame = read_frame(text);
    world_.promises.slates.on_push(connection, frame);
    world_.promises.isolation.on_push(connection, frame);
    if (connection.outbox_bytes() > world_.plan.outbox_bytes_max) {
      world_.findings.add("5: every queue has a maximum",
                          "at most " + std::to_string(world_.plan.outbox_bytes_max) + " bytes in an outbox",
                          std::to_string(connection.outbox_bytes()));
    }
  };
  events.on_identified = [this](const Connection&, const Result<domain::ViewerLink>& identified) {
    if (world_.process->alive && identified.ok()) world_.promises.acks.on_link(*identified);
  };
  events.event_of = [this](const domain::ContentId& content) {
    const auto carried = world_.disk.contents.find(content);
    return carried == world_.disk.contents.end() ? domain::EventId() : carried->second;
  };
  process.edge = std::make_unique<Edge>(*process.engine, std::move(shards), std::move(events));
}

void Simulation::on_edge() {
  if (crash_in_ == 0 || world_.healing || !world_.up()) return;
  if (--crash_in_ == 0) crash();
}

void Simulation::crash() {
  Process& process = *world_.process;
  world_.trace("crash");
  ++crashes_;
  process.alive = false;
  process.store->crash();
  process.edge->die();
  world_.promises.isolation.forget();
  world_.unanswered.clear();
  if (!world_.chance(world_.plan.power_cut_share)) return;
  world_.disk.cut_power([this] {
    const std::uint64_t fate = world_.below(3);
    return fate == 0 ? Disk::Fate::kept : fate == 1 ? Disk::Fate::torn : Disk::Fate::lost;
  });
}

void Simulation::end_process() {
  if (!world_.process) return;
  Process& process = *world_.process;
  if (process.engine) process.engine->stop();
  for (auto& shard : process.shards) shard->stop();
  process.control->stop();
  process.store->answer_all();
  if (process.edge) process.edge->die();
  process.engine.reset();
  world_.process.reset();
}

void Simulation::plan_crash() {
  if (crashes_ < world_.plan.crashes) crash_in_ = 1 + world_.below(world_.chance(.3) ? 60 : 2'000);
}

void Simulation::go_on(Milliseconds duration) {
  go_on_until([] { return false; }, duration);
}

bool Simulation::go_on_until(const std::function<bool()>& done, Milliseconds patience) {
  const SteadyTime until = world_.now() + patience;
  while (!found() && !done()) {
    if (!world_.scheduler.turn(until)) return done();
    if (world_.process->alive) continue;
    end_process();  // its loops run dry, and nobody hears what they say
    world_.promises.acks.check_all();
    world_.promises.attribution.check(false);
    start_process();
    operators_->on_restart();
    if (found()) return false;
    plan_crash();
  }
  return !found();
}

void Simulation::make_viewers() {
  const Plan& plan = world_.plan;
  std::vector<std::string> known;
  for (std::size_t v = 0; v < plan.viewers + plan.sample_viewers; ++v) {
    ViewerProfile profile;
    profile.id = "v" + std::to_string(v);
    profile.device = "d" + std::to_string(v);
    profile.content = "c" + std::to_string(v % plan.events);
    profile.sample = v >= plan.viewers;
    known.push_back(profile.id);
    if (plan.anonymous && v % 3 == 1) profile.anonymous = "a" + std::to_string(v);
    const bool second = plan.second_devices && v > 0 && v % 3 == 2 && !profile.sample;
    if (second) profile.id = "v" + std::to_string(v - 1);
    if (second) profile.content = "c" + std::to_string((v - 1) % plan.events);
    viewers_.push_back(std::make_unique<Viewer>(world_, profile, world_.random.next()));
  }
  operators_.emplace(world_, std::move(known), world_.random.next());
}

void Simulation::set_up() {
  start_process();
  if (found()) return;
  make_viewers();
  operators_->set_up();
  if (!go_on_until([this] { return operators_->is_set_up(); }, kPatience)) {
    world_.findings.add("liveness", "the catalogue is stored", "no answer");
  }
}

void Simulation::plan_faults() {
  world_.scheduler.set_pace(world_.plan.pace);
  plan_crash();
  if (world_.plan.clock_steps) {
    world_.loop->every(Milliseconds(3'000), [this] {
      if (world_.healing || world_.below(2) == 0) return;
      const auto by = Milliseconds(static_cast<std::int64_t>(world_.below(7'200'000)) - 3'600'000);
      world_.trace("clock steps by " + std::to_string(by.count()) + " ms");
      world_.scheduler.clock().step_wall(by);
    });
  }
  if (world_.plan.storage_refuses) {
    world_.loop->every(Milliseconds(1'000), [this] {
      const bool refuses = !world_.healing && world_.below(3) == 0;
      refused_ = refused_ || refuses;
      if (world_.process && world_.process->store) world_.process->store->set_refusing(refuses);
    });
  }
}

void Simulation::heal() {
  world_.trace("heal");
  world_.healing = true;
  crash_in_ = 0;
  world_.scheduler.set_pace({});
  world_.plan.latency_max = std::min(world_.plan.latency_max, Milliseconds(50));
  world_.plan.store = {};
  world_.process->store->set_options(world_.plan.store);
  world_.process->store->set_refusing(false);
  for (auto& viewer : viewers_) viewer->heal();
  go_on(Milliseconds(1'500));
  if (!found()) operators_->fire_last();
}

bool Simulation::is_settled() const {
  if (!world_.unanswered.empty()) return false;
  return std::all_of(viewers_.begin(), viewers_.end(), [](const auto& viewer) { return viewer->is_settled(); });
}

void Simulation::say_what_does_not_settle() {
  std::string what;
  for (const auto& [call, name] : world_.unanswered) what += name + " is not answered; ";
  for (const auto& viewer : viewers_) {
    if (!viewer->is_settled() && what.size() < 500) what += viewer->waits_for() + "; ";
  }
  world_.findings.add("liveness: after faults stop everything settles",
                      "all settles within " + std::to_string(kPatience.count()) + " ms", what);
}

void Simulation::check_settled() {
  for (const auto& viewer : viewers_) viewer->check_continuity();
  world_.promises.acks.check_all();
  world_.promises.refusals.check_all();
  const engine::Options& engine = world_.plan.engine;
  const bool large_ring =
      engine.ring_changes_max >= 64 && std::max(engine.ring_age_max, engine.resume_window) >= Milliseconds(120'000);
  world_.promises.attribution.check(crashes_ == 0 && !refused_ && large_ring);
  world_.promises.slates.check_logged();
}

void Simulation::explain_some() {
  std::size_t waiting = 0;
  for (std::size_t i = 0; i < kExplained && !world_.disk.log.empty(); ++i) {
    const std::size_t place = world_.below(world_.disk.log.size());
    const LoggedBatch& logged = world_.disk.log[place];
    if (logged.torn) continue;
    const auto& header = logged.batch->header;
    const ViewerId viewer = logged.batch->viewers[world_.below(logged.batch->rows())];
    const domain::DecisionId id{header.event, header.sequence, viewer};
    ++waiting;
    world_.process->engine->explain(
        id, world_.reply<engine::ExplainedDecision>("explain", [this, id, place, &waiting](const auto& result) {
          --waiting;
          if (result.ok() && result->identical) return;
          // Who looks for one that is gone finds what else there is of its change, and that may be damaged.
          const bool may_lack = world_.disk.log[place].dropped && !result.ok();
          if (may_lack && (result.error().code == "decision_dropped" || result.error().kind == ErrorKind::corrupt))
            return;
          world_.findings.add(
              "6: the same log gives the same decisions", "decision " + to_string(id) + " comes out again",
              result.ok() ? "other items or propensities; it was made by " + result->decision.header.solution_version
                          : result.error().message);
        }));
  }
  go_on_until([&] { return waiting == 0; }, kPatience);
}

void Simulation::check_sessions() {
  go_on(world_.plan.engine.resume_window + Milliseconds(21'000));  // the last half-open ones are found out
  std::size_t online = 0;
  for (const auto& viewer : viewers_) online += viewer->is_online() || viewer->profile().sample ? 1 : 0;
  for (std::size_t e = 0; e < world_.plan.events; ++e) {
    world_.process->engine->audience(
        operators_->event(e), world_.reply<engine::AudienceView>("audience", [this, e](const auto& view) {
          std::size_t here = 0;
          for (const auto& viewer : viewers_) here += viewer->event() == operators_->event(e) ? 1 : 0;
          if (view.ok() && view->sessions <= here) return;
          world_.findings.add("5: every queue has a maximum", "no session outlives its viewer by more than the window",
                              std::to_string(view->sessions) + " sessions of " + std::to_string(here) + " viewers");
        }));
  }
  go_on_until([this] { return world_.unanswered.empty(); }, kPatience);
}

void Simulation::stop_in_good_order() {
  world_.trace("stop");
  world_.process->edge->shut();
  end_process();
}

void Simulation::check_learner() {
  if (world_.disk.steps.empty()) return;
  SimReader reader(world_.disk);
  auto fold = engine::FeedbackFold::replay(reader, engine::no_models, world_.disk.steps.back().number);
  if (!fold.ok()) {
    return world_.findings.add("6: the learner can be rebuilt from its log", "it is rebuilt", fold.error().message);
  }
  const auto kept = world_.disk.snapshots.find(world_.disk.steps.back().number);
  if (kept == world_.disk.snapshots.end() || kept->second == fold->learner().save()) return;
  world_.findings.add("6: the same log gives the same learner, bit for bit",
                      "the state after step " + std::to_string(kept->first), "another state");
}

Outcome Simulation::run() {
  set_up();
  if (!found()) {
    plan_faults();
    for (auto& viewer : viewers_) viewer->begin();
    operators_->begin();
    go_on(world_.plan.duration);
  }
  if (!found()) heal();
  if (!found() && !go_on_until([this] { return is_settled(); }, kPatience) && !found()) say_what_does_not_settle();
  if (!found()) go_on(Milliseconds(300));
  // Who came late, in that time too, was decided for by themselves, and that is logged a little later.
  if (!found()) go_on_until([this] { return world_.promises.slates.all_logged(); }, kPatience);
  if (!found()) check_settled();
  if (!found()) explain_some();
  if (!found() && world_.below(4) == 0) check_sessions();
  if (!found()) stop_in_good_order();
  if (!found()) check_learner();
  Outcome outcome;
  outcome.finding = world_.findings.first();
  outcome.trace_hash = world_.scheduler.trace_hash();
  outcome.turns = world_.scheduler.turns();
  for (const auto& [event, changes] : world_.disk.changes) outcome.changes += changes.size();
  outcome.feedback = world_.disk.feedback.size();
  outcome.crashes = crashes_;
  outcome.dropped = dropped_;
  outcome.virtual_time = std::chrono::duration_cast<Milliseconds>(world_.now().time_since_epoch());
  return outcome;
}

}  // namespace

Outcome run_seed(const Plan& plan, bool print_trace) { return Simulation(plan, print_trace).run(); }

}  // namespace matchcue::simulation
