// Durable five-state executions per second, beside what SQLite itself can commit on this disk in the same run.
#include "engine/run/engine.h"
#include "five_states.h"
#include "services/dispatcher.h"
#include "sqlite_limit.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "unreached_rates.h"

#include <spdlog/spdlog.h>
#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::bench {
namespace {

/// Counts executions down to their end.
class Slots {
 public:
  explicit Slots(int free) : free_(free) {}
  void take() {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return free_ > 0; });
    --free_;
  }
  void give() {
    const std::lock_guard lock(mutex_);
    ++free_;
    freed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  int free_;
};

std::string create(run::Engine& engine) {
  std::string arn;
  Slots done(0);
  engine.create_state_machine({"bench", kFiveStates, "arn:aws:iam::123456789012:role/r"}, [&](auto answer) {
    arn = answer.value().arn;
    done.give();
  });
  done.take();
  return arn;
}

/// Waits for the end of one execution; the reader has its own connection.
void await_end(const storage::Reader& reader, const std::string& arn) {
  while (reader.execution(arn)->status == storage::ExecutionStatus::Running) std::this_thread::yield();
}

/// `in_flight` clients, each of which starts an execution and waits until its end is stored.
double measure(int in_flight, int executions) {
  const ScratchFolder folder("bench-engine");
  const SystemClock clock;
  services::Handlers handlers;
  handlers["work"] = std::make_unique<FiveStatesWork>();
  auto store = storage::open_sqlite(folder.path());
  services::ServiceOptions serving;
  serving.functions = {{"work", "work"}};
  auto engine =
      run::make_engine(unreached_rates(), *store, clock, services::make_services_factory(serving, handlers, clock));
  engine->resume();
  const auto machine = create(*engine);

  std::vector<std::string> last(static_cast<std::size_t>(in_flight));
  const Stopwatch watch;
  for (int i = 0; i < executions; i += in_flight) {
    Slots started(0);
    for (int k = 0; k < in_flight; ++k) {
      engine->start_execution({machine, std::nullopt, kFiveStatesInput, ""}, [&, k](auto answer) {
        last[static_cast<std::size_t>(k)] = answer.value().arn;
        started.give();
      });
    }
    for (int k = 0; k < in_flight; ++k) started.take();
    for (const auto& arn : last) await_end(store->reader(), arn);
  }
  return executions / watch.seconds();
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
  for (const int in_flight : {1, 16, 128}) {
    const double rate = measure(in_flight, in_flight == 1 ? 1024 : 8192);
    print_row("five-state executions, " + std::to_string(in_flight) + " in flight", rate, "/s", rate / limit);
  }
}
