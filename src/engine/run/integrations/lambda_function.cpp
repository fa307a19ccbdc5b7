// Tasks that name a function by its ARN: the function's result is the task's, without an envelope.
// What a function does is said by the function table.
#include "engine/asl/resource.h"
#include "engine/run/integrations.h"
#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>

namespace stepd::run {

AslError lambda::function_error(const AslError& error) {
  return {error.name, print_json(Json{{"errorMessage", error.cause}, {"errorType", error.name}})};
}

AslError lambda::not_found(const Workbench& bench, const std::string& function) {
  return {"Lambda.ResourceNotFoundException",
          "Function not found: " + bench.function_arn_prefix + function +
              ":$LATEST (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: " +
              make_uuid() + "; Proxy: null)"};
}

void start_lambda_function(const Workbench& bench, TaskCall call) {
  const auto name = asl::function_name(call.label.resource);
  auto* function = bench.functions.find(name);
  if (function == nullptr) return call.done(lambda::not_found(bench, name));
  auto event = call.input;
  bench.run(std::move(call), *function, std::move(event), [](Result<Json> result) -> Result<Payload> {
    if (!result) return lambda::function_error(result.error());
    return Payload(*std::move(result));
  });
}

}  // namespace stepd::run
