// Tasks that name a function by its ARN: the function's result is the task's, without an envelope.
// How a function is reached is said in invoke.h.
#include "services/invoke.h"

#include <nlohmann/json.hpp>

namespace stepd::services {

void start_lambda_function(const Workbench& bench, run::TaskCall call) {
  Invocation invocation;
  invocation.function = call.label.resource;
  invocation.event = call.input;
  invoke(bench, std::move(call), std::move(invocation),
         [](const Invoked& invoked) { return invoked.payload.value_or(Payload(Json(nullptr))); });
}

}  // namespace stepd::services
