// The language alone, without store and threads: transitions of a loop, intrinsics in templates, compiling a large
// definition; with the allocations that each takes.
#include "engine/core/compile.h"
#include "engine/core/decide.h"
#include "table.h"

#include <atomic>
#include <cstdlib>
#include <new>
#include <nlohmann/json.hpp>

namespace {
std::atomic<std::size_t> allocations{0};
}

// Counts what the programme allocates; nothing else is changed.
void* operator new(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace stepd::bench {
namespace {

constexpr int kRounds = 20'000;

Json loop(Json body) {
  body["Next"] = "More";
  const Json states{
      {"Body", std::move(body)},
      {"More",
       {{"Type", "Choice"},
        {"Choices", Json::array({Json{{"Variable", "$.n"}, {"NumericLessThan", kRounds}, {"Next", "Body"}}})},
        {"Default", "Done"}}},
      {"Done", {{"Type", "Succeed"}}}};
  return Json{{"StartAt", "Body"}, {"States", states}};
}

/// Runs a loop to its end (or to the limit of history) and prints transitions per second and allocations for each.
void measure_loop(const char* label, const Json& definition, const Json& input) {
  const auto compiled = core::compile(definition).definition;
  core::Execution execution;
  core::Identity identity{"arn:aws:states:us-east-1:123456789012:execution:m:e", "e", "m", "m", "r", "us-east-1"};
  std::size_t transitions = 0;
  const auto before = allocations.load();
  const Stopwatch watch;
  core::Command command = core::command::Start{identity, Payload(input)};
  while (execution.status() == core::Status::Running) {
    const auto decision = core::decide(*compiled, execution, command, {Instant{}, 1});
    for (const auto& event : decision.events)
      transitions += std::holds_alternative<core::event::StateExited>(event.body);
    execution.changes_stored();
    command = core::command::Continue{};
  }
  const double seconds = watch.seconds();
  const auto made = static_cast<double>(allocations.load() - before) / static_cast<double>(transitions);
  print_row(label, static_cast<double>(transitions) / seconds, "/s", made);
}

Json large_definition(int states) {
  Json all = Json::object();
  for (int i = 0; i < states; ++i) {
    const auto next = "State" + std::to_string(i + 1);
    all["State" + std::to_string(i)] = {
        {"Type", "Task"},
        {"Resource", "arn:aws:states:::lambda:invoke"},
        {"Parameters",
         {{"FunctionName", "f"},
          {"Payload", {{"a.$", "$.x.y[0]"}, {"b.$", "States.Format('{}-{}', $.c, $$.State.Name)"}}}}},
        {"ResultSelector", {{"v.$", "$.Payload.v"}}},
        {"ResultPath", "$.result"},
        {"Retry", Json::array({Json{{"ErrorEquals", {"States.ALL"}}, {"MaxAttempts", 2}}})},
        {"Catch", Json::array({Json{{"ErrorEquals", {"States.ALL"}}, {"Next", "End"}}})},
        {"Next", i + 1 < states ? next : "End"}};
  }
  all["End"] = {{"Type", "Succeed"}};
  return {{"StartAt", "State0"}, {"States", std::move(all)}};
}

void measure_compile(int states) {
  const auto text = large_definition(states).dump();
  constexpr int kTimes = 20;
  const auto before = allocations.load();
  const Stopwatch watch;
  for (int i = 0; i < kTimes; ++i) {
    if (!core::compile_text(text).definition) throw std::runtime_error("it does not compile");
  }
  const double each = watch.seconds() / kTimes;
  print_row("compile " + std::to_string(states) + " states, " + std::to_string(text.size() / 1024) + " KiB", 1 / each,
            "/s", static_cast<double>(allocations.load() - before) / kTimes / states);
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd;
  using namespace stepd::bench;
  print_header("transitions in memory                             per second       allocations each");
  measure_loop("Pass and Choice", loop({{"Type", "Pass"}, {"Parameters", {{"n.$", "States.MathAdd($.n, 1)"}}}}),
               Json{{"n", 0}});
  measure_loop("Pass with ten intrinsics, and Choice",
               loop({{"Type", "Pass"},
                     {"Parameters",
                      {{"n.$", "States.MathAdd($.n, 1)"},
                       {"a.$", "States.Format('{} of {}', $.n, $.s)"},
                       {"b.$", "States.Array($.n, $.s)"},
                       {"c.$", "States.ArrayLength(States.Array(1, 2, 3))"},
                       {"d.$", "States.StringSplit($.s, ',')"},
                       {"e.$", "States.JsonToString($.s)"},
                       {"f.$", "States.Base64Encode($.s)"},
                       {"g.$", "States.Hash($.s, 'SHA-256')"},
                       {"h.$", "States.ArrayContains(States.Array(1, 2), $.n)"},
                       {"s.$", "$.s"}}}}),
               Json{{"n", 0}, {"s", "one,two,three"}});
  print_header("definitions                                       per second       allocations per state");
  measure_compile(50);
  measure_compile(500);
}
