// The options of the services: the functions of the configuration, and the endpoint of the others.
#pragma once

#include "base/payload.h"
#include "services/task_check.h"
#include "tasks/lane.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::services {

/// A function of the configuration: a built-in handler, or several, between payload templates. The template `{".$":
/// expression}` is the value of the expression. Of several templates, the first whose paths all exist is used. In all
/// of them `$$` is `{"function", "event", "steps", "time": {"iso", "epochSeconds", "epochMilliseconds"}}`.
struct Function {
  /// What the function answers, or fails with, if a handler has failed.
  struct Catcher {
    std::vector<std::string> errors;  ///< error names; States.ALL matches all
    Payload answer;                   ///< payload template over `{"event", "arguments", "error":{"Error","Cause"}}`
    bool fails = false;               ///< `answer` gives Error and Cause of a failure instead
  };

  std::string name;
  std::string handler;             ///< a name of the catalog; empty: `steps`, or served by `endpoint`
  std::string endpoint;            ///< URL of a Lambda Invoke API; adapters are for handlers only
  bool own_code = false;           ///< functions::Runtime runs it; no other member but `name` counts
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

struct ServiceOptions {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<Function> functions;
  std::string lambda_endpoint;  ///< serves every function that `functions` does not name; empty: there are no others
  std::map<std::string, std::string> topics;  ///< SNS topic name -> function that publishes in notify.publish's place
  Inventory inventory;                        ///< what definitions are checked against
  tasks::LaneSizes lanes;                     ///< handlers that run at once, and calls that wait for them
};

}  // namespace stepd::services
