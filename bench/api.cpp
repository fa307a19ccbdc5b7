// Requests per second and their slowest hundredth: synchronous EXPRESS executions and durable starts over HTTP, beside
// a server of Boost.Beast that answers requests of the same size with answers of the same size and does nothing else.
#include "api/api.h"
#include "api/server.h"
#include "engine/run/engine.h"
#include "five_states.h"
#include "http/echo_server.h"
#include "http/http_load.h"
#include "services/dispatcher.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "unreached_rates.h"

#include <spdlog/spdlog.h>
#include <future>
#include <string>
#include <tuple>

namespace stepd::bench {
namespace {

constexpr int kConnections[] = {1, 16, 128};
constexpr int kRequests[] = {2'000, 20'000, 20'000};

/// A daemon's engine, store and server, without its configuration.
class Daemon {
 public:
  Daemon() {
    handlers_["work"] = std::make_unique<FiveStatesWork>();
    services::ServiceOptions serving;
    serving.functions = {{"work", "work"}};
    engine_ = run::make_engine(unreached_rates(), *store_, clock_,
                               services::make_services_factory(serving, handlers_, clock_));
    engine_->resume();
    api::ServerOptions server;
    server.port = 0;
    server_ = api::make_server(server, {*engine_, store_->reader(), *objects_, *items_, clock_}, {});
    server_->start();
  }
  ~Daemon() {
    server_->drain(std::chrono::seconds(5));
    engine_->drain(std::chrono::seconds(5));
  }

  std::string create(const std::string& name, const char* definition, storage::StateMachineType type) {
    std::promise<std::string> arn;
    engine_->create_state_machine({name, definition, "arn:aws:iam::123456789012:role/r", type},
                                  [&](auto answer) { arn.set_value(answer.value().arn); });
    return arn.get_future().get();
  }
  std::uint16_t port() const { return server_->port(); }

 private:
  const ScratchFolder folder_{"bench-api"};
  const SystemClock clock_;
  services::Handlers handlers_;
  std::unique_ptr<storage::Store> store_ = storage::open_sqlite(folder_.path());
  std::unique_ptr<ObjectStore> objects_ = storage::open_local_objects({});
  std::unique_ptr<ItemStore> items_ = storage::make_item_store(*store_, {});
  std::unique_ptr<run::Engine> engine_;
  std::unique_ptr<api::Server> server_;
};

std::string request_of(const std::string& operation, const std::string& machine) {
  const auto body = print_json(Json{{"stateMachineArn", machine}, {"input", kFiveStatesInput}});
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions." + operation +
         "\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

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
    compare(std::string("StartSyncExecution, ") + title, request_of("StartSyncExecution", express), daemon.port());
    compare(std::string("StartExecution, durable, ") + title, request_of("StartExecution", standard), daemon.port());
  }
}
