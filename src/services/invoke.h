// Invoking a function, wherever it is: in this process or behind an endpoint (AWS Lambda API reference: Invoke).
#pragma once

#include "services/integrations.h"

#include <optional>
#include <string>

namespace stepd::services {

struct Invocation {
  std::string function;   ///< name, ARN or partial ARN, perhaps with a qualifier
  std::string qualifier;  ///< version or alias; comes before the one in `function`
  std::string payload;    ///< JSON text; empty: the function sees `{}`
  std::string type;       ///< RequestResponse, Event or DryRun; empty: RequestResponse
  std::string log_type;
  std::string client_context;
};

struct Invoked {
  std::optional<Payload> payload;  ///< none if the type of invocation gives none
  std::string executed_version;
  std::string log_result;
  int status = 200;
  tasks::HttpFields fields;
};

/// Answers through call.done once `shape` has made the task's output of what came. Errors are named as AWS names them:
/// the function's own errorType, `Lambda.Unknown`, `Lambda.ResourceNotFoundException`,
/// `Lambda.TooManyRequestsException`, `Lambda.SdkClientException`, ...
void invoke(const Workbench& bench, run::TaskCall call, Invocation invocation, std::function<Payload(Invoked)> shape);

}  // namespace stepd::services
