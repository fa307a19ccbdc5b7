// The table of refusals. It renders nothing.
#include "api/protocol/api_error.h"

namespace stepd::api {

ApiError to_api_error(const run::Refusal& refusal) {
  const bool unavailable = refusal.code == run::RefusalCode::ServiceUnavailable;
  ApiError error(std::string(run::name_of(refusal.code)), refusal.message, unavailable ? 503 : 400);
  if (!refusal.resource.empty()) error.members.emplace_back("resourceName", refusal.resource);
  return error;
}

ApiError validation_error(std::string message, const std::string& reason) {
  ApiError error("ValidationException", std::move(message));
  if (!reason.empty()) error.members.emplace_back("reason", reason);
  return error;
}

ApiError invalid_token() { return {"InvalidToken", "Invalid Token: 'Invalid token'"}; }

ApiError state_machine_does_not_exist(const std::string& arn) {
  return {"StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'"};
}

ApiError resource_not_found(const std::string& arn, std::string message) {
  ApiError error("ResourceNotFound", std::move(message));
  error.members.emplace_back("resourceName", arn);
  return error;
}

ApiError map_run_not_found(const std::string& arn) {
  return resource_not_found(arn, "Map Run Does Not Exist: '" + arn + "'");
}

ApiError execution_does_not_exist(const std::string& arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"};
}

ApiError internal_error() {
  return {"InternalError", "The request could not be processed because of an internal error.", 500};
}

}  // namespace stepd::api
