// Durable executions from their starts until their ends are stored.
#pragma once

#include "engine/run/engine.h"
#include "engine/run/turn_listener.h"
#include "five_states.h"
#include "services/dispatcher.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "unreached_rates.h"

#include <atomic>
#include <filesystem>
#include <future>
#include <string>
#include <utility>

namespace stepd::bench {

/// So many clients, each of which starts an execution, hears of its end, and starts the next.
class Clients final : public run::TurnListener {
 public:
  Clients(std::string machine_name, int executions) : machine_name_(std::move(machine_name)), left_(executions) {}

  void committed(const run::HeardTurn& turn) override {
    if (turn.execution.status() == core::Status::Running) return;
    if (!start_one() && --under_way_ == 0) ended_.set_value();
  }

  /// Executions per second.
  double measure(run::Engine& engine, const std::string& definition, int in_flight) {
    engine_ = &engine;
    std::promise<std::string> arn;
    engine.create_state_machine({machine_name_, definition, "arn:aws:iam::123456789012:role/r"},
                                [&](auto answer) { arn.set_value(answer.value().arn); });
    machine_ = arn.get_future().get();
    const int executions = left_;
    under_way_ = in_flight;
    const Stopwatch watch;
    for (int i = 0; i < in_flight; ++i) start_one();
    ended_.get_future().wait();
    return executions / watch.seconds();
  }

 private:
  bool start_one() {
    if (left_.fetch_sub(1) <= 0) return false;
    engine_->start_execution({machine_, std::nullopt, kFiveStatesInput, ""},
                             [](const auto& answer) { answer.value(); });
    return true;
  }

  const std::string machine_name_;
  std::string machine_;
  run::Engine* engine_ = nullptr;
  std::atomic<int> left_;
  std::atomic<int> under_way_{0};
  std::promise<void> ended_;
};

/// An engine over a new SQLite store, or over the one that an earlier process has left in `folder`.
class DurableEngine {
 public:
  DurableEngine(const std::filesystem::path& folder, run::EngineOptions options)
      : store_(storage::open_sqlite(folder)) {
    handlers_["work"] = std::make_unique<FiveStatesWork>();
    handlers_["compute"] = std::make_unique<FiveStatesWork>(true);
    services::ServiceOptions serving;
    serving.functions = {{"work", "work"}, {"compute", "compute"}};
    engine_ = run::make_engine(std::move(options), *store_, clock_,
                               services::make_services_factory(serving, handlers_, clock_));
    engine_->resume();
  }
  run::Engine& engine() { return *engine_; }

 private:
  const SystemClock clock_;
  services::Handlers handlers_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<run::Engine> engine_;
};

/// Executions per second of `definition`, so many at once, over a new SQLite store.
inline double measure_durable(const std::string& definition, int in_flight, int executions) {
  const ScratchFolder folder("bench-engine");
  Clients clients("bench", executions);
  auto options = unreached_rates();
  options.listeners = {&clients};
  DurableEngine durable(folder.path(), std::move(options));
  return clients.measure(durable.engine(), definition, in_flight);
}

}  // namespace stepd::bench
