// A node whose whole world is simulated: the real engine, driven by hand over a store with bad days, on a clock that
// is moved by hand. It can crash at any moment and comes back over what the store kept. One seed decides everything.
#pragma once

#include "engine/run/hand_driven.h"
#include "engine/run/uuid.h"
#include "sim/chance.h"
#include "sim/node_ledger.h"
#include "sim/node_services.h"
#include "storage/faulty/faulty_store.h"
#include "support/manual_clock.h"

#include <memory>
#include <optional>
#include <set>

namespace stepd::test {

class SimulatedNode {
 public:
  /// `ledger` outlives it.
  SimulatedNode(std::uint64_t seed, NodeLedger& ledger);
  ~SimulatedNode();

  run::Engine& engine() { return *process_.engine; }
  const storage::Reader& reader() const { return store_->reader(); }
  const ManualClock& clock() const { return clock_; }
  SimulatedServices& services() { return *services_; }

  /// One job or one due timer of a loop that chance chooses. False: nothing can run.
  bool run_one();
  /// Moves the clock to the next timer, if there is one.
  bool pass_time();
  /// The clock on the wall is set, forwards or back.
  void jump();
  /// The store gets on with what it holds back.
  void release() { store_->release(); }

  /// The process ends, at times in good order, and another begins.
  void restart();
  /// The store is fatally broken: the process should end.
  bool wants_restart() const { return fatal_; }
  /// No fault from now on.
  void end_faults();
  bool is_unreadable(storage::ExecutionId id) const { return unreadable_.contains(id); }

 private:
  void open(std::unique_ptr<storage::Store> store);
  storage::FaultPlan plan();
  /// Some open executions can be read no more, others again.
  void damage(storage::Store& store);

  Chance chance_;
  run::SeededRandom random_;
  NodeLedger& ledger_;
  ManualClock clock_;
  std::set<storage::ExecutionId> unreadable_;
  bool has_bad_days_ = true;
  bool fatal_ = false;
  std::unique_ptr<storage::FaultyStore> store_;
  SimulatedServices* services_ = nullptr;  // the engine's
  run::HandDrivenEngine process_;
};

}  // namespace stepd::test
