#include "sim/simulated_node.h"

#include "storage/memory/memory_store.h"

namespace stepd::test {

SimulatedNode::SimulatedNode(std::uint64_t seed, NodeLedger& ledger)
    : chance_(seed), random_(seed), ledger_(ledger), has_bad_days_(!chance_.one_in(8)) {
  ledger_.follow(clock_);
  open(storage::open_memory());
}

SimulatedNode::~SimulatedNode() {
  process_.engine.reset();
  ledger_.tally.faults += store_->faults();
  store_->crash(0);
}

void SimulatedNode::open(std::unique_ptr<storage::Store> store) {
  store_ = storage::make_faulty(std::move(store), plan());
  fatal_ = false;
  run::EngineOptions options;
  options.shards = 2;
  options.observer = &ledger_;
  options.listeners = {&ledger_};
  options.random = [] { return run::random_bits(); };
  options.express_max = kExpressAtOnce;
  options.resting_max = options.shards * chance_.draw(3);  // the others are parked
  options.slice = std::chrono::microseconds(0);            // measured on a real clock
  process_ = run::make_hand_driven_engine(
      std::move(options), *store_, clock_, [this](run::GatewayDoor ask_engine) -> std::unique_ptr<run::TaskServices> {
        auto services = std::make_unique<SimulatedServices>(chance_.draw(UINT64_MAX), ledger_, std::move(ask_engine));
        services_ = services.get();
        return services;
      });
  process_.engine->on_fatal([this] { fatal_ = true; });
  ledger_.process_began(*store_);
  process_.engine->resume();
}

storage::FaultPlan SimulatedNode::plan() {
  storage::FaultPlan plan;
  plan.unreadable = unreadable_;
  plan.on_fatal = [this] { fatal_ = true; };
  if (!has_bad_days_) return plan;
  plan.seed = chance_.draw(UINT64_MAX);
  if (chance_.one_in(2)) plan.unavailable_per_mille = static_cast<unsigned>(chance_.draw(150));
  plan.delayed_per_mille = static_cast<unsigned>(chance_.draw(500));
  plan.delay_writes_max = 1 + chance_.draw(4);
  if (chance_.one_in(6)) {
    plan.exactly[1 + chance_.draw(20)] = chance_.one_in(2) ? storage::Fault::FatalBefore : storage::Fault::FatalAfter;
  }
  return plan;
}

bool SimulatedNode::run_one() {
  const auto& loops = process_.loops;
  const auto first = chance_.draw(loops.size());
  for (std::size_t i = 0; i < loops.size(); ++i) {
    auto& loop = *loops[(first + i) % loops.size()];
    if (chance_.one_in(2) ? loop.run_timer() || loop.run_job() : loop.run_job() || loop.run_timer()) return true;
  }
  return false;
}

bool SimulatedNode::pass_time() {
  std::optional<Instant> next;
  for (const auto* loop : process_.loops) {
    if (const auto due = loop->next_due(); due && (!next || *due < *next)) next = due;
  }
  if (!next) return false;
  if (*next > clock_.now()) clock_.advance(*next - clock_.now());
  ledger_.time_passed();
  return true;
}

void SimulatedNode::jump() {
  const auto by = std::chrono::milliseconds(1 + chance_.draw(60'000));
  const bool back = chance_.one_in(2);
  clock_.jump(back ? -by : by);
  ledger_.tally.jumps += 1;
  ledger_.time_passed();
}

void SimulatedNode::restart() {
  if (has_bad_days_ ? chance_.one_in(5) : chance_.one_in(2)) {
    process_.engine->drain(std::chrono::milliseconds(0));
    ledger_.tally.drains += 1;
  } else {
    ledger_.tally.crashes += 1;
  }
  process_.engine.reset();
  services_ = nullptr;
  const auto held = store_->held();
  const auto kept = chance_.draw(held + 1);
  ledger_.tally.faults += store_->faults();
  ledger_.tally.lost_writes += held - kept;
  auto store = store_->crash(kept);
  damage(*store);
  open(std::move(store));
}

void SimulatedNode::damage(storage::Store& store) {
  if (!has_bad_days_) return;
  storage::ExecutionQuery open;
  open.status = storage::ExecutionStatus::Running;
  for (const auto& execution : store.reader().executions(open)) {
    if (unreadable_.contains(execution.id)) {
      if (!chance_.one_in(2)) continue;
      // As `stepd doctor --release` does, of one that can be read again.
      unreadable_.erase(execution.id);
      store.write(storage::DropQuarantine{execution.id}, nullptr);
    } else if (chance_.one_in(16)) {
      unreadable_.insert(execution.id);
      ledger_.made_unreadable(execution.arn);
    }
  }
}

void SimulatedNode::end_faults() {
  has_bad_days_ = false;
  store_->end_faults();
}

}  // namespace stepd::test
