#include "services/integrations/engine_call.h"

#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>

namespace stepd::services::integrations {

AslError engine_error(Dialect dialect, const run::Refusal& refusal) {
  const std::string code(name_of(refusal.code));
  const std::string name = code.ends_with("Exception") ? code : code + "Exception";
  const auto status = std::to_string(refusal.code == run::RefusalCode::ServiceUnavailable ? 503 : 400);
  if (dialect == Dialect::Sdk) {
    return {"Sfn." + name, refusal.message + " (Service: Sfn, Status Code: " + status +
                               ", Request ID: " + run::make_uuid() + ") (SDK Attempt Count: 1)"};
  }
  return {"StepFunctions." + name, refusal.message + " (Service: AWSStepFunctions; Status Code: " + status +
                                       "; Error Code: " + code + "; Request ID: " + run::make_uuid() +
                                       "; Proxy: null)"};
}

std::string json_text(const Json* given) {
  if (given == nullptr) return "{}";
  return given->is_string() ? given->get<std::string>() : print_json(*given);
}

Result<void> check_call(const Workbench& bench, const run::TaskCall& call, tasks::Arguments& parameters) {
  const std::string name = call.label.type + ":" + call.label.resource;
  if (const auto faults = parameters.finish(); !faults)
    return AslError{"States.Runtime", "The Parameters of " + name + " cannot be used: " + faults.error().cause};
  if (!bench.ask_engine) return AslError{"States.Runtime", name + " is not served here."};
  return {};
}

}  // namespace stepd::services::integrations
