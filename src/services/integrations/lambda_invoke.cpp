// lambda:invoke: a function called through the service integration, its answer in AWS's envelope
// (dev guide: Invoke an AWS Lambda function with Step Functions). Nothing of the Lambda service beyond Invoke.
#include "base/payload.h"
#include "services/invoke.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

std::string text_of(const Json& input, const char* member) {
  const auto found = input.find(member);
  return found != input.end() && found->is_string() ? found->get<std::string>() : "";
}

/// The API's Payload is bytes: a text is sent as it is, everything else is printed, null is nothing.
std::string payload_of(const Json& input) {
  const auto payload = input.find("Payload");
  if (payload == input.end() || payload->is_null()) return "";
  return payload->is_string() ? payload->get<std::string>() : print_json(*payload);
}

Payload in_envelope(const Invoked& invoked) {
  Json envelope = Json::object();
  if (!invoked.executed_version.empty()) envelope["ExecutedVersion"] = invoked.executed_version;
  if (!invoked.log_result.empty()) envelope["LogResult"] = invoked.log_result;
  if (invoked.payload) envelope["Payload"] = invoked.payload->json();
  envelope = with_sdk_metadata(std::move(envelope), invoked.fields, invoked.status);
  envelope["StatusCode"] = invoked.status;
  return Payload(std::move(envelope));
}

void start(const Workbench& bench, run::TaskCall call) {
  const Json input = call.input.json();
  Invocation invocation;
  invocation.wants_fields = true;
  if (input.is_object()) {
    invocation.function = text_of(input, "FunctionName");
    invocation.qualifier = text_of(input, "Qualifier");
    invocation.payload = payload_of(input);
    invocation.type = text_of(input, "InvocationType");
    invocation.log_type = text_of(input, "LogType");
    invocation.client_context = text_of(input, "ClientContext");
  }
  if (invocation.function.empty())
    return call.done(AslError{"States.Runtime", "The Parameters of lambda:invoke must give FunctionName, a string."});
  invoke(bench, std::move(call), std::move(invocation), in_envelope);
}

}  // namespace

extern const Integration lambda_invoke{"lambda:invoke", start};

}  // namespace stepd::services::integrations
