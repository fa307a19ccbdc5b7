// Durable executions of five states per second, from the start until the end is stored, beside what SQLite itself can
// commit on this disk in the same run.
#include "durable.h"
#include "sqlite_limit.h"

#include <spdlog/spdlog.h>
#include <string>
#include <utility>

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
  for (const auto& [title, definition] : {std::pair("five Pass states", std::string(kFivePasses)),
                                          std::pair("five states, one a task", std::string(kFiveStates)),
                                          std::pair("five tasks", std::string(kFiveTasks)),
                                          std::pair("five tasks that only compute", computed(kFiveTasks))}) {
    for (const int in_flight : {1, 16, 128}) {
      const double rate = measure_durable(definition, in_flight, in_flight == 1 ? 1024 : 8192);
      print_row(std::string(title) + ", " + std::to_string(in_flight) + " clients", rate, "/s", rate / limit);
    }
  }
}
