// The engine of one process: executions on shards, timers, the dispatch of tasks; the Gateway that all others see.
#pragma once

#include "base/payload.h"
#include "engine/asl/diagnostic.h"
#include "engine/run/gateway.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::tasks {
class Handler;
}

namespace stepd::core {
class Observer;
}

namespace stepd::run {

/// What a Lambda function name of a definition means here: a built-in handler between two payload templates.
/// The template `{".$": expression}` stands for the expression's own value.
struct Function {
  std::string name;
  std::string handler;               ///< a name of the catalog; empty: the function is served by `endpoint`
  std::string endpoint;              ///< URL of a Lambda Invoke API; adapters are for handlers only
  std::optional<Payload> arguments;  ///< payload template over the event; none: the event itself
  std::optional<Payload>
      result;  ///< payload template over `{"event":..., "arguments":..., "result":...}`; none: the handler's result
  std::optional<Payload> error_result;  ///< payload template over `{"event":..., "arguments":...,
                                        ///< "error":{"Error","Cause"}}`, answered instead of failing
};

struct EngineOptions {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<Function> functions;
  std::string lambda_endpoint;  ///< serves every function that `functions` does not name; empty: there are no others
  std::map<std::string, std::string> topics;  ///< SNS topic name -> function that publishes in notify.publish's place
  unsigned shards = 1;
  unsigned task_threads = 2;           ///< handlers that run at once
  core::Observer* observer = nullptr;  ///< of every execution, from the shards' threads; outlives the engine
};

/// Template faults of `functions` (unknown handler, bad path): empty if all is well. `pointer` is /<function>/<member>.
asl::Diagnostics check_functions(const EngineOptions& options,
                                 const std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>& handlers);

class Engine : public Gateway {
 public:
  /// Loads every open execution and carries on with it. Thread: any; blocks. Called once, before any request.
  virtual void resume() = 0;
  /// Takes no new starts, lets running handlers finish for at most `grace`, then returns with everything committed.
  virtual void drain(std::chrono::milliseconds grace) = 0;
  /// The store answered Fatal: called once, from an engine thread; the process should end.
  virtual void on_fatal(std::function<void()> callback) = 0;
};

/// Everything given outlives the engine.
std::unique_ptr<Engine> make_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                    std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>& handlers);

}  // namespace stepd::run
