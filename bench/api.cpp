// Requests per second and their slowest hundredth: synchronous EXPRESS executions and durable starts over HTTP, beside
// a server of Boost.Beast that answers requests of the same size with answers of the same size and does nothing else.
#include "daemon.h"
#include "http/echo_server.h"
#include "http/http_load.h"

#include <spdlog/spdlog.h>
#include <string>
#include <tuple>

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

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  using stepd::storage::StateMachineType;
  spdlog::set_level(spdlog::level::warn);
  Daemon daemon;
  for (const auto& [name, title, definition] : {std::tuple("passes", "five Pass states", kFivePasses),
                                                std::tuple("states", "five states, one a task", kFiveStates)}) {
    const auto express = daemon.create(std::string("express-") + name, definition, StateMachineType::Express);
    const auto standard = daemon.create(std::string("standard-") + name, definition, StateMachineType::Standard);
    compare(std::string("StartSyncExecution, ") + title, start_request("StartSyncExecution", express), daemon.port());
    compare(std::string("StartExecution, durable, ") + title, start_request("StartExecution", standard), daemon.port());
  }
}
