// Requests per second and their slowest hundredth: synchronous EXPRESS executions and durable starts over HTTP, beside
// a server of Boost.Beast that answers requests of the same size with answers of the same size and does nothing else.
//
//   bench_api [loops]    `loops`: only what others keep of their rate beside executions that never end
#include "daemon.h"
#include "http/echo_server.h"
#include "http/http_load.h"

#include <spdlog/spdlog.h>
#include <string>
#include <tuple>
#include <vector>

namespace stepd::bench {
namespace {

constexpr int kConnections[] = {1, 16, 128};
constexpr int kRequests[] = {2'000, 20'000, 20'000};

void print_load(const std::string& label, const Load& load, double limit) {
  std::printf("  %-46s %9.0f /s %8.2f ms %8.2f ms %8.3f\n", label.c_str(), load.per_second, load.median_ms, load.p99_ms,
              load.per_second / limit);
}

void compare(const std::string& operation, const std::string& request, std::uint16_t port) {
  const auto answer = answer_to(port, request);
  const EchoServer echo(answer.size());
  std::printf("\n%-48s %9s    %8s    %8s    %8s\n", operation.c_str(), "requests", "median", "p99", "/ Beast");
  for (std::size_t i = 0; i < std::size(kConnections); ++i) {
    const auto connections = " at " + std::to_string(kConnections[i]) + " connections";
    const auto limit = put_load(echo.port(), request, kConnections[i], kRequests[i]);
    print_load("empty Beast server" + connections, limit, limit.per_second);
    print_load("stepd" + connections, put_load(port, request, kConnections[i], kRequests[i]), limit.per_second);
  }
}

/// What others keep of their rate while four EXPRESS executions run without end.
void compare_beside_loops(Daemon& daemon, const std::string& request) {
  constexpr auto kEndless = R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"B"},
    "B":{"Type":"Choice","Choices":[{"Variable":"$.end","IsPresent":true,"Next":"C"}],"Default":"A"},
    "C":{"Type":"Succeed"}}})";
  const auto loop = daemon.create("endless", kEndless, storage::StateMachineType::Express);
  std::printf("\n%-48s %9s    %8s    %8s    %8s\n", "StartSyncExecution, five Pass states", "requests", "median", "p99",
              "/ alone");
  std::vector<double> alone;
  for (const int connections : kConnections) {
    const auto load = put_load(daemon.port(), request, connections, 20'000);
    alone.push_back(load.per_second);
    print_load("alone at " + std::to_string(connections) + " connections", load, load.per_second);
  }
  for (int i = 0; i < 4; ++i) answer_to(daemon.port(), start_request("StartExecution", loop));
  for (std::size_t i = 0; i < std::size(kConnections); ++i) {
    print_load("beside four loops at " + std::to_string(kConnections[i]) + " connections",
               put_load(daemon.port(), request, kConnections[i], 20'000), alone[i]);
  }
}

}  // namespace
}  // namespace stepd::bench

int main(int count, char** arguments) {
  using namespace stepd::bench;
  using stepd::storage::StateMachineType;
  spdlog::set_level(spdlog::level::warn);
  Daemon daemon;
  const std::tuple<const char*, const char*, std::string> workflows[] = {
      {"passes", "five Pass states", kFivePasses},
      {"states", "five states, one a task", kFiveStates},
      {"computes", "five states, one a task that only computes", computed(kFiveStates)}};
  const bool only_loops = count > 1 && std::string(arguments[1]) == "loops";
  for (const auto& [name, title, definition] : workflows) {
    if (only_loops) break;
    const auto express = daemon.create(std::string("express-") + name, definition, StateMachineType::Express);
    const auto standard = daemon.create(std::string("standard-") + name, definition, StateMachineType::Standard);
    compare(std::string("StartSyncExecution, ") + title, start_request("StartSyncExecution", express), daemon.port());
    compare(std::string("StartExecution, durable, ") + title, start_request("StartExecution", standard), daemon.port());
  }
  const auto express = daemon.create("beside-loops", kFivePasses, StateMachineType::Express);
  compare_beside_loops(daemon, start_request("StartSyncExecution", express));
}
