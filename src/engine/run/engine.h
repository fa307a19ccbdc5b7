// The engine of one process: executions on shards, timers, the dispatch of tasks; the Gateway that all others see.
#pragma once

#include "base/limits.h"
#include "base/payload.h"
#include "engine/asl/diagnostic.h"
#include "engine/run/gateway.h"

#include <chrono>
#include <cstdint>
#include <functional>
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

class TurnListener;

/// What a Lambda function name of a definition means here: a built-in handler, or several, between payload templates.
/// The template `{".$": expression}` stands for the expression's own value. Of several templates, the first whose paths
/// all lead somewhere counts. In all of them `$$` is `{"function", "event", "steps", "time": {"iso", "epochSeconds",
/// "epochMilliseconds"}}`.
struct Function {
  /// What is answered, or failed with, where a handler failed.
  struct Catcher {
    std::vector<std::string> errors;  ///< names; States.ALL is every one
    Payload answer;                   ///< payload template over `{"event", "arguments", "error":{"Error","Cause"}}`
    bool fails = false;               ///< `answer` gives Error and Cause of a failure instead
  };

  std::string name;
  std::string handler;             ///< a name of the catalog; empty: `steps`, or served by `endpoint`
  std::string endpoint;            ///< URL of a Lambda Invoke API; adapters are for handlers only
  std::vector<Payload> arguments;  ///< payload templates over the event; none: the event itself
  std::vector<Payload>
      result;  ///< payload templates over `{"event", "arguments", "result"}`; none: the handler's result
  std::optional<Payload> error_result;  ///< the last of the catchers, for every error
  std::vector<Catcher> catchers;
  std::vector<std::string> decode;  ///< reference paths: URL-encoded texts of the event, decoded before anything else
  Payload defaults;                 ///< an object: members that the event gets where it lacks them
  std::string each;             ///< path to a list of the event: the function runs for every element and answers a list
  bool keep_event = false;      ///< the members of the result are added to the event's
  std::vector<Function> steps;  ///< instead of `handler`: run in order, the result is `{step name: its result}`
  bool enabled = true;          ///< of a step; one that is not answers `{}`
};

struct EngineOptions {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<Function> functions;
  std::string lambda_endpoint;  ///< serves every function that `functions` does not name; empty: there are no others
  std::map<std::string, std::string> topics;  ///< SNS topic name -> function that publishes in notify.publish's place
  unsigned shards = 1;
  unsigned task_threads = 2;              ///< handlers that run at once
  core::Observer* observer = nullptr;     ///< of every execution, from the shards' threads; outlives the engine
  std::function<std::uint64_t()> random;  ///< chooses among an alias's routes; any thread; empty: the system's
  std::vector<TurnListener*> listeners;   ///< told of every committed turn, in this order; they outlive the engine
  std::chrono::seconds express_limit{limits::kExpressSeconds};  ///< an EXPRESS execution ends TIMED_OUT then
};

/// Template faults of `functions` (unknown handler, bad path): empty if all is well. `pointer` is /<function>/<member>.
asl::Diagnostics check_functions(const EngineOptions& options,
                                 const std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>& handlers);

class Engine : public Gateway {
 public:
  /// Loads every open execution and carries on with it. Thread: any; blocks. Called once, before any request.
  virtual void resume() = 0;
  /// Sends everybody home who waits for a task of an activity, and who comes from now on: servers end before engines.
  virtual void end_polls() = 0;
  /// Takes no new starts, lets running handlers finish for at most `grace`, then returns with everything committed.
  virtual void drain(std::chrono::milliseconds grace) = 0;
  /// The store answered Fatal: called once, from an engine thread; the process should end.
  virtual void on_fatal(std::function<void()> callback) = 0;
};

/// Everything given outlives the engine.
std::unique_ptr<Engine> make_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                    std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>& handlers);

}  // namespace stepd::run
