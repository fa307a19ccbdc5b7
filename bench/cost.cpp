// What one execution, request, transition or event costs, as counts that do not depend on the machine's load: cost.py
// runs this program under valgrind, which counts instructions, and the program counts its own allocations.
//
//   bench_cost              the names of the cases
//   bench_cost CASE TIMES   does it so often and prints {"units": U, "allocations": A}, with what its preparation takes
#include "daemon.h"
#include "durable.h"
#include "http/http_load.h"

#include <spdlog/spdlog.h>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

extern "C" void* __libc_malloc(std::size_t size);

namespace {
std::atomic<std::uint64_t> allocations{0};
}

/// Counts what the program allocates; operator new comes here as well.
extern "C" void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

namespace stepd::bench {
namespace {

using storage::StateMachineType;

constexpr int kManyStates = 100;

std::string pass_states(int count) {
  std::string text = R"({"StartAt":"S0","States":{)";
  for (int i = 0; i < count; ++i) {
    const auto next = i + 1 < count ? R"("Next":"S)" + std::to_string(i + 1) + '"' : std::string(R"("End":true)");
    text += (i == 0 ? "\"S" : ",\"S") + std::to_string(i) + R"(":{"Type":"Pass",)" + next + "}";
  }
  return text + "}}";
}

/// A case: does it `times` times and gives the number of units that it has done.
using Work = std::function<int(int times)>;

Work synchronous(std::string definition, int units) {
  return [definition = std::move(definition), units](int times) {
    Daemon daemon;
    const auto machine = daemon.create("cost", definition, StateMachineType::Express);
    put_load(daemon.port(), start_request("StartSyncExecution", machine), 1, times);
    return times * units;
  };
}

Work durable(const char* definition) {
  return [definition](int times) {
    measure_durable(definition, 1, times);
    return times;
  };
}

/// Requests about an execution of kManyStates that has ended.
Work reading(const char* operation, int units) {
  return [operation, units](int times) {
    Daemon daemon;
    const auto machine = daemon.create("cost", pass_states(kManyStates), StateMachineType::Standard);
    const auto answer = answer_to(daemon.port(), start_request("StartExecution", machine));
    const auto body = Json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    const auto execution = body.at("executionArn").get<std::string>();
    answer_to(daemon.port(), "GET /executions/" + execution + "/wait?timeout=20 HTTP/1.1\r\nHost: localhost\r\n\r\n");
    put_load(daemon.port(), request_of(operation, Json{{"executionArn", execution}, {"maxResults", 1000}}), 1, times);
    return times * units;
  };
}

struct Case {
  const char* name;
  Work work;
};

std::vector<Case> cases() {
  return {{"EXPRESS request, five Pass states", synchronous(kFivePasses, 1)},
          {"EXPRESS request, five states, one a Task", synchronous(kFiveStates, 1)},
          {"EXPRESS request, five states, one computes", synchronous(computed(kFiveStates), 1)},
          {"EXPRESS transition", synchronous(pass_states(kManyStates), kManyStates)},
          {"durable execution, five Pass states", durable(kFivePasses)},
          {"durable execution, five Tasks", durable(kFiveTasks)},
          {"DescribeExecution request", reading("DescribeExecution", 1)},
          {"event of GetExecutionHistory", reading("GetExecutionHistory", 2 * kManyStates + 2)}};
}

}  // namespace
}  // namespace stepd::bench

int main(int count, char** arguments) {
  using namespace stepd::bench;
  spdlog::set_level(spdlog::level::warn);
  for (const Case& each : cases()) {
    if (count < 3) {
      std::printf("%s\n", each.name);
    } else if (std::string(arguments[1]) == each.name) {
      const int units = each.work(std::atoi(arguments[2]));
      std::printf("{\"units\": %d, \"allocations\": %llu}\n", units,
                  static_cast<unsigned long long>(allocations.load()));
    }
  }
}
