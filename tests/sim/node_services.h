// The world in which a simulated node's tasks run: it answers when chance says so, late or out of order, with results
// and errors, and keeps the tokens that it was handed.
#pragma once

#include "engine/run/task_services.h"
#include "sim/chance.h"
#include "sim/node_ledger.h"

#include <vector>

namespace stepd::test {

/// Of one process. Starts executions as the integration `states:startExecution` does.
class SimulatedServices final : public run::TaskServices {
 public:
  SimulatedServices(std::uint64_t seed, NodeLedger& ledger, run::GatewayDoor ask_engine)
      : chance_(seed), ledger_(ledger), ask_engine_(std::move(ask_engine)) {}

  /// Takes up or answers one of the calls that are open. False: none is.
  bool answer_one();

  void start(run::TaskCall call) override;
  void cancel(const std::string& attempt) override;
  void invoke(run::InvokeFunction, std::function<void(run::InvokedFunction)> done) override { done({Payload()}); }
  asl::Diagnostics check(const Json&) const override { return {}; }
  void drain(std::chrono::milliseconds) override { calls_.clear(); }
  std::vector<LaneDepth> lanes() const override { return {}; }

 private:
  struct OpenCall {
    run::TaskCall call;
    bool started = false;
    bool cancelled = false;
  };

  void start_execution(run::TaskCall call);
  Result<Payload> answer(const run::TaskCall& call);

  Chance chance_;
  NodeLedger& ledger_;
  const run::GatewayDoor ask_engine_;
  std::vector<OpenCall> calls_;
};

}  // namespace stepd::test
