// Invokes a function, in this process or through an endpoint (AWS Lambda API reference: Invoke).
#pragma once

#include "services/integrations.h"

#include <memory>
#include <optional>
#include <string>

namespace stepd::services {

struct Invocation {
  std::string function;   ///< name, ARN or partial ARN, perhaps with a qualifier
  std::string qualifier;  ///< version or alias; replaces the one in `function`
  std::string payload;    ///< JSON text; empty: the function sees `event`, or `{}`
  std::string type;       ///< RequestResponse, Event or DryRun; empty: RequestResponse
  std::string log_type;
  std::string client_context;   ///< base64
  std::string request_id = {};  ///< a UUID that a function of one's own code sees; empty: one is made
  /// Gets the tail of the log, base64, of a function of one's own code, even if that fails; may be null.
  std::shared_ptr<std::string> log_sink = {};
  std::optional<Payload> event = {};  ///< of a caller that has a value instead of a text
  bool wants_fields = false;          ///< `shape` shows Invoked::fields
};

struct Invoked {
  std::optional<Payload> payload;  ///< none if the type of invocation has no result
  std::string executed_version;
  std::string log_result;
  int status = 200;
  tasks::HttpFields fields;  ///< if the invocation wants them
};

/// `shape` makes the task's output of the response, and call.done gets it. Errors have AWS's names: the function's own
/// errorType, `Lambda.Unknown`, `Lambda.ResourceNotFoundException`, `Lambda.TooManyRequestsException`,
/// `Lambda.SdkClientException`, ...
void invoke(const Workbench& bench, run::TaskCall call, Invocation invocation, std::function<Payload(Invoked)> shape);

}  // namespace stepd::services
