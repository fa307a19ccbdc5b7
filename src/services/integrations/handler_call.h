// Integrations with S3 and DynamoDB call a built-in handler by its name. AWS's parameters are translated to the
// handler's arguments, and its result to AWS's response (ADR 0014).
#pragma once

#include "base/payload.h"
#include "base/result.h"
#include "services/integrations.h"
#include "tasks/arguments.h"

#include <functional>
#include <string>
#include <string_view>

namespace stepd::services::integrations {

struct HandlerCall {
  std::string_view handler;
  Payload event;
  std::function<Json(const Json& result)> shape;  ///< makes the service's response of the handler's result
};

/// Reads the parameters of a state; it need not call finish(). An error without a name gets its name from
/// Manner::error.
using Translate = std::function<Result<HandlerCall>(tasks::Arguments& parameters)>;
/// How the state sees a failed call and a successful one.
struct Manner {
  std::function<AslError(const AslError& error)> error;
  std::function<Payload(Json members)> answer;
};

/// Parameters that are missing, of the wrong type or unknown are `States.Runtime`, each named.
void call_handler(const Workbench& bench, run::TaskCall call, const Translate& translate, Manner manner);

}  // namespace stepd::services::integrations
