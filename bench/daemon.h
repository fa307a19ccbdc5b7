// A daemon's engine, store and server in this process, and requests to it.
#pragma once

#include "api/api.h"
#include "api/server.h"
#include "engine/run/engine.h"
#include "five_states.h"
#include "services/dispatcher.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "unreached_rates.h"

#include <future>
#include <string>

namespace stepd::bench {

/// A daemon's engine, store and server, without its configuration.
class Daemon {
 public:
  Daemon() {
    handlers_["work"] = std::make_unique<FiveStatesWork>();
    handlers_["compute"] = std::make_unique<FiveStatesWork>(true);
    services::ServiceOptions serving;
    serving.functions = {{"work", "work"}, {"compute", "compute"}};
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

  std::string create(const std::string& name, const std::string& definition, storage::StateMachineType type) {
    std::promise<std::string> arn;
    engine_->create_state_machine({name, definition, "arn:aws:iam::123456789012:role/r", type},
                                  [&](auto answer) { arn.set_value(answer.value().arn); });
    return arn.get_future().get();
  }
  std::uint16_t port() const { return server_->port(); }

 private:
  const ScratchFolder folder_{"bench-daemon"};
  const SystemClock clock_;
  services::Handlers handlers_;
  std::unique_ptr<storage::Store> store_ = storage::open_sqlite(folder_.path());
  std::unique_ptr<ObjectStore> objects_ = storage::open_local_objects({});
  std::unique_ptr<ItemStore> items_ = storage::make_item_store(*store_, {});
  std::unique_ptr<run::Engine> engine_;
  std::unique_ptr<api::Server> server_;
};

/// A request of the AWS API with `body`.
inline std::string request_of(const std::string& operation, const Json& body) {
  const auto text = print_json(body);
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AWSStepFunctions." + operation +
         "\r\nContent-Type: application/x-amz-json-1.0\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
         text;
}

/// A request that starts `machine` with the input of the five states.
inline std::string start_request(const std::string& operation, const std::string& machine) {
  return request_of(operation, Json{{"stateMachineArn", machine}, {"input", kFiveStatesInput}});
}

}  // namespace stepd::bench
