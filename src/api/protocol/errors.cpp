// The table of refusals. It renders nothing.
#include "api/protocol/errors.h"

namespace stepd::api {

ApiError to_api_error(const run::Refusal& refusal) {
  const auto as = [&](const char* type, int status = 400) {
    ApiError error(type, refusal.message, status);
    if (!refusal.resource.empty()) error.members.emplace_back("resourceName", refusal.resource);
    return error;
  };
  switch (refusal.code) {
    using enum run::RefusalCode;
    case ConflictException:
      return as("ConflictException");
    case ExecutionAlreadyExists:
      return as("ExecutionAlreadyExists");
    case ExecutionDoesNotExist:
      return as("ExecutionDoesNotExist");
    case ExecutionLimitExceeded:
      return as("ExecutionLimitExceeded");
    case InvalidArn:
      return as("InvalidArn");
    case InvalidDefinition:
      return as("InvalidDefinition");
    case InvalidExecutionInput:
      return as("InvalidExecutionInput");
    case InvalidName:
      return as("InvalidName");
    case ResourceNotFound:
      return as("ResourceNotFound");
    case ServiceQuotaExceededException:
      return as("ServiceQuotaExceededException");
    case StateMachineAlreadyExists:
      return as("StateMachineAlreadyExists");
    case StateMachineDeleting:
      return as("StateMachineDeleting");
    case StateMachineDoesNotExist:
      return as("StateMachineDoesNotExist");
    case StateMachineTypeNotSupported:
      return as("StateMachineTypeNotSupported");
    case TooManyTags:
      return as("TooManyTags");
    case ValidationException:
      return as("ValidationException");
    case ServiceUnavailable:
      return as("ServiceUnavailable", 503);
  }
  return internal_error();
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

ApiError execution_does_not_exist(const std::string& arn) {
  return {"ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"};
}

ApiError internal_error() {
  return {"InternalError", "The request could not be processed because of an internal error.", 500};
}

}  // namespace stepd::api
