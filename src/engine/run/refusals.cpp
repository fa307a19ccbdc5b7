#include "engine/run/refusals.h"

namespace stepd::run {

std::string_view name_of(RefusalCode code) {
  switch (code) {
    using enum RefusalCode;
    case ActivityAlreadyExists:
      return "ActivityAlreadyExists";
    case ActivityDoesNotExist:
      return "ActivityDoesNotExist";
    case ActivityWorkerLimitExceeded:
      return "ActivityWorkerLimitExceeded";
    case ConflictException:
      return "ConflictException";
    case ExecutionAlreadyExists:
      return "ExecutionAlreadyExists";
    case ExecutionDoesNotExist:
      return "ExecutionDoesNotExist";
    case ExecutionLimitExceeded:
      return "ExecutionLimitExceeded";
    case ExecutionNotRedrivable:
      return "ExecutionNotRedrivable";
    case InvalidArn:
      return "InvalidArn";
    case InvalidDefinition:
      return "InvalidDefinition";
    case InvalidExecutionInput:
      return "InvalidExecutionInput";
    case InvalidName:
      return "InvalidName";
    case InvalidOutput:
      return "InvalidOutput";
    case InvalidToken:
      return "InvalidToken";
    case ResourceNotFound:
      return "ResourceNotFound";
    case ServiceQuotaExceededException:
      return "ServiceQuotaExceededException";
    case StateMachineAlreadyExists:
      return "StateMachineAlreadyExists";
    case StateMachineDeleting:
      return "StateMachineDeleting";
    case StateMachineDoesNotExist:
      return "StateMachineDoesNotExist";
    case StateMachineTypeNotSupported:
      return "StateMachineTypeNotSupported";
    case TaskDoesNotExist:
      return "TaskDoesNotExist";
    case TaskTimedOut:
      return "TaskTimedOut";
    case ThrottlingException:
      return "ThrottlingException";
    case TooManyTags:
      return "TooManyTags";
    case ValidationException:
      return "ValidationException";
    case ServiceUnavailable:
      return "ServiceUnavailable";
  }
  return "";
}

}  // namespace stepd::run
