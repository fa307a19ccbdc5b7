// lambda:invoke: a function called through the service integration, its answer in AWS's envelope
// (dev guide: Invoke an AWS Lambda function with Step Functions). Nothing of the Lambda service beyond Invoke.
#include "engine/asl/resource.h"
#include "engine/run/integrations.h"

#include <nlohmann/json.hpp>

namespace stepd::run::integrations {
namespace {

Payload payload_of(const Json& input) {
  const auto payload = input.find("Payload");
  return payload == input.end() ? Payload() : Payload(*payload);
}

Result<Payload> in_envelope(Result<Json> result) {
  if (!result) return lambda::function_error(result.error());
  const auto length = print_json(*result).size();
  Json envelope{{"ExecutedVersion", "$LATEST"}, {"Payload", *std::move(result)}};
  envelope = with_sdk_metadata(std::move(envelope), "application/json", length);
  envelope["StatusCode"] = 200;
  return Payload(std::move(envelope));
}

void start(const Workbench& bench, TaskCall call) {
  const Json& input = call.input.value();
  const auto reference = input.find("FunctionName");
  if (reference == input.end() || !reference->is_string())
    return call.done(AslError{"States.Runtime", "The Parameters of lambda:invoke must give FunctionName, a string."});
  const auto name = asl::function_name(reference->get_ref<const std::string&>());
  auto* function = bench.functions.find(name);
  if (function == nullptr) return call.done(lambda::not_found(bench, name));
  auto event = payload_of(input);
  bench.run(std::move(call), *function, std::move(event), in_envelope);
}

}  // namespace

extern const Integration lambda_invoke{"lambda:invoke", start};

}  // namespace stepd::run::integrations
