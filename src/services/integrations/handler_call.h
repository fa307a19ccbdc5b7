// How an integration reaches objects and items: it calls a built-in handler by its name, with AWS's parameters put into
// the handler's words and the handler's answer put into AWS's (ADR 0014).
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
  std::function<Json(const Json& result)> shape;  ///< the handler's answer as the service's
};

/// Reads what a state gave; it need not call finish(). Errors without a name are the service's to name.
using Translate = Result<HandlerCall> (*)(tasks::Arguments& parameters);
/// What the state sees: of a failed call, and of a good one.
struct Manner {
  std::function<AslError(const AslError& error)> error;
  std::function<Payload(Json members)> answer;
};

/// Parameters that are missing, of the wrong type or unknown are `States.Runtime`, each named.
void call_handler(const Workbench& bench, run::TaskCall call, Translate translate, Manner manner);

}  // namespace stepd::services::integrations
