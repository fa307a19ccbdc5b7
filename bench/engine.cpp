// Durable executions of five states per second, from the start until the end is stored, beside what SQLite itself can
// commit on this disk in the same run.
#include "engine/run/engine.h"
#include "engine/run/turn_listener.h"
#include "five_states.h"
#include "services/dispatcher.h"
#include "sqlite_limit.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "unreached_rates.h"

#include <spdlog/spdlog.h>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace stepd::bench {
namespace {

/// So many clients, each of which starts an execution, hears of its end, and starts the next.
class Clients final : public run::TurnListener {
 public:
  Clients(std::string machine_name, int executions) : machine_name_(std::move(machine_name)), left_(executions) {}

  void committed(const run::HeardTurn& turn) override {
    if (turn.execution.status() == core::Status::Running) return;
    if (!start_one() && --under_way_ == 0) ended_.set_value();
  }

  /// Executions per second.
  double measure(run::Engine& engine, const char* definition, int in_flight) {
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

double measure(const char* definition, int in_flight, int executions) {
  const ScratchFolder folder("bench-engine");
  const SystemClock clock;
  services::Handlers handlers;
  handlers["work"] = std::make_unique<FiveStatesWork>();
  auto store = storage::open_sqlite(folder.path());
  services::ServiceOptions serving;
  serving.functions = {{"work", "work"}};
  Clients clients("bench", executions);
  auto options = unreached_rates();
  options.listeners = {&clients};
  auto engine = run::make_engine(options, *store, clock, services::make_services_factory(serving, handlers, clock));
  engine->resume();
  return clients.measure(*engine, definition, in_flight);
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  using namespace std::chrono_literals;
  spdlog::set_level(spdlog::level::warn);
  constexpr std::size_t kRowBytes = 400;
  print_header("durable, synchronous=FULL                         per second       / transactions of one row");
  const ScratchFolder folder("bench-limit");
  const double limit = measure_sqlite_limit(folder.path(), kRowBytes, 1, 3000ms).transactions_per_second;
  print_row("SQLite alone, one row each", limit, "/s", 1);
  const double batched = measure_sqlite_limit(folder.path(), kRowBytes, 64, 3000ms).transactions_per_second;
  print_row("SQLite alone, 64 rows each", batched, "/s", batched / limit);
  for (const auto& [title, definition] :
       {std::pair("five Pass states", kFivePasses), std::pair("five states, one a task", kFiveStates),
        std::pair("five tasks", kFiveTasks)}) {
    for (const int in_flight : {1, 16, 128}) {
      const double rate = measure(definition, in_flight, in_flight == 1 ? 1024 : 8192);
      print_row(std::string(title) + ", " + std::to_string(in_flight) + " clients", rate, "/s", rate / limit);
    }
  }
}
