// What one iteration of a Map costs, by how many items there are: the cost per item should not grow.
#include "durable.h"

#include <spdlog/spdlog.h>
#include <cstdio>
#include <string>

namespace stepd::bench {
namespace {

constexpr int kIterations = 40'000;

/// A Map over so many numbers, whose iterations are one Pass state each.
std::string map_over(int items) {
  std::string list;
  for (int i = 0; i < items; ++i) list += (i == 0 ? "" : ",") + std::to_string(i);
  return R"({"StartAt":"Items","States":{"Items":{"Type":"Pass","Next":"Each","Result":[)" + list +
         R"(]},"Each":{"Type":"Map","End":true,"ItemProcessor":{"ProcessorConfig":{"Mode":"INLINE"},"StartAt":"P",
         "States":{"P":{"Type":"Pass","End":true}}}}}})";
}

/// Seconds that so many take, one after the other.
double run_express(run::Engine& engine, const std::string& definition, int executions) {
  std::promise<std::string> arn;
  engine.create_state_machine(
      {"express", definition, "arn:aws:iam::123456789012:role/r", storage::StateMachineType::Express},
      [&](auto answer) { arn.set_value(answer.value().arn); });
  const auto machine = arn.get_future().get();
  const Stopwatch watch;
  for (int i = 0; i < executions; ++i) {
    std::promise<void> ended;
    engine.start_sync_execution({machine, std::nullopt, "{}"}, [&](const auto& answer) {
      answer.value();
      ended.set_value();
    });
    ended.get_future().wait();
  }
  return watch.seconds();
}

double express_seconds(int items) {
  const ScratchFolder folder("bench-map");
  DurableEngine durable(folder.path(), unreached_rates());
  return run_express(durable.engine(), map_over(items), kIterations / items);
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  spdlog::set_level(spdlog::level::warn);
  std::printf("microseconds an iteration         STANDARD      EXPRESS\n");
  for (const int items : {10, 100, 1'000, 4'000, 10'000}) {
    const int executions = kIterations / items;
    const double rate = measure_durable(map_over(items), 1, executions);
    std::printf("%6d items %28.1f %12.1f\n", items, 1e6 / (rate * items), 1e6 * express_seconds(items) / kIterations);
  }
}
